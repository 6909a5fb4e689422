"""What people type, made fit to keep. Nothing a person can write is changed more than it must be."""

from __future__ import annotations


def storable(text: str) -> str:
    """Several lines, without what PostgreSQL refuses (NUL, half characters); line breaks as one kind, ends trimmed."""
    text = text.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: str) -> str:
    """One line of printable text, single spaces."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in storable(text)).split())


def tidy_ref(text: str) -> str:
    """A reference from an address, or nothing when it cannot be one (a NUL must not reach the database)."""
    return text if text.isascii() and text.isalnum() and len(text) <= 16 else ""
