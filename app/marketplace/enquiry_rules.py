"""Questions and quotes: their words, limits and states. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.money import MAX_PENCE
from app.core.words import one_line, storable
from app.marketplace.rules import Category, Unit

MOST_OPEN = 20  # questions a person may have open at once
MAX_WORDS = 2000  # one message, a quote's note
MAX_WHAT = 200
MAX_QUANTITY = 1_000_000  # hundredths
QUOTE_DAYS = 14  # how long a price is kept unless the provider says otherwise
MOST_QUOTE_DAYS = 365


class Side(StrEnum):
    """Who said something."""

    PERSON = "person"
    PROVIDER = "provider"


class QuoteState(StrEnum):
    """Whether a quote can be asked for."""

    GOOD = "good"
    OVER = "over"  # its day has passed
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    USED = "used"


#: What the person reads of a quote that cannot be used.
NOT_GOOD: Mapping[QuoteState, str] = {
    QuoteState.OVER: "This price was kept until its day, which has passed. You can ask for a new one",
    QuoteState.WITHDRAWN: "They have taken this price back. You can ask for a new one",
    QuoteState.REPLACED: "They have sent a newer price. Look at that one",
    QuoteState.USED: "You have asked to buy at this price already. You can ask for a new one",
}


def state_of(*, withdrawn: bool, replaced: bool, used: bool, valid_until: date, today: date) -> QuoteState:
    """Whether a quote can be used on a day; what the person did comes before what the provider did after."""
    if used:
        return QuoteState.USED
    if withdrawn:
        return QuoteState.WITHDRAWN
    if replaced:
        return QuoteState.REPLACED
    return QuoteState.OVER if today > valid_until else QuoteState.GOOD


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks.

    :param wants_price: ask for a quote too.
    :param quantity_hundredths: how many they would like, 250 is two and a half.
    """

    words: str
    wants_price: bool = False
    quantity_hundredths: int | None = None
    wanted_from: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider answers with: a price. ``category`` and ``unit`` are the listing's where there is one."""

    what: str
    unit_price_pence: int | None
    quantity_hundredths: int | None
    unit: str = ""
    category: str = ""
    valid_until: date | None = None
    note: str = ""


def check_words(words: str, field: str, say: str) -> tuple[str, dict[str, str]]:
    """Read a message: what is kept of it, and what needs another look.

    :param say: the sentence when there is nothing in it.
    """
    text = storable(words)
    if not text:
        return text, {field: say}
    if len(text) > MAX_WORDS:
        return text, {field: f"Write it in {MAX_WORDS:,} characters or fewer"}
    return text, {}


def check_question(question: Question, today: date) -> dict[str, str]:
    """What needs another look, by field; empty when nothing does."""
    errors = check_words(question.words, "words", "Write what you want to ask")[1]
    many = question.quantity_hundredths
    if many is not None and not 0 < many <= MAX_QUANTITY:
        errors["quantity"] = "Enter how many, more than 0 and up to 10,000"
    if question.wanted_from is not None and question.wanted_from < today:
        errors["wanted_from"] = "Enter a day that is not in the past"
    return errors


def check_offer(offer: Offer, today: date) -> dict[str, str]:
    """What needs another look in a quote, by field; empty when nothing does."""
    errors: dict[str, str] = {}
    what = one_line(offer.what)
    if not what:
        errors["what"] = "Enter what it is for, like company at the pool"
    elif len(what) > MAX_WHAT:
        errors["what"] = f"Say it in {MAX_WHAT} characters or fewer"
    if offer.unit_price_pence is None or not 0 < offer.unit_price_pence <= MAX_PENCE:
        errors["price"] = "Enter the price for one, like 21 or 21.50"
    if offer.quantity_hundredths is None or not 0 < offer.quantity_hundredths <= MAX_QUANTITY:
        errors["quantity"] = "Enter how many, more than 0 and up to 10,000"
    if offer.unit not in set(Unit):
        errors["unit"] = "Choose what the price is for"
    if offer.category not in set(Category):
        errors["category"] = "Choose what kind of support it is"
    until = offer.valid_until
    if until is not None and not today <= until <= today + timedelta(days=MOST_QUOTE_DAYS):
        errors["valid_until"] = "Enter a day from today to a year from now"
    if len(storable(offer.note)) > MAX_WORDS:
        errors["note"] = f"Write it in {MAX_WORDS:,} characters or fewer"
    return errors
