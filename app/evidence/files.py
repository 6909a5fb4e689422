"""Looking into a file before it is kept.

A picture is written anew from its dots, so nothing else in the file (where it was taken, a program, a second file
hidden behind it) survives. A PDF cannot be written anew without harm, so one with anything active in it is refused.
"""

from __future__ import annotations

import io
import logging
import warnings
from typing import Any

from PIL import Image, ImageFile, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from app.evidence.rules import (
    ACTIVE_PDF,
    BROKEN_PDF,
    BROKEN_PICTURE,
    EMPTY,
    HUGE_PICTURE,
    LOCKED_PDF,
    LONG_PDF,
    MAX_BYTES,
    MAX_OBJECTS,
    MAX_PAGES,
    MAX_PIXELS,
    MAX_SIDE,
    TOO_BIG,
    WRONG_KIND,
    Clean,
    Kind,
    RefusedError,
    kind_of,
)

warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is told to the person, not the log


def clean(content: bytes) -> Clean:
    """Check a file by its content and make it fit to keep.

    :raises RefusedError: with a sentence for the person.
    """
    if not content:
        raise RefusedError(EMPTY)
    if len(content) > MAX_BYTES:
        raise RefusedError(TOO_BIG)
    kind = kind_of(content)
    if kind is None:
        raise RefusedError(WRONG_KIND)
    return _pdf(content) if kind is Kind.PDF else _picture(content, kind)


def _picture(content: bytes, kind: Kind) -> Clean:
    wanted = "JPEG" if kind is Kind.JPEG else "PNG"
    try:
        with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
            if picture.width * picture.height > MAX_PIXELS or min(picture.size) < 1:
                raise RefusedError(HUGE_PICTURE)  # before one dot of it is decoded
            picture.verify()
        with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
            return Clean(kind, _rewritten(picture, wanted), 1)
    except (Image.DecompressionBombError, MemoryError):
        raise RefusedError(HUGE_PICTURE) from None
    except RefusedError:
        raise
    except Exception:  # a decoder fed with hostile bytes may raise anything; the file is refused all the same
        raise RefusedError(BROKEN_PICTURE) from None


def _rewritten(picture: ImageFile.ImageFile, wanted: str) -> bytes:
    if wanted == "JPEG":
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # decode no more dots than are kept
    elif picture.width * picture.height > MAX_PIXELS // 2:
        raise RefusedError(HUGE_PICTURE)  # a PNG can only be decoded whole
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    if wanted == "JPEG" or upright.mode not in ("1", "L", "RGB"):
        upright = _on_white(upright)
    # a new picture made of the dots alone: no EXIF, no comment, no colour profile, no second frame
    plain = Image.new(upright.mode, upright.size)
    plain.paste(upright)
    out = io.BytesIO()
    if wanted == "JPEG":
        plain.save(out, "JPEG", quality=85, optimize=True)
    else:
        plain.save(out, "PNG", optimize=False)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")


# Names in a PDF that make it do something, or carry another file.
_ACTIVE = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
        "/XFA",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
    }
)
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/XFA", "/EF"})


def _pdf(content: bytes) -> Clean:
    # %%EOF near the end and nothing of weight behind it: else another file could ride along
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise RefusedError(BROKEN_PDF)
    if content[end + 5 :].strip(b"\r\n\t \x00") or b"PK\x05\x06" in content[-70_000:]:
        raise RefusedError(ACTIVE_PDF)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise RefusedError(LOCKED_PDF)
        pages = len(reader.pages)
        if pages > MAX_PAGES:
            raise RefusedError(LONG_PDF)
        if pages < 1:
            raise RefusedError(BROKEN_PDF)
        if _is_active(reader):
            raise RefusedError(ACTIVE_PDF)
    except RefusedError:
        raise
    except (PyPdfError, RecursionError, MemoryError, Exception):  # as above: hostile bytes may raise anything
        raise RefusedError(BROKEN_PDF) from None
    return Clean(Kind.PDF, content, pages)


def _is_active(reader: PdfReader) -> bool:
    """Look at every object of the file, packed ones too, without following what they point to."""
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MAX_OBJECTS:
        raise RefusedError(LONG_PDF)
    stack: list[Any] = [reader.trailer]
    stack += [reader.get_object(IndirectObject(number, generation, reader)) for number, generation in numbers]
    seen = 0
    while stack:
        item = stack.pop()
        seen += 1
        if seen > 50 * MAX_OBJECTS:
            raise RefusedError(BROKEN_PDF)
        if isinstance(item, DictionaryObject):
            if _ACTIVE_KEYS & set(item) or str(item.raw_get("/S") if "/S" in item else "") in _ACTIVE:
                return True
            if str(item.raw_get("/Type") if "/Type" in item else "") in _ACTIVE:
                return True
            stack.extend(item.raw_get(key) for key in item)
        elif isinstance(item, list):
            stack.extend(list.__iter__(item))
    return False
