"""The lines of a policy file: sections, "name: value", word lists, and what is wrong with them, by line. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from app.policy.exchange import NO_NEWLINE

T = TypeVar("T")
#: Half a letter, and the sign that ends a text for the database: it keeps neither.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_HEADING = re.compile(r"==\s*(.*?)\s*==\s*")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What cannot be read: the line of the file, counted from 1, and why."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


@dataclass(slots=True)
class Section:
    """A heading with what stands under it: (line, text) for each line."""

    line: int
    title: str
    rows: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Lines:
    """Reads lines and keeps every problem it meets."""

    found: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, why: str) -> None:
        self.found.append(Problem(line, why))

    def get(self, line: int, make: Callable[[str], T], text: str, why: str = "") -> T | None:
        """The value, or a problem named: `why`, or what the reading itself says."""
        try:
            return make(text)
        except ValueError as error:
            self.wrong(line, why or str(error))
            return None

    def pairs(self, section: Section) -> list[tuple[int, str, str]]:
        """(line, key, value) of a section of "key: value" lines, each key once."""
        pairs: dict[str, tuple[int, str, str]] = {}
        for line, text in section.rows:
            if not text.strip() or text.startswith("#"):
                continue
            key, colon, value = text.partition(":")
            key, value = " ".join(key.split()), value.strip()
            if not colon:
                self.wrong(line, f"“{short(text)}” is not “name: value”")
            elif key in pairs:
                self.wrong(line, f"“{key}” is here twice, first in line {pairs[key][0]}")
            else:
                if value.startswith('"'):
                    value = self.get(line, _quoted, value) or ""
                pairs[key] = (line, key, value)
        return list(pairs.values())


def sections(reader: Lines, text: str) -> list[Section]:
    """A file's sections in order; what stands before the first is a problem."""
    made: list[Section] = []
    for number, written in enumerate(text.split("\n"), 1):
        row = written.removesuffix("\r")
        if _UNKEPT.search(row):
            reader.wrong(number, "there is a sign in it that cannot be kept")
            row = _UNKEPT.sub("?", row)
        heading = _HEADING.fullmatch(row)
        if heading:
            made.append(Section(number, " ".join(heading[1].split())))
        elif made:
            made[-1].rows.append((number, row))
        elif row.strip() and not row.startswith("#"):
            reader.wrong(number, f"“{short(row)}” stands before the first heading (== policy ==)")
    return made


def body(reader: Lines, section: Section) -> tuple[str, list[int]]:
    """A list as it was, and the line of the file for each of its lines."""
    rows = list(section.rows)
    while rows and not rows[-1][1].strip():
        rows.pop()
    ended = not (rows and rows[-1][1] == NO_NEWLINE)
    if not ended:
        rows.pop()
    texts: list[str] = []
    for line, row in rows:
        if row.startswith("\\"):
            texts.append(reader.get(line, _quoted, row[1:]) or "")
        else:
            texts.append(row)
    whole = "\n".join(texts)
    return (f"{whole}\n" if ended and rows else whole), [line for line, _ in rows]


def _quoted(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError("the text in quotation marks does not begin or end well") from error
    if not isinstance(value, str):
        raise ValueError("this is not a text in quotation marks")
    if _UNKEPT.search(value):
        raise ValueError("there is a sign in it that cannot be kept")
    return value


def short(text: str) -> str:
    """Enough of it to know it again."""
    return text if len(text) <= 60 else f"{text[:59]}…"
