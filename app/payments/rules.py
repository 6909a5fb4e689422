"""The payments port: what a rail is asked and what it answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class IntentState(StrEnum):
    """Where a payment stands."""

    STARTED = "started"  # the rail has it and will tell
    SETTLED = "settled"  # the money has gone
    FAILED = "failed"  # it has not, and will not in this attempt


@dataclass(frozen=True, slots=True)
class Order:
    """What a rail is asked to pay. Never a bank detail: a rail keeps its own."""

    key: str  # idempotency key: the same key never pays twice
    purchase_id: UUID
    amount_pence: int
    payee_name: str
    paid_on: date | None  # for payments that were made elsewhere
    evidence: str  # in words: "from my own account, by card"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rail answers."""

    state: IntentState
    sentence: str = ""  # for the person, when it failed
    rail_reference: str = ""  # the rail's own name for it


class Rail(Protocol):
    """A way of paying. Adding one is adding a class and its name in ``rails.RAILS``."""

    @property
    def name(self) -> str:
        """Its short name, stored with what it paid."""
        ...

    def pay(self, order: Order) -> Outcome:
        """Pay, or say that it will tell later. Called inside the caller's transaction, once for each key."""
        ...


def payment_key(purchase_id: UUID, operation: str, attempt: int) -> str:
    """The idempotency key of one attempt."""
    return f"purchase:{purchase_id}:{operation}:{attempt}"
