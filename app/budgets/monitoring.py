"""How budgets do, for staff: healthy or not, paid or not yet. Never what was bought (DESIGN, section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.orm import selectinload

from app.budgets.models import Budget, BudgetStream
from app.budgets.rules import BudgetState, Cycle
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.identity.models import Caseload, Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.ledger import queries as ledger
from app.ledger.models import LedgerAccount, LedgerTransfer
from app.ledger.rules import OwnerKind, Stream, Totals

PAGE = 50
_SETTLING_DAYS = 28  # before this nothing can be said of a pace
_OVER, _UNDER = 115, 70  # per cent of what would be used by now; a wide band, as needs go up and down


class Pace(StrEnum):
    """How a budget is used, beside an even use over its period."""

    ON_TRACK = "on_track"
    OVER = "over"
    UNDER = "under"
    NEW = "new"  # too early to say
    ONE_OFF = "one_off"  # bought when it is needed: there is no even use


def pace_of(budget: Budget, used_pence: int, today: date) -> Pace:
    """How a budget is used.

    :param budget: with its streams.
    :param used_pence: spent and promised since it began.
    """
    if all(item.cycle is Cycle.ONE_OFF for item in budget.streams):
        return Pace.ONE_OFF
    days = (min(today, budget.ends_on) - budget.starts_on).days + 1
    if days <= _SETTLING_DAYS:
        return Pace.NEW
    whole = (budget.ends_on - budget.starts_on).days + 1
    expected = ((budget.agreed_pence or 0) - budget.contingency_pence) * days // whole
    if used_pence * 100 > expected * _OVER:
        return Pace.OVER
    return Pace.UNDER if used_pence * 100 < expected * _UNDER else Pace.ON_TRACK


@dataclass(frozen=True, slots=True)
class BudgetHealth:
    """One budget as staff see it: whose, until when, and how it is used. No sums of what was bought."""

    person_name: str
    person_ref: str
    budget_name: str
    ends_on: date
    pace: Pace
    budget_id: UUID


def health(viewer: Actor, commissioner_id: UUID, page: int = 1, *, own: bool = False) -> Page[BudgetHealth]:
    """The running budgets of a commissioner, by the person's name.

    :param own: only those of people the viewer looks after.
    :raises NotFoundError: when the viewer may not see them.
    """
    if not may(viewer, Permission.SEE_BUDGET_HEALTH, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    today = clock.today()
    offset, limit = window(page, PAGE)
    query = (
        select(Budget, Person)
        .join(Person, Person.id == Budget.person_id)
        .where(*_running(commissioner_id, today, today))
        .options(selectinload(Budget.streams))
        .order_by(Person.family_name, Person.given_name, Budget.id)
    )
    if own:
        query = query.where(
            Person.id.in_(
                select(Caseload.person_id).where(Caseload.account_id == viewer.account_id, Caseload.ends_on.is_(None))
            )
        )
    rows = db.session.execute(query.offset(offset).limit(limit)).all()
    return make_page(_healths([(budget, person) for budget, person in rows]), page, PAGE)


def health_of(viewer: Actor, person: Person) -> list[BudgetHealth]:
    """The running budgets of one person.

    :raises NotFoundError: when the viewer may not see how budgets of this person's commissioner do.
    """
    if not may(viewer, Permission.SEE_BUDGET_HEALTH, CommissionerSubject(person.commissioner_id)):
        raise NotFoundError
    today = clock.today()
    found = db.session.scalars(
        select(Budget)
        .where(Budget.person_id == person.id, *_running(person.commissioner_id, today, today))
        .options(selectinload(Budget.streams))
        .order_by(Budget.id)
    )
    return _healths([(budget, person) for budget in found])


def _healths(rows: Sequence[tuple[Budget, Person]]) -> list[BudgetHealth]:
    totals = ledger.totals_of_owners([budget.id for budget, _ in rows])
    found = []
    for budget, person in rows:
        of = totals.get(budget.id, Totals())
        pace = pace_of(budget, of.debits_posted + of.debits_pending, clock.today())
        found.append(BudgetHealth(person.name, person.ref, budget.name, budget.ends_on, pace, budget.id))
    return found


@dataclass(frozen=True, slots=True)
class StreamPaid:
    """What one funder has paid in a month, and what it has still to pay."""

    stream: Stream
    paid_pence: int
    to_pay_pence: int


@dataclass(frozen=True, slots=True)
class MonthPaid:
    """How far a month's payments are."""

    period: date
    budgets_paid: int
    budgets_to_pay: int
    streams: Sequence[StreamPaid]

    @property
    def paid_pence(self) -> int:
        return sum(item.paid_pence for item in self.streams)

    @property
    def to_pay_pence(self) -> int:
        return sum(item.to_pay_pence for item in self.streams)


def month_paid(viewer: Actor, commissioner_id: UUID, period: date) -> MonthPaid:
    """How far the payments of a month are in a commissioner.

    :raises NotFoundError: when the viewer may not see it.
    """
    if not may(viewer, Permission.SEE_BUDGET_HEALTH, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    due = _due(commissioner_id, period).subquery()
    streams = db.session.execute(
        select(
            due.c.stream,
            func.coalesce(func.sum(due.c.paid_pence), 0),
            func.coalesce(func.sum(due.c.amount_pence).filter(due.c.paid_pence.is_(None)), 0),
        ).group_by(due.c.stream)
    ).all()
    each = (
        select(due.c.budget_id, func.bool_and(due.c.paid_pence.is_not(None)).label("paid"))
        .group_by(due.c.budget_id)
        .subquery()
    )
    paid, to_pay = db.session.execute(
        select(func.count().filter(each.c.paid), func.count().filter(~each.c.paid)).select_from(each)
    ).one()
    by_stream = {stream: (int(was), int(will)) for stream, was, will in streams}
    return MonthPaid(
        period, paid, to_pay, [StreamPaid(stream, *by_stream[stream]) for stream in Stream if stream in by_stream]
    )


def not_yet_paid(viewer: Actor, commissioner_id: UUID, period: date, most: int) -> list[UUID]:
    """The budgets of a commissioner that have not had all of a month's money, in a fixed order.

    :param most: how many at most.
    :raises NotFoundError: when the viewer may not pay them.
    """
    if not may(viewer, Permission.PAY_ALLOCATIONS, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    due = _due(commissioner_id, period).subquery()
    return list(
        db.session.scalars(
            select(due.c.budget_id)
            .where(due.c.paid_pence.is_(None))
            .group_by(due.c.budget_id)
            .order_by(due.c.budget_id)
            .limit(most)
        )
    )


@dataclass(frozen=True, slots=True)
class StreamTotals:
    """All budgets of a commissioner together, in one stream, in pence."""

    stream: Stream
    came_in: int
    spent: int
    promised: int

    @property
    def available(self) -> int:
        return self.came_in - self.spent - self.promised


def totals_of(viewer: Actor, commissioner_id: UUID) -> list[StreamTotals]:
    """The budgets' running totals by stream.

    :raises NotFoundError: when the viewer may not read the ledger of this commissioner.
    """
    if not may(viewer, Permission.READ_LEDGER, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    rows = db.session.execute(
        select(
            LedgerAccount.stream,
            func.sum(LedgerAccount.credits_posted),
            func.sum(LedgerAccount.debits_posted),
            func.sum(LedgerAccount.debits_pending),
        )
        .where(LedgerAccount.commissioner_id == commissioner_id, LedgerAccount.owner_kind == OwnerKind.BUDGET)
        .group_by(LedgerAccount.stream)
    )
    found = {stream: StreamTotals(stream, *(int(figure) for figure in figures)) for stream, *figures in rows}
    return [found[stream] for stream in Stream if stream in found]


def _running(commissioner_id: UUID, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Budget.commissioner_id == commissioner_id,
        Budget.state == BudgetState.AGREED,
        Budget.starts_on <= last,
        Budget.ends_on >= first,
    )


def _due(commissioner_id: UUID, period: date) -> Select[UUID, Stream, int, int]:
    """Each stream to pay in a month with what was paid of it (the key that ``allocations`` gives each payment)."""
    key = func.concat("allocation:", cast(BudgetStream.budget_id, Text), ":", BudgetStream.stream, f":{period:%Y-%m}")
    return (
        select(
            BudgetStream.budget_id,
            BudgetStream.stream,
            BudgetStream.amount_pence,
            LedgerTransfer.amount_pence.label("paid_pence"),
        )
        .join(Budget, Budget.id == BudgetStream.budget_id)
        .outerjoin(LedgerTransfer, LedgerTransfer.unique_key == key)
        .where(
            *_running(commissioner_id, period, clock.last_day(period)),
            or_(
                BudgetStream.cycle == Cycle.MONTHLY,
                and_(Budget.starts_on >= period, Budget.starts_on <= clock.last_day(period)),
            ),
        )
    )
