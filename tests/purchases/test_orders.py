"""Orders: what a provider sees, answers and says is done; what is owed; and that a price change touches none of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import CarePurseError, InvalidError, NotFoundError, StateError
from app.identity.models import Account
from app.identity.rules import Actor
from app.ledger import proof
from app.ledger import queries as ledger
from app.marketplace import prices
from app.marketplace import queries as marketplace
from app.marketplace import service as market
from app.marketplace.models import Listing
from app.messages.models import Notice
from app.messages.rules import About
from app.purchases import order_books, orders
from app.purchases import order_queries as queries
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.order_rules import OrderState, Show, Stage
from app.purchases.rules import State
from tests import factories
from tests.purchases.test_races import race
from tests.purchases.world import World, build, make_listing


class Pool:
    """A provider with somebody who keeps its page, and an order from Sam."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.listing: Listing = make_listing()
        self.account = factories.make_account("Bea Holloway")
        market.add_member(factories.SYSTEM, self.listing.provider, self.account.id)
        self.key = self.listing.provider_id

    @property
    def bea(self) -> Actor:
        return replace(factories.actor_for(self.account), provider_ids=(self.key,))

    def order(self, hours: int = 400) -> Purchase:
        purchase = purchases.submit(self.world.me, self.world.from_listing(self.listing, hours))
        assert purchase.state is State.APPROVED
        return purchase

    def show(self, which: Show) -> list[str]:
        return [row.ref for row in queries.orders_of(self.bea, self.key, which).rows]


@pytest.fixture
def pool(world: World) -> Pool:
    return Pool(world)


def notices(account: Account, about: About) -> list[str]:
    rows = db.session.scalars(select(Notice).where(Notice.account_id == account.id, Notice.about == about))
    return [row.title for row in rows]


def test_an_order_goes_through_its_life(pool: Pool) -> None:
    ref = pool.order().ref
    (told,) = notices(pool.account, About.ORDER)
    assert "would like One-to-one company at the pool, £88.00" in told
    assert "Okafor" not in told
    assert (pool.show(Show.NEW), pool.show(Show.UNPAID)) == ([ref], [])
    orders.accept(pool.bea, pool.key, ref)
    assert (pool.show(Show.NEW), pool.show(Show.ACCEPTED), pool.show(Show.TO_DELIVER)) == ([], [ref], [ref])
    with pytest.raises(StateError):
        orders.accept(pool.bea, pool.key, ref)
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(InvalidError):
        orders.say_delivered(pool.bea, pool.key, ref, clock.today() + timedelta(days=1))
    purchase = orders.say_delivered(pool.bea, pool.key, ref, yesterday)
    assert (pool.show(Show.DELIVERED), pool.show(Show.UNPAID), pool.show(Show.TO_DELIVER)) == ([ref], [ref], [])
    month = clock.period_of(clock.today())
    assert order_books.owed(pool.bea, pool.key, month).owed_pence == 8_800
    with pytest.raises(StateError):
        orders.decline(pool.bea, pool.key, ref, "Too late for this")
    purchases.mark_paid(pool.world.me, purchase, clock.today(), "by card")
    done = order_books.owed(pool.bea, pool.key, month)
    assert (done.owed_pence, done.paid_pence) == (0, 8_800)
    purchases.confirm_delivery(pool.world.me, purchase)
    order = queries.order_for(pool.bea, pool.key, ref)
    assert (order.stage, order.confirmed_on, order.is_paid) == (Stage.DELIVERED, yesterday, True)
    said = notices(pool.world.holder, About.PURCHASE)
    assert any("said yes" in title for title in said)
    assert any("Is that right?" in title for title in said)
    verbs = set(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.actor_id == pool.account.id)))
    assert {"purchases.accept_order", "purchases.say_delivered"} <= verbs


def test_a_decline_ends_it_and_gives_the_money_back(pool: Pool) -> None:
    before = sum(item.available for item in ledger.totals_by_stream(pool.world.budget.id).values())
    purchase = pool.order()
    orders.accept(pool.bea, pool.key, purchase.ref)
    with pytest.raises(InvalidError):
        orders.decline(pool.bea, pool.key, purchase.ref, "  ")
    orders.decline(pool.bea, pool.key, purchase.ref, "Our lift is broken until May.")
    assert (purchase.state, purchase.order_state) == (State.CANCELLED, OrderState.DECLINED)
    assert purchase.state_words == "They cannot do it"
    assert sum(item.available for item in ledger.totals_by_stream(pool.world.budget.id).values()) == before
    notice = db.session.scalars(
        select(Notice).where(Notice.account_id == pool.world.holder.id).order_by(Notice.id.desc()).limit(1)
    ).one()
    assert "£88.00 is free again" in notice.title
    assert notice.body == "Our lift is broken until May."
    assert pool.show(Show.ENDED) == [purchase.ref]
    assert len(notices(pool.account, About.ORDER)) == 1  # they are not told what they did themselves


def test_a_holder_who_takes_it_back_tells_the_provider(pool: Pool) -> None:
    purchase = pool.order()
    purchases.cancel(pool.world.me, purchase, "My sister is ill and I said too much here")
    order = queries.order_for(pool.bea, pool.key, purchase.ref)
    assert (order.stage, order.order_state, order.reason) == (Stage.ENDED, OrderState.WITHDRAWN, "")
    assert "does not need this any more" in notices(pool.account, About.ORDER)[-1]
    for verb in (
        orders.accept,
        lambda *a: orders.decline(*a, "No"),
        lambda *a: orders.say_delivered(*a, clock.today()),
    ):
        with pytest.raises(StateError):
            verb(pool.bea, pool.key, purchase.ref)


def test_what_is_not_agreed_is_no_order(pool: Pool) -> None:
    draft = pool.world.from_listing(pool.listing)
    stopped = pool.world.from_listing(pool.listing, 10_000)  # more than there is
    purchases.submit(pool.world.me, stopped)
    assert stopped.state is not State.APPROVED
    taken_back = pool.world.from_listing(pool.listing)
    purchases.cancel(pool.world.me, taken_back)
    assert pool.show(Show.ALL) == []
    assert notices(pool.account, About.ORDER) == []
    for purchase in (draft, stopped, taken_back):
        with pytest.raises(NotFoundError):
            queries.order_for(pool.bea, pool.key, purchase.ref)


def test_another_providers_orders_do_not_exist(pool: Pool, world: World) -> None:
    ref = pool.order().ref
    other = Pool(world)
    for actor, key in ((other.bea, pool.key), (other.bea, other.key), (pool.bea, other.key), (world.me, pool.key)):
        for ask in (
            lambda a=actor, k=key: queries.order_for(a, k, ref),
            lambda a=actor, k=key: orders.accept(a, k, ref),
            lambda a=actor, k=key: orders.decline(a, k, ref, "No"),
            lambda a=actor, k=key: orders.say_delivered(a, k, ref, clock.today()),
        ):
            with pytest.raises(NotFoundError):
                ask()
    with pytest.raises(NotFoundError):
        queries.provider_ref_of(other.bea, ref)
    for read in (queries.counts, queries.orders_of):
        with pytest.raises(NotFoundError):
            read(other.bea, pool.key)


def test_a_price_change_never_touches_what_was_agreed(pool: Pool) -> None:
    purchase = pool.order()
    version = purchase.version
    prices.set_price(pool.bea, pool.listing, 3_000, clock.today())
    prices.set_price(pool.bea, pool.listing, 3_500, clock.today() + timedelta(days=5))
    db.session.refresh(purchase)
    (line,) = purchase.lines
    db.session.refresh(line)
    assert (line.unit_price_pence, line.amount_pence, purchase.total_pence) == (2_200, 8_800, 8_800)
    assert (purchase.version, purchase.state) == (version, State.APPROVED)
    purchases.mark_paid(pool.world.me, purchase, clock.today(), "by card")
    assert order_books.owed(pool.bea, pool.key, clock.period_of(clock.today())).paid_pence == 8_800
    assert pool.world.from_listing(pool.listing).lines[0].unit_price_pence == 3_000


@pytest.mark.slow
def test_of_accept_decline_take_back_and_pay_at_once_the_story_stays_straight(real_database: Flask) -> None:
    """Whoever is first wins; whoever is second reads what happened; the ledger agrees with the purchase."""
    with real_database.app_context():
        pool = Pool(build())
        keys = [(order.id, order.ref) for order in (pool.order(100) for _ in range(6))]
        bea, sam, key = pool.account.id, pool.world.holder.id, pool.key
        db.session.commit()

    def keeper() -> Actor:
        account = db.session.get_one(Account, bea)
        return replace(factories.actor_for(account), provider_ids=marketplace.provider_ids_of(bea))

    def holder() -> Actor:
        return factories.actor_for(db.session.get_one(Account, sam))

    for number, (purchase_id, ref) in enumerate(keys):

        def mine(purchase_id: object = purchase_id) -> Purchase:
            return db.session.get_one(Purchase, purchase_id)

        jobs: list[Callable[[], object]] = [
            lambda ref=ref: orders.accept(keeper(), key, ref).order_state,
            lambda ref=ref: orders.decline(keeper(), key, ref, "We are full").state,
            lambda mine=mine: purchases.cancel(holder(), mine()).state,
            lambda mine=mine: purchases.mark_paid(holder(), mine(), clock.today(), "by card").state,
        ]
        answers = race(real_database, jobs[number % 3 :] if number % 3 < 2 else jobs[::2], 4)
        assert all(isinstance(each, CarePurseError | State | OrderState) for each in answers), answers
        ends = [each for each in answers if each in (State.CANCELLED, State.PAID)]
        assert len(ends) <= 1, answers
        with real_database.app_context():
            purchase = mine()
            assert purchase.state in (State.APPROVED, State.CANCELLED, State.PAID)
            if purchase.state is State.CANCELLED:
                assert purchase.order_state in (OrderState.DECLINED, OrderState.WITHDRAWN)
                assert (purchase.order_reason != "") == (purchase.order_state is OrderState.DECLINED)
            else:
                assert purchase.order_state in (OrderState.ASKED, OrderState.ACCEPTED)
    with real_database.app_context():
        assert proof.verify().problems == []
