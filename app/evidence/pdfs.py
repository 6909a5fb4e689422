"""Looking into a PDF before it is kept: every object of it, without following what it points to."""

from __future__ import annotations

import io
import logging
import zlib
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

from app.evidence.rules import (
    ACTIVE_PDF,
    BROKEN_PDF,
    HEAVY_PDF,
    LOCKED_PDF,
    LONG_PDF,
    MAX_OBJECTS,
    MAX_PAGES,
    MAX_UNFOLDED,
    MAX_UNFOLDED_PART,
    RefusedError,
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is told to the person, not the log

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
#: Of a note on a page: what plays, or stands for another file.
_ACTIVE_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
#: ``/Ref`` draws a page of another file, wherever that is.
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/XFA", "/EF", "/Ref"})
_FLATE = frozenset({"/FlateDecode", "/Fl"})


def look_into(content: bytes) -> int:
    """See that a PDF is whole, open, and nothing but pages to look at.

    :returns: how many pages.
    :raises RefusedError: with a sentence for the person.
    """
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
    return pages


def _is_active(reader: PdfReader) -> bool:
    """Look at every object of the file, packed ones too, without following what they point to."""
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MAX_OBJECTS:
        raise RefusedError(LONG_PDF)
    stack: list[Any] = [reader.trailer]
    stack += [reader.get_object(IndirectObject(number, generation, reader)) for number, generation in numbers]
    seen, unfolded = 0, 0
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
            if str(item.raw_get("/Subtype") if "/Subtype" in item else "") in _ACTIVE_NOTES:
                return True
            if isinstance(item, StreamObject):
                unfolded += _unfolded(item)
                if unfolded > MAX_UNFOLDED:
                    raise RefusedError(HEAVY_PDF)
            stack.extend(item.raw_get(key) for key in item)
        elif isinstance(item, list):
            stack.extend(list.__iter__(item))
    return False


def _unfolded(stream: StreamObject) -> int:
    """How many bytes a packed part of the file comes to, as far as anybody needs to know: whoever opens it needs as
    much memory.
    """
    filters = stream.get("/Filter", ())
    data, size = stream._data, 0
    for name in filters if isinstance(filters, list) else (filters,):
        if str(name) not in _FLATE:
            break  # a picture of its own kind, or letters: no more than it says
        data = zlib.decompressobj().decompress(data, MAX_UNFOLDED_PART + 1)
        size = max(size, len(data))
        if size > MAX_UNFOLDED_PART:
            raise RefusedError(HEAVY_PDF)
    return size
