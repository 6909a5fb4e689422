"""Word lists as lines a person can read, compare and change, without touching what is written around them. Pure.

`wordlist` reads the same lists for the matcher. Here every word keeps the section and the line it stands on. A
section's heading is a rule's code and how it is meant: "alcohol", "alcohol only with", "never", "not with".
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.policy.rules import PolicyError
from app.policy.text import words
from app.policy.wordlist import Vocabulary

NEVER = "never"
_WIDTH = 118
_KINDS_WITHOUT_RULE = (NEVER, "not with")
_AT_LINE = re.compile(r", line (\d+): (.*)\Z", re.DOTALL)
_MOST_PROBLEMS = 200


class Statement(NamedTuple):
    """One word or phrase, and what a list says of it.

    `kind` is "" for a word that fires its rule by itself, else the words after the rule in the section's heading.
    `common` words are forgiven a slip of one letter. `beside` are the words it needs (or must not have) near it.
    """

    category: str
    rule: str
    kind: str
    term: str
    common: bool
    beside: str

    @property
    def is_exception(self) -> bool:
        """True for what makes words mean nothing, or something milder."""
        return self.kind in (*_KINDS_WITHOUT_RULE, "instead with")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with the indented lines that go on with it: from `first` up to, not with, `end`, counted from 0."""

    first: int
    end: int
    text: str
    notes: tuple[str, ...]
    category: str = ""
    heading: str = ""

    @property
    def is_words(self) -> bool:
        return bool(self.heading) and not self.text.startswith(("[", "@", "category:"))


@lru_cache(maxsize=512)
def statements(text: str) -> tuple[Statement, ...]:
    """Everything a list says, in its order. What cannot be read is left out: `problems` names it."""
    groups: dict[str, str] = {}
    found: list[Statement] = []
    for line in _lines(text):
        if line.text.startswith("@"):
            name, _, members = line.text.partition("=")
            groups[name.strip()] = ", ".join(filter(None, (groups.get(name.strip(), ""), _tidy(members))))
        elif line.is_words:
            rule, kind = _meaning(line.heading)
            left, _, right = line.text.partition("|")
            beside = ", ".join(groups.get(item, item) for item in _items(right))
            common = left.startswith("~")
            found += [
                Statement(line.category, rule, kind, term, common, beside) for term in _items(left.removeprefix("~"))
            ]
    return tuple(found)


def all_statements(lists: Mapping[str, str]) -> Iterator[Statement]:
    """Everything that all lists of a policy say."""
    for name in sorted(lists):
        yield from statements(lists[name])


@lru_cache(maxsize=512)
def firing(text: str) -> Mapping[tuple[str, tuple[str, ...]], frozenset[str]]:
    """The rules that a list's words and phrases fire: by category and the term as the matcher compares it."""
    found: dict[tuple[str, tuple[str, ...]], frozenset[str]] = {}
    for said in statements(text):
        if not said.is_exception:
            key = (said.category, _folded(said.term))
            found[key] = found.get(key, frozenset()) | {said.rule}
    return found


def problems(name: str, text: str) -> list[tuple[int, str]]:
    """All that the matcher could not read in a list: (line, reason), by line."""
    rows = text.splitlines()
    found: list[tuple[int, str]] = []
    while len(found) < _MOST_PROBLEMS:
        try:
            Vocabulary().read(name, "\n".join(rows))
        except PolicyError as error:
            at = _AT_LINE.search(str(error))
            number, why = (int(at[1]), at[2]) if at else (1, str(error))
            found.append((number, why))
            if not 1 <= number <= len(rows):
                break
            # the rest is read without this line; a heading stays a heading, or every word under it would be wrong
            rows[number - 1] = "[never]" if rows[number - 1].lstrip().startswith("[") else "#"
            place = number
            while place < len(rows) and rows[place][:1].isspace() and rows[place].strip():
                rows[place] = "#"
                place += 1
        else:
            break
    return sorted(dict.fromkeys(found))


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Each section's line, counted from 1, and the rule it names ("" where it names none)."""
    for line in _lines(text):
        if line.text.startswith("["):
            yield line.first + 1, _meaning(line.heading)[0]


def categories(text: str) -> Iterator[tuple[int, str]]:
    """Each line that names a category, counted from 1, and the category."""
    for line in _lines(text):
        if line.text.startswith("category:"):
            yield line.first + 1, line.category


def own_list(category: str) -> str:
    """The name of the list that holds a commissioner's own words of a category."""
    return f"own_{category}.txt"


def put_in(text: str, category: str, heading: str, entries: list[str]) -> str:
    """A list with some lines more under a heading; the heading is made when the list does not have it.

    :param text: the list, or "" for a new one.
    :param entries: lines as they stand in a list: "merlot", "~ wine", "port | bottle".
    """
    rows = text.splitlines() or [
        f"category: {category}",
        "# Words of your own, put in on the pages of the policy.",
    ]
    at = next((line.end for line in _lines(text) if line.text == f"[{heading}]" and line.category == category), None)
    if at is None:
        if rows and text and _last_category(text) != category:
            rows.append(f"category: {category}")
        rows += ["", f"[{heading}]"]
        at = len(rows)
    return "\n".join([*rows[:at], *entries, *rows[at:]]) + "\n"


def take_out(lists: Mapping[str, str], category: str, rule: str, kind: str | None, term: str) -> dict[str, str] | None:
    """All lists of a policy without a word, wherever a section of that rule has it.

    :param rule: "" for exceptions.
    :param kind: only sections of this kind ("never"); None for every section in which the word fires the rule.
    :returns: None when no such section has it.
    """
    wanted = _folded(term)
    changed = dict(lists)
    for name, text in lists.items():
        rows = text.splitlines()
        hit = False
        for line in reversed(list(_lines(text))):
            if not line.is_words or line.category != category:
                continue
            its_rule, its_kind = _meaning(line.heading)
            exception = its_kind in _KINDS_WITHOUT_RULE or its_kind == "instead with"
            if its_rule != rule or (exception if kind is None else its_kind != kind):
                continue
            left, bar, right = line.text.partition("|")
            mark = "~ " if left.startswith("~") else ""
            items = _items(left.removeprefix("~"))
            kept = [item for item in items if _folded(item) != wanted]
            if len(kept) == len(items):
                continue
            hit = True
            written = f"{mark}{', '.join(kept)}{f' | {_tidy(right)}' if bar else ''}" if kept else ""
            rows[line.first : line.end] = [*line.notes, *_wrap(written)]
        if hit:
            changed[name] = "\n".join(rows) + "\n"
    return None if changed == dict(lists) else changed


def _lines(text: str) -> Iterator[_Line]:
    """Each line, without comments, with the indented ones that go on with it, and the section it stands in."""
    category = heading = ""
    for first, end, said, notes in _joined(text.splitlines()):
        if said.startswith("category:"):
            category = said.removeprefix("category:").strip()
        elif said.startswith("["):
            heading = said.strip("[]").strip()
        yield _Line(first, end, said, notes, category, heading)


def _joined(rows: list[str]) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    first, said = 0, ""
    notes: list[str] = []
    for number, row in enumerate(rows):
        content, mark, note = row.partition("#")
        if number and content[:1].isspace():
            said = f"{said} {content.strip()}"
        else:
            if said.strip():
                yield first, number, said.strip(), tuple(notes)
            first, said, notes = number, content.strip(), []
        if mark and content.strip():
            notes.append(f"#{note}")
    if said.strip():
        yield first, len(rows), said.strip(), tuple(notes)


def _meaning(heading: str) -> tuple[str, str]:
    """(rule, kind) of a section's heading."""
    if heading in _KINDS_WITHOUT_RULE:
        return "", heading
    rule, _, kind = heading.partition(" ")
    return rule, kind.strip()


def _last_category(text: str) -> str:
    return next((line.category for line in reversed(list(_lines(text)))), "")


def _items(line: str) -> list[str]:
    return [item.strip() for item in line.split(",") if item.strip()]


def _folded(term: str) -> tuple[str, ...]:
    """A word as the matcher compares it; parts of words and signs as they are written."""
    term = term.strip()
    return (term,) if "*" in term or term.startswith("<") else words(term) or (term,)


def _tidy(line: str) -> str:
    return ", ".join(_items(line))


def _wrap(line: str) -> list[str]:
    if not line:
        return []
    return textwrap.wrap(line, _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
