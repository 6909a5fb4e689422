"""The ledger's words and its arithmetic, pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stream(StrEnum):
    """Who pays a share of a budget. The order is the order of splitting and of showing."""

    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    EDUCATION = "education"
    CLIENT_CONTRIBUTION = "client_contribution"


class OwnerKind(StrEnum):
    """What a ledger account stands for."""

    BUDGET = "budget"  # one a budget and stream; carries running totals and may never be overspent
    FUNDER = "funder"  # one a commissioner and stream: where the money comes from
    CLIENT = "client"  # a person's own money, paid in as client contribution
    PAYEE = "payee"  # whoever is paid


class TransferKind(StrEnum):
    """Why money moved."""

    ALLOCATION = "allocation"
    CONTRIBUTION = "contribution"
    HOLD = "hold"
    SPEND = "spend"
    RELEASE = "release"
    REFUND = "refund"
    RECLAIM = "reclaim"
    CORRECTION = "correction"


class Phase(StrEnum):
    """Two-phase transfers: a hold is ``pending`` until another transfer that names it posts or voids it."""

    POSTED = "posted"
    PENDING = "pending"
    POST = "post"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Totals:
    """Running totals of one account, in pence."""

    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0

    @property
    def available(self) -> int:
        """What can still be promised or spent: the one definition of balance."""
        return self.credits_posted - self.debits_posted - self.debits_pending

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.debits_pending + other.debits_pending,
            self.debits_posted + other.debits_posted,
            self.credits_pending + other.credits_pending,
            self.credits_posted + other.credits_posted,
        )
