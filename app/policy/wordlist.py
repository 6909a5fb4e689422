"""Word lists as an officer writes them, read into entries the matcher can look up.

A list is a plain text file:

    category: alcohol               (or "any", only for [never])
    # a comment
    [alcohol]                       a rule's code: these words and phrases fire it
    merlot, malbec, pinot noir
    [alcohol only with]             ... only when one of the words after | is there too
    port, stout | bottle, <cl>, pint
    [food-with-alcohol instead with]    where they fired another rule of the list, this one instead
    wine, brandy | sauce, pie
    [not with]                      they mean nothing when one of the words after | is there too
    wine | glass, rack
    * | care home                   * is every word of this category
    [never]                         phrases in which its words mean nothing
    wine gums, ginger beer

Names in angle brackets are signs found in figures, such as <abv>: see `text.measures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from app.policy.rules import PolicyError
from app.policy.text import words

ANY = "any"
_HEADER = re.compile(r"^\[([a-z0-9 -]+)\]$")

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """Words that change what another word means, when they stand elsewhere in the same text."""

    single: frozenset[str]
    phrases: tuple[str, ...]

    def near(self, around: frozenset[str], joined: str) -> bool:
        """True when one of the cues is in the text. `joined` is the folded text with a space at both ends."""
        if not self.single.isdisjoint(around):
            return True
        return any(phrase in joined for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase that fires a rule, with the condition it needs (None: fires by itself)."""

    rule: str
    category: str
    written: str
    tokens: Tokens
    needs: Cues | None = None


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
        for number, line in _lines(text):
            where = f"{name}, line {number}"
            if line.startswith("category:"):
                category = line.removeprefix("category:").strip()
                continue
            if not category:
                raise PolicyError(f"{where}: a list begins with “category: …”")
            if line.startswith("["):
                rule, kind = _header(line, where)
                self.rules.update({rule} - {""})
                continue
            if not kind:
                raise PolicyError(f"{where}: words before the first [section]")
            self._add(category, rule, kind, line, where)

    def _add(self, category: str, rule: str, kind: str, line: str, where: str) -> None:
        terms, cues = _split(line, kind in ("only", "instead", "not"), where)
        for written in terms:
            tokens = _term(written)
            if not tokens:
                raise PolicyError(f"{where}: “{written}” has no letters or figures")
            if kind == "never":
                self.never.append((category, tokens))
            elif kind in ("instead", "not") and cues is not None:
                self.instead.setdefault((category, tokens), []).append((cues, rule))
            else:
                self.entries.append(Entry(rule, category, written, tokens, cues))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if line:
            yield number, line


def _header(line: str, where: str) -> tuple[str, str]:
    found = _HEADER.match(line)
    if found is None:
        raise PolicyError(f"{where}: “{line}” is not a [section]")
    inside = found.group(1).strip()
    if inside == "never":
        return "", "never"
    if inside == "not with":
        return "", "not"
    for ending, kind in ((" only with", "only"), (" instead with", "instead")):
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


def _items(line: str) -> list[str]:
    return [item.strip() for item in line.split(",") if item.strip()]


def _term(written: str) -> Tokens:
    return (written,) if written == "*" or written.startswith("<") else words(written)


@lru_cache(maxsize=512)
def _cues(line: str) -> Cues:
    single, phrases = set(), []
    for item in _items(line):
        tokens = _term(item)
        if len(tokens) == 1:
            single.add(tokens[0])
        elif tokens:
            phrases.append(f" {' '.join(tokens)} ")
    return Cues(frozenset(single), tuple(phrases))
