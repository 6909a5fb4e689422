"""Receipts: what may be kept, and how each refusal is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from app.core.words import one_line

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 64_000_000  # a telephone's largest picture; more is a decompression bomb
MAX_SIDE = 2600  # pixels kept: small print stays readable
MAX_PAGES = 100
MAX_OBJECTS = 20_000  # of a PDF; a receipt has dozens
MAX_UNFOLDED_PART = 64 * 1024 * 1024  # a packed part of a PDF: a page scanned at 300 dots an inch is 26 MB
MAX_UNFOLDED = 4 * MAX_UNFOLDED_PART
MAX_A_PURCHASE = 10
MAX_A_MESSAGE = 5
MAX_AN_AUTHORITY = 12
MAX_A_DAY = 100  # of one account, whatever they belong to: each is read whole and kept for years

TOO_BIG = "Choose a file of 10 MB or less. A photo taken a little further away is smaller."
EMPTY = "That file is empty. Choose it again, or take the photo again."
WRONG_KIND = "Choose a photo (JPEG or PNG) or a PDF. We could not read that file as one of them."
BROKEN_PICTURE = "We could not read that photo. Take it again, or choose another."
HUGE_PICTURE = "That photo has more dots than we can open. Take it again in a smaller size."
BROKEN_PDF = "We could not read that PDF. Print it to a new PDF, or take a photo of it."
LOCKED_PDF = "That PDF is locked with a password. Send one without a password, or take a photo of it."
ACTIVE_PDF = "That PDF has a program or another file inside, so we cannot keep it. Take a photo of it instead."
HEAVY_PDF = "That PDF is too heavy to open. Print it to a new PDF, or take a photo of it."
LONG_PDF = f"That PDF has more than {MAX_PAGES} pages. Send only the pages of the receipt."
NO_FILE = "Choose a photo or a PDF of the receipt"
TOO_MANY = f"One purchase can have {MAX_A_PURCHASE} receipts. Take one out first."

NO_PAPER = "Choose a photo or a PDF of the paper"
TOO_MANY_PAPERS = f"There are {MAX_AN_AUTHORITY} papers here already. Ask the coordinator what they still need."
TOO_MANY_ATTACHED = f"One message can have {MAX_A_MESSAGE} files. Send the others with another message."
TOO_MANY_TODAY = "You have sent very many files today. Send the next one tomorrow. What you sent before is safe."


class Kind(StrEnum):
    """What is kept, by content."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"

    @property
    def ending(self) -> str:
        return {Kind.JPEG: "jpg", Kind.PNG: "png", Kind.PDF: "pdf"}[self]


class RefusedError(ValueError):
    """A file that cannot be kept; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A file fit to keep."""

    kind: Kind
    content: bytes
    pages: int


def kind_of(content: bytes) -> Kind | None:
    """What a file is by its first bytes; its name and what the browser says of it count for nothing."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    return None


def clean_filename(given: str, kind: Kind) -> str:
    """The name as given, for showing: no folders, nothing unseen, the ending of what it is."""
    stem = PurePosixPath(one_line(given).replace("\\", "/")).name
    stem = stem.rsplit(".", 1)[0].strip(". ")
    return f"{stem[:80] or 'receipt'}.{kind.ending}"
