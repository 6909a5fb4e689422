"""The budget's words and the arithmetic of the home page, pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BudgetState(StrEnum):
    INDICATIVE = "indicative"
    AGREED = "agreed"
    ENDED = "ended"


class HeldAs(StrEnum):
    """Three ways to hold the money; a mix is several parts."""

    DIRECT_PAYMENT = "direct_payment"
    NOTIONAL = "notional"
    THIRD_PARTY = "third_party"


class Cycle(StrEnum):
    """When money comes in."""

    MONTHLY = "monthly"  # in advance, every month of the period
    ONE_OFF = "one_off"


@dataclass(frozen=True, slots=True)
class Balance:
    """What the person has, in pence. The one place where *safe to spend* is worked out."""

    money_in: int  # this month
    spent: int  # this month, refunds taken off
    promised: int  # held for what is approved or waiting, whatever the month
    still_due: int  # regular payments to come this month
    contingency: int  # kept for bad weeks
    available: int  # in the budget now, promises taken off

    @property
    def safe_to_spend(self) -> int:
        """``available - contingency - still due``: may be below nought, and then says what will not fit."""
        return safe_to_spend(self.available, self.contingency, self.still_due)


def safe_to_spend(available: int, contingency: int, still_due: int) -> int:
    """The one number of the home page, in pence: what is left when everything known is taken off."""
    return available - contingency - still_due


def due_day(period: date, day_of_month: int) -> date:
    """The day a regular payment falls due in a month: the 31st becomes the month's last day."""
    return period.replace(day=min(day_of_month, calendar.monthrange(period.year, period.month)[1]))
