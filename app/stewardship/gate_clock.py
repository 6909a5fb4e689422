"""By the clock: people are told of what they have to know, and staff of what they have to do.

Every mark is set in the statement that finds what is due, so that two workers at once, or a run repeated, tell once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, text, update

from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.identity import queries as identity
from app.identity.authority_queries import people_with_a_side
from app.identity.models import Commissioner, Person
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.stewardship import concerns, reviews, telling
from app.stewardship.concern_rules import latest_telling, undecided_since
from app.stewardship.gate_models import Concern, PlanReview, ReviewCycle
from app.stewardship.gate_rules import ConcernState
from app.stewardship.review_rules import ReviewState

_GATE = Actor.system("Reviews and concerns")
_AGAIN = timedelta(days=30)  # an overdue review is called to mind again after so long


@dataclass(frozen=True, slots=True)
class Watched:
    """What one run did, in how many cases."""

    told: int  # people told of a concern, on the day that was decided
    lapsed: int  # concerns on which nobody decided
    near: int  # people reminded of a review
    opened: int  # coordinators told that a review is open
    over: int  # reviews or concerns that are over, with nothing written down
    overdue: int  # reviews that nobody announced


@task("stewardship.watch_gate", cron="45 5 * * *")
def watch_gate_today(timestamp: int) -> None:
    """Every morning.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    watch_gate()


def watch_gate() -> Watched:
    """Tell people what was put off until today, remind of reviews, and say what is over or overdue."""
    today = clock.today()
    lapsed = _let_lapse(today)
    told = _tell_today(today)
    _begin_cycles()
    return Watched(told, lapsed, _remind_people(today), _say_open(today), _say_over(today), _say_overdue(today))


def _tell_today(today: date) -> int:
    """Tell whom a safeguarding lead's day has come for, and who came when nobody was there to be told.

    A lock keeps a second worker from telling twice.
    """
    due = db.session.scalars(
        select(Concern)
        .where(Concern.told_at.is_(None), Concern.tell_on <= today)
        .order_by(Concern.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    count = 0
    for concern in due:
        if telling.tell_now(_GATE, concern):
            count += 1
            title = f"{concern.person.name} was told of the concern today."
        elif concern.tell_on == today:  # said once; they are told when somebody comes
            title = f"Nobody was told of the concern today. {telling.nobody_to_tell(concern)}"
        else:
            continue
        concerns.tell_staff(_GATE, concern, [concern.recorded_by, concern.second_id], title)
    return count


def _let_lapse(today: date) -> int:
    """What nobody decided in time opens nothing any more. Even so the person learns of it, as late as is allowed."""
    count = 0
    for place in db.session.scalars(select(Commissioner.id).order_by(Commissioner.id)).all():
        settings = identity.settings_of(place)
        keys = db.session.scalars(
            update(Concern)
            .where(
                Concern.commissioner_id == place,
                Concern.state == ConcernState.WAITING,
                Concern.recorded_at < clock.start_of(undecided_since(settings, today)),
            )
            .values(state=ConcernState.LAPSED, tell_on=latest_telling(settings, today, today))
            .returning(Concern.id)
            .execution_options(synchronize_session=False)
        ).all()
        for concern in _read(Concern, keys):
            concerns.note(_GATE, concern, "lapse", "Nobody decided on a concern in time, so it opened nothing")
            leads = [one.id for one in concerns.leads_for(concern.recorded_by, concern.person)]
            title = f"Nobody decided on the concern about {concern.person.name} in time. It opened nothing."
            concerns.tell_staff(_GATE, concern, [concern.recorded_by, concern.second_id, *leads], title)
        count += len(keys)
    return count


_FIRST_CYCLES = text("""
    INSERT INTO review_cycle (person_id, next_on)
    SELECT budget.person_id, (min(budget.starts_on) + make_interval(months => :months))::date
    FROM budget JOIN person ON person.id = budget.person_id
    WHERE person.commissioner_id = :place AND budget.state = 'agreed'
        AND NOT EXISTS (SELECT FROM review_cycle WHERE review_cycle.person_id = budget.person_id)
    GROUP BY budget.person_id
    ON CONFLICT DO NOTHING
""")


def _begin_cycles() -> None:
    """Whoever has a budget and no day for a review yet: the first is due within the months that the law says."""
    for place in db.session.scalars(select(Commissioner.id).order_by(Commissioner.id)).all():
        months = identity.settings_of(place).first_review_months
        db.session.execute(_FIRST_CYCLES, {"place": place, "months": months})


def _remind_people(today: date) -> int:
    """Shortly before a review the person's side is told again: when it is, and what it entails."""
    count = 0
    for place in db.session.scalars(select(Commissioner.id).order_by(Commissioner.id)).all():
        until = today + timedelta(days=identity.settings_of(place).review_reminder_days)
        near = (PlanReview.commissioner_id == place) & PlanReview.starts_on.between(today, until)
        # where nobody is there yet, whoever comes until then is told
        for review in _mark(near & PlanReview.person_id.in_(people_with_a_side()), "reminded_on", today):
            messages.notify(
                _GATE,
                identity.holder_side_ids(review.person_id),
                NoticeKind.REVIEW,
                f"Your review with {review.holder.name} is on {clock.say_day(review.starts_on)}.",
                review.what,
                about=About.PLAN_REVIEW,
                about_ref=review.ref,
                person_id=review.person_id,
            )
            count += 1
    return count


def _say_open(today: date) -> int:
    opened = _mark((PlanReview.starts_on <= today) & (PlanReview.closes_on >= today), "opened_on", today)
    for review in opened:
        title = f"The review of {review.person.name} is open until {clock.say_day(review.closes_on)}."
        reviews.tell_holder(_GATE, review, title)
    return len(opened)


def _say_over(today: date) -> int:
    unwritten = _mark(PlanReview.closes_on < today, "unwritten_on", today)
    for review in unwritten:
        title = f"Write down what you agreed at the review of {review.person.name}."
        reviews.tell_holder(_GATE, review, title, NoticeKind.REMINDER)
    keys = db.session.scalars(
        update(Concern)
        .where(Concern.state == ConcernState.OPEN, Concern.opens_until < today, Concern.over_on.is_(None))
        .values(over_on=today)
        .returning(Concern.id)
        .execution_options(synchronize_session=False)
    ).all()
    for concern in _read(Concern, keys):
        title = f"The concern about {concern.person.name} opens nothing any more. Close it, or keep it open in writing."
        concerns.tell_staff(_GATE, concern, [concern.recorded_by, concern.second_id], title)
    return len(unwritten) + len(keys)


def _say_overdue(today: date) -> int:
    """Tell the coordinator whose person had no review by the day it was due, again every thirty days."""
    announced = select(PlanReview.person_id).where(PlanReview.state == ReviewState.ANNOUNCED)
    told_before = func.coalesce(ReviewCycle.reminded_on, date.min) <= today - _AGAIN
    late = db.session.scalars(
        update(ReviewCycle)
        .where(ReviewCycle.next_on < today, told_before, ReviewCycle.person_id.not_in(announced))
        .values(reminded_on=today)
        .returning(ReviewCycle.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    for person in db.session.scalars(select(Person).where(Person.id.in_(late)).order_by(Person.id)):
        coordinator = identity.coordinator_of(person.id)
        messages.notify(
            _GATE,
            [coordinator.id] if coordinator else identity.team_leads(person.commissioner_id),
            NoticeKind.REMINDER,
            f"A review of {person.name} is overdue. Announce one.",
            about=About.REVIEW_DUE,
            person_id=person.id,
        )
    return len(late)


def _mark(when: ColumnElement[bool], mark: str, today: date) -> Sequence[PlanReview]:
    """Set a mark on announced reviews that have none. Whoever else runs at the same moment finds it set."""
    column = getattr(PlanReview, mark)
    keys = db.session.scalars(
        update(PlanReview)
        .where(PlanReview.state == ReviewState.ANNOUNCED, when, column.is_(None))
        .values({mark: today})
        .returning(PlanReview.id)
        .execution_options(synchronize_session=False)
    ).all()
    found: Sequence[PlanReview] = _read(PlanReview, keys)
    return found


def _read(kind: Any, keys: Sequence[Any]) -> Any:
    return db.session.scalars(
        select(kind).where(kind.id.in_(keys)).order_by(kind.id).execution_options(populate_existing=True)
    ).all()
