"""Buying at a price that a provider kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask

from app.core import clock
from app.core.db import db
from app.core.errors import CarePurseError, InvalidError, NotFoundError, StateError
from app.identity.models import Account
from app.identity.rules import Actor, Scope
from app.marketplace import enquiries, quotes, service
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.enquiry_rules import Offer, Question, QuoteState
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, Unit
from app.messages.models import Notice
from app.policy.rules import Action
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, State
from tests import factories
from tests.marketplace.making import SYSTEM
from tests.purchases.world import World, build, make_listing


def stage(
    world: World, price: int = 1_900, category: Category | None = None, asked_by: Actor | None = None
) -> tuple[Listing, Actor, Enquiry, Quote]:
    """Swim Together offers Sam four hours at £19, where others pay £22."""
    listing = make_listing()
    bea = factories.make_account("Bea Holloway")
    service.add_member(SYSTEM, listing.provider, bea.id)
    actor = factories.actor_for(bea)
    about = {"provider": listing.provider} if category else {"listing": listing}
    enquiry = enquiries.ask(asked_by or world.me, world.person, Question("What would four hours cost?", True), **about)
    said = Offer("Four hours at the pool", price, 400, Unit.HOUR, category or "")
    return listing, actor, enquiry, quotes.send(actor, listing.provider, enquiry.ref, said)


def draft_at(world: World, quote: Quote, actor: Actor | None = None) -> Purchase:
    actor = actor or world.me
    draft = purchases.start_draft(actor, world.person, world.budget, quote_ref=quote.ref)
    purchases.put_line(actor, draft, draft.lines[0].ref, LineInput(outcome_ref=world.plan.outcomes[0].ref))
    purchases.set_details(actor, draft, DetailsInput(needed_from=clock.today()))
    factories.say_gets_nothing(actor, draft)
    return draft


def test_the_price_stays_whatever_the_listing_costs_meanwhile(world: World) -> None:
    listing, _, _, quote = stage(world)
    draft = draft_at(world, quote)
    listing.price_pence = 9_900
    line = draft.lines[0]
    purchases.put_line(world.me, draft, line.ref, LineInput("Gold", 1, 10_000, outcome_ref=world.plan.outcomes[0].ref))
    assert (line.description, line.unit_price_pence, line.quantity_hundredths, line.amount_pence) == (
        "Four hours at the pool",
        1_900,
        400,
        7_600,
    )
    sent = purchases.submit(world.me, draft)
    assert (sent.state, sent.total_pence) == (State.APPROVED, 7_600)
    db.session.refresh(quote)
    assert (quote.used_by, quote.state(clock.today())) == (sent.id, QuoteState.USED)


def test_it_is_good_through_its_last_day_and_not_after(world: World) -> None:
    _, _, _, quote = stage(world)
    draft = draft_at(world, quote)
    now, last = clock.now(), quote.valid_until - clock.today()
    with clock.at(now + last):
        assert "quote" not in purchases.check(world.me, draft).missing
    with clock.at(now + last + timedelta(days=1)):
        assert "passed" in purchases.check(world.me, draft).missing["quote"]
        with pytest.raises(InvalidError):
            purchases.submit(world.me, draft)
        with pytest.raises(StateError, match="passed"):
            purchases.start_draft(world.me, world.person, world.budget, quote_ref=quote.ref)


@pytest.mark.parametrize("how", ["withdrawn", "replaced"])
def test_it_is_checked_again_when_it_is_sent(world: World, how: str) -> None:
    listing, bea, enquiry, quote = stage(world)
    draft = draft_at(world, quote)
    if how == "withdrawn":
        quotes.withdraw(bea, listing.provider, enquiry.ref, quote.ref)
    else:
        quotes.send(bea, listing.provider, enquiry.ref, Offer("Four hours", 2_500, 400))
    with pytest.raises(InvalidError):
        purchases.submit(world.me, draft)
    assert draft.state is State.DRAFT


def test_it_is_used_once_and_free_again_when_the_purchase_came_to_nothing(world: World) -> None:
    listing, bea, enquiry, quote = stage(world)
    first, second = draft_at(world, quote), draft_at(world, quote)
    purchases.submit(world.me, first)
    with pytest.raises(StateError):
        quotes.withdraw(bea, listing.provider, enquiry.ref, quote.ref)
    with pytest.raises(InvalidError, match="already"):
        purchases.submit(world.me, second)
    purchases.cancel(world.me, first, "Not this month.")
    assert purchases.submit(world.me, second).state is State.APPROVED
    db.session.refresh(quote)
    assert quote.used_by == second.id


def test_the_policy_judges_the_price_and_the_provider_learns_nothing_of_a_stop(world: World) -> None:
    _, bea, _, quote = stage(world, category=Category.HOME_HELP)
    draft = draft_at(world, quote)
    assert purchases.check(world.me, draft).decision.action is not Action.ALLOW  # not in the plan for this outcome
    quote.what = "Two bottles of Merlot"
    again = draft_at(world, quote)
    assert purchases.submit(world.me, again).state is State.BLOCKED
    db.session.refresh(quote)
    assert quote.used_by is None
    assert not db.session.query(Notice).filter(Notice.account_id == bea.account_id, Notice.title.contains("buy")).all()


def test_what_a_broker_prepared_in_time_can_be_confirmed_after_the_day(world: World) -> None:
    broker = world.broker(Scope.PREPARE)
    _, _, _, quote = stage(world, asked_by=broker)
    draft = draft_at(world, quote, broker)
    assert purchases.submit(broker, draft).state is State.AWAITING_HOLDER
    with clock.at(clock.now() + timedelta(days=16)):
        assert purchases.confirm(world.me, draft).state is State.APPROVED


def test_another_persons_price_does_not_exist(world: World) -> None:
    _, _, _, quote = stage(world)
    account, person, _, budget = factories.make_holder()
    with pytest.raises(NotFoundError):
        purchases.start_draft(factories.actor_for(account), person, budget, quote_ref=quote.ref)


@pytest.mark.slow
def test_taking_a_price_back_and_buying_at_it_at_once_leave_one_of_them(real_database: Flask) -> None:
    with real_database.app_context():
        world = build()
        listing, bea, enquiry, quote = stage(world)
        draft = draft_at(world, quote)
        ids = (world.holder.id, bea.account_id, draft.id)
        refs = (listing.provider.ref, enquiry.ref, quote.ref)
        db.session.commit()
    barrier = Barrier(2)

    def run(buys: bool) -> bool:
        with real_database.app_context():
            actor = factories.actor_for(db.session.get_one(Account, _id(ids[0 if buys else 1])))
            barrier.wait(20)
            try:
                if buys:
                    purchases.submit(actor, db.session.get_one(Purchase, _id(ids[2])))
                else:
                    provider = db.session.query(Provider).filter_by(ref=refs[0]).one()
                    quotes.withdraw(actor, provider, refs[1], refs[2])
                db.session.commit()
            except CarePurseError:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, (True, False)))
    assert sum(done) == 1
    with real_database.app_context():
        left = db.session.get_one(Purchase, _id(ids[2]))
        assert left.state is (State.APPROVED if done[0] else State.DRAFT)


def _id(key: UUID | None) -> UUID:
    assert key is not None
    return key
