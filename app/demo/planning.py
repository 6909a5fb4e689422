"""What a person bought in a month of the past: drawn from their habits, within what they had. Always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.budgets.models import RegularPayment
from app.budgets.rules import due_day
from app.core import clock
from app.demo.kinds import Habit, Life, Once
from app.demo.world import Someone, World
from app.ledger.rules import Stream

#: The last days of those who sign in are told by hand, in ``scenes_…``.
BY_HAND_DAYS = {"sam": 11, "amira": 9, "harriet": 8}
_SAVING = 2  # months in which what the scenes need is put by
_RAMP = 4  # months in which the contingency is put by


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase of the past. ``due`` is the regular payment it took care of."""

    moment: datetime
    words: str
    payee: str
    pence: int
    category: str
    aim: int
    habit: Habit | None = None
    due: RegularPayment | None = None


def month(world: World, who: Someone, period: date) -> list[Bought]:
    """Everything of one month, in no order.

    Called when the month's money is in: what is drawn leaves the contingency, a little beside it, and what quiet
    months left over.
    """
    life = who.life
    ago = months_ago(world, period)
    by_hand = max(BY_HAND_DAYS.get(life.key, 1), life.until_days)
    until = min(clock.last_day(period), world.today - timedelta(days=by_hand))
    bought = _regulars(world, who, period)
    bought += [_once(world, item) for item in life.onces if clock.period_of(world.ago(item.days_ago)) == period]
    span = (until - period).days + 1
    if span < 1:
        return bought
    dice = Random(f"{life.key} {ago}")
    full = (clock.last_day(period) - period).days + 1
    money = _to_spend(who, period, ago) * span // full if life.monthly else None
    for habit in _drawn(dice, life, money, span / full):
        day = period + timedelta(days=dice.randrange(span))
        moment = world.moment(day, dice.randrange(9, 20), dice.randrange(60))
        bought.append(Bought(moment, habit.words, habit.payee, habit.pence, habit.category, habit.aim, habit))
    return bought


def months_ago(world: World, period: date) -> int:
    """How many months before this one a month is."""
    return (world.this_month.year - period.year) * 12 + world.this_month.month - period.month


def _to_spend(who: Someone, period: date, ago: int) -> int:
    """What may go this month beside the regular payments, in pence."""
    life = who.life
    here = life.months_ago - ago + 1  # which month of the budget it is, from 1
    regular = sum(item.amount_pence for item in who.regulars)
    asked = sum(item.pence for item in life.asked if not item.code and _in(period, item.days_ago))
    keep = life.contingency * min(here, _RAMP) // _RAMP + life.carry * min(here, _RAMP) // _RAMP + who.surplus
    money = sum(who.left().values()) - regular - keep - asked - sum(reserved(who, ago).values())
    if ago in life.quiet:
        who.surplus += max(0, money)
        return 0
    return max(0, money)


def reserved(who: Someone, months_ago: int) -> Mapping[Stream, int]:
    """What must stay in each stream for the scenes of the last days, in pence."""
    return who.life.reserve if months_ago <= _SAVING else {}


def _in(period: date, days_ago: int) -> bool:
    return clock.period_of(clock.today() - timedelta(days=days_ago)) == period


def _drawn(dice: Random, life: Life, money: int | None, part: float) -> list[Habit]:
    """Habits in a random order, each about as often as in an ordinary month, until the money is used."""
    generous = 1.6 if money is not None else 1.0
    pool = []
    for habit in life.habits:
        often = habit.a_month * part * generous
        pool += [habit] * (int(often) + (dice.random() < often % 1))
    dice.shuffle(pool)
    if money is None:
        return pool
    # where outcomes are paid by different funders, each outcome keeps to its own share
    shared = any(aim.funding for aim in life.aims)
    whole = sum(aim.pence for aim in life.aims)
    shares = [money * aim.pence // whole if shared else money for aim in life.aims]
    taken = []
    for habit in pool:
        if habit.pence <= min(money, shares[habit.aim]):
            taken.append(habit)
            money -= habit.pence
            shares[habit.aim] -= habit.pence
    return taken


def _regulars(world: World, who: Someone, period: date) -> list[Bought]:
    found = []
    # this month's newest are not entered yet: they are still due
    until = world.today - timedelta(days=2) if period == world.this_month else clock.last_day(period)
    if who.life.until_days:
        until = min(until, world.today - timedelta(days=who.life.until_days))
    for payment in who.regulars:
        day = due_day(period, payment.day_of_month)
        if payment.starts_on <= day <= until:
            aim = next(i for i, outcome in enumerate(who.outcomes) if outcome.id == payment.outcome_id)
            found.append(
                Bought(
                    world.moment(day, 18, 5),
                    payment.words,
                    payment.payee,
                    payment.amount_pence,
                    payment.category,
                    aim,
                    due=payment,
                )
            )
    return found


def _once(world: World, item: Once) -> Bought:
    moment = world.ago(item.days_ago, 11, 20)
    return Bought(moment, item.words, item.payee, item.pence, item.category, item.aim)
