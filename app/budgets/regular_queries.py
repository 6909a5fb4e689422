"""Reading regular purchases. What is *still due* has one definition, and it is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import joinedload

from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularPaymentMade, RegularPaymentTried, RegularTerms
from app.budgets.regular_rules import RegularState
from app.budgets.rhythm import SCHOOL_TERMS, Rhythm, Term, read_terms
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, may


@dataclass(frozen=True, slots=True)
class StillDue:
    """An occurrence of a regular purchase."""

    payment: RegularPayment
    due_on: date
    terms: RegularTerms

    @property
    def amount_pence(self) -> int:
        return self.terms.amount_pence


_WHOLE = (joinedload(RegularPayment.every_terms), joinedload(RegularPayment.pauses))
_REGULAR = (
    select(RegularPayment)
    .options(*_WHOLE)
    .where(
        RegularPayment.budget_id == bindparam("budget_id"),
        RegularPayment.state == RegularState.RUNNING,
        RegularPayment.starts_on <= bindparam("last"),
        or_(RegularPayment.ends_on.is_(None), RegularPayment.ends_on >= bindparam("first")),
    )
)


def due_between(budget: Budget, first: date, last: date) -> list[StillDue]:
    """The occurrences of a budget's regular purchases on some days, made or not, in the order they fall due.

    Outside the budget's time nothing falls due: no money is there for it.
    """
    first, last = max(first, budget.starts_on), min(last, budget.ends_on)
    if last < first:
        return []
    asked = {"budget_id": budget.id, "first": first, "last": last}
    rows = db.session.scalars(_REGULAR, asked).unique().all()
    return occurrences_of(rows, first, last, school_for(budget.commissioner_id, rows))


def occurrences_of(
    payments: Iterable[RegularPayment], first: date, last: date, school: tuple[Term, ...]
) -> list[StillDue]:
    """The occurrences of some regular purchases on some days, in the order they fall due."""
    due = [StillDue(payment, day, terms) for payment in payments for day, terms in payment.due_in(first, last, school)]
    return sorted(due, key=lambda item: (item.due_on, item.payment.words))


def school_for(commissioner_id: UUID, payments: Iterable[RegularPayment]) -> tuple[Term, ...]:
    """The school terms that some regular purchases keep to. Asked for only where one of them does."""
    if any(terms.rhythm is Rhythm.TERM_TIME for payment in payments for terms in payment.every_terms):
        return school_terms(commissioner_id)
    return SCHOOL_TERMS


def school_terms(commissioner_id: UUID) -> tuple[Term, ...]:
    """A commissioner's school terms, or the usual ones."""
    return read_terms(identity.settings_of(commissioner_id).school_terms)


def regular_payments(budget: Budget, period: date) -> list[StillDue]:
    """The occurrences agreed for a month, made or not, in the order they fall due."""
    return due_between(budget, period, clock.last_day(period))


def still_due(budget: Budget, period: date) -> list[StillDue]:
    """The occurrences of a month that are neither made nor left out, in the order they fall due."""
    return not_made(regular_payments(budget, period))


def not_made(due: Sequence[StillDue]) -> list[StillDue]:
    """Of some occurrences in order those that are neither made nor left out."""
    if not due:
        return []
    made = made_days({item.payment.id for item in due}, min(i.due_on for i in due), max(i.due_on for i in due))
    return [item for item in due if (item.payment.id, item.due_on) not in made]


def made_days(payment_ids: Iterable[UUID], first: date, last: date) -> set[tuple[UUID, date]]:
    """Which occurrences of some days were made or left out."""
    rows = db.session.execute(
        select(RegularPaymentMade.payment_id, RegularPaymentMade.due_on).where(
            RegularPaymentMade.payment_id.in_(list(payment_ids)), RegularPaymentMade.due_on.between(first, last)
        )
    )
    return {(payment_id, day) for payment_id, day in rows}


def regular_payment_for(viewer: Actor, person: Person, ref: str) -> RegularPayment:
    """One regular purchase of a person's budgets, with its terms and pauses.

    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    payment = db.session.scalar(
        select(RegularPayment)
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(RegularPayment.ref == tidy_ref(ref), Budget.person_id == person.id, *known_to(viewer, person))
    )
    if payment is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return payment


ANOTHERS = "Arranged by another broker"


def known_to(viewer: Actor, person: Person) -> tuple[ColumnElement[bool], ...]:
    """Which regular purchases somebody may open, as conditions.

    A broker: their own, and what the person's own side has running, which the budget's pages show; never another
    broker's, and nothing that was stopped.
    """
    if not viewer.brokers_for(person.id):
        return ()
    own = RegularPayment.asked_by.is_not_distinct_from(viewer.account_id)
    rest = (RegularPayment.asked_as != AuthorityKind.BROKER.value) & (RegularPayment.state != RegularState.STOPPED)
    return (or_(own, rest),)


def is_anothers(viewer: Actor, person: Person, payment: RegularPayment) -> bool:
    """Whether a regular purchase is another broker's work: then a broker reads its day and sum, not what it is."""
    by_broker = payment.asked_as == AuthorityKind.BROKER.value
    return by_broker and viewer.brokers_for(person.id) and payment.asked_by != viewer.account_id


def regulars_of(viewer: Actor, person: Person) -> list[RegularPayment]:
    """Everything that is, was or may be bought again and again for a person, the newest first.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    query = (
        select(RegularPayment)
        .options(*_WHOLE)
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(Budget.person_id == person.id, *known_to(viewer, person))
        .order_by(RegularPayment.starts_on.desc(), RegularPayment.id.desc())
    )
    return list(db.session.scalars(query).unique())


def occurrence(payment: RegularPayment, commissioner_id: UUID, day: date) -> StillDue | None:
    """The occurrence of a day, if one falls due then and is neither made nor left out."""
    if payment.state is not RegularState.RUNNING:
        return None
    due = occurrences_of([payment], day, day, school_for(commissioner_id, [payment]))
    return next(iter(not_made(due)), None)


def tried_of(payment_ids: Iterable[UUID], since: date) -> dict[tuple[UUID, date], RegularPaymentTried]:
    """The occurrences that did not go through by themselves, by purchase and day."""
    rows = db.session.scalars(
        select(RegularPaymentTried).where(
            RegularPaymentTried.payment_id.in_(list(payment_ids)), RegularPaymentTried.due_on >= since
        )
    )
    return {(row.payment_id, row.due_on): row for row in rows}


def nearest_day(payment: RegularPayment, commissioner_id: UUID, day: date) -> date:
    """The occurrence that a payment by hand on ``day`` takes care of: in the same month, the nearest that is not made.

    Where all of that month are, the nearest of them, and that one is then said to be taken care of already.
    """
    period = clock.period_of(day)
    due = occurrences_of([payment], period, clock.last_day(period), school_for(commissioner_id, [payment]))
    free = not_made(due) or due
    return min((item.due_on for item in free), key=lambda found: (abs((found - day).days), found), default=day)
