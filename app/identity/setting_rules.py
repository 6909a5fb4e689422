"""Between which bounds a commissioner may set its settings, and how they are typed. Pure.

What is stored outside its bounds is not believed: a slip, or somebody with the database at hand, opens no gate early.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import InvalidError
from app.core.words import one_line

_LONGEST = 120
_NUMBER = re.compile(r"[0-9]{1,9}")
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number between two bounds, both included."""

    about: str
    least: int
    most: int

    @property
    def range(self) -> str:
        """``7 to 60``."""
        return f"{self.least:,} to {self.most:,}"

    def read(self, stored: Any, default: Any) -> Any:
        """What is stored, or the bound that it is beyond."""
        if not isinstance(stored, int) or isinstance(stored, bool):
            return default
        return min(max(stored, self.least), self.most)

    def parse(self, typed: str) -> Any:
        """What was typed; None when it is nothing that can be kept."""
        number = int(typed) if _NUMBER.fullmatch(typed) else -1
        return number if self.least <= number <= self.most else None


@dataclass(frozen=True, slots=True)
class YesNo:
    """On or off."""

    about: str
    range: str = "yes or no"

    def read(self, stored: Any, default: Any) -> Any:
        """What is stored, when it is one of the two."""
        return stored if isinstance(stored, bool) else default

    def parse(self, typed: str) -> Any:
        """What was typed; None when it is neither."""
        return _YES_NO.get(typed.lower())


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; it may be empty."""

    about: str
    range: str = f"a line of {_LONGEST} characters or fewer, or nothing"

    def read(self, stored: Any, default: Any) -> Any:
        """What is stored, as far as it fits."""
        return one_line(stored)[:_LONGEST] if isinstance(stored, str) else default

    def parse(self, typed: str) -> Any:
        """What was typed; None when it is too long."""
        words = one_line(typed)
        return words if len(words) <= _LONGEST else None


@dataclass(frozen=True, slots=True)
class Terms:
    """School terms: pairs of days."""

    about: str
    range: str = "2026-09-02/2026-12-18,2027-01-05/2027-03-26, or nothing for the usual weeks in England"

    def read(self, stored: Any, default: Any) -> Any:
        """What is stored, when every pair is two days in order."""
        whole = isinstance(stored, list | tuple) and all(_is_term(pair) for pair in stored)
        return stored if whole else default

    def parse(self, typed: str) -> Any:
        """What was typed; None when a pair is not two days in order."""
        pairs = [part.strip().split("/") for part in typed.split(",")] if typed.strip() else []
        return pairs if all(_is_term(pair) for pair in pairs) else None


Bound = Number | YesNo | Words | Terms

BOUNDS: Mapping[str, Bound] = {
    "decision_working_days": Number("working days in which a coordinator answers", 1, 20),
    "appeal_working_days": Number("working days in which somebody takes a second look", 1, 40),
    "receipt_over_pence": Number("pence above which a receipt is asked for", 0, 100_000),
    "free_move_pence": Number("pence a month that go between outcomes without anybody's leave", 0, 100_000),
    "free_kept_pence": Number("pence a month out of what is kept for bad weeks without anybody's leave", 0, 100_000),
    "first_review_months": Number("months in which the first review is due; by law 3", 1, 3),
    "review_months_low": Number("months to the next review where the risk is low; by law 12", 1, 12),
    "review_months_medium": Number("months to the next review where the risk is medium", 1, 12),
    "review_months_high": Number("months to the next review where the risk is high", 1, 12),
    "review_notice_days": Number("days before a review by which it is announced", 7, 60),
    "review_window_days": Number("days on which the transactions are open for a review", 1, 28),
    "review_reminder_days": Number("days before a review on which the person is told again", 1, 14),
    "concern_days": Number("days for which a concern opens the transactions", 1, 90),
    "telling_decision_days": Number("days in which a safeguarding lead decides when the person is told", 1, 14),
    "telling_delay_days": Number("days by which one decision puts off the telling", 1, 90),
    "telling_most_days": Number("days by which all of them together do", 1, 182),
    "help_phone": Words("the telephone shown under “Ask a person”"),
    "help_email": Words("the e-mail address shown there"),
    "school_terms": Terms("school terms, for what is bought in term time"),
    "ratings_of_pas": YesNo("whether people write reviews of personal assistants: only with your own legal advice"),
    "look_on_days": Number("days for which whoever acted may look after a death or a move", 28, 366),
    "keep_records_years": Number("full financial years that records are kept after the last budget", 3, 25),
    "keep_messages_years": Number("years that messages are kept after the last word", 1, 25),
    "keep_notices_years": Number("years that notices are kept", 1, 25),
    "keep_enquiries_years": Number("years that questions to providers are kept which led to nothing", 1, 25),
    "keep_drafts_months": Number("months that things are kept which were begun and never sent", 1, 60),
}


def parse(name: str, typed: str) -> Any:
    """What was typed for a setting, as it is kept.

    :raises InvalidError: when there is no such setting, or what was typed is out of its bounds.
    """
    bound = BOUNDS.get(name)
    if bound is None:
        raise InvalidError({name: f"There is no setting {name}. Leave everything out to see them all"})
    value = bound.parse(typed.strip())
    if value is None:
        raise InvalidError({name: f"{name} is {bound.range}: {bound.about}"})
    return value


def say(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join("/".join(pair) for pair in value)
    return str(value)


def _is_term(pair: Any) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return False
    try:
        first, last = (date.fromisoformat(day) for day in pair)
    except (TypeError, ValueError):
        return False
    return first <= last
