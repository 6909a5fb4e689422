"""Promised days: who is reminded, who is told, and what the person reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import StaffPost
from app.messages import conversations
from app.messages.models import Conversation, Notice
from app.messages.rules import NoticeKind
from app.purchases import queries
from app.purchases import service as purchases
from app.purchases.answer_times import answer_times
from app.purchases.clocks import Reminded, keep_promises
from tests import factories
from tests.purchases.test_deciding import request_of
from tests.purchases.test_races import race
from tests.purchases.world import World, build

MONDAY = clock.add_working_days(clock.add_months(clock.period_of(clock.today()), 2), 12)


def read(account: object, *kinds: NoticeKind) -> list[str]:
    wanted = select(Notice.title).where(Notice.account_id == account.id, Notice.kind.in_(kinds))
    return list(db.session.scalars(wanted.order_by(Notice.id)))


def on(days: int) -> object:
    """So many working days after the asking, at nine."""
    day = clock.add_working_days(clock.today(), days)
    return clock.at(clock.start_of(day))


def lead(world: World) -> object:
    account = factories.make_account("Marcus Hale")
    factories.make_post(account, world.commissioner)
    db.session.scalars(select(StaffPost).where(StaffPost.account_id == account.id)).one().leads = True
    db.session.flush()
    return account


def test_the_coordinator_is_reminded_once_on_the_day(world: World) -> None:
    world.referred()
    with on(1):
        assert keep_promises() == Reminded(0, 0, 0)
    with on(2):
        assert keep_promises() == Reminded(1, 0, 0)
        assert keep_promises() == Reminded(0, 0, 0)
    assert read(world.coordinator, NoticeKind.REMINDER) == ["Karaoke machine: you promised Sam an answer today."]


def test_what_is_late_goes_to_the_lead_once_and_the_person_reads_an_honest_day(world: World) -> None:
    marcus = lead(world)
    purchase = world.referred()
    request = request_of(purchase)
    promised = request.due_on
    with on(3):
        assert keep_promises() == Reminded(1, 1, 1)
        assert keep_promises() == Reminded(0, 0, 0)
        db.session.refresh(request)
        assert (request.due_on, request.new_due_on) == (promised, clock.add_working_days(clock.today(), 2))
        said = clock.say_day(request.answer_by)
        (row,) = queries.waiting_for(world.me, world.person)
        assert (row.due_on, row.late) == (request.new_due_on, False)
    (title,) = read(world.holder, NoticeKind.LATE)
    assert title.startswith("Priya Shah has not answered yet about Karaoke machine. We have told the team's lead.")
    assert title.endswith(f"New date: {said}.")
    assert len(read(marcus, NoticeKind.LATE)) == 1
    with on(6):  # the new day goes by as well: the person is not left with a dead one
        assert keep_promises() == Reminded(0, 0, 1)
        db.session.refresh(request)
        assert request.answer_by == clock.add_working_days(clock.today(), 2)
    assert len(read(marcus, NoticeKind.LATE)) == 1


def test_a_question_stops_the_clock_and_an_answer_starts_it_anew(world: World) -> None:
    purchase = world.referred()
    request = request_of(purchase)
    with on(3):
        keep_promises()
        purchases.ask(world.priya, request.ref, "Which songs?")
    with on(8):
        assert keep_promises() == Reminded(0, 0, 0)
        purchases.answer_about(world.me, purchase, "Sea shanties")
        db.session.refresh(request)
        assert (request.reminded_on, request.lead_told_on, request.new_due_on) == (None, None, None)
        assert request.due_on == clock.add_working_days(clock.today(), 2)


def test_nobody_is_reminded_on_a_day_off(world: World) -> None:
    world.referred()
    day = clock.add_working_days(clock.today(), 30)
    while clock.is_working_day(day):
        day = day.fromordinal(day.toordinal() + 1)
    with clock.at(clock.start_of(day)):
        assert keep_promises() == Reminded(0, 0, 0)


def test_a_message_has_the_same_clock(world: World) -> None:
    marcus = lead(world)
    talk, _ = conversations.begin(world.me, world.person, "A lift to the pool", "Could I use my budget for a taxi?")
    with on(3):
        assert keep_promises() == Reminded(1, 1, 1)
        db.session.refresh(talk)
        assert talk.answer_by == clock.add_working_days(clock.today(), 2)
    # who is late, not what it is about: that opens when the lead takes it over
    assert read(marcus, NoticeKind.LATE) == [
        f"Priya Shah has not answered Sam by {clock.say_day(talk.due_on or MONDAY)}."
    ]
    with on(4):
        conversations.reply(world.priya, talk, "Yes.")
    with on(9):
        assert keep_promises() == Reminded(0, 0, 0)


def test_a_lead_who_acts_for_the_person_or_decided_before_is_not_told_and_nobody_says_so(world: World) -> None:
    """Nor is a coordinator who has left."""
    marcus, una = lead(world), lead(world)
    factories.give_authority(marcus, world.person)
    request = request_of(world.referred())
    request.barred = [str(una.id)]
    post = db.session.scalars(select(StaffPost).where(StaffPost.account_id == world.coordinator.id)).one()
    post.ends_on = clock.today()
    db.session.flush()
    with on(3):
        assert keep_promises() == Reminded(1, 0, 1)
        assert request.lead_told_on is None
    assert read(marcus, NoticeKind.REMINDER, NoticeKind.LATE) == read(world.holder, NoticeKind.LATE)  # as Sam's side
    assert read(una, NoticeKind.REMINDER, NoticeKind.LATE) == []
    assert read(world.coordinator, NoticeKind.REMINDER) == []
    (title,) = read(world.holder, NoticeKind.LATE)
    assert "lead" not in title


def test_two_workers_at_once_remind_once(real_database: Flask) -> None:
    with real_database.app_context():
        world = build()
        world.referred()
        conversations.begin(world.me, world.person, "A form", "What is this form?")
        due = clock.add_working_days(clock.today(), 3)
        db.session.commit()

    def run() -> object:
        with clock.at(clock.start_of(due)):
            return keep_promises()

    jobs: list[Callable[[], object]] = [run, run, run]
    done = race(real_database, jobs, 3)
    assert all(isinstance(item, Reminded) for item in done), done
    assert sum(item.coordinators for item in done) == 2
    assert sum(item.people for item in done) == 2
    with real_database.app_context():
        kinds = list(db.session.scalars(select(Notice.kind)))
        assert kinds.count(NoticeKind.REMINDER) == 2
        assert kinds.count(NoticeKind.LATE) == 2
        assert all(talk.new_due_on for talk in db.session.scalars(select(Conversation)))


def test_the_months_answers_are_counted_in_working_days(world: World) -> None:
    for days in (0, 1, 2, 6):
        purchase = world.referred(3_000 + days)
        with on(days):
            purchases.approve(world.priya, request_of(purchase).ref)
    world.referred()  # open: not counted
    with on(7):
        months = answer_times(world.priya, world.commissioner.id)
        assert sum(month.answers for month in months) == 4
        assert sum(month.in_time for month in months) == 3
    requests = db.session.scalars(select(ApprovalRequest).where(ApprovalRequest.state == RequestState.APPROVED)).all()
    assert len(requests) == 4
    if len(months) == 1:
        assert (months[0].usual_days, months[0].slow_days) == (1.5, 6)
    with pytest.raises(NotFoundError):
        answer_times(world.me, world.commissioner.id)
    with pytest.raises(NotFoundError):
        answer_times(build().priya, world.commissioner.id)
