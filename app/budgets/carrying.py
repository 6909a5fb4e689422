"""How long a budget would carry a new cost that comes every month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.budgets import queries
from app.budgets.models import Budget
from app.budgets.rules import Cycle
from app.core import clock

MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Ahead:
    """A month to come, in pence: what is agreed to come in, and the regular payments that fall due."""

    period: date
    money_in: int
    due: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a budget has now and what is known of the months to come.

    :param safe_pence: safe to spend now: what is kept for bad weeks and what is due this month are taken off.
    :param months: the months after this one, as far as the budget runs (two years at most).
    """

    this_month: date
    safe_pence: int
    months: tuple[Ahead, ...]
    ends_on: date


@dataclass(frozen=True, slots=True)
class Carried:
    """How long a cost is carried.

    :param months: for how many months, this one included.
    :param until: the last of them; None when not even this month.
    :param whole: as long as the budget runs.
    """

    months: int
    until: date | None
    whole: bool


def outlook(budget: Budget) -> Outlook:
    """What a budget has now and what will come.

    What money this month still lacks counts with the next: it cannot be spent before it is there.
    """
    today = clock.today()
    this = clock.period_of(today)
    balance = queries.balance(budget)
    monthly = sum(item.amount_pence for item in budget.streams if item.cycle is Cycle.MONTHLY)
    late = 0 if balance.money_in else monthly
    months: list[Ahead] = []
    period = clock.add_months(this, 1)
    while period <= budget.ends_on and len(months) < MOST_MONTHS:
        due = sum(item.amount_pence for item in queries.regular_payments(budget, period))
        months.append(Ahead(period, monthly + late, due))
        period, late = clock.add_months(period, 1), 0
    return Outlook(this, balance.safe_to_spend, tuple(months), budget.ends_on)


def carry(ahead: Outlook, monthly_pence: int) -> Carried:
    """For how many months in a row a budget carries a cost of so much a month, beginning now.

    What one month leaves goes on to the next. Money that is safe now is not spent before it is there, so a month that
    does not fit ends the row, even if a later one would.
    """
    left = ahead.safe_pence - monthly_pence
    if left < 0:
        return Carried(0, None, False)
    carried, until = 1, ahead.this_month
    for month in ahead.months:
        left += month.money_in - month.due - monthly_pence
        if left < 0:
            return Carried(carried, until, False)
        carried, until = carried + 1, month.period
    return Carried(carried, until, True)
