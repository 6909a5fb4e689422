"""Reviews of money and plan together: kinds, days, and what a coordinator may type. Pure.

Health: the first review within 3 months, then at least every 12 (NHS (Direct Payments) Regulations 2013; policy facts,
"Reviews and monitoring"). The person knows in advance when a review is and what it will entail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.identity.settings import CommissionerSettings

MAX_WHAT = 2000
#: By law: however low the risk, a review comes round within a year.
_MOST_MONTHS = 12
_FARTHEST = timedelta(days=366)
#: A review looks at the time since the last one; two years are more than the law lets pass between them.
_LOOKS_BACK_MONTHS = 24


class ReviewKind(StrEnum):
    """Why there is a review."""

    THREE_MONTH = "three_month"
    YEARLY = "yearly"
    EXTRA = "extra"


KIND_WORDS: Mapping[ReviewKind, str] = {
    ReviewKind.THREE_MONTH: "First review",
    ReviewKind.YEARLY: "Yearly review",
    ReviewKind.EXTRA: "Extra review",
}


class ReviewState(StrEnum):
    """Where a review stands. Whether it is open is a question of the day."""

    ANNOUNCED = "announced"
    HELD = "held"
    CALLED_OFF = "called_off"


class Risk(StrEnum):
    """How closely money and plan are looked at: it sets when the next review is. The first review sets it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


RISK_WORDS: Mapping[Risk, str] = {Risk.LOW: "Low", Risk.MEDIUM: "Medium", Risk.HIGH: "High"}


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """What a coordinator typed to announce a review."""

    kind: ReviewKind
    starts_on: date
    look_from: date  # the days whose transactions are looked at
    look_until: date
    what: str  # what it will entail, as the person reads it
    with_ref: str = ""  # a finance officer who looks too


@dataclass(frozen=True, slots=True)
class OutcomeInput:
    """What a coordinator typed when the review was held."""

    agreed: str  # as the person reads it
    risk: Risk
    next_on: date


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    following = date(index // 12 + (month == 12), month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))


def months_until_next(settings: CommissionerSettings, risk: Risk) -> int:
    """How many months after a review the next one is at the latest, never more than the law lets pass."""
    wanted = {
        Risk.LOW: settings.review_months_low,
        Risk.MEDIUM: settings.review_months_medium,
        Risk.HIGH: settings.review_months_high,
    }[risk]
    return min(max(wanted, 1), _MOST_MONTHS)


def earliest_day(settings: CommissionerSettings, today: date, was: date | None = None) -> date:
    """The first day that a review may be on.

    :param was: the day it was announced for before. While that is to come, a later one needs no new notice; once it
        has come the transactions were open for it, and another day is announced in full like a new review.
    """
    announced = today + timedelta(days=settings.review_notice_days)
    return announced if was is None or was <= today else min(announced, was + timedelta(days=1))


def looks_back_to(starts_on: date) -> date:
    """The first day at which a review may look."""
    return add_months(starts_on, -_LOOKS_BACK_MONTHS)


def last_day_open(settings: CommissionerSettings, starts_on: date) -> date:
    """The last day on which the transactions are open for a review that begins on ``starts_on``."""
    return starts_on + timedelta(days=max(settings.review_window_days, 1) - 1)


def wrong_with_announcing(wanted: ReviewInput, settings: CommissionerSettings, today: date) -> dict[str, str]:
    """What needs another look, by field; nothing when all is well."""
    wrong = wrong_with_day(wanted.starts_on, earliest_day(settings, today), today, settings.review_notice_days)
    if wanted.look_until > wanted.starts_on:
        wrong["look_until"] = "Look at days up to the day of the review, not after it"
    first = looks_back_to(wanted.starts_on)
    if wanted.look_from < first:
        wrong["look_from"] = f"Enter {first.day} {first:%B %Y} or later: a review looks at two years at most"
    if wanted.look_from > wanted.look_until:
        wrong["look_until"] = "Enter a last day that is not before the first"
    if not wanted.what:
        wrong["what"] = "Say what you will look at: the person reads it"
    elif len(wanted.what) > MAX_WHAT:
        wrong["what"] = f"Write it in {MAX_WHAT:,} characters or fewer"
    return wrong


def wrong_with_day(starts_on: date, earliest: date, today: date, notice: int) -> dict[str, str]:
    """Whether a review may be on a day, as errors by field."""
    if starts_on < earliest:
        first = f"{earliest.day} {earliest:%B}"
        return {"starts_on": f"Choose {first} or later: the person knows of it at least {notice} days before"}
    if starts_on > today + _FARTHEST:
        return {"starts_on": "Choose a day within a year"}
    return {}


def wrong_with_outcome(written: OutcomeInput, settings: CommissionerSettings, today: date) -> dict[str, str]:
    """What needs another look, by field; nothing when all is well."""
    wrong = {}
    if not written.agreed:
        wrong["agreed"] = "Write down what you agreed: the person reads it"
    elif len(written.agreed) > MAX_WHAT:
        wrong["agreed"] = f"Write it in {MAX_WHAT:,} characters or fewer"
    months = months_until_next(settings, written.risk)
    latest = add_months(today, months)
    if written.next_on <= today:
        wrong["next_on"] = "Enter a day that is to come"
    elif written.next_on > latest:
        wrong["next_on"] = f"Enter {latest.day} {latest:%B %Y} or earlier: within {months} months"
    return wrong
