"""Months and promised days are London's."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 1)),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),  # summer time: already July in London
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2024, 2, 29, 12, 0, tzinfo=UTC), date(2024, 2, 1)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 1)),  # the clocks go forward
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), date(2026, 10, 1)),  # they have gone back
    ],
)
def test_a_moment_counts_in_its_london_month(moment: datetime, period: date) -> None:
    assert clock.period_of(moment) == period


def test_the_day_turns_at_midnight_in_london() -> None:
    with clock.at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 2)


@given(st.dates(date(2001, 1, 1), date(2150, 12, 31)), st.integers(-24, 24))
def test_months_forward_and_back(day: date, count: int) -> None:
    period = clock.period_of(day)
    assert clock.add_months(clock.add_months(period, count), -count) == period
    assert clock.last_day(period).month == period.month
    assert clock.period_of(clock.start_of(period)) == period


def test_working_days_pass_over_weekends_and_bank_holidays() -> None:
    assert clock.add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)  # Boxing Day is kept on Monday 28
    assert clock.add_working_days(date(2026, 4, 2), 2) == date(2026, 4, 8)  # Good Friday and Easter Monday
    assert clock.add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 24)


def test_says_days_in_words() -> None:
    assert clock.say_day(date(2026, 11, 24)) == "Tuesday 24 November"


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-11", "2026-11-01", "²026-11", "1999-12", "", "2026/11"])
def test_a_month_is_written_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="like 2026-11"):
        clock.parse_period(text)
