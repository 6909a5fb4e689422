"""What people type, made fit to keep. Nothing a person can write is changed more than it must be."""

from __future__ import annotations

import unicodedata


def storable(text: str) -> str:
    """Several lines, without what PostgreSQL refuses (NUL, half characters); line breaks as one kind, ends trimmed."""
    text = text.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


#: They join letters and emoji into one: names in several scripts are spelt with them.
_JOINERS = "\u200c\u200d"


def one_line(text: str) -> str:
    """One line of printable text, single spaces; nothing when there is nothing to see in it.

    Other unseen signs are left out, those that turn the direction of writing among them: they can make a line read
    as something else.
    """
    kept = []
    for ch in storable(text):
        if ch.isprintable() or ch in _JOINERS:
            kept.append(ch)
        elif unicodedata.category(ch) != "Cf":
            kept.append(" ")
    line = " ".join("".join(kept).split())
    return line if line.strip(_JOINERS + " ") else ""


def tidy_ref(text: str) -> str:
    """A reference from an address, or nothing when it cannot be one (a NUL must not reach the database)."""
    return text if text.isascii() and text.isalnum() and len(text) <= 16 else ""
