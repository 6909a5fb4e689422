"""The days of reviews and concerns: pure, and what always holds of them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.identity.settings import CommissionerSettings
from app.stewardship.concern_rules import latest_telling, open_until
from app.stewardship.gate_rules import Window
from app.stewardship.review_rules import (
    OutcomeInput,
    ReviewInput,
    ReviewKind,
    Risk,
    add_months,
    earliest_day,
    last_day_open,
    months_until_next,
    wrong_with_announcing,
    wrong_with_outcome,
)

DAYS = some.dates(date(2025, 1, 1), date(2032, 12, 31))
TODAY = date(2026, 11, 24)
SETTINGS = CommissionerSettings()


def wanted(starts_on: date, look_from: date = date(2026, 9, 1), look_until: date = TODAY) -> ReviewInput:
    return ReviewInput(ReviewKind.YEARLY, starts_on, look_from, look_until, "The money, outcome by outcome")


def test_a_review_is_announced_a_fortnight_before() -> None:
    assert wrong_with_announcing(wanted(TODAY + timedelta(days=14)), SETTINGS, TODAY) == {}
    wrong = wrong_with_announcing(wanted(TODAY + timedelta(days=13)), SETTINGS, TODAY)
    assert wrong["starts_on"].startswith("Choose 8 December or later")


def test_a_review_looks_at_no_day_that_is_to_come_after_it() -> None:
    on = TODAY + timedelta(days=20)
    assert "look_until" in wrong_with_announcing(wanted(on, look_until=on + timedelta(days=1)), SETTINGS, TODAY)
    assert "look_until" in wrong_with_announcing(
        wanted(on, look_from=TODAY, look_until=date(2026, 1, 1)), SETTINGS, TODAY
    )


def test_a_review_looks_at_two_years_at_most() -> None:
    on = TODAY + timedelta(days=20)
    wrong = wrong_with_announcing(wanted(on, look_from=date(1900, 1, 1)), SETTINGS, TODAY)
    assert wrong == {"look_from": "Enter 14 December 2024 or later: a review looks at two years at most"}
    assert not wrong_with_announcing(wanted(on, look_from=date(2024, 12, 14)), SETTINGS, TODAY)


def test_a_later_day_needs_no_new_notice_and_an_earlier_one_the_full() -> None:
    was = TODAY + timedelta(days=3)
    assert earliest_day(SETTINGS, TODAY, was) == was + timedelta(days=1)
    far = TODAY + timedelta(days=40)
    assert earliest_day(SETTINGS, TODAY, far) == TODAY + timedelta(days=14)


@given(some.integers(0, 400))
def test_once_the_day_has_come_another_is_announced_like_a_new_review(ago: int) -> None:
    """Or else a key could be kept open for ever, by moving the review a day ahead."""
    assert earliest_day(SETTINGS, TODAY, TODAY - timedelta(days=ago)) == TODAY + timedelta(days=14)


@pytest.mark.parametrize(("risk", "months"), [(Risk.LOW, 12), (Risk.MEDIUM, 6), (Risk.HIGH, 3)])
def test_the_risk_sets_the_cycle(risk: Risk, months: int) -> None:
    assert months_until_next(SETTINGS, risk) == months
    last = add_months(TODAY, months)
    assert wrong_with_outcome(OutcomeInput("Agreed", risk, last), SETTINGS, TODAY) == {}
    assert "next_on" in wrong_with_outcome(OutcomeInput("Agreed", risk, last + timedelta(days=1)), SETTINGS, TODAY)


def test_no_setting_lets_more_than_a_year_pass() -> None:
    assert months_until_next(CommissionerSettings(review_months_low=60), Risk.LOW) == 12


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
    ],
)
def test_months_are_counted_on_the_calendar(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


@given(some.integers(0, 60), some.integers(1, 60), DAYS, DAYS)
def test_a_window_never_opens_early_late_or_for_anybody_else(
    notice: int, length: int, today: date, asked: date
) -> None:
    settings = CommissionerSettings(review_notice_days=notice, review_window_days=length)
    announced = earliest_day(settings, today)
    starts = max(asked, announced)
    holder, person = uuid4(), uuid4()
    window = Window(person, frozenset({holder}), starts, last_day_open(settings, starts))
    assert starts >= today + timedelta(days=notice)
    for offset in (-1, 0, length - 1, length):
        day = starts + timedelta(days=offset)
        assert window.opens(holder, person, day) == (0 <= offset < length)
        assert not window.opens(uuid4(), person, day)
        assert not window.opens(holder, uuid4(), day)
        assert not window.opens(None, person, day)


@given(some.integers(0, 90), some.integers(0, 400), DAYS, some.integers(0, 800))
def test_no_decision_puts_the_telling_off_for_ever(stretch: int, most: int, recorded: date, later: int) -> None:
    settings = CommissionerSettings(telling_delay_days=stretch, telling_most_days=most)
    today = recorded + timedelta(days=later)
    latest = latest_telling(settings, recorded, today)
    assert today <= latest <= today + timedelta(days=stretch)
    assert latest <= max(today, recorded + timedelta(days=most))
    assert open_until(settings, today) >= today
