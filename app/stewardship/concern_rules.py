"""What a concern needs, and how long telling the person of it can be put off. Pure.

Financial details are not opened outside a review unless a concern has been raised, and the person is told (policy
facts, "Reviews and monitoring"). A concern is a question, not an accusation: understand why first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.identity.settings import CommissionerSettings
from app.stewardship.gate_rules import ConcernKind

MAX_WORDS = 4000


@dataclass(frozen=True, slots=True)
class ConcernInput:
    """What a coordinator typed."""

    kind: ConcernKind
    words: str  # for staff
    told_words: str  # what we tell the person
    second_ref: str  # the colleague who is told
    delay_why: str = ""  # why telling them at once may put somebody at risk; empty: they are told at once


def wrong_with(wanted: ConcernInput) -> dict[str, str]:
    """What needs another look, by field; nothing when all is well."""
    wrong = {}
    for field, text, sentence in (
        ("words", wanted.words, "Say what you noticed, and what you do not know yet"),
        ("told_words", wanted.told_words, "Write what we tell the person"),
    ):
        if not text:
            wrong[field] = sentence
        elif len(text) > MAX_WORDS:
            wrong[field] = f"Write it in {MAX_WORDS:,} characters or fewer"
    if len(wanted.delay_why) > MAX_WORDS:
        wrong["delay_why"] = f"Write it in {MAX_WORDS:,} characters or fewer"
    return wrong


def open_until(settings: CommissionerSettings, today: date) -> date:
    """The last day on which a concern that is opened, or renewed, today opens the transactions."""
    return today + timedelta(days=max(settings.concern_days, 1) - 1)


def latest_telling(settings: CommissionerSettings, recorded_on: date, today: date) -> date:
    """The last day to which one decision can put off the telling: a stretch, and never past the whole."""
    whole = recorded_on + timedelta(days=max(settings.telling_most_days, 0))
    return max(today, min(today + timedelta(days=max(settings.telling_delay_days, 0)), whole))


def undecided_since(settings: CommissionerSettings, today: date) -> date:
    """A concern recorded before this day, on which nobody decided, is not opened any more."""
    return today - timedelta(days=max(settings.telling_decision_days, 0))
