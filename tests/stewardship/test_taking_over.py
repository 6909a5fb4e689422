"""An announced review whose coordinator changes: the new one takes it over, with its key, and the person is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError, StateError
from app.identity.models import Caseload, StaffPost
from app.messages.models import Notice
from app.stewardship import keys, reviews
from tests import factories as make
from tests.stewardship.gate_world import NOON, TODAY, Gate, announce, make_gate


@pytest.fixture
def gate(session: object) -> Iterator[Gate]:
    with clock.at(NOON):
        yield make_gate()


def hand_over(gate: Gate) -> None:
    """Marcus looks after Amira from today."""
    row = db.session.scalars(select(Caseload).where(Caseload.person_id == gate.person.id)).one()
    row.ends_on = TODAY
    db.session.flush()
    db.session.add(Caseload(person_id=gate.person.id, account_id=gate.accounts["marcus"].id, starts_on=TODAY))
    db.session.flush()


def opens(gate: Gate, who: str) -> bool:
    return bool(keys.keys_of(gate.actor(who), gate.person))


def told(gate: Gate, who: str) -> list[str]:
    return list(db.session.scalars(select(Notice.title).where(Notice.account_id == gate.accounts[who].id)))


def test_the_key_goes_with_the_review_and_the_person_is_told(gate: Gate) -> None:
    review = announce(gate)
    hand_over(gate)
    with pytest.raises(NotFoundError):
        reviews.call_off(gate.actor("marcus"), review, "Not announced by me")
    with clock.at(NOON + timedelta(days=14)):
        assert opens(gate, "priya")
        assert not opens(gate, "marcus"), "the person was told of Priya"
        reviews.take_over(gate.actor("marcus"), review)
        assert opens(gate, "marcus")
        assert not opens(gate, "priya")
    for who in ("nadia", "priya"):
        assert any("Marcus Bell holds the review" in title for title in told(gate, who))
    assert not told(gate, "leonie")
    reviews.move(gate.actor("marcus"), review, TODAY + timedelta(days=20))
    with pytest.raises(StateError):
        reviews.take_over(gate.actor("marcus"), review)


def test_nobody_takes_it_from_whoever_is_there(gate: Gate) -> None:
    review = announce(gate)
    for who in ("marcus", "finn", "joy", "aldo", "nadia"):
        with pytest.raises(NotFoundError):
            reviews.take_over(gate.actor(who), review)


def test_when_they_have_left_anybody_of_the_team_does(gate: Gate) -> None:
    review = announce(gate)
    post = db.session.scalars(select(StaffPost).where(StaffPost.account_id == gate.accounts["priya"].id)).one()
    post.ends_on = TODAY - timedelta(days=1)
    db.session.flush()
    reviews.take_over(gate.actor("dorothy"), review)
    assert review.held_by == gate.accounts["dorothy"].id


def test_the_page_offers_it(client: FlaskClient, sign_in, gate: Gate) -> None:
    review = announce(gate)
    hand_over(gate)
    page = f"/staff/people/{gate.person.ref}/reviews/{review.ref}"
    marcus = sign_in(client, gate.accounts["marcus"])
    assert "Take this review over" in marcus.get(page).text
    answer = marcus.post(f"{page}/take-over", follow_redirects=True)
    assert "You hold this review now" in answer.text
    assert "Take this review over" not in answer.text
    assert marcus.post(f"{page}/take-over").status_code == 409


def test_an_auditor_who_acts_for_somebody_reads_nothing_of_them(client: FlaskClient, sign_in, gate: Gate) -> None:
    aldo = gate.accounts["aldo"]
    announce(gate)
    assert "Announced a review" in sign_in(client, aldo).get("/staff/audit").text
    make.give_authority(aldo, gate.person)
    assert "Announced a review" not in client.get("/staff/audit").text
