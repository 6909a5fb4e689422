"""How much of each thing a month takes, for putting listings side by side. Pure.

An hour, a visit and a session are different things and nothing makes them the same: the person says how many of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.marketplace.rules import Unit, join

MOST = 4
MOST_A_MONTH = 1000
#: The parts of an address that say how many a month; a month is one, whatever is typed.
FIELDS: Mapping[Unit, str] = {
    Unit.HOUR: "hours",
    Unit.VISIT: "visits",
    Unit.SESSION: "sessions",
    Unit.NIGHT: "nights",
    Unit.ITEM: "items",
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many of each unit: hundredths, so that 2.5 hours is 250.

    :param typed: what was typed, for the form; what could not be used included.
    :param problems: (field, sentence) of what could not be used.
    """

    hundredths: Mapping[Unit, int]
    typed: Mapping[str, str]
    problems: tuple[tuple[str, str], ...] = ()

    def of(self, unit: Unit) -> int:
        return self.hundredths.get(unit, unit.monthly * 100)

    def words(self, unit: Unit) -> str:
        """``2.5 hours``."""
        return say_amount(self.of(unit), unit)


def say_amount(hundredths: int, unit: Unit) -> str:
    """``4 hours``, ``2.5 sessions``, ``1 night``."""
    if hundredths % 100 == 0:
        return unit.many(hundredths // 100)
    return f"{hundredths / 100:.2f}".rstrip("0") + f" {unit.value}s"


def read_amounts(args: Mapping[str, str], units: Iterable[Unit]) -> Amounts:
    """Read how many a month from an address. What cannot be used is said, and the example month stands in.

    :param units: those of the listings that are compared: only these are asked for.
    """
    hundredths: dict[Unit, int] = {}
    typed: dict[str, str] = {}
    problems = []
    for unit in dict.fromkeys(units):
        name = FIELDS.get(unit)
        if name is None:
            continue
        text = " ".join(args.get(name, "").split())[:20]
        number = _number(text)
        if number is not None:
            hundredths[unit] = number
        elif text:
            problems.append(
                (name, f"“{text}” is not a number of {name} from 1 to {MOST_A_MONTH:,}. Try one like 4 or 2.5.")
            )
        shown = f"{hundredths.get(unit, unit.monthly * 100) / 100:.2f}".rstrip("0").rstrip(".")
        typed[name] = text if text and number is None else shown
    return Amounts(hundredths, typed, tuple(problems))


def _number(text: str) -> int | None:
    match = re.fullmatch(r"([0-9]{1,4})(?:\.([0-9]{1,2}))?", text)
    if match is None:
        return None
    number = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
    return number if 0 < number <= MOST_A_MONTH * 100 else None


def cost_pence(price_pence: int, hundredths: int) -> int:
    """What so many cost, in pence, the half penny upwards."""
    return (price_pence * hundredths + 50) // 100


def unlike(units: Sequence[Unit]) -> str:
    """What cannot be compared as it stands, in a sentence or two; nothing when all are sold alike."""
    kinds = list(dict.fromkeys(units))
    if len(kinds) < 2:
        return ""
    sold = join([_SOLD[unit] for unit in kinds])
    words = [f"These are sold in different ways: {sold}. We cannot turn one into another."]
    if set(kinds) & {Unit.VISIT, Unit.SESSION} and len(set(kinds) & {Unit.HOUR, Unit.VISIT, Unit.SESSION}) > 1:
        words.append("A visit or a session may be half an hour or a whole morning: ask them how long it is.")
    if Unit.ITEM in kinds:
        words.append("A thing is paid for once, the others every month.")
    words.append("So tell us how many of each you would want.")
    return " ".join(words)


_SOLD = {
    Unit.HOUR: "by the hour",
    Unit.VISIT: "by the visit",
    Unit.SESSION: "by the session",
    Unit.NIGHT: "by the night",
    Unit.ITEM: "as a thing to buy",
    Unit.MONTH: "by the month",
}
