"""Files made to harm: two things at once, things that unfold without end, names that lead elsewhere."""

from __future__ import annotations

import io
import resource
import time
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin

from app.evidence import files
from app.evidence.rules import Kind, RefusedError, clean_filename
from tests.evidence.made import bomb, jpeg, pdf, png

SCRIPT = b"<script>alert('cp')</script>"


def zipped(content: bytes = b"x" * 100) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/evil", content)
    return out.getvalue()


def speaking_png() -> bytes:
    """A picture that carries a program in its words."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    words.add_itxt("XML:com.adobe.xmp", f"<svg onload=alert(1)>{SCRIPT.decode()}")
    out = io.BytesIO()
    Image.new("RGB", (30, 30)).save(out, "PNG", pnginfo=words)
    return out.getvalue()


def unfolding_pdf(megabytes: int = 400) -> bytes:
    """A few hundred kilobytes whose packed objects unfold to hundreds of megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + packer.flush()
    body = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 1>>endobj\n"
    at = len(body)
    body += b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    body += packed + b"\nendstream endobj\n"
    rows = b"\x00\x00\x00\x00" + b"\x01" + (9).to_bytes(2, "big") + b"\x00" + b"\x02\x00\x03\x00"
    rows += b"\x01" + at.to_bytes(2, "big") + b"\x00" if at < 65_536 else b""
    start = len(body)
    body += b"4 0 obj<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
    return body + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % start


@pytest.mark.parametrize(
    "carrier",
    [jpeg() + zipped(), jpeg() + SCRIPT, png("RGB") + zipped(), png("RGB") + SCRIPT, speaking_png()],
    ids=["jpeg+zip", "jpeg+html", "png+zip", "png+html", "png words"],
)
def test_of_two_things_at_once_only_the_picture_is_kept(carrier: bytes) -> None:
    kept = files.clean(carrier)
    assert kept.kind in (Kind.JPEG, Kind.PNG)
    for hidden in (b"PK\x03\x04", b"PK\x05\x06", b"<script", b"onload", b"cron.d"):
        assert hidden not in kept.content


@pytest.mark.parametrize(
    "content",
    [
        SCRIPT + jpeg(),
        b"GIF89a=1;" + SCRIPT,
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"\x00\x00\x00\x18ftypheic" + b"\x00" * 200,
        b"\x00\x00\x01\x00\x01\x00\x10\x10" + b"\x00" * 200,
        b"\x7fELF" + b"\x00" * 200,
        b"MZ" + b"\x00" * 200,
        b"#!/bin/sh\nrm -rf /\n",
        SCRIPT + pdf(),
        pdf() + zipped(),
        pdf() + SCRIPT,
        zipped(b"\0" * 50_000_000),
        zlib.compress(b"\0" * 10_000_000),
    ],
)
def test_what_is_no_picture_and_no_plain_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError):
        files.clean(content)


@pytest.mark.parametrize("content", [bomb(), bomb(9_000), unfolding_pdf()], ids=["png", "wide png", "pdf"])
def test_what_unfolds_without_end_is_refused(content: bytes) -> None:
    assert len(content) < 2_000_000
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(RefusedError):
        files.clean(content)
    assert time.process_time() - started < 20, "seconds of work"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 350_000, "kilobytes, far below what it holds"


@pytest.mark.parametrize("cut", range(0, 1000, 97))
def test_cut_short_it_is_refused_or_a_picture(cut: int) -> None:
    for whole in (jpeg(), png("RGB"), pdf()):
        try:
            kept = files.clean(whole[: max(1, len(whole) - cut - 1)])
        except RefusedError:
            continue
        assert kept.kind in Kind


@pytest.mark.parametrize(
    "given",
    [
        "../../../../etc/passwd",
        "..\\..\\windows\\system32\\cmd.exe",
        "/etc/shadow",
        "C:\\boot.ini",
        "receipt.pdf.exe",
        "receipt.jpg\0.php",
        'a";\r\nSet-Cookie: x=1; b="',
        "é" * 10_000,
        "\u202egpj.exe",
        "~/.ssh/id_rsa",
        "con",
        "...",
        "",
    ],
)
def test_a_name_leads_nowhere(given: str) -> None:
    name = clean_filename(given, Kind.JPEG)
    assert name.endswith(".jpg")
    assert len(name) <= 84
    assert not set(name) & set("/\\\0\r\n\u202e")
    assert not name.startswith(".")
