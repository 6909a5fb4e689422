"""What goes wrong on purpose, and how often."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(slots=True)
class Switches:
    """Shares are from 0 (never) to 1 (always). With the same seed and the same requests the same goes wrong."""

    drop: float = 0  # an event is never delivered
    duplicate: float = 0  # it is delivered twice
    reorder: float = 0  # it is delivered after the next one
    delay: float = 0  # seconds until an event is delivered
    lose_response: float = 0  # the work is done, the answer never comes
    error_500: float = 0  # nothing is done, and Stripe says that it failed inside
    slow: float = 0  # seconds that the work takes: the same key meets itself
    seed: int = 0


class Chance:
    """The switches with the dice that they throw."""

    def __init__(self) -> None:
        self.switches = Switches()
        self._dice = random.Random(0)

    def set(self, given: dict[str, Any]) -> dict[str, Any]:
        """Set some switches; a seed begins the dice anew.

        :returns: all of them as they now are.
        :raises ValueError: for a switch that there is not, or one that is no number.
        """
        known = {one.name for one in fields(Switches)}
        for name, value in given.items():
            if name not in known or isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} cannot be {value!r}: there are {', '.join(sorted(known))}, all numbers")
        for name, value in given.items():
            setattr(self.switches, name, value)
        if "seed" in given:
            self._dice = random.Random(given["seed"])
        return asdict(self.switches)

    def happens(self, name: str) -> bool:
        """Throw the dice for a switch. Nothing is thrown for one that is off."""
        share = float(getattr(self.switches, name))
        return share > 0 and self._dice.random() < share
