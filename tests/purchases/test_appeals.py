"""A second look: once, by somebody else, with its own clock."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.ledger import proof
from app.ledger.rules import Stream
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.purchases import queries, queue
from app.purchases import service as purchases
from app.purchases.appealing import who_would_hear
from app.purchases.models import Purchase
from app.purchases.rules import State, Verb
from tests import factories
from tests.purchases.world import World, build


def newest(purchase: Purchase) -> ApprovalRequest:
    found = approval_queries.latest_for(purchase.id)
    assert found is not None
    return found


def declined(world: World, pence: int = 3200) -> Purchase:
    purchase = world.referred(pence)
    purchases.decline(world.priya, newest(purchase).ref, "not_in_plan", "It is not in your plan.")
    return purchase


def stopped(world: World) -> Purchase:
    return purchases.submit(world.me, world.outside(("2 bottles of Merlot", 1798, None)))


def test_a_no_is_looked_at_again_by_somebody_else_on_a_clock_of_its_own(world: World) -> None:
    purchase = declined(world)
    purchases.appeal(world.me, purchase, "Singing keeps my lungs open: my physio says so.")
    request = newest(purchase)
    assert (purchase.state, request.subject_kind) == (State.UNDER_APPEAL, SubjectKind.APPEAL)
    assert request.assigned_to == world.colleague.id
    assert request.due_on == clock.add_working_days(clock.today(), 5)
    assert budgets.balance(world.budget).promised == 3200
    row = next(row for row in queries.waiting_for(world.me, world.person) if row.purchase_ref == purchase.ref)
    assert (row.kind.value, row.who) == ("answer_due", "Tom Ellis")
    facts = {fact.key: fact.value for fact in queue.request_for(world.tom, request.ref).facts}
    assert facts["Why they ask"].startswith("Singing keeps")
    assert facts["Priya Shah said no"] == "It is not in your plan."
    purchases.approve(world.tom, request.ref, "I see what you mean.")
    assert purchase.state is State.PAID
    assert budgets.balance(world.budget).spent == 3200


def test_who_decided_first_never_gets_the_appeal_in_any_way(world: World) -> None:
    purchase = declined(world)
    purchases.appeal(world.me, purchase, "Please look again.")
    ref = newest(purchase).ref
    assert ref not in {row.ref for row in queue.queue_for(world.priya, "team").rows}
    with pytest.raises(NotFoundError):
        purchases.take(world.priya, ref)
    with pytest.raises(NotFoundError):
        purchases.approve(world.priya, ref)
    assert world.coordinator not in approval_queries.colleagues_for(newest(purchase))
    with pytest.raises(InvalidError, match="Priya Shah cannot decide this one"):
        purchases.hand_over(world.tom, ref, world.coordinator.ref)
    third = factories.make_account("Una Third")
    factories.make_post(third, world.commissioner)
    purchases.hand_over(world.tom, ref, third.ref)
    assert newest(purchase).assigned_to == third.id


def test_where_nobody_else_is_left_it_waits_for_the_rest_of_the_team(session: object) -> None:
    world = build()
    purchase = declined(world)
    second = purchases.submit(world.me, world.outside(("Drum kit", 4000, None)))
    purchases.take(world.tom, newest(second).ref)
    purchases.decline(world.tom, newest(second).ref, "too_much", "No.")
    lonely = factories.make_commissioner("Only One ICB")
    assert lonely.id != world.commissioner.id
    alone = build()
    factories.give_authority(alone.colleague, alone.person)  # Tom acts for Sam: he cannot decide about him
    own = declined(alone)
    assert who_would_hear(alone.me, own) is None
    purchases.appeal(alone.me, own, "Please look again.")
    assert newest(own).assigned_to is None
    assert newest(own).ref not in {row.ref for row in queue.queue_for(alone.priya, "team").rows}
    una = factories.make_account("Una New")
    factories.make_post(una, alone.commissioner)
    assert newest(own).ref in {row.ref for row in queue.queue_for(factories.actor_for(una)).rows}
    assert purchase.state is State.DECLINED


def test_it_is_asked_for_once_and_a_second_no_is_for_good(world: World) -> None:
    purchase = declined(world)
    with pytest.raises(InvalidError) as refused:
        purchases.appeal(world.me, purchase, "  ")
    assert set(refused.value.errors) == {"why"}
    purchases.appeal(world.me, purchase, "Please look again.")
    with pytest.raises(StateError):
        purchases.appeal(world.me, purchase, "And again.")
    purchases.decline(world.tom, newest(purchase).ref, "too_much", "I looked at it all once more.")
    assert purchase.state is State.DECLINED
    assert budgets.balance(world.budget).promised == 0
    assert Verb.APPEAL not in queries.allowed(world.me, purchase)
    with pytest.raises(StateError):
        purchases.appeal(world.me, purchase, "A third time?")
    title = db.session.scalars(
        select(Notice.title).where(Notice.account_id == world.holder.id).order_by(Notice.id.desc())
    ).first()
    assert "second look" in (title or "")


def test_what_was_stopped_stays_private_until_they_ask_and_a_yes_needs_words(world: World) -> None:
    purchase = stopped(world)
    assert purchase.state is State.BLOCKED
    assert approval_queries.latest_for(purchase.id) is None
    purchases.appeal(world.me, purchase, "It is a vinegar by that name.")
    request = newest(purchase)
    with pytest.raises(InvalidError) as refused:
        purchases.approve(world.priya, request.ref, "  ")
    assert set(refused.value.errors) == {"reason"}
    assert purchase.state is State.UNDER_APPEAL
    view = queue.request_for(world.priya, request.ref)
    assert any("alcohol" in fact.value for fact in view.facts if fact.key == "Stopped by a rule")
    purchases.approve(world.priya, request.ref, "The label says vinegar: I have seen the photo.")
    assert purchase.state is State.PAID


def test_what_nobody_may_look_past_is_not_appealed(session: object) -> None:
    world = build({Stream.HEALTH: 5_000})
    purchase = purchases.submit(world.me, world.outside(("Swimming lessons", 9_000, Category.ACTIVITIES)))
    assert purchase.state is State.BLOCKED
    with pytest.raises(StateError):
        purchases.appeal(world.me, purchase, "I need it.")


def test_without_the_money_nothing_is_held_and_a_yes_waits_for_it(session: object) -> None:
    world = build({Stream.HEALTH: 5_000})
    purchase = declined(world, 4_000)
    purchases.submit(world.me, world.outside(("Swimming lessons", 3_000, Category.ACTIVITIES)))
    purchases.appeal(world.me, purchase, "Please look again.")
    assert budgets.balance(world.budget).promised == 0
    with pytest.raises(StateError, match="not enough money"):
        purchases.approve(world.tom, newest(purchase).ref)
    assert purchase.state is State.UNDER_APPEAL
    factories.pay_in(world.budget, {Stream.HEALTH: 5_000})
    purchases.approve(world.tom, newest(purchase).ref)
    assert purchase.state is State.PAID
    assert proof.verify().problems == []


def test_a_question_and_its_answer_and_taking_it_back(world: World) -> None:
    purchase = declined(world)
    purchases.appeal(world.me, purchase, "Please look again.")
    purchases.ask(world.tom, newest(purchase).ref, "How often would you sing?")
    assert purchase.state is State.UNDER_APPEAL
    assert queries.waiting_for(world.me, world.person)[0].kind is queries.WaitingKind.QUESTION
    purchases.answer_about(world.me, purchase, "Every Tuesday.")
    purchases.cancel(world.me, purchase)
    assert purchase.state is State.CANCELLED
    assert newest(purchase).state.value == "withdrawn"
    assert budgets.balance(world.budget).promised == 0
