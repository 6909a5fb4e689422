"""How much of each a month takes, and for how long a budget carries it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.budgets import carrying
from app.budgets.carrying import Ahead, Outlook
from app.core import clock
from app.marketplace import comparing
from app.marketplace.rules import Unit

NOVEMBER = date(2026, 11, 1)


def ahead(safe: int, *months: tuple[int, int]) -> Outlook:
    rows = [Ahead(clock.add_months(NOVEMBER, n + 1), *month) for n, month in enumerate(months)]
    return Outlook(NOVEMBER, safe, tuple(rows), clock.last_day(clock.add_months(NOVEMBER, len(rows))))


class TestCarry:
    def test_not_even_this_month(self) -> None:
        assert carrying.carry(ahead(99, (1_000, 0)), 100) == carrying.Carried(0, None, False)

    def test_as_long_as_what_is_left_over_lasts(self) -> None:
        # 300 safe now; 50 a month comes in beyond what is due: 300-100, 250-100, 200-100 … December to April
        found = carrying.carry(ahead(300, *[(100, 50)] * 12), 100)
        assert (found.months, found.until, found.whole) == (5, date(2027, 3, 1), False)

    def test_a_month_with_more_due_ends_it_although_the_next_would_fit(self) -> None:
        found = carrying.carry(ahead(100, (100, 0), (100, 1), (10_000, 0)), 100)
        assert (found.months, found.until) == (2, date(2026, 12, 1))

    def test_every_month_when_as_much_comes_in(self) -> None:
        assert carrying.carry(ahead(100, *[(100, 0)] * 3), 100) == carrying.Carried(4, date(2027, 2, 1), True)

    @given(
        st.integers(-1_000, 5_000),
        st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12),
        st.integers(0, 800),
        st.integers(0, 300),
    )
    def test_a_dearer_thing_is_never_carried_longer(
        self, safe: int, months: list[tuple[int, int]], cost: int, more: int
    ) -> None:
        outlook = ahead(safe, *months)
        assert carrying.carry(outlook, cost + more).months <= carrying.carry(outlook, cost).months


class TestAmounts:
    def test_only_what_is_compared_is_asked_for(self) -> None:
        found = comparing.read_amounts({"hours": "2.5", "nights": "3"}, [Unit.HOUR, Unit.MONTH, Unit.HOUR])
        assert found.of(Unit.HOUR) == 250
        assert found.typed == {"hours": "2.5"}
        assert found.words(Unit.HOUR) == "2.5 hours"
        assert found.of(Unit.MONTH) == 100

    @pytest.mark.parametrize("text", ["lots", "0", "-1", "1e3", "1001", "٣", "2.555", "<b>"])
    def test_what_cannot_be_used_is_said_and_shown_again(self, text: str) -> None:
        found = comparing.read_amounts({"hours": text}, [Unit.HOUR])
        assert found.of(Unit.HOUR) == 400
        assert found.typed == {"hours": text}
        assert found.problems[0][0] == "hours"
        assert text in found.problems[0][1]

    def test_a_half_penny_goes_up(self) -> None:
        assert comparing.cost_pence(1_850, 250) == 4_625
        assert comparing.cost_pence(1, 150) == 2

    def test_different_units_are_said_and_alike_ones_are_not(self) -> None:
        assert not comparing.unlike([Unit.HOUR, Unit.HOUR])
        said = comparing.unlike([Unit.HOUR, Unit.VISIT, Unit.ITEM])
        for words in ("by the hour, by the visit and as a thing to buy", "how long it is", "paid for once"):
            assert words in said
        assert "how long" not in comparing.unlike([Unit.HOUR, Unit.NIGHT])
