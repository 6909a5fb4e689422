"""What of a person's movements is wanted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.purchases.rules import State


@dataclass(frozen=True, slots=True)
class SpendingFilter:
    """What to show; nothing set shows everything that was sent (what was stopped only when asked for)."""

    period: date | None = None  # the first day of a month
    outcome_ref: str | None = None
    state: State | None = None
    words: str = ""
    within: tuple[date, date] | None = None  # first and last day: nothing outside them, whatever else is wanted
