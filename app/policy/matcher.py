"""Finding the words of a policy's lists in a text.

One pass over the folded words looks each up as the start of a term; what a hit means is then settled by the words
around it. A word that is on no list and is not an ordinary word may be a misspelling of one that is. A short text
takes some tens of microseconds; the matcher is built once for a policy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from rapidfuzz.distance import OSA

from app.policy.text import Token, clean, measures, singular, tokens, words
from app.policy.wordlist import ANY, Around, Entry, Tokens, Vocabulary

MISSPELLABLE = 6
"""Letters a word needs before a slip in it is forgiven: in shorter words one letter makes another word."""
_JOINABLE = 7
_ENOUGH = 3
_DOUBLED = re.compile(r"(.)\1+")
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
        self._starts: dict[str, list[tuple[Tokens, Entry]]] = {}
        self._never: dict[str, list[tuple[Tokens, str]]] = {}
        self._instead = vocabulary.instead
        self._milder = frozenset(rule for rows in vocabulary.instead.values() for _, rule in rows if rule)
        self._core: dict[str, set[str]] = {}
        self._parts: list[tuple[str, Entry]] = []
        known: set[str] = set()
        mendable: set[str] = set()
        for entry in dict.fromkeys(vocabulary.entries):
            if entry.tokens[0].startswith("<"):
                self._signs.setdefault(entry.tokens[0], []).append(entry)
                continue
            if "*" in entry.tokens[0]:
                self._parts.append((entry.tokens[0], entry))
                continue
            for spelling in _spellings(entry.tokens):
                self._starts.setdefault(spelling[0], []).append((spelling, entry))
            known.update(entry.tokens)
            if entry.forgiving:
                self._core.setdefault(entry.category, set()).update(entry.tokens)
            if entry.forgiving and len(entry.tokens) == 1 and len(entry.tokens[0]) >= MISSPELLABLE:
                mendable.update(word for word in entry.tokens if word.isalpha())
        for category, phrase in vocabulary.never:
            for spelling in _spellings(phrase):
                self._never.setdefault(spelling[0], []).append((spelling, category))
            known.update(phrase)
        known.update(self._starts, self._never)
        for (_, term), conditions in vocabulary.instead.items():
            known.update(term)
            for cues, _ in conditions:
                known.update(cues.single)
        self._known = frozenset(known.union(fold for word in ordinary for fold in words(word)))
        self._mends = _deletions(mendable)
        self._squeezed = {_squeeze(word): word for word in sorted(mendable)}
        self.mend = lru_cache(maxsize=65536)(self._mend)
        self.part = lru_cache(maxsize=65536)(self._part)

    def _mend(self, word: str) -> str | None:
        """The listed word this one is a slip of, or None. The first letter must be right: people rarely miss it."""
        if len(word) < MISSPELLABLE or word in self._known or not word.isalpha():
            return None
        if _squeeze(word) in self._squeezed:
            return self._squeezed[_squeeze(word)]
        near = set(self._mends.get(word, ()))
        for index in range(1, len(word)):
            near.update(self._mends.get(word[:index] + word[index + 1 :], ()))
        best = sorted(listed for listed in near if listed[0] == word[0] and OSA.distance(word, listed) == 1)
        return best[0] if best else None

    def _part(self, word: str) -> tuple[Entry, ...]:
        """Entries whose beginning or end this unlisted word has."""
        if len(word) < MISSPELLABLE - 1 or word in self._known or not word.isalpha():
            return ()
        return tuple(entry for pattern, entry in self._parts if _has_part(word, pattern))

    def hits(self, text: str) -> list[Hit]:
        """Every rule the text fires, with the words that did. Longest terms win within a category."""
        cleaned = clean(text)
        spread = tokens(cleaned)
        read = [token.word for token in spread]
        slips: dict[int, str] = {}
        for index, word in enumerate(read):
            if word not in self._known:
                mended = self.mend(word)
                if mended is not None:
                    slips[index] = mended
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

    def _look_up(self, read: list[str], spread: list[Token], slips: Mapping[int, str]) -> list[_Found]:
        found: list[_Found] = []
        for index, word in enumerate(read):
            for spelling, entry in self._starts.get(word, ()):
                last = index + len(spelling)
                if len(spelling) == 1 or tuple(read[index:last]) == spelling:
                    slip = any(place in slips for place in range(index, last))
                    found.append(_Found(entry, index, last, spread[index].start, spread[last - 1].end, slip))
            for entry in self.part(word):
                found.append(_Found(entry, index, index + 1, spread[index].start, spread[index].end, False))
        return found

    def _quiet(self, read: list[str]) -> list[tuple[int, int, str]]:
        spans: list[tuple[int, int, str]] = []
        for index, word in enumerate(read):
            for phrase, category in self._never.get(word, ()):
                if tuple(read[index : index + len(phrase)]) == phrase:
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
        if entry.alone and not all(
            _says_nothing(word) for word in chain(read[: item.first], read[item.last :])
        ):
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


def _squeeze(word: str) -> str:
    """Doubled letters made single: which one is doubled is what people get wrong ("prosseco")."""
    return _DOUBLED.sub(r"\1", word)


def _spellings(phrase: Tokens) -> list[Tokens]:
    """A phrase as it is, and run together when long enough: statements write SKYBET, people write sky bet."""
    joined = "".join(phrase)
    if len(phrase) == 1 or len(joined) < _JOINABLE or not joined.isalnum():
        return [phrase]
    parts = words(joined)
    return [phrase, parts] if parts != phrase else [phrase]


def _deletions(listed: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each listed word and each of it with one letter gone, to the words it came from. The first letter stays."""
    index: dict[str, tuple[str, ...]] = {}
    for word in listed:
        for form in {word, *(word[:place] + word[place + 1 :] for place in range(1, len(word)))}:
            index[form] = (*index.get(form, ()), word)
    return index
