"""Receipts that look like receipts, a small PDF or a photograph of a till roll; and copies of official papers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw

from app.core.money import format_pounds


def pdf(payee: str, what: str, pence: int, day: date) -> bytes:
    """A one-page PDF receipt."""
    return _page((payee, "", "RECEIPT", f"{day:%d %B %Y}", "", what, f"Paid {format_pounds(pence)}", "", "Thank you"))


def copy(office: str, what: str, name: str, day: date) -> bytes:
    """A one-page PDF: a copy of a paper that an office made out to somebody."""
    return _page((office, "", what.upper(), "", f"For {name}", f"Copy made on {day:%d %B %Y}"))


def _page(lines: Sequence[str]) -> bytes:
    text = b" 0 -16 Td ".join(b"(" + _escape(line) + b") Tj" for line in lines)
    stream = b"BT /F1 11 Tf 30 250 Td " + text + b" ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 320 290] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def photo(payee: str, what: str, pence: int, day: date) -> bytes:
    """A photograph (JPEG) of a till receipt on a table."""
    picture = Image.new("RGB", (720, 960), (126, 98, 74))
    paper = Image.new("RGB", (440, 620), (250, 249, 244))
    pen = ImageDraw.Draw(paper)
    rows = (
        payee,
        f"{day:%d %b %Y}  14:32",
        "-" * 30,
        *_cut(what),
        "-" * 30,
        f"TOTAL  {format_pounds(pence)}",
        "CARD",
        "",
        "Thank you",
    )
    for number, row in enumerate(rows):
        pen.text((40, 50 + number * 46), row, fill=(40, 40, 44), font_size=24)
    picture.paste(paper.rotate(2, expand=True, fillcolor=(126, 98, 74)), (120, 150))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _cut(text: str) -> list[str]:
    return [text[start : start + 30] for start in range(0, len(text), 30)]


def _escape(line: str) -> bytes:
    raw = line.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
