"""Reading budgets. The balance has one definition, and it is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.budgets.models import Budget
from app.budgets.regular_queries import StillDue, regular_payment_for, regular_payments, still_due
from app.budgets.rules import Balance, BudgetState, safe_to_spend
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.ledger import queries as ledger
from app.ledger.rules import Stream, Totals

NIL = UUID(int=0)

__all__ = [
    "NIL",
    "Figures",
    "MonthTotals",
    "OutcomeSpend",
    "Purse",
    "StillDue",
    "balance",
    "budget_by_id",
    "budget_in_force",
    "budgets_in_force",
    "budgets_of",
    "figures",
    "purse",
    "regular_payment_for",
    "regular_payments",
    "still_due",
    "stream_available",
]


def budgets_of(viewer: Actor, person: Person) -> list[Budget]:
    """Every budget of a person, the newest first.

    :raises NotFoundError: when the viewer may not see them.
    """
    if not viewer.is_system and not may(viewer, Permission.READ_MONEY, PersonSubject(person.id)):
        raise NotFoundError
    return list(
        db.session.scalars(
            select(Budget)
            .options(selectinload(Budget.streams), selectinload(Budget.parts))
            .where(Budget.person_id == person.id)
            .order_by(Budget.starts_on.desc(), Budget.id.desc())
        )
    )


def budgets_in_force(viewer: Actor, person: Person, on: date | None = None) -> list[Budget]:
    """The agreed budgets of a person that run on a day, the one that began first before the others.

    :param on: a London day; today when left out.
    """
    day = on or clock.today()
    return [
        budget
        for budget in reversed(budgets_of(viewer, person))
        if budget.state is BudgetState.AGREED and budget.starts_on <= day <= budget.ends_on
    ]


def budget_in_force(viewer: Actor, person: Person, ref: str | None = None, on: date | None = None) -> Budget | None:
    """The agreed budget of a person on a day.

    :param ref: which one, where there are several; the one that began first when left out.
    :param on: a London day; today when left out.
    """
    running = budgets_in_force(viewer, person, on)
    return next((budget for budget in running if ref is None or budget.ref == ref), None)


def budget_by_id(budget_id: UUID) -> Budget:
    """A budget with its streams, for services that have checked the right already.

    One that this transaction has read is not read again.
    """
    return db.session.get_one(Budget, budget_id, options=[joinedload(Budget.streams)])


@dataclass(frozen=True, slots=True)
class OutcomeSpend:
    """What one outcome has used, in pence."""

    spent: int = 0
    promised: int = 0

    @property
    def used(self) -> int:
        return self.spent + self.promised


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """One bar of the last twelve months, in pence."""

    period: date
    money_in: int
    spent: int
    promised: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the home page counts, from one reading of the roll-ups."""

    balance: Balance
    due: Sequence[StillDue]
    by_month: Sequence[MonthTotals]
    this_month: dict[UUID, OutcomeSpend]
    whole_budget: dict[UUID, OutcomeSpend]


def figures(budget: Budget, period: date | None = None, months: int = 12) -> Figures:
    """A budget's balance and charts for a month.

    The number of statements does not depend on how much was ever bought.

    :param period: the first day of a month; this month when left out.
    """
    this = clock.period_of(clock.today())
    period = period or this
    totals = sum(ledger.totals_by_stream(budget.id).values(), Totals())
    first = min(clock.add_months(period, 1 - months), budget.starts_on.replace(day=1))
    rows = ledger.months(budget.id, first, max(period, budget.ends_on.replace(day=1)))
    due = still_due(budget, period) if period >= this else []
    month = [row for row in rows if row.period == period]
    balance = Balance(
        money_in=sum(row.money_in for row in month),
        spent=sum(row.spent for row in month),
        promised=totals.debits_pending if period == this else sum(row.promised for row in month),
        still_due=sum(item.amount_pence for item in due),
        contingency=budget.contingency_pence,
        available=totals.available,
    )
    by_month = []
    for back in range(months - 1, -1, -1):
        at = clock.add_months(period, -back)
        of = [row for row in rows if row.period == at]
        by_month.append(
            MonthTotals(at, sum(r.money_in for r in of), sum(r.spent for r in of), sum(r.promised for r in of))
        )
    inside = [row for row in rows if row.period >= budget.starts_on.replace(day=1)]
    return Figures(balance, due, by_month, _by_tag(month), _by_tag(inside))


def _by_tag(rows: Sequence[ledger.MonthFigure]) -> dict[UUID, OutcomeSpend]:
    spend: dict[UUID, OutcomeSpend] = {}
    for row in rows:
        if row.tag_id != NIL:
            had = spend.get(row.tag_id, OutcomeSpend())
            spend[row.tag_id] = OutcomeSpend(had.spent + row.spent, had.promised + row.promised)
    return spend


@dataclass(frozen=True, slots=True)
class Purse:
    """What a purchase is held against now: each stream's totals, and the regular payments to come this month."""

    by_stream: dict[Stream, Totals]
    due: Sequence[StillDue]
    contingency: int

    @property
    def available(self) -> int:
        """As ``Balance.available``."""
        return sum(totals.available for totals in self.by_stream.values())

    @property
    def safe_to_spend(self) -> int:
        """As ``Balance.safe_to_spend``."""
        return safe_to_spend(self.available, self.contingency, sum(item.amount_pence for item in self.due))


def purse(budget: Budget, totals: dict[Stream, Totals] | None = None) -> Purse:
    """What there is to spend from now, without the months' figures that a page shows beside it.

    :param totals: each stream's, where the caller has locked them.
    """
    period = clock.period_of(clock.today())
    by_stream = ledger.totals_by_stream(budget.id) if totals is None else totals
    return Purse(by_stream, still_due(budget, period), budget.contingency_pence)


def balance(budget: Budget, period: date | None = None) -> Balance:
    """What the person has: the one definition of balance and of *safe to spend* (``rules.Balance``)."""
    return figures(budget, period).balance


def stream_available(budget: Budget) -> dict[Stream, int]:
    """What is left in each stream of a budget, promises taken off, in pence."""
    return {stream: totals.available for stream, totals in ledger.totals_by_stream(budget.id).items()}
