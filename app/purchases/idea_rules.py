"""Ideas: their states, how often something comes round, and what a person may type. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.money import MAX_PENCE
from app.core.words import one_line, storable

MAX_IDEA = 120
MAX_WHY = 2000


class IdeaState(StrEnum):
    """Where an idea stands."""

    WAITING = "waiting"
    ASKED = "asked"  # a coordinator asked something
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


IDEA_WORDS: Mapping[IdeaState, str] = {
    IdeaState.WAITING: "Someone is looking at it",
    IdeaState.ASKED: "We asked a question",
    IdeaState.AGREED: "Agreed",
    IdeaState.DECLINED: "Not agreed",
    IdeaState.WITHDRAWN: "Taken back",
}
OPEN_IDEAS = (IdeaState.WAITING, IdeaState.ASKED)


class HowOften(StrEnum):
    """How often it would be paid for."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    SOMETIMES = "sometimes"


OFTEN_WORDS: Mapping[HowOften, str] = {
    HowOften.ONCE: "Just once",
    HowOften.WEEKLY: "Every week",
    HowOften.MONTHLY: "Every month",
    HowOften.SOMETIMES: "Now and then",
}
_SOMETIMES = 3  # times that "now and then" is taken for, when a sum is proposed


@dataclass(frozen=True, slots=True)
class IdeaInput:
    """An idea as typed. ``amount_pence`` is about how much, each time."""

    words: str
    outcome_ref: str
    amount_pence: int | None
    how_often: str
    why: str = ""


def check_idea(idea: IdeaInput) -> dict[str, str]:
    """What needs another look, by field; empty when nothing does."""
    errors: dict[str, str] = {}
    words = one_line(idea.words)
    if not words:
        errors["words"] = "Enter what you have in mind, like a pottery class"
    elif len(words) > MAX_IDEA:
        errors["words"] = f"Say it in {MAX_IDEA} characters or fewer"
    if idea.amount_pence is None:
        errors["amount"] = "Enter about how much it costs, like 12"
    elif not 0 < idea.amount_pence <= MAX_PENCE:
        errors["amount"] = "Enter an amount more than £0 and up to £10,000,000"
    if idea.how_often not in set(HowOften):
        errors["how_often"] = "Choose how often"
    if len(storable(idea.why)) > MAX_WHY:
        errors["why"] = f"Write it in {MAX_WHY:,} characters or fewer"
    return errors


def proposed_sum(amount_pence: int, how_often: HowOften, first: date, last: date) -> int:
    """What an idea would come to in all, in pence, as a first proposal for the coordinator.

    :param first: today.
    :param last: the last day it would be agreed for.
    """
    if how_often is HowOften.ONCE:
        times = 1
    elif how_often is HowOften.SOMETIMES:
        times = _SOMETIMES
    elif how_often is HowOften.WEEKLY:
        times = max(1, (last - first).days // 7)
    else:
        times = max(1, (last.year - first.year) * 12 + last.month - first.month)
    return min(amount_pence * times, MAX_PENCE)
