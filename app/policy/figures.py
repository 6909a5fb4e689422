"""The thresholds in words: what each is called, what it means, which way it is milder. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.money import format_pounds, parse_pounds

_NUMBER = re.compile(r"[0-9]{1,9}")


class Unit(StrEnum):
    """What a threshold counts."""

    PENCE = "pence"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Figure:
    """One threshold. `key` is its name in a policy file, `meaning` the sentence before the figure."""

    key: str
    meaning: str
    unit: Unit
    milder_when_higher: bool
    least: int
    most: int

    def say(self, value: int) -> str:
        """The figure as a person writes it: £500.00, 25%, 3 days."""
        if self.unit is Unit.PENCE:
            return format_pounds(value)
        if self.unit is Unit.PERCENT:
            return f"{value}%"
        return "1 day" if value == 1 else f"{value} days"

    def read(self, text: str) -> int:
        """Pence, percent or days from what `say` writes, or the bare number.

        :raises ValueError: with a sentence, when it is something else or out of range.
        """
        text = text.strip()
        if self.unit is Unit.PENCE:
            value = parse_pounds(text)
        else:
            bare = text.removesuffix("%") if self.unit is Unit.PERCENT else re.sub(r" days?$", "", text)
            if not _NUMBER.fullmatch(bare.strip()):
                raise ValueError(f"Enter a whole number, like {self.say(self.least or 1)}")
            value = int(bare)
        if not self.least <= value <= self.most:
            raise ValueError(f"Enter something from {self.say(self.least)} to {self.say(self.most)}")
        return value


FIGURES: Mapping[str, Figure] = {
    "item_threshold_pence": Figure(
        "item threshold", "A person looks first at one thing over", Unit.PENCE, True, 0, 100_000_000
    ),
    "price_tolerance_percent": Figure(
        "price tolerance",
        "A price is far above others near by when it is over their highest by",
        Unit.PERCENT,
        True,
        0,
        1000,
    ),
    "low_price_percent": Figure(
        "low price",
        "A price is far below others near by when it is under this part of their lowest",
        Unit.PERCENT,
        False,
        0,
        100,
    ),
    "duplicate_days": Figure(
        "duplicate days", "Two alike within this many days may be one thing twice", Unit.DAYS, False, 0, 60
    ),
    "split_days": Figure(
        "split days", "Parts from one payee within this many days are looked at as one", Unit.DAYS, False, 0, 60
    ),
    "similar_percent": Figure("similar words", "Words are alike from", Unit.PERCENT, True, 1, 100),
}
