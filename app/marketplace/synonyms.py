"""What people call the same thing: read from ``data/synonyms.txt``, and turned into a query for the index. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "synonyms.txt"
_LETTERS = re.compile(r"[^\W\d_]+")

Phrase = tuple[str, ...]


def fold(text: str) -> str:
    """Small letters without accents, as the index keeps them."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def read_synonyms(text: str) -> dict[Phrase, tuple[Phrase, ...]]:
    """Read a list of synonyms: what is typed → what it also finds, each a phrase of folded words.

    :raises ValueError: naming the line that cannot be used.
    """
    found: dict[Phrase, set[Phrase]] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        if not re.fullmatch(r"[^\W\d_]+(?:[ ,>]+[^\W\d_]+)*", line) or line.count(">") > 1:
            raise ValueError(f"line {number} has more than letters, commas and one “>”: {line[:60]}")
        typed, arrow, meant = line.partition(">")
        left, right = _phrases(typed), _phrases(meant) if arrow else _phrases(typed)
        if not right or len({*left, *right}) < 2:
            raise ValueError(f"line {number} names only one thing: {line[:60]}")
        for phrase in left:
            found.setdefault(phrase, set()).update(other for other in right if other != phrase)
    return {phrase: tuple(sorted(others)) for phrase, others in found.items() if others}


def _phrases(text: str) -> list[Phrase]:
    return [tuple(_LETTERS.findall(fold(part))) for part in text.split(",") if part.strip()]


@cache
def synonyms() -> dict[Phrase, tuple[Phrase, ...]]:
    """The list that comes with the software."""
    return read_synonyms(_FILE.read_text(encoding="utf-8"))


@cache
def synonym_words() -> frozenset[str]:
    """Every word of it: none of these is misspelt."""
    return frozenset(word for phrase, others in synonyms().items() for part in (phrase, *others) for word in part)


@cache
def _longest() -> int:
    return max(len(phrase) for phrase in synonyms())


def alike(typed: list[str]) -> str:
    """A query (``to_tsquery`` text) for what the typed words mean, with each phrase or what it is also called.

    ``["carer", "evenings"]`` gives ``(carer | pa | (personal <-> assistant) | …) & evenings:*``.

    :param typed: letters only, as :func:`words_of` finds them.
    :returns: nothing when no word is also called something else.
    """
    words = ["".join(_LETTERS.findall(fold(word))) or word for word in typed]
    parts, any_found, at = [], False, 0
    while at < len(words):
        for size in range(min(_longest(), len(words) - at), 0, -1):
            phrase = tuple(words[at : at + size])
            others = synonyms().get(phrase)
            if others:
                parts.append("(" + " | ".join(_said(each) for each in (phrase, *others)) + ")")
                any_found = True
                at += size
                break
        else:
            parts.append(beginning(words[at]))
            at += 1
    return " & ".join(parts) if any_found else ""


def words_of(text: str) -> list[str]:
    """The words in what was typed, letters only."""
    return _LETTERS.findall(text)


def beginning(word: str) -> str:
    """A word as the beginning of one. Up to three letters stand for themselves: too much begins with them."""
    return f"{word}:*" if len(word) > 3 else word


def _said(phrase: Phrase) -> str:
    return beginning(phrase[0]) if len(phrase) == 1 else "(" + " <-> ".join(phrase) + ")"
