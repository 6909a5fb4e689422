"""What a misspelt word may have meant: the nearest word of what people call things and of what is offered. Pure.

No dictionary: a word is right when it is in the index, whatever it is, and a wrong one can only have meant something
that can be found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log10

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.marketplace.synonyms import fold, synonym_words

LONGEST = 24
_SHORTEST = 3
_MOST_WORDS = 6  # of one search that are looked at
_NEAREST = 40
#: How much commoner a word must be to be offered for a rare one that is in the index all the same.
_MUCH_COMMONER = 20
_RARE = 2
_TOKEN = re.compile(r"\S+")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """A word of a search that may be misspelt.

    :param start: where it stands in what was typed, and ``end`` where it stops.
    """

    word: str
    start: int
    end: int


def may_be_misspelt(text: str) -> list[Typed]:
    """The words of a search that could be corrected, folded.

    Left alone: what is quoted or left out with a minus, what holds a digit (postcodes, sizes, numbers), "or", and what
    is shorter than three letters or longer than any word.
    """
    found = []
    quoted = [match.span() for match in re.finditer(r"\"[^\"]*(\"|$)", text)]
    for token in _TOKEN.finditer(text):
        if any(start <= token.start() < end for start, end in quoted) or token[0].startswith("-"):
            continue
        if any(c.isdigit() for c in token[0]):
            continue
        for match in _LETTERS_ONLY.finditer(token[0]):
            word = fold(match[0])
            if _SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha() and word != "or":
                found.append(Typed(word, token.start() + match.start(), token.start() + match.end()))
    return found[:_MOST_WORDS]


class Vocabulary:
    """Every word of the index, held for as long as its version is the newest.

    :param words: word → (how many listings have it, how many of these in who offers it).
    """

    def __init__(self, version: str, words: Mapping[str, tuple[int, int]]) -> None:
        self.version = version
        self.words = {**dict.fromkeys(sorted(synonym_words()), (1, 0)), **words}
        by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if _SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha():
                sounds = sound(word)
                by_start[sounds[0], len(word)].append(word)
                by_sound[sounds].append(word)
        self._by_start, self._by_sound = dict(by_start), dict(by_sound)
        self._starts = sorted({start for start, _ in by_start})
        self.nearest = lru_cache(maxsize=2048)(self._nearest)

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def is_rare(self, word: str) -> bool:
        """Whether hardly any listing has a word, and nobody is called it."""
        listings, named = self.words.get(word, (0, 0))
        return listings <= _RARE and not named and word not in synonym_words()

    def much_commoner(self, word: str, other: str) -> bool:
        """Whether ``other`` is so much commoner that ``word`` may be a slip for it, though it is in the index."""
        return self.words[other][0] >= _MUCH_COMMONER * max(1, self.words.get(word, (0, 0))[0])

    def _nearest(self, word: str) -> str | None:
        """The likeliest word that was meant; None when nothing is near.

        The fewer the slips the better, then the more listings have it. Another first letter is an unlikely slip, and
        somebody's name is seldom what is looked for.
        """
        slips = 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
        sounds = sound(word)
        near = self._within(word, slips, [sounds[0]])
        for other in self._by_sound.get(sounds, ()):
            near[other] = min(near.get(other, slips), 1)
        if min(near.values(), default=slips) >= slips > 1:  # nothing close begins so: look at all the words
            near = {**self._within(word, slips, self._starts), **near}
        near.pop(word, None)
        if len(word) <= 4:  # so short a word is near to too many
            near = {
                other: d for other, d in near.items() if other[0] == word[0] or other in self._by_sound[sound(other)]
            }
        return min(near, key=lambda other: (self._unlikely(word, other, near[other]), other), default=None)

    def _within(self, word: str, slips: int, starts: Iterable[str]) -> dict[str, float]:
        """The words that begin with one of these sounds and are so many slips away, each with how many."""
        return {
            other: distance
            for start in starts
            for length in range(len(word) - slips, len(word) + slips + 1)
            for other, distance, _ in process.extract(
                word, self._by_start.get((start, length), ()), scorer=OSA.distance, score_cutoff=slips, limit=_NEAREST
            )
        }

    def _unlikely(self, word: str, other: str, distance: float) -> float:
        listings, named = self.words[other]
        score = 2.0 * distance - 0.6 * log10(listings + 1)
        if other[0] != word[0] and sound(other)[0] != sound(word)[0]:
            score += 0.7
        if named and named >= listings:
            score += 0.5
        return score

    def split(self, word: str) -> str | None:
        """``personalassistant`` as the two words that it is made of; None when it is not."""
        ways = [
            (min(self.words[word[:at]][0], self.words[word[at:]][0]), f"{word[:at]} {word[at:]}")
            for at in range(_SHORTEST, len(word) - _SHORTEST + 1)
            if word[:at] in self.words and word[at:] in self.words
        ]
        return max(ways)[1] if ways else None


#: Spellings that sound alike.
_SOUNDS = {
    "ough": "o", "tion": "shn", "sion": "shn", "ph": "f", "ck": "k", "qu": "kw", "x": "ks", "gh": "g", "wh": "w",
    "wr": "r", "kn": "n", "ce": "se", "ci": "si", "cy": "si", "c": "k", "z": "s", "y": "i", "ee": "i", "ea": "i",
    "ie": "i", "ai": "e", "ay": "e", "oo": "u", "ou": "u", "au": "o",
}  # fmt: skip
_SPELT = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_TWICE = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """Roughly how a word sounds, so that ``fizio`` meets ``physio``: spellings that sound alike become one."""
    return _TWICE.sub(r"\1", _SPELT.sub(lambda spelt: _SOUNDS[spelt[0]], word))


def corrected(text: str, instead: Iterable[tuple[Typed, str]]) -> str:
    """What was typed with some words replaced; all else stays as it was."""
    for typed, word in sorted(instead, key=lambda pair: -pair[0].start):
        text = text[: typed.start] + word + text[typed.end :]
    return text
