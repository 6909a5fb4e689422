"""A commissioner's local settings: every key, its default and its meaning, in one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class CommissionerSettings:
    """What a commissioner may set for itself."""

    decision_working_days: int = 2  # a coordinator answers within this many working days
    receipt_over_pence: int = 0  # a receipt is asked for above this sum
    help_phone: str = ""  # shown under "Ask a person"
    help_email: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> CommissionerSettings:
        """Read what is stored; a key that is missing has its default, one that is unknown is passed over."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in names})
