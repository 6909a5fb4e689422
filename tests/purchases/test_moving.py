"""Moving what is planned, and using what is kept for bad weeks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.budgets.move_models import MoveState, OutcomeMove
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.ledger.rules import Stream
from app.messages.models import Notice
from app.plans.models import OutcomeFunding
from app.purchases import deciding, moving, queue
from app.purchases import service as purchases
from app.purchases.moves_made import moves_made
from app.purchases.moving import MoveInput
from app.purchases.planned import KEPT, ends_of, planned_in
from tests.purchases.test_races import actor, race
from tests.purchases.world import World, build


def typed(world: World, source: int | str, target: int | str, pence: int | None, **more: object) -> MoveInput:
    ref = [outcome.ref for outcome in world.plan.outcomes]
    ends = [ref[end] if isinstance(end, int) else end for end in (source, target)]
    return MoveInput(ends[0], ends[1], pence, **{"every_month": False, "why": "", **more})


def planned(world: World, months: int = 0) -> list[int]:
    month = clock.add_months(clock.period_of(clock.today()), months)
    found = planned_in(world.budget, world.plan.outcomes, month)
    return [found[outcome.id] for outcome in world.plan.outcomes]


def keep(world: World, pence: int) -> None:
    world.budget.contingency_pence = pence
    db.session.flush()


def test_a_little_is_moved_at_once_and_only_this_month(world: World) -> None:
    made = moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 4_000))
    assert made.state is MoveState.AGREED
    assert planned(world) == [8_000, 12_000]
    assert planned(world, 1) == [12_000, 8_000]
    assert db.session.scalar(select(ApprovalRequest.id)) is None


def test_what_is_used_cannot_be_moved(world: World) -> None:
    purchases.submit(world.me, world.outside(("Pool sessions", 9_000, "activities-and-leisure")))
    with pytest.raises(InvalidError) as refused:
        moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 3_001))
    assert refused.value.errors == {"amount": "Only £30.00 is left there"}
    moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 3_000))


def test_the_free_sum_is_for_the_month_and_more_is_asked_for(world: World) -> None:
    moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 6_000))
    made = moving.move(world.me, world.person, world.budget, typed(world, 1, 0, 4_001))
    assert made.state is MoveState.WAITING
    request = db.session.scalars(select(ApprovalRequest)).one()
    assert request.reason_asked == "Somebody looks at this because it is more than £100 in a month."
    view = queue.request_for(world.priya, request.ref)
    assert [fact.key for fact in view.facts] == ["From", "To", "When"]
    deciding.ask(world.priya, request.ref, "For how long?")
    deciding.answer(world.me, request, "Just now.")
    assert planned(world) == [6_000, 14_000]
    deciding.approve(world.priya, request.ref)
    assert planned(world) == [10_001, 9_999]
    (row, _) = moves_made(world.me, world.person)
    assert (row.source, row.target) == ("Eat well at home", "Swim every week and feel stronger")
    with clock.at(clock.start_of(clock.add_months(clock.period_of(clock.today()), 1))):
        assert moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 10_000)).state is MoveState.AGREED


def test_every_month_to_come_and_other_funders_are_asked_for(world: World) -> None:
    every = moving.check_move(world.me, world.person, world.budget, typed(world, 0, 1, 100, every_month=True))
    assert every.refer == "it changes every month that is to come"
    assert every.last_month == clock.period_of(world.budget.ends_on)
    outcome = world.plan.outcomes[1]
    db.session.add(OutcomeFunding(outcome_id=outcome.id, stream=Stream.EDUCATION, position=1, share=1))
    db.session.flush()
    db.session.refresh(outcome, ["funding"])
    other = moving.check_move(world.me, world.person, world.budget, typed(world, 0, 1, 100))
    assert other.refer == "other funders pay for the one than for the other"


def test_what_is_kept_is_used_with_a_reason_and_then_safe_to_spend(world: World) -> None:
    keep(world, 15_000)
    before = budgets.balance(world.budget).safe_to_spend
    with pytest.raises(InvalidError) as refused:
        moving.move(world.me, world.person, world.budget, typed(world, KEPT, 1, 5_000))
    assert set(refused.value.errors) == {"why"}
    moving.move(world.me, world.person, world.budget, typed(world, KEPT, 1, 5_000, why="Two bad weeks"))
    assert world.budget.contingency_pence == 10_000
    assert budgets.balance(world.budget).safe_to_spend == before + 5_000
    assert planned(world) == [12_000, 13_000]
    moving.move(world.me, world.person, world.budget, typed(world, 1, KEPT, 2_000))
    assert world.budget.contingency_pence == 12_000


def test_no_yes_takes_more_than_is_kept(world: World) -> None:
    keep(world, 30_000)
    moving.move(world.me, world.person, world.budget, typed(world, KEPT, 1, 30_000, why="A bad month"))
    request = db.session.scalars(select(ApprovalRequest)).one()
    keep(world, 20_000)
    with pytest.raises(StateError, match="Less than that is kept"), db.session.begin_nested():
        deciding.approve(world.priya, request.ref)
    db.session.expire_all()
    deciding.decline(world.priya, request.ref, "not_enough", "Let us look at it together.")
    assert world.budget.contingency_pence == 20_000
    assert planned(world) == [12_000, 8_000]


def test_a_yes_after_the_month_counts_in_the_month_it_is_given_in(world: World) -> None:
    """Else what is kept would shrink, and nobody would have anything of it."""
    keep(world, 30_000)
    moving.move(world.me, world.person, world.budget, typed(world, KEPT, 1, 30_000, why="A bad month"))
    request = db.session.scalars(select(ApprovalRequest)).one()
    nxt = clock.add_months(clock.period_of(clock.today()), 1)
    with clock.at(clock.start_of(nxt)):
        deciding.approve(world.priya, request.ref)
        said = f"It counts in {clock.say_month(nxt)}."  # as said then: from December, next year's month has no year
    assert planned(world) == [12_000, 8_000]
    assert planned(world, 1) == [12_000, 38_000]
    titles = db.session.scalars(select(Notice.title).where(Notice.account_id == world.holder.id)).all()
    assert any(title.endswith(said) for title in titles)


def test_a_yes_after_the_budgets_time_is_none_and_a_no_is_a_way_out(world: World) -> None:
    made = moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 100, every_month=True))
    request = db.session.scalars(select(ApprovalRequest)).one()
    with clock.at(clock.start_of(clock.add_months(clock.period_of(world.budget.ends_on), 1))):
        with pytest.raises(StateError, match="is over"), db.session.begin_nested():
            deciding.approve(world.priya, request.ref)
        db.session.expire_all()
        deciding.decline(world.priya, request.ref, "not_enough", "The year is over.")
    assert made.state is MoveState.DECLINED


def test_no_yes_plans_less_than_nothing(world: World) -> None:
    moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 12_000))
    request = db.session.scalars(select(ApprovalRequest)).one()
    moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 9_000))
    with pytest.raises(StateError, match=r"Only £30\.00 is planned"), db.session.begin_nested():
        deciding.approve(world.priya, request.ref)
    db.session.expire_all()
    assert planned(world) == [3_000, 17_000]


def test_what_a_coordinator_agreed_to_does_not_use_up_what_is_free(world: World) -> None:
    made = moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 11_000))
    deciding.approve(world.priya, db.session.scalars(select(ApprovalRequest)).one().ref)
    db.session.refresh(made)
    assert made.state is MoveState.AGREED
    assert moving.move(world.me, world.person, world.budget, typed(world, 1, 0, 1_000)).state is MoveState.AGREED


def test_it_is_taken_back_until_it_is_answered(world: World) -> None:
    made = moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 100, every_month=True))
    moving.take_back(world.me, world.person, made.ref)
    with pytest.raises(StateError):
        moving.take_back(world.me, world.person, made.ref)
    request = db.session.scalars(select(ApprovalRequest)).one()
    with pytest.raises(StateError, match="took this back"):
        deciding.approve(world.priya, request.ref)


def test_it_is_the_own_sides_to_do(world: World) -> None:
    with pytest.raises(NotAllowedError):
        moving.move(world.broker(), world.person, world.budget, typed(world, 0, 1, 100))
    stranger = build()
    for who in (stranger.me, world.priya):
        with pytest.raises(NotFoundError):
            moving.move(who, world.person, world.budget, typed(world, 0, 1, 100))
    with pytest.raises(NotFoundError):
        ends_of(world.me, world.person, stranger.budget)
    made = moving.move(world.me, world.person, world.budget, typed(world, 0, 1, 100, every_month=True))
    with pytest.raises(NotFoundError):
        moving.take_back(stranger.me, stranger.person, made.ref)


@pytest.mark.parametrize(
    ("source", "target", "pence", "field"),
    [
        (0, 0, 100, "target"),
        ("x", 1, 100, "source"),
        (0, "\0", 100, "target"),
        (0, 1, None, "amount"),
        (0, 1, 0, "amount"),
    ],
)
def test_what_cannot_be_is_named(
    world: World, source: int | str, target: int | str, pence: int | None, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        moving.check_move(world.me, world.person, world.budget, typed(world, source, target, pence))
    assert field in refused.value.errors


_ENDS = st.sampled_from([0, 1, KEPT])


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from([0, 1, KEPT]), st.sampled_from([0, 1, KEPT]), st.integers(1, 9_000)), max_size=6)
)
def test_no_penny_is_made_or_lost(app: Flask, steps: list[tuple[int | str, int | str, int]]) -> None:
    """What is planned and what is kept come to the same sum, whatever is moved; neither is ever below nought."""
    with app.app_context():
        world = build()
        keep(world, 10_000)
        for source, target, pence in steps:
            with suppress(InvalidError):
                moving.move(world.me, world.person, world.budget, typed(world, source, target, pence, why="So."))
        db.session.refresh(world.budget)
        sums = [*planned(world), world.budget.contingency_pence]
        assert sum(sums) == 30_000
        assert min(sums) >= 0
        db.session.rollback()


def test_two_at_once_do_not_move_the_same_money(real_database: Flask) -> None:
    with real_database.app_context():
        world = build()
        me, person, key = world.holder.id, world.person, world.budget.id
        asked = typed(world, 0, 1, 7_000)
        db.session.commit()
        db.session.refresh(person)
        db.session.expunge(person)

    def move() -> object:
        return moving.move(actor(me), person, db.session.get_one(Budget, key), asked).state

    jobs: list[Callable[[], object]] = [move, move, move]
    answers = race(real_database, jobs, 3)
    assert answers.count(MoveState.AGREED) == 1, answers
    assert sum(isinstance(answer, InvalidError) for answer in answers) == 2
    with real_database.app_context():
        assert len(db.session.scalars(select(OutcomeMove)).all()) == 1
