"""Reviews: their states, limits, and what makes somebody look before others read them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from app.core.words import storable

MAX_WORDS = 1500
MAX_REASON = 500
CHANGE_DAYS = 30  # how long one's own review may be changed
BOUGHT_DAYS = 365  # how long ago it may have been received


class ReviewState(StrEnum):
    """Who can read a review, or a reply."""

    SHOWN = "shown"  # everybody
    HELD = "held"  # its writer: an officer looks first
    HIDDEN = "hidden"  # its writer: an officer said no, with a reason


#: Stays with a review that was hidden until an officer has read it again, however often it is changed.
HIDDEN_BEFORE = "what was hidden before"
STARS: Mapping[int, str] = {5: "Very good", 4: "Good", 3: "OK", 2: "Poor", 1: "Very poor"}

_PHONE = re.compile(r"(?:\+?\d[\s().-]?){9,}")
_MAIL = re.compile(r"[^\s@]+\s?@\s?[^\s@]+|\b\w+\s*\(?at\)?\s*\w+\s*\(?dot\)?\s*(?:com|org|uk|net)\b", re.IGNORECASE)
_SITE = re.compile(r"https?://|www\.|\b[\w-]+\.(?:co\.uk|com|org|net|uk)\b", re.IGNORECASE)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Doctor|Nurse|Sister|Prof|Professor)\.?\s+[A-Z][a-z]+")
_NAMED = re.compile(r"\b(?:called|named|name is|name's|I am|I'm|my (?:son|daughter|mum|mother|dad|father|wife|husband|"
    r"brother|sister|partner))\s+[A-Z][a-z]+")  # fmt: skip
#: Words that may tell of somebody's health. A hint, not a judgement: a person reads it before others do.
_HEALTH = re.compile(
    r"\b(?:diagnos\w*|epilep\w*|seizure\w*|cancer|tumour|chemo\w*|autis\w*|adhd|dementia|alzheimer\w*|catheter|"
    r"stoma|peg|tracheostomy|incontinen\w*|ms|multiple sclerosis|parkinson\w*|diabet\w*|insulin|depress\w*|anxiety|"
    r"bipolar|schizo\w*|psychosis|suicid\w*|self[- ]harm\w*|hiv|hepatitis|pregnan\w*|miscarr\w*|stroke|cerebral palsy|"
    r"down'?s syndrome|learning disab\w*|brain injur\w*|medication|medicine|tablets|morphine|overdose|nhs number)\b",
    re.IGNORECASE,
)


def screen(text: str, names: Iterable[str] = ()) -> list[str]:
    """Why somebody should look before others read this; empty when nothing stands out.

    :param names: names that are known to the software and should not be there: the person's, the workers'.
    :returns: reasons as they end the sentence "It may have … in it".
    """
    found = []
    if _PHONE.search(text):
        found.append("a phone number")
    if _MAIL.search(text):
        found.append("an e-mail address")
    if _SITE.search(text):
        found.append("a web address")
    known = {word.casefold() for name in names for word in name.split() if len(word) > 2}
    spoken = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", text)}
    if known & spoken or _TITLED.search(text) or _NAMED.search(text):
        found.append("somebody's name")
    if _HEALTH.search(text):
        found.append("something about somebody's health")
    return found


def say_why_held(reasons: Iterable[str]) -> str:
    """``a phone number and somebody's name``."""
    words = list(reasons)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def check_review(stars: int | None, words: str) -> dict[str, str]:
    """What needs another look, by field."""
    errors = {}
    if stars not in STARS:
        errors["stars"] = "Choose how good it was"
    text = storable(words)
    if not text:
        errors["words"] = "Write a few words about how it was"
    elif len(text) > MAX_WORDS:
        errors["words"] = f"Write it in {MAX_WORDS:,} characters or fewer"
    return errors


def may_change(written_on: date, today: date) -> bool:
    """Whether a review can still be changed by who wrote it."""
    return today <= written_on + timedelta(days=CHANGE_DAYS)


def tenths(stars: Iterable[int]) -> int | None:
    """The average of some ratings, times ten, half a tenth up; None without any: 4.25 is 43."""
    given = list(stars)
    if not given:
        return None
    return (sum(given) * 20 + len(given)) // (2 * len(given))


def say_stars(tenths_: int) -> str:
    """``4.3 out of 5``."""
    whole, part = divmod(tenths_, 10)
    return f"{whole}.{part} out of 5" if part else f"{whole} out of 5"
