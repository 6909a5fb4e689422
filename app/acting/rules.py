"""Invitations to act for somebody: states, limits, and in words what each lets people do. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from app.identity.rules import AuthorityKind

LIVES = timedelta(days=7)
A_DAY = 10  # invitations and sendings by one account
SENDINGS = 5  # of one invitation


class InvitationState(StrEnum):
    """What became of an invitation. One that waits is over by itself after seven days."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


#: What somebody becomes responsible for. Source: NHS (Direct Payments) Regulations 2013, in the policy facts.
DUTIES: dict[AuthorityKind, tuple[str, ...]] = {
    AuthorityKind.SELF: (
        "The money is yours. It is spent only on what your plan is for.",
        "From sixteen you decide. Somebody can help you, and you can choose who.",
    ),
    AuthorityKind.REPRESENTATIVE: (
        "You decide in their best interests, and ask them what they want wherever you can.",
        "The money is theirs. It is spent only on what their plan is for.",
        "You keep receipts, and answer what the coordinator asks.",
    ),
    AuthorityKind.NOMINEE: (
        "You become responsible for every contract that the budget pays for.",
        "In a health budget you are the employer of the personal assistants who work for them.",
        "The money is theirs. It is spent only on what their plan is for, as they want it.",
        "You keep receipts, and answer what the coordinator asks.",
    ),
    AuthorityKind.BROKER: (
        "You find support that they want, and prepare it for them.",
        "You say so when you earn something from what they buy.",
        "What you see here stays between you and them.",
    ),
}
