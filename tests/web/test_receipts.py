"""Receipts: added with kind words about what cannot be kept, served only to those who may see the purchase."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.evidence import queries as evidence
from app.purchases.models import Purchase
from tests.factories import actor_for, make_account, make_post
from tests.web.buying_world import World, get, make_world, photo, post, said


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.account)
    return made


def add(client: Any, world: World, purchase: Purchase, file: Any, status: int = 303) -> Any:
    return post(client, f"{world.at}/purchases/{purchase.ref}/receipt", status, receipt=file)


def address(world: World, purchase: Purchase) -> str:
    db.session.refresh(purchase)
    return f"/receipts/{evidence.receipts_of(actor_for(world.account), purchase)[-1].ref}"


def test_a_photo_is_added_and_served_as_nothing_but_a_picture(world: World, client: Any) -> None:
    purchase = world.sent()
    add(client, world, purchase, photo("till <i>.jpg"))
    assert "till <i>.jpg" in said(get(client, f"{world.at}/purchases/{purchase.ref}"))
    answer = get(client, address(world, purchase))
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.jpg"), (b"<svg onload=alert(1)>", "till.svg"), (b"%PDF-1.4 not really", "till.pdf")],
)
def test_what_cannot_be_kept_is_said_and_changes_nothing(world: World, client: Any, content: bytes, name: str) -> None:
    purchase = world.sent()
    answer = add(client, world, purchase, (BytesIO(content), name), 400)
    assert "There is a problem" in said(answer)
    db.session.refresh(purchase)
    assert purchase.receipt_count == 0


def test_no_file_chosen(world: World, client: Any) -> None:
    assert "Choose a photo or a PDF" in said(add(client, world, world.sent(), (BytesIO(b""), ""), 400))


def test_too_big_is_said_kindly(world: World, client: Any) -> None:
    answer = client.post(
        f"{world.at}/purchases/{world.sent().ref}/receipt",
        data={"receipt": (BytesIO(b"\xff\xd8\xff" + bytes(11 * 1024 * 1024)), "big.jpg")},
    )
    assert answer.status_code == 413
    assert "up to 10 MB" in answer.text


def test_only_those_who_may_see_the_purchase_get_the_file(world: World, client: Any, sign_in: Any) -> None:
    purchase = world.referred()
    add(client, world, purchase, photo())
    receipt = address(world, purchase)
    sign_in(client, world.coordinator)
    get(client, receipt)  # asked to decide it
    opened = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "evidence.open")).one()
    assert (opened.actor_id, opened.person_id) == (world.coordinator.id, world.person.id)
    for stranger in (make_world().account, make_world().coordinator):
        sign_in(client, stranger)
        get(client, receipt, 404)
    sign_in(client, world.account)
    get(client, "/receipts/nosuchreceipt", 404)
    with client.session_transaction() as cookie:
        cookie.clear()
    assert "/sign-in" in get(client, receipt, 303).location


def test_a_coordinator_who_is_not_asked_does_not_get_it(world: World, client: Any, sign_in: Any) -> None:
    purchase = world.sent()  # approved by the rules: nobody was asked
    add(client, world, purchase, photo())
    receipt = address(world, purchase)
    colleague = make_account("Tom Reid")
    make_post(colleague, world.commissioner)
    for staff in (world.coordinator, colleague):
        sign_in(client, staff)
        get(client, receipt, 404)
