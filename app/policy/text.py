"""Reading a text the way a person would: letters, accents, plurals and statement noise folded away.

Pure functions. A token keeps where it stood in the text, so that a finding can show the words themselves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from app.policy.disguise import plain_letters

MAX_TEXT = 4000
"""Characters read of one text. A line of a purchase is far shorter; a pasted book must not slow a page down."""

_WORD = re.compile(r"&|[^\W\d_]+(?:['’`´][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES = str.maketrans(dict.fromkeys("'’`´"))


class Token(NamedTuple):
    """A folded word or number, and where it stood."""

    word: str
    start: int
    end: int


def clean(text: str) -> str:
    """The text with look-alike letters in one form, invisible ones gone, cut at MAX_TEXT characters."""
    text = text[:MAX_TEXT]
    if text.isascii():
        return text
    return plain_letters(text)


def singular(word: str) -> str:
    """A rough singular. It need not be right, only the same for the list's word and the text's."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """One word in plain lower-case letters without accents, apostrophes or plural."""
    if word.isascii():
        word = word.lower()
    else:
        word = unicodedata.normalize("NFKD", word.casefold()).translate(_LETTERS)
        word = "".join(letter for letter in word if not unicodedata.combining(letter))
    if word == "&":
        return "and"
    if word[:1].isdigit():
        return word.replace(",", ".")
    return singular(word.translate(_APOSTROPHES))


def tokens(text: str) -> list[Token]:
    """The folded words and numbers of a cleaned text. "MERLOT75CL" is merlot, 75, cl."""
    return [Token(fold(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


def words(text: str) -> tuple[str, ...]:
    """The folded words and numbers without their places; `clean` is applied first."""
    return tuple(token.word for token in tokens(clean(text)))


_NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
_PERCENT = re.compile(_NUMBER + r"\s?%")
_STRENGTH = re.compile(
    rf"(?:{_NUMBER}\s?%?\s*(?:abv|vol\b|alc\b|alcohol by vol)|(?:abv|vol|alc)[\s:.]*{_NUMBER}\s?%)",
    re.IGNORECASE,
)
_VOLUME = re.compile(_NUMBER + r"\s?(cl|ml|lt?|ltr|litres?|liters?)\b", re.IGNORECASE)
_TO_ML = {"c": 10.0, "m": 1.0, "l": 1000.0}
_PACK = (
    r"UP|ELEVEN|WAY|PLY|PINS?|PK|PACK|STARS?|HTP|DAYS?|HOUR|MAN|DOOR|SEAT|STEP|TIER|PARTY?|PIECE|PCS?|SET|ML|CL|LTR?|C?MM?|KG|FT|"
    r"LEGS?|BARS?|BED|FOLD|TON|BALL|GANG|CORE|PORT|DR|AMP|VOLT|YEAR|YRS?|HRS?|MINS?|TOES?|SIDE|ZIP|EYES?|[IVX]+"
)
_DRUG_CODE = re.compile(
    r"\W*(?:(?:\d{1,2}(?:,\d)?['’]?c?[A-Z]{0,2}-)+(?:[A-Z][A-Za-z]{0,3}-){0,2}"
    rf"(?!(?:{_PACK})\b)[A-Za-z]?[A-Z][A-Za-z]?\d?[A-Z][A-Za-z]{{0,3}}|[2-4]C-[A-Za-z]{{1,3}}(?:-\d{{1,2}})?)\W*"
)
"""A whole text that is the short name of a made-up stimulant or the like, and no pack of so many: "3-MeO-PCP"."""
_CODE_LENGTH = 16
_BET_PARTS = ("Bet", "Slot", "Jackpot", "Poker", "Spin", "Win", "Vegas", "Casino", "Bingo")
_BET_NAME = re.compile(
    r"\b(?:Bet|Slots?|Jackpot|Poker|Spin(?!Master))(?:[A-Z][a-z]+|[A-Z]{2,})\w*"
    r"|\b[A-Z]\w*[a-z](?:Spins?|Slots?|Wins?|Vegas|Casino|Bingo)\b"
)
_SPIRIT_BOTTLES = frozenset({50.0, 200.0, 350.0, 700.0})
_WINE_BOTTLES = frozenset({187.0, 375.0, 750.0, 1500.0, 2250.0})
_BEER_SIZES = frozenset({275.0, 300.0, 330.0, 355.0, 440.0, 473.0, 500.0, 550.0, 568.0, 620.0, 640.0, 650.0, 660.0})


def _number(figure: str) -> float:
    return float(figure.replace(",", "."))


def measures(text: str) -> dict[str, tuple[int, int]]:
    """Signs in a cleaned text's figures and capitals: name of the sign, and where it stands.

    `<abv>` a strength of 1.3 to 80 % marked as alcohol; `<low abv>` one up to 1.2 %; `<zero>` 0 % or 0.0;
    `<percent>` any other percentage from 2.5 to 60; `<cl>` a volume in centilitres; `<spirit bottle>`,
    `<wine bottle>` and `<beer size>` the usual sizes; `<75cl>` a wine bottle's size in centilitres; `<440ml>` a can's.
    `<drug code>` a text that is nothing but a substance's short name ("25C-NBOH"); `<bet name>` a firm written "BetSo".
    """
    found: dict[str, tuple[int, int]] = {}
    if any(part in text for part in _BET_PARTS) and (named := _BET_NAME.search(text)):
        found["<bet name>"] = named.span()
    if not any(letter.isdigit() for letter in text):
        return found
    if len(text) <= _CODE_LENGTH and "-" in text and (code := _DRUG_CODE.fullmatch(text)):
        found["<drug code>"] = code.span()
    for match in _STRENGTH.finditer(text):
        figure = _number(match.group(1) or match.group(2))
        if 1.3 <= figure <= 80:
            found.setdefault("<abv>", match.span())
        elif figure <= 1.2:
            found.setdefault("<low abv>", match.span())
    for match in _PERCENT.finditer(text):
        figure = _number(match.group(1))
        if figure <= 0.5:
            found.setdefault("<zero>", match.span())
        elif 2.5 <= figure <= 60:
            found.setdefault("<percent>", match.span())
    for match in _VOLUME.finditer(text):
        unit = match.group(2)[0].lower()
        millilitres = round(_number(match.group(1)) * _TO_ML[unit], 1)
        if unit == "c":
            found.setdefault("<cl>", match.span())
            if millilitres in _WINE_BOTTLES:
                found.setdefault("<75cl>", match.span())
        if millilitres == 440.0:
            found.setdefault("<440ml>", match.span())
        for name, sizes in (
            ("<spirit bottle>", _SPIRIT_BOTTLES),
            ("<wine bottle>", _WINE_BOTTLES),
            ("<beer size>", _BEER_SIZES),
        ):
            if millilitres in sizes and (name != "<spirit bottle>" or unit == "c" or millilitres == 700):
                found.setdefault(name, match.span())
    return found
