"""What a regular purchase comes to in the months ahead, and whether the budget carries it to its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.budgets.carrying import Outlook
from app.budgets.rhythm import Beat, LongMonth, long_months, usual_count
from app.core import clock
from app.core.money import format_pounds

#: A day and what one costs then, in pence.
Due = tuple[date, int]


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """A month with this purchase in it, in pence."""

    period: date
    days: tuple[date, ...]
    sum_pence: int
    left_pence: int  # safe to spend when everything that comes round is paid and nothing else is bought
    long: LongMonth | None  # more fall into it than usual

    def surprise(self, each_pence: int) -> str:
        """``January has five Fridays: £110 instead of £88.``; nothing for an ordinary month."""
        if self.long is None:
            return ""
        usual = format_pounds(each_pence * self.long.usual, whole=True)
        now = format_pounds(self.sum_pence, whole=True)
        return f"{clock.say_month(self.period)} has {self.long.words}: {now} instead of {usual}."


@dataclass(frozen=True, slots=True)
class Forecast:
    """The months from this one on, as far as the budget runs or the purchase goes on."""

    months: tuple[MonthAhead, ...]
    usual_pence: int  # in an ordinary month
    highest_pence: int  # in the dearest of the coming months
    short: MonthAhead | None  # the first month in which the money does not reach
    income_pence: int  # what comes in each month
    others_pence: int  # what else comes round in the dearest month

    @property
    def next_three(self) -> tuple[MonthAhead, ...]:
        """The first three months in which it falls due."""
        return tuple(month for month in self.months if month.days)[:3]

    @property
    def long_months(self) -> tuple[MonthAhead, ...]:
        """The months into which more fall than usual."""
        return tuple(month for month in self.months if month.long)

    @property
    def last(self) -> MonthAhead | None:
        """The last month in which it falls due."""
        return next((month for month in reversed(self.months) if month.days), None)


def forecast(
    ahead: Outlook, beat: Beat, each_pence: int, due: Sequence[Due], instead_of: Iterable[Due] = ()
) -> Forecast:
    """Work out the months ahead.

    :param ahead: what the budget has and what is known to come.
    :param beat: how it comes round.
    :param each_pence: what one costs.
    :param due: its occurrences from today on, within the budget's time.
    :param instead_of: those of the terms it takes the place of, which the outlook has counted already.
    """
    old = list(instead_of)
    income = max((month.money_in for month in ahead.months[1:] or ahead.months), default=0)
    longs = {month.period: month for month in long_months(beat, [day for day, _ in due])}
    months: list[MonthAhead] = []
    left = ahead.safe_pence
    rest = [(ahead.this_month, 0, 0), *((month.period, month.money_in, month.due) for month in ahead.months)]
    others = 0
    for period, money_in, others_due in rest:
        own = [(day, pence) for day, pence in due if clock.period_of(day) == period]
        before = sum(pence for day, pence in old if clock.period_of(day) == period)
        sum_pence = sum(pence for _, pence in own)
        others = max(others, others_due - before)
        left += money_in - others_due + before - sum_pence
        months.append(MonthAhead(period, tuple(day for day, _ in own), sum_pence, left, longs.get(period)))
    return Forecast(
        tuple(months),
        usual_pence=each_pence * usual_count(beat.rhythm),
        highest_pence=max((month.sum_pence for month in months), default=0),
        short=next((month for month in months if month.left_pence < 0 and month.days), None),
        income_pence=income,
        others_pence=others,
    )
