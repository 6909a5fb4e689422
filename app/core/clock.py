"""Time: stored in UTC, counted in London.

A budget month is a London month, half open: 23:30 UTC on 30 June is already 1 July for the person. A month is named
by its first day (``period``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment, in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the software believe that it is ``moment`` (demonstration history, tests)."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def today() -> date:
    """Today's date in London."""
    return now().astimezone(LONDON).date()


def london(moment: datetime) -> datetime:
    """The same moment on a London clock."""
    return moment.astimezone(LONDON)


def period_of(day: date | datetime) -> date:
    """The first day of the London month that holds ``day``."""
    if isinstance(day, datetime):
        day = day.astimezone(LONDON).date()
    return day.replace(day=1)


def add_months(period: date, count: int) -> date:
    """The first day of the month ``count`` months after ``period`` (before, when negative)."""
    index = period.year * 12 + period.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def last_day(period: date) -> date:
    """The last day of the month that begins on ``period``."""
    return add_months(period, 1) - timedelta(days=1)


def start_of(period: date) -> datetime:
    """The moment, in UTC, at which a London day begins."""
    return datetime.combine(period, time.min, tzinfo=LONDON).astimezone(UTC)


def parse_period(text: str) -> date:
    """Read ``2026-11`` as a month.

    :raises ValueError: when it is not a month between 2000 and 2199.
    """
    year, _, month = text.partition("-")
    if not (len(year) == 4 and len(month) == 2 and year.isascii() and month.isascii() and (year + month).isdigit()):
        raise ValueError("Write the month like 2026-11")
    if not 2000 <= int(year) <= 2199 or not 1 <= int(month) <= 12:
        raise ValueError("Write the month like 2026-11")
    return date(int(year), int(month), 1)


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and not a bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The working day ``count`` working days after ``day`` (which itself does not count)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days after ``first`` ``last`` is: 0 on the same day, 1 on the next working day."""
    days = (first + timedelta(days=one) for one in range(1, (last - first).days + 1))
    return sum(is_working_day(day) for day in days)


def say_day(day: date, *, year: bool = False) -> str:
    """``Tuesday 24 November``, the way dates are written everywhere a person reads them."""
    text = f"{day:%A} {day.day} {day:%B}"
    return f"{text} {day.year}" if year else text


def say_month(period: date) -> str:
    """``November``, with the year when it is not this year's."""
    return f"{period:%B}" if period.year == today().year else f"{period:%B} {period.year}"
