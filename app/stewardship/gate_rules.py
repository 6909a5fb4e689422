"""The privacy gate: what opens a person's transactions to staff, for whom, from when until when. Pure.

Staff see that a budget is healthy or not. What was bought opens only by a key (DESIGN, section 8): a review that was
announced, the one purchase somebody was asked to decide or to help with, or a recorded concern; and, after a death or
a move, what was written down for a later day. Auditors read all of it and change nothing. Whatever is opened is written
down for the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class KeyKind(StrEnum):
    """By what right something was opened."""

    REVIEW = "review"  # announced to the person
    CONCERN = "concern"  # recorded, with a second person told
    DECISION = "decision"  # asked to decide this one
    PROBLEM = "problem"  # asked to help with this one
    MESSAGE = "message"  # it was sent to them, or to the team, with a message
    CHANGE = "change"  # what was written down for a day after a death or a move, to put it back: those alone
    AUDIT = "audit"  # an auditor: reads everything, changes nothing


class Sight(StrEnum):
    """What was opened."""

    SPENDING = "spending"  # the list of movements, with the figures above it
    PURCHASE = "purchase"
    RECEIPT = "receipt"
    PLAN = "plan"
    REVIEW = "review"
    CONCERN = "concern"
    AUDIT = "audit"  # the person's "Who did what"
    ACTING = "acting"  # who acts for them, one of them
    PAPER = "paper"  # behind a right to act
    CAPACITY = "capacity"
    DEATH = "death"
    MOVE = "move"
    SIXTEEN = "sixteen"
    SETTLING = "settling"  # what is left after a death or a move
    RECORDS = "records"  # kept longer or not, and what they asked to be put right
    CORRECTION = "correction"
    ASKED = "asked"  # the list of what they asked and wrote
    PROBLEM = "problem"  # what went wrong with something that was paid for
    CONVERSATION = "conversation"
    FILE = "file"  # sent with a message


class ConcernKind(StrEnum):
    """What a concern is about."""

    PLAN = "plan"
    PRESSURE = "pressure"
    SAFETY = "safety"
    ERROR = "error"
    OTHER = "other"


CONCERN_WORDS: Mapping[ConcernKind, str] = {
    ConcernKind.PLAN: "The money may not be used for what the plan is for",
    ConcernKind.PRESSURE: "Somebody may be putting them under pressure",
    ConcernKind.SAFETY: "They may not be safe",
    ConcernKind.ERROR: "It may be a slip: a sum or an entry that looks wrong",
    ConcernKind.OTHER: "Something else",
}


class ConcernState(StrEnum):
    """Where a concern stands. Whether the person was told is a question of its own."""

    WAITING = "waiting"  # a safeguarding lead has to say when the person is told; nothing is open before that
    OPEN = "open"
    CLOSED = "closed"
    LAPSED = "lapsed"  # nobody decided in time: it never opened anything


CONCERN_STATE_WORDS: Mapping[ConcernState, str] = {
    ConcernState.WAITING: "Waits for a safeguarding lead",
    ConcernState.OPEN: "Open",
    ConcernState.CLOSED: "Closed",
    ConcernState.LAPSED: "Never opened",
}


@dataclass(frozen=True, slots=True)
class Window:
    """When somebody may look at one person's transactions, and at which of them."""

    person_id: UUID
    holders: frozenset[UUID]  # accounts
    first: date  # London days, both included
    last: date
    money_from: date | None = None  # only what moved on these days; None: everything
    money_until: date | None = None

    def opens(self, account_id: UUID | None, person_id: UUID, today: date) -> bool:
        """Whether this account may look at this person's transactions on a day."""
        return person_id == self.person_id and account_id in self.holders and self.first <= today <= self.last

    def covers(self, day: date) -> bool:
        """Whether what moved on a day may be looked at."""
        if self.money_from is None or self.money_until is None:
            return True
        return self.money_from <= day <= self.money_until
