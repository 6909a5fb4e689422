"""Finding the words of a policy's lists in a text.

One pass over the folded words looks each up as the start of a term; what a hit means is then settled by the words
around it. A word that is on no list and is not an ordinary word may be a misspelling of one that is. A short text
takes some tens of microseconds; the matcher is built once for a policy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeVar

from app.policy.disguise import Reading, joined_pairs, spelled_out, undigited
from app.policy.slips import MISSPELLABLE, Mender, near
from app.policy.text import Token, clean, fold, measures, singular, tokens, words
from app.policy.wordlist import ANY, Around, Entry, Tokens, Vocabulary

_Value = TypeVar("_Value")
_JOINABLE = 7
_ENOUGH = 3
_DISGUISED = re.compile(r"[^\W\d_][0-9@$!|]|[@$][^\W\d_]|(?<![^\W_])[^\W_][ ._*/·-]{1,2}[^\W_][ ._*/·-]")
"""What a word in disguise has somewhere: most texts have none of it and are not looked at again."""
_PADDING = frozenset(
    words(
        "ltd limited plc llp inc co uk gb gbr eur gbp com www https org net the and of in to my for london group "
        "holdings bank dd direct debit card payment pay pymt pmt ref bill account acct acc online web shop store"
    )
)
"""Words that say nothing: a text of a name and these is the name alone."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found: the rule it fires, and the words of the text it was found in.

    `slip` is True when the text's spelling differed from the list's by a letter.
    """

    rule: str
    category: str
    term: str
    start: int
    end: int
    slip: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    entry: Entry
    first: int
    last: int
    start: int
    end: int
    slip: bool


class Matcher:
    """Looks up texts in a vocabulary. Safe to share between threads: nothing changes after it is built."""

    def __init__(self, vocabulary: Vocabulary, ordinary: Iterable[str] = ()) -> None:
        self._signs: dict[str, list[Entry]] = {}
        # By the first two words: most phrases begin with the same few words, and a look at the second spares the rest.
        self._starts: dict[Tokens, list[tuple[Tokens, Entry]]] = {}
        self._never: dict[Tokens, list[tuple[Tokens, str]]] = {}
        self._instead = vocabulary.instead
        self._milder = frozenset(rule for rows in vocabulary.instead.values() for _, rule in rows if rule)
        self._core: dict[str, set[str]] = {}
        self._parts: list[tuple[str, Entry]] = []
        known: set[str] = set()
        common: set[str] = set()
        names: set[str] = set()
        run_together: set[str] = set()
        beside: dict[tuple[str, int], set[str]] = {}
        for entry in dict.fromkeys(vocabulary.entries):
            if entry.tokens[0].startswith("<"):
                self._signs.setdefault(entry.tokens[0], []).append(entry)
                continue
            if "*" in entry.tokens[0]:
                self._parts.append((entry.tokens[0], entry))
                continue
            for spelling in _spellings(entry.tokens):
                self._starts.setdefault(spelling[:2], []).append((spelling, entry))
                if len(spelling) == 1 and entry.surely:
                    (names if spelling == entry.tokens else run_together).add(spelling[0])
            for left, right in pairwise(entry.tokens):
                beside.setdefault((left, 1), set()).add(right)
                beside.setdefault((right, -1), set()).add(left)
            known.update(entry.tokens)
            if entry.forgiving:
                self._core.setdefault(entry.category, set()).update(entry.tokens)
            if entry.forgiving and len(entry.tokens) == 1:
                common.update(entry.tokens)
        for category, phrase in vocabulary.never:
            for spelling in _spellings(phrase):
                self._never.setdefault(spelling[:2], []).append((spelling, category))
            known.update(phrase)
        known.update(opening[0] for opening in chain(self._starts, self._never))
        for (_, term), conditions in vocabulary.instead.items():
            known.update(term)
            for cues, _ in conditions:
                known.update(cues.single)
        self._known = frozenset(known.union(fold for word in ordinary for fold in words(word)))
        self._common = frozenset(common)
        self._breakable = frozenset(word for word in common if len(word) > 3)
        self._listed = frozenset(chain(names, run_together, *(entry.tokens for entry in vocabulary.entries)))
        self._beside = {key: tuple(sorted(found)) for key, found in beside.items() if len(key[0]) > 2}
        mender = Mender(common, names, run_together)
        self.mend = lru_cache(maxsize=65536)(mender.mend)
        self.part = lru_cache(maxsize=65536)(self._part)

    def _part(self, word: str) -> tuple[Entry, ...]:
        """Entries whose beginning or end this unlisted word has."""
        if len(word) < MISSPELLABLE - 1 or word in self._known or not word.isalpha():
            return ()
        return tuple(entry for pattern, entry in self._parts if _has_part(word, pattern))

    def hits(self, text: str) -> list[Hit]:
        """Every rule the text fires, with the words that did. Longest terms win within a category."""
        cleaned = clean(text)
        spread, slips = self._undisguised(cleaned, tokens(cleaned))
        read = [token.word for token in spread]
        for index, word in enumerate(read):
            if word not in self._known:
                mended = self.mend(word) or self._in_phrase(read, index)
                if mended is not None:
                    slips.add(index)
                    read[index] = mended
        found = self._look_up(read, spread, slips)
        signs = measures(cleaned)
        for sign, (start, end) in signs.items():
            found.extend(_Found(entry, -1, -1, start, end, False) for entry in self._signs.get(sign, ()))
        if not found:
            return []
        quiet = self._quiet(read)
        counts = {**Counter(read), **dict.fromkeys(signs, 1)}
        joined = f" {' '.join(read)} "
        settled: dict[tuple[str, int, int], _Found] = {}
        seen: Counter[Entry] = Counter()
        for item in found:
            # The tenth time a word is there it says no more than the first three times.
            if seen[item.entry] < _ENOUGH and not self._is_quiet(item, quiet):
                seen[item.entry] += 1
                rule = self._settle(item, read, Around(counts, joined, tuple(read[item.first : item.last])))
                if rule:
                    settled.setdefault((rule, item.start, item.end), item)
        return [
            Hit(rule, item.entry.category, item.entry.written, start, end, item.slip)
            for (rule, start, end), item in settled.items()
            if not any(_covers(other, item) for other in settled.values())
        ]

    def _undisguised(self, text: str, spread: list[Token]) -> tuple[list[Token], set[int]]:
        """The tokens, with each word in disguise that is a listed word in place of its parts; and which those are."""
        taken: list[Reading] = []
        if _DISGUISED.search(text):
            taken += [reading for reading in undigited(text) if self._is_listed(reading.letters, 3)]
            taken += [
                reading
                for reading in spelled_out(text)
                if self._is_listed(reading.letters, 3 if reading.letters.islower() else 4)
            ]
        for index, letters in joined_pairs(spread):
            if letters in self._breakable and not self._known.issuperset(read[0] for read in spread[index : index + 2]):
                taken.append(Reading(letters, spread[index].start, spread[index + 1].end))
        if not taken:
            return spread, set()
        merged, slips, reached = [], set(), 0
        for reading in sorted(taken, key=lambda each: (each.start, -each.end)):
            if reading.start < reached:
                continue
            merged += [token for token in spread if reached <= token.start and token.end <= reading.start]
            slips.add(len(merged))
            merged.append(Token(fold(reading.letters), reading.start, reading.end))
            reached = reading.end
        return merged + [token for token in spread if token.start >= reached], slips

    def _is_listed(self, letters: str, shortest: int) -> bool:
        word = fold(letters)
        return word in (self._common if len(word) == 3 else self._listed) and len(word) >= shortest

    def _in_phrase(self, read: list[str], index: int) -> str | None:
        """The word of a listed phrase this unlisted one must be, with the phrase's other word beside it."""
        word = read[index]
        if not word.isalpha() or len(word) < 2:
            return None
        for place, side in ((index - 1, 1), (index + 1, -1)):
            if 0 <= place < len(read):
                for listed in self._beside.get((read[place], side), ()):
                    if near(word, listed):
                        return listed
        return None

    def _look_up(self, read: list[str], spread: list[Token], slips: Set[int]) -> list[_Found]:
        found: list[_Found] = []
        for index, word in enumerate(read):
            for spelling, entry in _openings(self._starts, read, index):
                last = index + len(spelling)
                slip = bool(slips) and not slips.isdisjoint(range(index, last))
                found.append(_Found(entry, index, last, spread[index].start, spread[last - 1].end, slip))
            for entry in self.part(word):
                found.append(_Found(entry, index, index + 1, spread[index].start, spread[index].end, False))
        return found

    def _quiet(self, read: list[str]) -> list[tuple[int, int, str]]:
        spans: list[tuple[int, int, str]] = []
        for index in range(len(read)):
            for phrase, category in _openings(self._never, read, index):
                spans.append((index, index + len(phrase), category))
        return spans

    @staticmethod
    def _is_quiet(item: _Found, quiet: list[tuple[int, int, str]]) -> bool:
        """True inside a phrase in which the word means nothing. A sign found in figures is in no phrase."""
        return item.first >= 0 and any(
            item.first >= start and item.last <= end and category in (item.entry.category, ANY)
            for start, end, category in quiet
        )

    def _settle(self, item: _Found, read: list[str], around: Around) -> str:
        """The rule a hit comes to once the words around it are read; empty for none."""
        entry = item.entry
        if (entry.first and item.first > 0) or (entry.last and item.last < len(read)):
            return ""
        if entry.alone and not all(_says_nothing(word) for word in chain(read[: item.first], read[item.last :])):
            return ""
        if entry.needs is not None and not entry.needs.near(around):
            return ""
        rule = entry.rule
        # What is said of "wine" holds for "red wine" too.
        about: list[Tokens] = [entry.tokens, *((word,) for word in entry.tokens), ("*",)]
        if entry.is_name:
            about.append(("names",))
        if self._core.get(entry.category, set()).isdisjoint(entry.tokens):
            about.append(("brands",))
        for term in dict.fromkeys(about):
            for cues, other in self._instead.get((entry.category, term), ()):
                # A phrase listed under a milder rule already means what it says.
                if other and entry.rule in self._milder and term != entry.tokens:
                    continue
                if rule and cues.near(around):
                    rule = other
        return rule


def _openings(
    listed: Mapping[Tokens, list[tuple[Tokens, _Value]]], read: list[str], index: int
) -> Iterator[tuple[Tokens, _Value]]:
    """The listed words and phrases that stand at this place of a text."""
    yield from listed.get((read[index],), ())
    for phrase, value in listed.get(tuple(read[index : index + 2]), ()) if index + 1 < len(read) else ():
        if len(phrase) == 2 or tuple(read[index : index + len(phrase)]) == phrase:
            yield phrase, value


def _says_nothing(word: str) -> bool:
    return word in _PADDING or word[0].isdigit() or len(word) == 1


def _has_part(word: str, pattern: str) -> bool:
    core = singular(pattern.strip("*")) if pattern.startswith("*") else pattern.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return core in word
    return word.endswith(core) if pattern.startswith("*") else word.startswith(core)


def _covers(longer: _Found, shorter: _Found) -> bool:
    return (
        longer.entry.category == shorter.entry.category
        and longer.start <= shorter.start
        and longer.end >= shorter.end
        and longer.end - longer.start > shorter.end - shorter.start
    )


def _spellings(phrase: Tokens) -> list[Tokens]:
    """A phrase as it is, and run together when long enough: statements write SKYBET, people write sky bet."""
    joined = "".join(phrase)
    if len(phrase) == 1 or len(joined) < _JOINABLE or not joined.isalnum():
        return [phrase]
    parts = words(joined)
    return [phrase, parts] if parts != phrase else [phrase]
