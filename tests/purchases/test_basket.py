"""The basket: what is judged together is what happens when it is sent, and together it never overspends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.identity.models import Account, Person
from app.identity.rules import Actor
from app.ledger import proof
from app.ledger.models import LedgerAccount
from app.ledger.rules import Stream
from app.marketplace.rules import Category, Unit
from app.messages.models import Notice
from app.messages.rules import About, NoticeKind
from app.purchases import basket, basket_sending
from app.purchases import service as purchases
from app.purchases.basket_check import check_basket
from app.purchases.basket_queries import basket_of, sent_with, things_in_basket
from app.purchases.models import Purchase
from app.purchases.rules import LineInput, State
from tests import factories
from tests.purchases.basket_world import add, look, offer, send
from tests.purchases.test_delegating import make as make_rule
from tests.purchases.test_races import race
from tests.purchases.world import World, build


def test_two_providers_are_sent_together_and_leave_what_the_check_said(world: World) -> None:
    add(world, offer("Swim Together CIC", 2_200), 4)
    add(world, offer("Karaoke Kate", 3_200, "Karaoke machine", Category.EQUIPMENT))
    check = look(world)
    assert [item.check.result for item in check.items] == [State.APPROVED, State.AWAITING_APPROVAL]
    assert (check.total_pence, check.safe_after_pence, check.things) == (12_000, 88_000, 2)
    sent = send(world)
    assert [item.state for item in sent] == [State.APPROVED, State.AWAITING_APPROVAL]
    assert budgets.balance(world.budget).safe_to_spend == 88_000
    assert sent_with(world.me, sent[1]) == sent
    assert things_in_basket(world.me, world.person) == 0


def test_what_fits_alone_but_not_together_is_said_and_nothing_of_it_is_sent(world: World) -> None:
    first = add(world, offer("Swim Together CIC", 45_000, unit=Unit.MONTH))
    add(world, offer("Ladywell Leisure", 45_000, "Gym", unit=Unit.MONTH))
    third = add(world, offer("Catford Courts", 45_000, "Tennis", unit=Unit.MONTH))
    fourth = add(world, offer("Lewisham Lanes", 900, "Bowling"))
    check = look(world)
    assert [item.is_stopped for item in check.items] == [False, False, True, False]
    assert (check.items[2].fits_alone, check.items[2].purchase) == (True, third)
    assert "there is £100" in check.items[2].stopped_because
    assert check.total_pence == 90_900
    with pytest.raises(StateError, match=r"Tennis from Catford Courts cannot go now\. .* Nothing was sent\."):
        send(world)
    assert {item.state for item in (first, third, fourth)} == {State.DRAFT}
    assert budgets.balance(world.budget).promised == 0
    basket.leave_by_itself(world.me, third)
    assert [item.state for item in send(world)] == [State.APPROVED] * 3
    assert budgets.balance(world.budget).available == 9_100
    assert third.state is State.DRAFT


def test_a_thing_that_is_too_dear_by_itself_is_not_said_to_fit(world: World) -> None:
    add(world, offer("Swim Together CIC", 900))
    add(world, offer("Ladywell Leisure", 100_001, "Gym"))
    stopped = look(world).items[1]
    assert (stopped.is_stopped, stopped.fits_alone) == (True, False)


_THINGS = st.lists(
    st.tuples(
        st.sampled_from(["Catford Pool", "Ladywell Leisure"]),  # two drafts may be from the same name
        st.sampled_from(
            [("Pool session", "activities-and-leisure"), ("Pool term", "equipment-and-technology"), ("Whisky", "x")]
        ),
        st.sampled_from([900, 1_001, 3_333, 4_999, 26_000]),
        st.sampled_from([0, 1]),
    ),
    min_size=2,
    max_size=5,
)


@pytest.fixture
def split_world(session: object) -> World:
    """Two funders: each outcome takes a half from each, and they have not the same."""
    return build({Stream.HEALTH: 30_000, Stream.SOCIAL_CARE: 12_001})


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_THINGS)
def test_judging_one_after_another_is_what_sending_one_by_one_does(
    split_world: World, things: Sequence[tuple[str, tuple[str, bool], int, int]]
) -> None:
    world = split_world
    outer = db.session.begin_nested()
    for name, (title, on_plan), pence, outcome in things:
        category = Category.ACTIVITIES if on_plan else Category.EQUIPMENT
        add(world, offer(name, pence, title, category), outcome=outcome)
    judged = look(world).items
    drafts = basket_of(world.me, world.person)
    for before, draft in zip(judged, drafts, strict=True):
        assert before.weighed.left == budgets.stream_available(world.budget)
        try:
            with db.session.begin_nested():
                purchases.submit(world.me, draft)
        except InsufficientFundsError:
            assert before.short
            db.session.expire_all()
            continue
        assert not before.short
        assert draft.state is before.check.result
        assert draft.findings == [item.to_dict() for item in before.check.decision.findings]
        db.session.flush()
    assert budgets.balance(world.budget).promised == sum(i.purchase.total_pence for i in judged if not i.is_stopped)
    assert all(left >= 0 for left in budgets.stream_available(world.budget).values())
    outer.rollback()
    db.session.expire_all()


def test_a_simple_rule_that_answers_once_answers_once_in_a_basket(world: World) -> None:
    make_rule(world)
    for name in ("Karaoke Kate", "Sing Along Sid"):
        add(world, offer(name, 3_200, "Karaoke machine", Category.EQUIPMENT))
    results = [State.APPROVED, State.AWAITING_APPROVAL]
    assert [item.check.result for item in look(world).items] == results
    assert [item.state for item in send(world)] == results


@pytest.mark.parametrize(("limit", "sent"), [(5_000, State.AWAITING_HOLDER), (5_400, State.APPROVED)])
def test_a_brokers_limit_counts_for_the_whole_basket(world: World, limit: int, sent: State) -> None:
    broker = world.broker(limit=limit)
    add(world, offer("Swim Together CIC", 2_200), actor=broker)
    add(world, offer("Ladywell Leisure", 3_200, "Gym"), actor=broker)
    assert look(world, broker).asks_holder is (sent is State.AWAITING_HOLDER)
    assert [item.state for item in send(world, broker)] == [sent, sent]
    (told,) = db.session.scalars(select(Notice).where(Notice.account_id == world.holder.id))
    assert told.about is About.BASKET
    assert told.kind is (NoticeKind.TO_CONFIRM if sent is State.AWAITING_HOLDER else NoticeKind.DECIDED)
    assert "Pool session, £22.00" in told.body
    assert "Gym, £32.00" in told.body
    if sent is State.AWAITING_HOLDER:
        assert budgets.balance(world.budget).promised == 0
        both = sent_with(world.me, db.session.scalars(select(Purchase).order_by(Purchase.id)).first())
        assert [purchases.confirm(world.me, item).state for item in both] == [State.APPROVED, State.APPROVED]


def test_what_was_not_looked_at_is_not_sent(world: World) -> None:
    draft = add(world, offer("Swim Together CIC", 2_200))
    seen = look(world).seen
    purchases.put_line(
        world.me,
        draft,
        draft.lines[0].ref,
        LineInput(quantity_hundredths=900, outcome_ref=world.plan.outcomes[0].ref),
    )
    with pytest.raises(StateError, match="has changed"):
        basket_sending.send(world.me, world.person, seen)
    seen = look(world).seen
    add(world, offer("Ladywell Leisure", 3_200, "Gym"))
    with pytest.raises(StateError, match="has changed"):
        basket_sending.send(world.me, world.person, seen)
    assert draft.state is State.DRAFT


def test_two_tabs_send_it_once_and_begin_it_once(real_database: Flask) -> None:
    with real_database.app_context():
        world = build({Stream.HEALTH: 5_000})
        swim, gym = offer("Swim Together CIC", 2_200), offer("Ladywell Leisure", 2_700, "Gym")
        refs, me, person = (swim.ref, gym.ref), world.holder.id, world.person.id
        outcome = world.plan.outcomes[0].ref
        db.session.commit()

    def act(do: Callable[[Actor, Person], object]) -> Callable[[], object]:
        return lambda: do(_actor(me), db.session.get_one(Person, person))

    def put(ref: str) -> Callable[[], object]:
        line = LineInput(outcome_ref=outcome, listing_ref=ref)
        return act(lambda actor, whom: basket.put_in_basket(actor, whom, line, clock.today()).ref)

    assert not [a for a in race(real_database, [put(ref) for ref in refs * 2], 4) if isinstance(a, StateError)]
    with real_database.app_context():
        drafts = basket_of(_actor(me), db.session.get_one(Person, person))
        assert [len(item.lines) for item in drafts] == [2, 2]
        for draft in drafts:
            basket.take_out(_actor(me), draft, draft.lines[0].ref)
        db.session.commit()
        seen = check_basket(_actor(me), db.session.get_one(Person, person)).seen
    answers = race(real_database, [act(lambda actor, whom: len(basket_sending.send(actor, whom, seen)))] * 4, 4)
    assert sorted(answers, key=str)[0] == 2
    assert sum(isinstance(answer, StateError) for answer in answers) == 3
    with real_database.app_context():
        held = db.session.scalars(select(LedgerAccount.debits_pending).where(LedgerAccount.debits_pending > 0)).all()
        assert list(held) == [4_900]
        assert db.session.scalar(select(func.count()).where(Purchase.state == State.APPROVED)) == 2
        assert proof.verify().problems == []


def _actor(account_id: UUID) -> Actor:
    return factories.actor_for(db.session.get_one(Account, account_id))


def test_the_order_is_the_order_in_which_it_was_begun(world: World) -> None:
    drafts = [add(world, offer(f"Pool {n}", 1_000 + n)) for n in range(4)]
    sent = send(world)
    assert [item.id for item in sent] == [item.id for item in drafts]
    assert all(a.submitted_at == b.submitted_at for a, b in pairwise(sent))
