"""Word lists as an officer writes them, read into entries the matcher can look up.

A list is a plain text file:

    category: alcohol               (or "any", only for [never])
    # a comment
    [alcohol]                       a rule's code: these words and phrases fire it
    merlot, malbec, pinot noir
    ~ prosecco, chardonnay          ... and, after ~, with one letter wrong, missing, doubled or swapped
    *bet, betting*                  ... as the end or the beginning of a word that is on no list
    [alcohol only with]             ... only when one of the words after | is there too
    port, stout | bottle, <cl>, pint
    [lender-by-name alone]          ... only when there is hardly anything else in the text
    ^dr, credit$                    ... only at the beginning, only at the end of the text
    [food-with-alcohol instead with]    where they fired another rule of the list, this one instead
    wine, brandy | sauce, pie
                                    after |, !word means: but not when this word is there, in the term itself either
    [not with]                      they mean nothing when one of the words after | is there too
    wine | glass, rack
    * | care home                   * is every word of this category
    names | road, school            names is every single word of it without a ~ in front: a name, more or less
    [never]                         phrases in which its words mean nothing
    wine gums, ginger beer

A line "@wine = bottle, vintage" names a group of words; after |, @wine stands for them all, in that file.
An indented line goes on with the line before it.
Names in angle brackets are signs found in figures and capitals, such as <abv>: see `text.measures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.policy.rules import PolicyError
from app.policy.text import words

ANY = "any"
_HEADER = re.compile(r"^\[([a-z0-9 -]+)\]$")

_GROUPS = ("*", "names", "brands")
_ENDINGS = ((" only with", "only"), (" instead with", "instead"), (" alone", "alone"))
_PART = re.compile(r"^(\*[a-z]{3,}\*?|[a-z]{3,}\*)$")

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """The text around one term: all its words, less the term's own."""

    counts: Mapping[str, int]
    """Each word and sign of the whole text, and how often it is there."""
    joined: str
    """The whole text's words with a space between them and at both ends."""
    own: tuple[str, ...]

    def has(self, listed: frozenset[str]) -> bool:
        """True when one of the words is there outside the term itself."""
        if listed.isdisjoint(self.counts):
            return False
        return any(self.counts[word] > self.own.count(word) for word in listed.intersection(self.counts))

    def has_phrase(self, phrase: str) -> bool:
        """True when the phrase, with a space at both ends, is there outside the term itself."""
        return phrase in self.joined and phrase not in f" {' '.join(self.own)} "


@dataclass(frozen=True, slots=True)
class Cues:
    """Words that change what another word means, when they stand elsewhere in the same text."""

    single: frozenset[str]
    phrases: tuple[str, ...]
    unless: frozenset[str] = frozenset()
    first_words: frozenset[str] = frozenset()
    """The first word of each phrase: a text with none of them has none of the phrases."""

    def near(self, around: Around) -> bool:
        """True when one of the cues is in the text around a term."""
        if not self.unless.isdisjoint(around.counts):
            return False
        if around.has(self.single):
            return True
        if self.first_words.isdisjoint(around.counts):
            return False
        return any(around.has_phrase(phrase) for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase that fires a rule, with the condition it needs (None: fires by itself)."""

    rule: str
    category: str
    written: str
    tokens: Tokens
    needs: Cues | None = None
    forgiving: bool = False
    """One letter may be wrong in each of its longer words."""
    alone: bool = False
    first: bool = False
    last: bool = False

    @property
    def surely(self) -> bool:
        """True when it fires by itself, wherever it stands and whatever stands around it."""
        return self.needs is None and not (self.alone or self.first or self.last)

    @property
    def is_name(self) -> bool:
        """A single word that is not marked as common with ~: as often a name or a place as the thing itself."""
        return len(self.tokens) == 1 and not self.forgiving


@dataclass(slots=True)
class Vocabulary:
    """All lists of a policy, read."""

    entries: list[Entry] = field(default_factory=list)
    never: list[tuple[str, Tokens]] = field(default_factory=list)
    instead: dict[tuple[str, Tokens], list[tuple[Cues, str]]] = field(default_factory=dict)
    """(category, term or ("*",)) to cues and the rule that then takes its place; "" means no rule at all."""
    rules: set[str] = field(default_factory=set)
    """Every rule code the lists name, so that a document with an unknown one is refused."""

    def read(self, name: str, text: str) -> None:
        """Add one list. Raises PolicyError naming the file and the line that cannot be read."""
        category = ""
        rule, kind = "", ""
        groups: dict[str, str] = {}
        for number, line in _lines(text):
            where = f"{name}, line {number}"
            if line.startswith("category:"):
                category = line.removeprefix("category:").strip()
                continue
            if not category:
                raise PolicyError(f"{where}: a list begins with “category: …”")
            if line.startswith("@"):
                group, _, members = line.partition("=")
                groups[group.strip()] = f"{groups.get(group.strip(), '')},{members}"
                continue
            if line.startswith("["):
                rule, kind = _header(line, where)
                self.rules.update({rule} - {""})
                continue
            if not kind:
                raise PolicyError(f"{where}: words before the first [section]")
            self._add(category, rule, kind, _spread(line, groups, where), where)

    def _add(self, category: str, rule: str, kind: str, line: str, where: str) -> None:
        forgiving = line.startswith("~")
        terms, cues = _split(line.removeprefix("~"), kind in ("only", "instead", "not"), where)
        for written in terms:
            tokens = _term(written)
            if "*" in written and written != "*" and (kind not in ("rule", "only") or not _PART.match(written)):
                raise PolicyError(f"{where}: “{written}”: * stands at one end of a single word")
            if not tokens:
                raise PolicyError(f"{where}: “{written}” has no letters or figures")
            if kind == "never":
                self.never.append((category, tokens))
            elif kind in ("instead", "not") and cues is not None:
                self.instead.setdefault((category, tokens), []).append((cues, rule))
            else:
                alone, first, last = kind == "alone", written.startswith("^"), written.endswith("$")
                shown = written.strip("^$")
                self.entries.append(Entry(rule, category, shown, tokens, cues, forgiving, alone, first, last))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its number, without comments; an indented line goes on with the one before it."""
    begun, said = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        words_in_it = line.split("#", 1)[0]
        if begun and words_in_it[:1].isspace():
            said = f"{said} {words_in_it.strip()}"
            continue
        if said:
            yield begun, said
        begun, said = number, words_in_it.strip()
    if said:
        yield begun, said


def _header(line: str, where: str) -> tuple[str, str]:
    found = _HEADER.match(line)
    if found is None:
        raise PolicyError(f"{where}: “{line}” is not a [section]")
    inside = found.group(1).strip()
    if inside == "never":
        return "", "never"
    if inside == "not with":
        return "", "not"
    for ending, kind in _ENDINGS:
        if inside.endswith(ending):
            return inside.removesuffix(ending).strip(), kind
    if " " in inside:
        raise PolicyError(f"{where}: “{line}” is not a [section]")
    return inside, "rule"


def _split(line: str, with_cues: bool, where: str) -> tuple[list[str], Cues | None]:
    left, bar, right = line.partition("|")
    if with_cues != bool(bar):
        raise PolicyError(f"{where}: “words | other words” is wanted" if with_cues else f"{where}: no “|” here")
    return _items(left), _cues(right.strip()) if with_cues else None


def _spread(line: str, groups: Mapping[str, str], where: str) -> str:
    """The line with each @group after the bar written out."""
    left, bar, right = line.partition("|")
    if "@" not in right:
        return line
    items = []
    for item in _items(right):
        if item.startswith("@") and item not in groups:
            raise PolicyError(f"{where}: no group “{item}” in this file")
        items.append(groups[item] if item.startswith("@") else item)
    return f"{left}{bar}{','.join(items)}"


def _items(line: str) -> list[str]:
    return [item.strip() for item in line.split(",") if item.strip()]


def _term(written: str) -> Tokens:
    if written in _GROUPS or "*" in written or written.startswith("<"):
        return (written,)
    return words(written)


@lru_cache(maxsize=512)
def _cues(line: str) -> Cues:
    single: set[str] = set()
    unless: set[str] = set()
    phrases: list[str] = []
    for item in _items(line):
        tokens = _term(item.removeprefix("!"))
        if len(tokens) == 1:
            (unless if item.startswith("!") else single).add(tokens[0])
        elif tokens:
            phrases.append(f" {' '.join(tokens)} ")
    return Cues(
        frozenset(single),
        tuple(phrases),
        frozenset(unless),
        frozenset(phrase.split(maxsplit=1)[0] for phrase in phrases),
    )
