"""No way around the privacy gate: every staff page, asked by everybody without a key, held against a marker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from app.approvals.models import ApprovalRequest
from app.core import clock
from app.core.db import db
from app.evidence import service as evidence
from app.identity.models import Caseload
from app.identity.rules import Actor, Permission, Post, StaffRole, may
from app.purchases.queries import open_request_of
from app.web.marks import mark_of
from tests.stewardship.gate_world import MARKER, NOON, NOTE, PAYEE, Gate, announce, buy, make_gate, record
from tests.web.buying_world import photo
from tests.web.things_made import make_policy_draft

MARKS = (MARKER, PAYEE, NOTE, "quillfeather.png")
#: Where an auditor reads what was bought: each writes it down for the person.
AUDITORS = {
    "/staff/people/<person_ref>/asked",
    "/staff/people/<person_ref>/audit",
    "/staff/people/<person_ref>/money",
    "/staff/people/<person_ref>/money/purchases/<purchase_ref>",
    "/staff/requests/<request_ref>",
}
#: What an account may do about itself, whatever else it may: signing in and out, its notices, a copy of what is held on
#: it, and links that were mailed to it.
OWN = re.compile(
    r"/(account/|sign-(in|out)|second-step|confirm|passphrase|forgot|session/|notices|records$|kept-forms|nhs-login"
    r"|(invitation|reset|new-email|not-me|keep-second-step)/<)"
)


@pytest.fixture
def gate(session):
    with clock.at(NOON):
        yield make_gate()


@pytest.fixture
def refs(gate: Gate) -> dict[str, str]:
    """Something bought, and something that Marcus was asked to decide; both say the marker. Priya is a colleague."""
    db.session.execute(sa.update(Caseload).values(account_id=gate.accounts["marcus"].id))
    bought = buy(gate)
    file, _ = photo()
    receipt = evidence.attach(gate.actor("nadia"), bought, FileStorage(file, filename="quillfeather.png"))
    for other in db.session.scalars(sa.select(ApprovalRequest)):
        other.assigned_to = gate.accounts["dorothy"].id
    asked = buy(gate, f"{MARKER}, a year of it", pence=90_000)
    request = open_request_of(gate.actor("nadia"), asked)
    assert request is not None
    assert request.assigned_to == gate.accounts["marcus"].id
    review, concern = announce(gate), record(gate, who="marcus", second="dorothy")
    return {
        "person_ref": gate.person.ref,
        "purchase_ref": bought.ref,
        "receipt_ref": receipt.ref,
        "request_ref": request.ref,
        "plan_review_ref": review.ref,
        "concern_ref": concern.ref,
        "draft_ref": make_policy_draft(gate.board, "Lea"),
    }


def pages(app: Flask, refs: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every address that staff can ask for, as far as there is something to put into it."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.rule.startswith(("/staff", "/receipts", "/notices", "/attachments")):
            yield rule.rule, re.sub(r"<(?:\w+:)?(\w+)>", lambda hit: refs.get(hit[1], "0000000000"), rule.rule)


@pytest.mark.parametrize("who", ["priya", "finn", "joy"])
def test_no_staff_page_says_what_somebody_bought_without_a_key(
    app, client: FlaskClient, sign_in, gate, refs, who
) -> None:
    sign_in(client, gate.accounts[who])
    opened = 0
    for rule, path in pages(app, refs):
        for asked in (path, f"{path}?show=all&scope=team&words=zebra&q=zebra&key={refs['concern_ref']}"):
            answer = client.get(asked)
            assert answer.status_code < 500, asked
            opened += answer.status_code == 200
            assert not [mark for mark in MARKS if mark.encode() in answer.data], f"{rule} tells {who} what was bought"
    assert opened > 8


def test_whoever_was_asked_sees_that_one_and_no_other(app, client: FlaskClient, sign_in, gate, refs) -> None:
    sign_in(client, gate.accounts["marcus"])
    assert MARKER in client.get(f"/staff/requests/{refs['request_ref']}").text
    assert client.get(f"/receipts/{refs['receipt_ref']}").status_code == 404
    sign_in(client, gate.accounts["nadia"])
    seen = client.get(f"/p/{gate.person.ref}/looked").text
    assert f"Marcus Bell looked at {MARKER}, a year of it" in seen
    assert "to decide it" in seen


def test_an_auditor_reads_it_in_three_places_and_is_seen(app, client: FlaskClient, sign_in, gate, refs) -> None:
    sign_in(client, gate.accounts["aldo"])
    told = {rule for rule, path in pages(app, refs) if MARKER.encode() in client.get(path).data}
    assert told == AUDITORS
    assert client.get(f"/staff/people/{gate.person.ref}/money/receipts/{refs['receipt_ref']}").status_code == 200
    sign_in(client, gate.accounts["nadia"])
    seen = client.get(f"/p/{gate.person.ref}/looked").text
    for words in ("the spending", "the plan", "who did what", "the list of reviews", MARKER, "the concern of"):
        assert f"Aldo Reyes looked at {words}" in seen, words
    assert "as an auditor, who reads everything and changes nothing" in seen
    assert "Auditor" in seen


def test_a_search_of_the_audit_is_itself_written_down(client: FlaskClient, sign_in, gate) -> None:
    sign_in(client, gate.accounts["aldo"])
    client.get("/staff/audit?words=Amira")
    assert "Read who did what" in client.get("/staff/audit").text


def test_an_auditor_changes_nothing(app: Flask) -> None:
    """By the marker of every address that writes: none but one's own account's lets an auditor in."""
    board = UUID(int=7)
    auditor = Actor(account_id=board, name="Aldo", posts=(Post(board, "Lea Valley", StaffRole.AUDITOR),))
    writes = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}]
    assert len(writes) > 100
    lets_in, anybody = set(), set()
    for rule in writes:
        permission = mark_of(app.view_functions[rule.endpoint])
        if permission in (None, Permission.SIGNED_IN):
            anybody.add(rule.rule)
        elif may(auditor, permission):
            lets_in.add(rule.rule)
    assert not lets_in
    assert {rule for rule in anybody if not OWN.match(rule)} == {"/reviews/<review_ref>/report"}
