"""Receipts: what is kept is clean, what cannot be kept is refused kindly, and few may see it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from app.approvals.models import ApprovalRequest
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.evidence import attachments, bounds, files, queries, service, store
from app.evidence.models import Receipt
from app.evidence.rules import (
    ACTIVE_PDF,
    BROKEN_PDF,
    BROKEN_PICTURE,
    EMPTY,
    HEAVY_PDF,
    HUGE_PICTURE,
    LOCKED_PDF,
    LONG_PDF,
    MAX_A_DAY,
    MAX_BYTES,
    MAX_UNFOLDED_PART,
    TOO_BIG,
    WRONG_KIND,
    RefusedError,
    clean_filename,
    kind_of,
)
from app.marketplace.rules import Category
from app.purchases import service as purchases
from tests.evidence.made import active_pdf, bomb, jpeg, noted_pdf, packed_pdf, pdf, png, reference_pdf
from tests.purchases.world import World, build


def test_a_photo_keeps_its_dots_the_right_way_up_and_nothing_else() -> None:
    kept = files.clean(jpeg() + b"<?php evil ?>PK\x03\x04").content
    for secret in (b"SecretPhone", b"SecretComment", b"Exif", b"GPS", b"php", b"PK\x03\x04"):
        assert secret not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (40, 60)  # turned upright
        assert not picture.getexif()
    again = files.clean(kept)
    assert again.kind.value == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_is_kept_as_a_plain_one(mode: str) -> None:
    assert kind_of(files.clean(png(mode)).content) == "image/png"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", EMPTY),
        (b"%PDF-" + b"0" * MAX_BYTES, TOO_BIG),
        (b"<html><script>alert(1)</script>", WRONG_KIND),
        (b"GIF89a" + b"0" * 100, WRONG_KIND),
        (b"junk before %PDF-1.7", WRONG_KIND),
        (b"MZ" + jpeg(), WRONG_KIND),
        (jpeg()[:200], BROKEN_PICTURE),
        (b"\x89PNG\r\n\x1a\n<script>", BROKEN_PICTURE),
        (bomb(), HUGE_PICTURE),
        (b"%PDF-1.7\n%%EOF", BROKEN_PDF),
        (pdf()[:-10], BROKEN_PDF),
        (pdf() + b"<script>alert(1)</script>", ACTIVE_PDF),
        (pdf() + b"PK\x05\x06" + b"\x00" * 18, ACTIVE_PDF),
        (active_pdf("/JavaScript"), ACTIVE_PDF),
        (pdf(attached=True), ACTIVE_PDF),
        (active_pdf("/Launch"), ACTIVE_PDF),
        (active_pdf("/GoToR"), ACTIVE_PDF),
        (pdf(password="x"), LOCKED_PDF),
        (pdf(pages=101), LONG_PDF),
        (noted_pdf("/FileAttachment"), ACTIVE_PDF),
        (noted_pdf("/RichMedia"), ACTIVE_PDF),
        (reference_pdf(), ACTIVE_PDF),
        (packed_pdf(MAX_UNFOLDED_PART + 1), HEAVY_PDF),
        (packed_pdf(MAX_UNFOLDED_PART + 1, again=True), HEAVY_PDF),
        (packed_pdf(MAX_UNFOLDED_PART - 1, 5), HEAVY_PDF),
    ],
    ids=range(25),
)
def test_what_cannot_be_kept_is_refused_with_its_own_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        files.clean(content)
    assert str(refused.value) == sentence


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    kept = files.clean(pdf(pages=3))
    assert kept.pages == 3
    assert files.clean(kept.content).content == kept.content


@pytest.mark.filterwarnings("ignore::UserWarning")  # the decoder says what is wrong with each
@settings(max_examples=60)
@given(st.sampled_from([jpeg(), png(), pdf()]), st.data())
def test_no_damaged_file_breaks_anything(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(8, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=40)) + whole[at + data.draw(st.integers(0, 40)) :]
    try:
        kept = files.clean(damaged)
    except RefusedError:
        return
    assert kind_of(kept.content) is kept.kind


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\fakepath\\gym receipt.PDF", "gym receipt.pdf"),
        ("\x00\r\n", "receipt.pdf"),
        (".htaccess", "receipt.pdf"),
        ("quittung ü “Bad”.pdf.exe", "quittung ü “Bad”.pdf.pdf"),
        ("x" * 400 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_files_name_is_for_showing_only(given_name: str, shown: str) -> None:
    kind = kind_of(b"%PDF-1.7")
    assert kind is not None
    assert clean_filename(given_name, kind) == shown


@pytest.fixture
def world(session: object) -> World:
    return build()


def upload(content: bytes, name: str = "receipt.jpg") -> FileStorage:
    return FileStorage(io.BytesIO(content), name, content_type="text/html")


def test_a_receipt_is_for_the_persons_side_and_the_coordinator_who_is_asked(world: World, app: Flask) -> None:
    draft = world.outside(("Karaoke machine", 3200, Category.EQUIPMENT))
    receipt = service.attach(world.me, draft, upload(jpeg()))
    assert draft.receipt_count == 1
    with pytest.raises(NotFoundError):  # nobody has asked her yet
        queries.receipt_for(world.priya, receipt.ref)
    purchase = purchases.submit(world.me, draft)
    found = queries.receipt_for(world.priya, receipt.ref)
    assert kind_of(found.path.read_bytes()) == found.content_type == "image/jpeg"
    folder = app.config["SETTINGS"].receipts.resolve()
    assert found.path.resolve().is_relative_to(folder)
    assert receipt.ref not in str(found.path)
    assert found.path.stat().st_mode & 0o077 == 0
    for stranger in (build().me, build().priya):
        with pytest.raises(NotFoundError):
            queries.receipt_for(stranger, receipt.ref)
        with pytest.raises(NotFoundError):
            service.attach(stranger, purchase, upload(jpeg()))
    ref = db.session.scalars(select(ApprovalRequest.ref).where(ApprovalRequest.subject_id == purchase.id)).one()
    purchases.approve(world.priya, ref)
    with pytest.raises(NotFoundError):  # it was hers to decide, never his
        queries.receipts_of(world.tom, purchase)
    assert queries.receipts_of(world.me, purchase) == [receipt]
    with pytest.raises(StateError):
        service.detach(world.me, purchase, receipt.ref)
    with pytest.raises(NotFoundError):
        queries.receipt_for(world.me, "\x00")


def test_a_refused_file_leaves_no_row_and_no_file(world: World, app: Flask) -> None:
    draft = world.outside(("Gym", 3200, None))
    before = set(Path(app.config["SETTINGS"].receipts).rglob("*"))
    for content in (b"", b"<html>", active_pdf("/JavaScript")):
        with pytest.raises(InvalidError) as refused:
            service.attach(world.me, draft, upload(content))
        assert set(refused.value.errors) == {"receipt"}
    with pytest.raises(InvalidError):
        service.attach(world.me, draft, None)
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 0
    assert set(Path(app.config["SETTINGS"].receipts).rglob("*")) == before


def test_a_row_never_stands_without_its_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = world.outside(("Gym", 3200, None))

    def full(*args: object) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(store, "keep", full)
    with pytest.raises(OSError, match="No space"), db.session.begin_nested():
        service.attach(world.me, draft, upload(pdf(), "r.pdf"))
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 0


def test_one_account_sends_so_many_files_a_day_wherever_they_go(world: World) -> None:
    draft = world.outside(("Gym", 3200, None))
    bounds.check_day(world.me, "receipt", MAX_A_DAY - 1)
    service.detach(world.me, draft, service.attach(world.me, draft, upload(jpeg())).ref)  # gone again, and yet read
    with pytest.raises(InvalidError, match="tomorrow"):
        service.attach(world.me, draft, upload(jpeg()))
    with pytest.raises(InvalidError, match="tomorrow"):
        attachments.look_through(world.me, [upload(jpeg())])
    attachments.look_through(world.priya, [upload(jpeg())])
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        service.attach(world.me, draft, upload(jpeg()))


def test_a_receipt_can_be_taken_out_of_a_draft(world: World) -> None:
    draft = world.outside(("Gym", 3200, None))
    receipt = service.attach(world.me, draft, upload(pdf(), "r.pdf"))
    service.detach(world.me, draft, receipt.ref)
    assert (draft.receipt_count, queries.receipts_of(world.me, draft)) == (0, [])
