"""Reading reviews: the person's own side, and staff of their commissioner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.budgets.models import Budget
from app.budgets.rules import BudgetState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Caseload, Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.stewardship.gate_models import PlanReview, ReviewCycle
from app.stewardship.openings import check_own_side
from app.stewardship.review_rules import ReviewState, add_months

_MOST = 100


def reviews_of(viewer: Actor, person: Person) -> Sequence[PlanReview]:
    """A person's reviews for their own side, the newest first.

    :raises NotFoundError: for everybody else.
    """
    check_own_side(viewer, person)
    return _of(person.id)


def review_for(viewer: Actor, person: Person, ref: str) -> PlanReview:
    """One review for the person's own side.

    :raises NotFoundError: for everybody else, and when there is none.
    """
    check_own_side(viewer, person)
    return _one(person, ref)


def reviews_seen_by_staff(viewer: Actor, person: Person) -> Sequence[PlanReview]:
    """A person's reviews for staff of their commissioner: who held them and when; what was agreed has its own page.

    :raises NotFoundError: when the viewer may not look at money there.
    """
    identity.person_of_commissioner(viewer, person.ref, Permission.LOOK_AT_MONEY)
    return _of(person.id)


def staff_review(viewer: Actor, person: Person, ref: str) -> PlanReview:
    """One review with its outcome, for whoever looks after the person, held it, looked too, or audits.

    :raises NotFoundError: for everybody else, and when there is none.
    """
    identity.person_of_commissioner(viewer, person.ref, Permission.LOOK_AT_MONEY)
    review = _one(person, ref)
    theirs = may_hold(viewer, review) or may_take_over(viewer, review) or viewer.account_id == review.with_id
    if not (theirs or _audits(viewer, person)):
        raise NotFoundError
    return review


def may_hold(viewer: Actor, review: PlanReview) -> bool:
    """Whether it is the viewer's to hold: whoever announced it or took it over, and their cover."""
    if not may(viewer, Permission.HOLD_REVIEWS, CommissionerSubject(review.commissioner_id)):
        return False
    return viewer.account_id in {review.held_by, absences.who_is_there(review.holder)}


def may_take_over(viewer: Actor, review: PlanReview) -> bool:
    """Whether the viewer may hold it from now on: who looks after the person now, or, when whoever announced it has
    left, every coordinator of the team."""
    if not may(viewer, Permission.HOLD_REVIEWS, CommissionerSubject(review.commissioner_id)):
        return False
    if viewer.account_id == review.held_by or viewer.grant_for(review.person_id) is not None:
        return False
    own = identity.coordinator_of(review.person_id)
    team = {one.id for one in identity.coordinators(review.commissioner_id)}
    return viewer.account_id == (own.id if own else None) or review.held_by not in team


def announced_for(person_id: UUID) -> PlanReview | None:
    """The review that is announced, if one is. The caller has checked who may see the person."""
    return db.session.scalar(
        select(PlanReview)
        .options(joinedload(PlanReview.holder), joinedload(PlanReview.colleague))
        .where(PlanReview.person_id == person_id, PlanReview.state == ReviewState.ANNOUNCED)
    )


def next_due(person: Person) -> date | None:
    """By when the next review is due; None for somebody without a budget. The caller has checked who may see them."""
    cycle = db.session.get(ReviewCycle, person.id)
    if cycle is not None:
        return cycle.next_on
    first = db.session.scalar(
        select(func.min(Budget.starts_on)).where(Budget.person_id == person.id, Budget.state == BudgetState.AGREED)
    )
    return add_months(first, identity.settings_of(person.commissioner_id).first_review_months) if first else None


def period_to_look_at(person: Person) -> tuple[date, date]:
    """The days that the next review would look at: since the last one, or since the first budget began."""
    today = clock.today()
    last = db.session.scalar(
        select(func.max(PlanReview.look_until)).where(
            PlanReview.person_id == person.id, PlanReview.state == ReviewState.HELD
        )
    )
    first = db.session.scalar(select(func.min(Budget.starts_on)).where(Budget.person_id == person.id))
    return min(last or first or today, today), today


@dataclass(frozen=True, slots=True)
class Overdue:
    """Somebody whose review is due, or past its day, with none announced."""

    person: Person
    next_on: date


def announced_with(viewer: Actor) -> Sequence[PlanReview]:
    """The reviews that are announced and the viewer's to hold or to look at too, the nearest first."""
    return db.session.scalars(
        select(PlanReview)
        .options(joinedload(PlanReview.person), joinedload(PlanReview.holder))
        .where(
            PlanReview.state == ReviewState.ANNOUNCED,
            PlanReview.commissioner_id.in_([post.commissioner_id for post in viewer.posts]),
            or_(
                PlanReview.held_by.in_(_answers_for(viewer)),
                PlanReview.with_id == viewer.account_id,
            ),
            PlanReview.person_id.not_in([grant.person_id for grant in viewer.grants]),
        )
        .order_by(PlanReview.starts_on, PlanReview.id)
        .limit(_MOST)
    ).all()


def overdue_for(viewer: Actor, within_days: int = 30) -> list[Overdue]:
    """Whom the viewer looks after and whose review is due within some days, or late, and not announced."""
    announced = select(PlanReview.person_id).where(PlanReview.state == ReviewState.ANNOUNCED)
    rows = db.session.execute(
        select(Person, ReviewCycle.next_on)
        .join(ReviewCycle, ReviewCycle.person_id == Person.id)
        .join(Caseload, Caseload.person_id == Person.id)
        .where(
            Caseload.account_id == viewer.account_id,
            Caseload.ends_on.is_(None),
            ReviewCycle.next_on <= date.fromordinal(clock.today().toordinal() + within_days),
            Person.id.not_in(announced),
            Person.id.not_in([grant.person_id for grant in viewer.grants]),
        )
        .order_by(ReviewCycle.next_on, Person.id)
        .limit(_MOST)
    )
    return [Overdue(person, next_on) for person, next_on in rows]


def _answers_for(viewer: Actor) -> list[UUID]:
    """The viewer, and whom they cover for today."""
    return [viewer.account_id, *absences.covers(viewer.account_id)] if viewer.account_id else []


def _audits(viewer: Actor, person: Person) -> bool:
    return may(viewer, Permission.READ_AUDIT, CommissionerSubject(person.commissioner_id))


def _of(person_id: UUID) -> Sequence[PlanReview]:
    return db.session.scalars(
        select(PlanReview)
        .options(joinedload(PlanReview.holder), joinedload(PlanReview.colleague))
        .where(PlanReview.person_id == person_id)
        .order_by(PlanReview.starts_on.desc(), PlanReview.id.desc())
        .limit(_MOST)
    ).all()


def _one(person: Person, ref: str) -> PlanReview:
    found = db.session.scalar(
        select(PlanReview)
        .options(joinedload(PlanReview.holder), joinedload(PlanReview.colleague), joinedload(PlanReview.person))
        .where(PlanReview.ref == tidy_ref(ref), PlanReview.person_id == person.id)
    )
    if found is None:
        raise NotFoundError
    return found
