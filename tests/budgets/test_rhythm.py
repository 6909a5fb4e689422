"""When something falls due: never a gap, never a double, whatever the clock or the calendar does."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.budgets.rhythm import (
    SCHOOL_TERMS,
    Beat,
    Rhythm,
    Term,
    long_months,
    occurrences,
    read_terms,
    say_when,
)
from app.core import clock

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
STEPS = {Rhythm.WEEKLY: 7, Rhythm.FORTNIGHTLY: 14, Rhythm.FOUR_WEEKLY: 28}


@given(st.sampled_from(list(STEPS)), DAYS, DAYS, st.integers(0, 800))
def test_weeks_have_no_gap_and_no_double(rhythm: Rhythm, first: date, since: date, length: int) -> None:
    until = since + timedelta(length)
    found = occurrences(Beat(rhythm, first), since, until)
    wanted = [
        day
        for n in range(length + 1)
        if (day := since + timedelta(n)) >= first and (day - first).days % STEPS[rhythm] == 0
    ]
    assert found == wanted


@given(st.integers(1, 31), DAYS, DAYS, st.integers(0, 800))
def test_a_month_has_one_and_it_is_its_day_or_its_last(day: int, first: date, since: date, length: int) -> None:
    until = since + timedelta(length)
    found = occurrences(Beat(Rhythm.MONTHLY, first, day), since, until)
    assert found == sorted(set(found))
    for due in found:
        assert max(first, since) <= due <= until
        assert due.day == day or (due.day < day and due == clock.last_day(due.replace(day=1)))
    begin = max(first, since)
    months = {
        date(n // 12, n % 12 + 1, 1) for n in range(begin.year * 12 + begin.month, until.year * 12 + until.month - 1)
    }
    assert months <= {due.replace(day=1) for due in found}, "a whole month without one"


@given(st.sampled_from(list(Rhythm)), DAYS, DAYS, st.integers(0, 400), st.integers(0, 400))
def test_two_stretches_give_what_one_gives(rhythm: Rhythm, first: date, since: date, one: int, two: int) -> None:
    """A worker that looks each day finds what one that looks once a month finds."""
    beat = Beat(rhythm, first, first.day)
    middle, until = since + timedelta(one), since + timedelta(one + 1 + two)
    parts = occurrences(beat, since, middle) + occurrences(beat, middle + timedelta(1), until)
    assert parts == occurrences(beat, since, until)


@given(DAYS, DAYS, st.integers(0, 400))
def test_term_time_is_weekly_without_the_holidays(first: date, since: date, length: int) -> None:
    until = since + timedelta(length)
    weekly = occurrences(Beat(Rhythm.WEEKLY, first), since, until)
    term = occurrences(Beat(Rhythm.TERM_TIME, first), since, until)
    assert term == [day for day in weekly if any(t.first <= day <= t.last for t in SCHOOL_TERMS)]


@pytest.mark.parametrize(
    ("beat", "since", "until", "wanted"),
    [
        (Beat(Rhythm.MONTHLY, date(2028, 1, 31), 31), "2028-01-01", "2028-04-30", "01-31 02-29 03-31 04-30"),
        (Beat(Rhythm.MONTHLY, date(2027, 1, 29), 29), "2027-02-01", "2027-03-31", "02-28 03-29"),
        (Beat(Rhythm.WEEKLY, date(2027, 3, 21)), "2027-03-21", "2027-04-04", "03-21 03-28 04-04"),  # clocks go on
        (Beat(Rhythm.WEEKLY, date(2027, 10, 24)), "2027-10-24", "2027-11-07", "10-24 10-31 11-07"),  # and back
        (Beat(Rhythm.FOUR_WEEKLY, date(2028, 2, 1)), "2028-02-01", "2028-03-31", "02-01 02-29 03-28"),
        (Beat(Rhythm.TERM_TIME, date(2026, 10, 16)), "2026-10-16", "2026-11-13", "10-16 10-23 11-06 11-13"),
    ],
)
def test_known_days(beat: Beat, since: str, until: str, wanted: str) -> None:
    found = occurrences(beat, date.fromisoformat(since), date.fromisoformat(until))
    assert " ".join(f"{day:%m-%d}" for day in found) == wanted


def test_a_month_with_five_is_told_of() -> None:
    beat = Beat(Rhythm.WEEKLY, date(2027, 1, 1))
    found = long_months(beat, occurrences(beat, date(2027, 1, 1), date(2027, 3, 31)))
    assert [(month.period, month.words) for month in found] == [(date(2027, 1, 1), "five Fridays")]
    monthly = Beat(Rhythm.MONTHLY, date(2027, 1, 31), 31)
    assert long_months(monthly, occurrences(monthly, date(2027, 1, 1), date(2027, 12, 31))) == []


def test_a_commissioner_sets_its_own_terms() -> None:
    assert read_terms([]) == SCHOOL_TERMS
    assert read_terms([["2029-01-08", "2029-02-09"]]) == (Term(date(2029, 1, 8), date(2029, 2, 9)),)
    with pytest.raises(ValueError, match="ends before"):
        read_terms([["2029-02-09", "2029-01-08"]])
    assert all(a.last < b.first for a, b in pairwise(SCHOOL_TERMS))


def test_how_often_is_said_in_words() -> None:
    friday = date(2026, 11, 6)
    assert say_when(Beat(Rhythm.FORTNIGHTLY, friday)) == "every second Friday"
    assert say_when(Beat(Rhythm.MONTHLY, friday, 31)) == "on the 31st of every month (or its last day)"
    assert say_when(Beat(Rhythm.MONTHLY, friday, 12)) == "on the 12th of every month"
