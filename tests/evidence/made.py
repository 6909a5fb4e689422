"""Files as people send them, and as somebody would who means harm."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject


def jpeg(size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo that says where it was taken, and lies on its side."""
    picture = Image.new("RGB", size, "red")
    exif = picture.getexif()
    exif[0x0112] = 6  # turn a quarter
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"SecretComment")
    return out.getvalue()


def png(mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (30, 30)).save(out, "PNG")
    return out.getvalue()


def pdf(pages: int = 1, password: str | None = None, attached: bool = False) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if attached:
        writer.add_attachment("evil.exe", b"MZ")
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def active_pdf(does: str) -> bytes:
    """A PDF that does something when it is opened."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    action = {NameObject("/S"): NameObject(does), NameObject("/F"): TextStringObject("cmd.exe")}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def noted_pdf(kind: str) -> bytes:
    """A PDF with a note on its page that stands for something else."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(kind)})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def packed_pdf(size: int, parts: int = 1, *, again: bool = False) -> bytes:
    """A PDF whose page unfolds to so many bytes, as many times over; ``again``: packed twice."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    flate = NameObject("/FlateDecode")
    found = ArrayObject()
    for _ in range(parts):
        stream = StreamObject()
        packed = zlib.compress(b" " * size, 9)
        stream._data = zlib.compress(packed, 9) if again else packed
        stream[NameObject("/Filter")] = ArrayObject([flate, flate]) if again else flate
        found.append(writer._add_object(stream))
    page[NameObject("/Contents")] = found
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def reference_pdf() -> bytes:
    """A PDF that draws a page of another file."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    stream = StreamObject()
    stream._data = b""
    stream[NameObject("/Subtype")] = NameObject("/Form")
    stream[NameObject("/Ref")] = DictionaryObject({NameObject("/F"): TextStringObject("\\\\evil\\x.pdf")})
    writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is 900 million dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
