"""Codes in plain English: funders, ways of holding the money, qualities in which people act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from app.budgets.monitoring import Pace
from app.budgets.rules import HeldAs
from app.identity.rules import StaffRole
from app.ledger.rules import Stream

#: Who pays, as the person would say it.
FUNDERS: Mapping[Stream, str] = {
    Stream.HEALTH: "The NHS",
    Stream.SOCIAL_CARE: "Your council, for social care",
    Stream.EDUCATION: "Your council, for education",
    Stream.CLIENT_CONTRIBUTION: "You",
}
#: The same in the middle of a sentence.
_PAID_BY: Mapping[Stream, str] = {
    Stream.HEALTH: "the NHS",
    Stream.SOCIAL_CARE: "your council’s social care",
    Stream.EDUCATION: "your council’s education",
    Stream.CLIENT_CONTRIBUTION: "you",
}
#: For staff.
STREAMS: Mapping[Stream, str] = {
    Stream.HEALTH: "Health",
    Stream.SOCIAL_CARE: "Social care",
    Stream.EDUCATION: "Education",
    Stream.CLIENT_CONTRIBUTION: "Client contribution",
}
HELD: Mapping[HeldAs, tuple[str, str]] = {
    HeldAs.DIRECT_PAYMENT: ("Direct payment", "The money comes to an account of yours, and you pay for your support."),
    HeldAs.NOTIONAL: ("Looked after by the NHS", "The NHS keeps the money and pays for what you choose."),
    HeldAs.THIRD_PARTY: ("Looked after by another organisation", "It keeps the money and arranges what you choose."),
}
#: In what quality somebody acted (``Actor.quality_for``).
QUALITIES: Mapping[str, str] = {
    "self": "budget holder",
    "representative": "representative",
    "nominee": "nominee",
    "broker": "broker",
    "coordinator": "care coordinator",
    "finance": "finance officer",
    "admin": "administrator",
    "auditor": "auditor",
    "system": "done by CarePurse itself",
    "provider": "provider",
    "account": "signed in, with no part in this budget",
}
ROLES: Mapping[StaffRole, str] = {
    StaffRole.COORDINATOR: "Care coordinators",
    StaffRole.FINANCE: "Finance officers",
    StaffRole.ADMIN: "Administrators",
    StaffRole.AUDITOR: "Auditors",
}
#: How a budget does: words and the colour of their tag.
PACES: Mapping[Pace, tuple[str, str]] = {
    Pace.ON_TRACK: ("On track", "green"),
    Pace.OVER: ("Using more", "orange"),
    Pace.UNDER: ("Using less", "yellow"),
    Pace.NEW: ("Just started", "grey"),
    Pace.ONE_OFF: ("One-off", "grey"),
}
_FRACTIONS: Mapping[Fraction, str] = {
    Fraction(1, 2): "half",
    Fraction(1, 3): "a third",
    Fraction(2, 3): "two thirds",
    Fraction(1, 4): "a quarter",
    Fraction(3, 4): "three quarters",
    Fraction(1, 5): "a fifth",
}


class Weighted(Protocol):
    """A stream with its whole-number share."""

    @property
    def stream(self) -> Stream: ...
    @property
    def share(self) -> int: ...


def paid_by(funding: Sequence[Weighted]) -> str:
    """Who pays for something: "Paid by the NHS (two thirds) and your council’s social care (a third)"."""
    whole = sum(item.share for item in funding)
    if len(funding) < 2:
        return f"Paid by {_PAID_BY[funding[0].stream]}" if funding else ""
    parts = [f"{_PAID_BY[item.stream]} ({_part(Fraction(item.share, whole))})" for item in funding]
    return f"Paid by {and_list(parts)}"


def _part(share: Fraction) -> str:
    return _FRACTIONS.get(share) or f"{round(share * 100)}%"


def and_list(words: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
