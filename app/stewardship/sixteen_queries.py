"""Reading what is known of somebody's sixteenth birthday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, Scope, may
from app.purchases.models import Purchase
from app.purchases.rules import State
from app.stewardship.capacity_rules import stands
from app.stewardship.changes_access import acting_for
from app.stewardship.changes_follows import Acting, Follow
from app.stewardship.changes_models import CapacityRecord, NomineeChoice, SixteenStep
from app.stewardship.changes_queries import require_reader
from app.stewardship.sixteen_rules import CHOSEN_FROM, SixteenFacts, Step, birthday, day_follows, due_on, is_near


@dataclass(frozen=True, slots=True)
class SixteenPage:
    """What the pages about a sixteenth birthday say."""

    day: date
    days: Mapping[Step, date]
    done: Mapping[Step, SixteenStep]
    is_over: bool  # the day was dealt with
    near: bool
    follows: tuple[Follow, ...]
    acting: tuple[Acting, ...]
    own: Acting | None  # the young person's own sign-in
    choice: NomineeChoice | None
    capacity: CapacityRecord | None

    @property
    def representatives(self) -> list[Acting]:
        return [item for item in self.acting if item.kind is AuthorityKind.REPRESENTATIVE]

    @property
    def can_be_nominee(self) -> list[Acting]:
        return [item for item in self.acting if item.kind in CHOSEN_FROM]


def page_for_staff(viewer: Actor, person: Person) -> SixteenPage:
    """What the coordinator's page says.

    :raises NotFoundError: when the viewer neither decides nor audits there, or acts for the person, or the day is
        long past.
    """
    require_reader(viewer, person)
    page = _page(person)
    if page.day < clock.today() and not (page.near or page.done):
        raise NotFoundError
    return page


def page_for_side(viewer: Actor, person: Person) -> SixteenPage:
    """What the person's side reads.

    :raises NotFoundError: when it is not the viewer's to see, or nobody's sixteenth birthday is near.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    page = _page(person)
    if not page.near or not (page.representatives or page.done or page.choice):
        raise NotFoundError
    return page


def is_told_at_home(person: Person) -> bool:
    """Whether the home page says that a sixteenth birthday is near: of somebody whom others act for, or did."""
    if not is_near(person.date_of_birth, clock.today()):
        return False
    kinds = {item.kind for item in acting_for(person.id)}
    return AuthorityKind.REPRESENTATIVE in kinds or bool(steps_of(person.id))


def has_passed_on(person_id: UUID) -> bool:
    """Whether the right to decide has passed to somebody who is sixteen: not before the day was dealt with, nor where
    it is recorded that they cannot decide.
    """
    return Step.DAY in steps_of(person_id) and not lacks_capacity(person_id)


def facts_of(person: Person) -> SixteenFacts:
    """What the rules need to know."""
    choice = latest_choice(person.id)
    theirs = select(func.count()).select_from(Purchase).where(Purchase.person_id == person.id)
    drafts = _count(theirs.where(Purchase.state == State.DRAFT))
    prepared = _count(theirs.where(Purchase.state == State.AWAITING_HOLDER))
    asked = select(func.count()).select_from(ApprovalRequest)
    regular = select(func.count()).select_from(RegularPayment).join(Budget, Budget.id == RegularPayment.budget_id)
    return SixteenFacts(
        given_name=person.given_name,
        born=person.date_of_birth,
        acting=acting_for(person.id),
        lacks=lacks_capacity(person.id),
        nominee=choice.account_id if choice else None,
        drafts=drafts,
        prepared=prepared,
        asked=_count(asked.where(ApprovalRequest.person_id == person.id, ApprovalRequest.state.in_(OPEN))),
        regular=_count(regular.where(Budget.person_id == person.id, RegularPayment.state == RegularState.RUNNING)),
    )


def latest_capacity(person_id: UUID) -> CapacityRecord | None:
    """What was last found about somebody's capacity to manage their budget."""
    return db.session.scalar(
        select(CapacityRecord)
        .where(CapacityRecord.person_id == person_id, CapacityRecord.about_money)
        .order_by(CapacityRecord.id.desc())
        .limit(1)
    )


def latest_choice(person_id: UUID) -> NomineeChoice | None:
    """Whom somebody last made their nominee, or that they want nobody."""
    return db.session.scalar(
        select(NomineeChoice).where(NomineeChoice.person_id == person_id).order_by(NomineeChoice.id.desc()).limit(1)
    )


def steps_of(person_id: UUID) -> dict[Step, SixteenStep]:
    """What was told and done so far."""
    rows = db.session.scalars(select(SixteenStep).where(SixteenStep.person_id == person_id))
    return {row.step: row for row in rows}


def lacks_capacity(person_id: UUID) -> bool:
    """Whether it is recorded that somebody cannot decide about their budget now."""
    record = latest_capacity(person_id)
    return stands(record.finding if record else None)


def is_under_sixteen(person: Person) -> bool:
    """Whether somebody decides for them as for a child."""
    return birthday(person.date_of_birth) > clock.today()


def their_scope(person: Person) -> Scope:
    """How far somebody's own sign-in reaches: from sixteen they decide, unless it was found that they cannot."""
    return Scope.VIEW if is_under_sixteen(person) or lacks_capacity(person.id) else Scope.BUY


def _page(person: Person) -> SixteenPage:
    facts, done = facts_of(person), steps_of(person.id)
    return SixteenPage(
        day=birthday(person.date_of_birth),
        days={step: due_on(person.date_of_birth, step) for step in Step},
        done=done,
        is_over=Step.DAY in done,
        near=is_near(person.date_of_birth, clock.today()),
        follows=day_follows(facts),
        acting=facts.acting,
        own=next((item for item in facts.acting if item.kind is AuthorityKind.SELF), None),
        choice=latest_choice(person.id),
        capacity=latest_capacity(person.id),
    )


def _count(query: object) -> int:
    return int(db.session.scalar(query) or 0)  # type: ignore[call-overload]  # a select of one count
