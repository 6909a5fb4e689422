"""CSV files by others: cut into records so that one bad line never takes the others with it; what was put aside."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: A record of the register never runs over more lines than this: past it, its first line has a stray quotation mark.
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be used, and why."""

    line: int
    reason: str
    text: str


def records(lines: Iterable[str]) -> Iterator[tuple[int, str, list[str] | None]]:
    """Cut text into CSV records: (line number, the text, its fields or None when it is no CSV).

    A stray quotation mark must not swallow the rest of the file, so a record that runs on too long gives up its first
    line only.
    """
    source, waiting, number = iter(lines), deque[str](), 0
    while True:
        taken: list[str] = []
        open_quote = False
        while not taken or (open_quote and len(taken) < _MOST_LINES):
            line = waiting.popleft() if waiting else next(source, None)
            if line is None:
                break
            taken.append(line)
            open_quote ^= line.count('"') % 2 == 1
        if not taken:
            return
        number += 1
        if open_quote:
            waiting.extendleft(reversed(taken[1:]))
            yield number, taken[0], None
            continue
        raw = "".join(taken)
        try:
            yield number, raw, next(csv.reader(taken, strict=True), [])
        except csv.Error:
            yield number, raw, None
        number += len(taken) - 1


def write_rejects(path: Path, rejects: list[Reject]) -> None:
    """Write what could not be used: line number, reason, and the line as it was."""
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as out:
        writer = csv.writer(out)
        writer.writerow(["line", "reason", "text"])
        for reject in rejects:
            # Opened in a spreadsheet, a text must not become a formula.
            safe = f"'{reject.text}" if reject.text[:1] in "=+-@\t" else reject.text
            writer.writerow([reject.line, reject.reason, safe.replace("\0", "\\0")])
