"""What providers type about themselves, tidied and checked; prices and holidays by date. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from app.core.words import one_line, storable
from app.marketplace.rules import Category, ProviderKind, RegisterStatus

MAX_NAME = 80
MAX_TITLE = 80
MAX_SUMMARY = 400
MAX_DESCRIPTION = 1500
MAX_MILES = 100
MAX_LANGUAGES = 10
#: A price may be announced for a day no further away than this.
FURTHEST = timedelta(days=730)
#: A holiday is shown to people when it is this near.
SHOWN_AHEAD = timedelta(days=90)
_LOOK_AHEAD = 60  # days in which the next free day is looked for

#: How people get in and around, in the words that listings use.
ACCESS = (
    "Step-free",
    "Accessible toilet",
    "Changing Places toilet",
    "Hoist",
    "Hearing loop",
    "Quiet hour",
    "Parking",
)
GENDERS = ("Woman", "Man", "Non-binary")
#: Care that only a provider on the register may give (Health and Social Care Act 2008).
REGULATED = frozenset({Category.HOME_CARE, Category.NURSING})

_PA_NAME = re.compile(r"[^\W\d_][^\d_]*? [^\W\d_]\.?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{8,22}")


def tidy_name(text: str, kind: ProviderKind) -> str:
    """A provider's name; a personal assistant's is first name and initial, ``Marta K.``

    :raises ValueError: with a sentence, when it cannot be used.
    """
    name = one_line(text)
    if not name:
        raise ValueError("Enter the name that people know you by")
    if len(name) > MAX_NAME:
        raise ValueError(f"Enter the name in {MAX_NAME} letters or fewer")
    if kind is ProviderKind.PA:
        if not _PA_NAME.fullmatch(name):
            raise ValueError("Enter your first name and the first letter of your last name, like Marta K.")
        return name if name.endswith(".") else f"{name}."
    return name


def tidy_phone(text: str) -> str:
    """A telephone number as people dial it, or nothing.

    :raises ValueError: with a sentence, when it is no number.
    """
    phone = one_line(text)
    if phone and not _PHONE.fullmatch(phone):
        raise ValueError("Enter a phone number, like 020 7946 0123")
    return phone


def tidy_website(text: str) -> str:
    """An address of the web with its scheme, or nothing.

    :raises ValueError: with a sentence, when it is none.
    """
    typed = one_line(text)
    if not typed:
        return ""
    address = typed if "://" in typed else f"https://{typed}"
    wrong = "Enter a website, like www.example.org"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in {"http", "https"} or "." not in host.strip(".") or " " in address or parts.username:
        raise ValueError(wrong)
    if len(address) > 200:
        raise ValueError("Enter a website in 200 letters or fewer")
    return address


def tidy_languages(text: str) -> list[str]:
    """Languages, with commas between them, each once.

    :raises ValueError: with a sentence, when there are too many or one is too long.
    """
    found = list(dict.fromkeys(word[:1].upper() + word[1:] for word in map(one_line, text.split(",")) if word))
    if len(found) > MAX_LANGUAGES:
        raise ValueError(f"Enter {MAX_LANGUAGES} languages or fewer")
    if any(len(word) > 40 for word in found):
        raise ValueError("Put a comma between two languages, like Polish, Urdu")
    return found


def tidy_text(text: str, most: int) -> str:
    """Several lines of text.

    :raises ValueError: with a sentence, when it is too long.
    """
    kept = storable(text)
    if len(kept) > most:
        raise ValueError(f"Use {most} letters or fewer. You have used {len(kept)}.")
    return kept


def why_not_care(category: Category, kind: ProviderKind, status: RegisterStatus) -> str:
    """Why this provider may not offer this kind of thing; nothing when they may.

    An organisation that gives regulated care has to be on the register. A personal assistant whom one person employs
    or engages does not have to register for it.
    """
    if category not in REGULATED or kind is ProviderKind.PA or status is RegisterStatus.REGISTERED:
        return ""
    if status is RegisterStatus.DEREGISTERED:
        return f"{category.label} can be offered only by those on the care register, and it says that you left it"
    return f"{category.label} can be offered only by those on the care register of the Care Quality Commission"


def price_at(prices: Iterable[tuple[date, int | None]], day: date) -> int | None:
    """The price that holds on a day: that of the latest start that is not after it.

    :param prices: each with the day from which it holds, in any order.
    :returns: pence; None when there was no price yet, or it has to be asked for.
    """
    begun = [(start, pence) for start, pence in prices if start <= day]
    return max(begun, key=lambda pair: pair[0])[1] if begun else None


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both counted."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def next_free(times: Sequence[str], away: Iterable[Span], today: date) -> date | None:
    """The next day on which something can be had, today among them.

    :param times: of ``rules.SLOTS``; none is any day.
    :returns: None when there is no such day within two months.
    """
    days = {slot.partition("-")[0] for slot in times}
    spans = list(away)
    for ahead in range(_LOOK_AHEAD + 1):
        day = today + timedelta(days=ahead)
        if (not days or f"{day:%A}".lower() in days) and not any(day in span for span in spans):
            return day
    return None


def say_span(span: Span, today: date) -> str:
    """``20 December to 2 January``, ``24 December``, ``1 to 5 June``; the year where it is not plain."""
    first, last = span.first, span.last
    year = f" {last.year}" if last.year > today.year + 1 or last.year < today.year else ""
    end = f"{last.day} {last:%B}{year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    return f"{first.day} {first:%B} to {end}"
