"""What is pure about reviews: averages, screening, and how long one may be changed."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.marketplace.review_rules import may_change, screen, tenths


@given(st.lists(st.integers(1, 5), max_size=60))
def test_an_average_is_the_nearest_tenth(stars: list[int]) -> None:
    found = tenths(stars)
    assert (found is None) == (not stars)
    if found is not None:
        assert min(stars) * 10 <= found <= max(stars) * 10
        assert -len(stars) <= 2 * (found * len(stars) - 10 * sum(stars)) <= len(stars)


@given(st.text(max_size=200))
def test_screening_takes_any_text(text: str) -> None:
    assert screen(text + " 07700900123", ["Sam"])[0] == "a phone number"


def test_thirty_days_are_thirty_days() -> None:
    day = clock.today()
    assert may_change(day, day + timedelta(days=30))
    assert not may_change(day, day + timedelta(days=31))
