"""The auditor's page of heads."""

from datetime import timedelta

from app.audit import queries, sealing
from app.core import clock
from app.core.db import db
from app.identity.rules import StaffRole
from tests.factories import make_account, make_commissioner, make_post


def test_the_auditor_sees_the_heads(client, sign_in) -> None:
    auditor = make_account("Stephen Kwan")
    with clock.at(clock.now() - timedelta(days=3)):
        make_post(auditor, make_commissioner(), StaffRole.AUDITOR)
    db.session.flush()
    sign_in(client, auditor)
    assert "No day is closed yet" in client.get("/staff/audit/seals").text
    sealing.seal_due()
    page = client.get("/staff/audit/seals").text
    for seal in queries.newest_seals():
        assert seal.head in page
    assert "How we know that nobody changed it" in client.get("/staff/audit").text
