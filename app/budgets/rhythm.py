"""When something that comes round again falls due. Pure: London dates in, London dates out, no clock.

Weeks are counted in days from the first one, so no change of the clock moves them; a month's 31st is its last day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.budgets.rules import due_day


class Rhythm(StrEnum):
    """How often something is bought again."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    FOUR_WEEKLY = "four_weekly"
    MONTHLY = "monthly"
    TERM_TIME = "term_time"  # every week, in school terms only


RHYTHM_WORDS: Mapping[Rhythm, str] = {
    Rhythm.WEEKLY: "every week",
    Rhythm.FORTNIGHTLY: "every two weeks",
    Rhythm.FOUR_WEEKLY: "every four weeks",
    Rhythm.MONTHLY: "every month",
    Rhythm.TERM_TIME: "every week in school terms",
}
_STEP = {Rhythm.WEEKLY: 7, Rhythm.TERM_TIME: 7, Rhythm.FORTNIGHTLY: 14, Rhythm.FOUR_WEEKLY: 28}
#: How many fall into an ordinary month. A month with more is told of beforehand.
_USUAL = {
    Rhythm.WEEKLY: 4,
    Rhythm.TERM_TIME: 4,
    Rhythm.FORTNIGHTLY: 2,
    Rhythm.FOUR_WEEKLY: 1,
    Rhythm.MONTHLY: 1,
}
_NUMBERS = {2: "two", 3: "three", 5: "five"}


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of school between two holidays, both days included."""

    first: date
    last: date


def _terms(*spans: tuple[str, str]) -> tuple[Term, ...]:
    return tuple(Term(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans)


#: Where a commissioner has set no dates of its own (``CommissionerSettings.school_terms``). Schools in England follow
#: their council's calendar; these are the weeks that most councils' published calendars share.
SCHOOL_TERMS: tuple[Term, ...] = _terms(
    ("2025-09-01", "2025-10-24"),
    ("2025-11-03", "2025-12-19"),
    ("2026-01-05", "2026-02-13"),
    ("2026-02-23", "2026-03-27"),
    ("2026-04-13", "2026-05-22"),
    ("2026-06-01", "2026-07-21"),
    ("2026-09-01", "2026-10-23"),
    ("2026-11-02", "2026-12-18"),
    ("2027-01-04", "2027-02-12"),
    ("2027-02-22", "2027-03-25"),
    ("2027-04-12", "2027-05-28"),
    ("2027-06-07", "2027-07-21"),
    ("2027-09-01", "2027-10-22"),
    ("2027-11-01", "2027-12-17"),
    ("2028-01-04", "2028-02-11"),
    ("2028-02-21", "2028-03-31"),
    ("2028-04-18", "2028-05-26"),
    ("2028-06-05", "2028-07-21"),
)


def read_terms(stored: Sequence[Any]) -> tuple[Term, ...]:
    """School terms as a commissioner's settings keep them: pairs of ISO dates. The table above when there are none.

    :raises ValueError: when one is not a pair of dates in order.
    """
    if not stored:
        return SCHOOL_TERMS
    found = sorted(_terms(*((str(first), str(last)) for first, last in stored)), key=lambda term: term.first)
    if any(term.last < term.first for term in found):
        raise ValueError("a school term ends before it begins")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Beat:
    """A rhythm with what it is counted from.

    :param first: the day the weeks are counted from, and before which nothing falls due.
    :param day_of_month: for a monthly one; a day that a month does not have is its last day.
    """

    rhythm: Rhythm
    first: date
    day_of_month: int = 1


def occurrences(beat: Beat, since: date, until: date, terms: Sequence[Term] = SCHOOL_TERMS) -> list[date]:
    """The days from ``since`` to ``until`` (both included) on which it falls due, in order, each once."""
    start = max(since, beat.first)
    if until < start:
        return []
    if beat.rhythm is Rhythm.MONTHLY:
        return _monthly(beat.day_of_month, start, until)
    step = _STEP[beat.rhythm]
    behind = (start - beat.first).days % step
    day = start + timedelta((step - behind) % step)
    days = [day + timedelta(step * n) for n in range((until - day).days // step + 1)]
    return _in_terms(days, terms) if beat.rhythm is Rhythm.TERM_TIME else days


def _monthly(day_of_month: int, start: date, until: date) -> list[date]:
    days = []
    for month in range(start.year * 12 + start.month - 1, until.year * 12 + until.month):
        day = due_day(date(month // 12, month % 12 + 1, 1), day_of_month)
        if start <= day <= until:
            days.append(day)
    return days


def _in_terms(days: Iterable[date], terms: Sequence[Term]) -> list[date]:
    begins = [term.first for term in terms]
    found = []
    for day in days:
        at = bisect_right(begins, day) - 1
        if at >= 0 and day <= terms[at].last:
            found.append(day)
    return found


def usual_count(rhythm: Rhythm) -> int:
    """How many fall into an ordinary month."""
    return _USUAL[rhythm]


def say_when(beat: Beat) -> str:
    """``every Friday``, ``every second Friday``, ``on the 31st of every month (or its last day)``."""
    name = f"{beat.first:%A}"
    if beat.rhythm is Rhythm.MONTHLY:
        last = " (or its last day)" if beat.day_of_month > 28 else ""
        return f"on the {_ordinal(beat.day_of_month)} of every month{last}"
    return {
        Rhythm.WEEKLY: f"every {name}",
        Rhythm.FORTNIGHTLY: f"every second {name}",
        Rhythm.FOUR_WEEKLY: f"every fourth {name}",
        Rhythm.TERM_TIME: f"every {name} in school terms",
    }[beat.rhythm]


def _ordinal(number: int) -> str:
    if 11 <= number <= 13:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


@dataclass(frozen=True, slots=True)
class LongMonth:
    """A month into which more fall than usual."""

    period: date
    count: int
    usual: int
    weekday: str

    @property
    def words(self) -> str:
        """``five Fridays``."""
        many = _NUMBERS.get(self.count, str(self.count))
        return f"{many} {self.weekday}s" if self.usual == 4 else f"{many} of these {self.weekday}s"


def long_months(beat: Beat, days: Sequence[date]) -> list[LongMonth]:
    """The months among some days into which more fall than usual; a monthly one has none."""
    usual = _USUAL[beat.rhythm]
    counts: dict[date, int] = {}
    for day in days:
        counts[day.replace(day=1)] = counts.get(day.replace(day=1), 0) + 1
    return [
        LongMonth(period, count, usual, f"{beat.first:%A}") for period, count in sorted(counts.items()) if count > usual
    ]
