"""Somebody for whom nobody acts here: nobody is told, that is what is said, and whoever comes is told then."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import db
from app.identity import authorities
from app.identity.models import Account, Authority
from app.identity.rules import AuthorityKind
from app.messages.models import Notice
from app.stewardship import concerns, openings, telling
from app.stewardship.gate_clock import watch_gate
from tests import factories as make
from tests.stewardship.gate_world import NOON, Gate, announce, make_gate, record

_LETTER = "by letter or on a visit"


@pytest.fixture
def gate(session):
    """Amira, whose mother does not act for her any more."""
    with clock.at(NOON):
        world = make_gate()
        mother = db.session.scalars(
            sa.select(Authority).where(Authority.account_id == world.accounts["nadia"].id)
        ).one()
        authorities.end_authority(world.actor("priya"), mother, why="She moved abroad.")
        yield world


def notices_of(account: Account) -> list[str]:
    return list(db.session.scalars(sa.select(Notice.title).where(Notice.account_id == account.id)))


def somebody_comes(gate: Gate) -> Account:
    aunt = make.make_account("May Rahman")
    make.give_authority(aunt, gate.person, AuthorityKind.REPRESENTATIVE)
    return aunt


def test_a_concern_that_nobody_can_be_told_of_is_not_told(gate: Gate) -> None:
    concern = record(gate)
    assert concern.told_at is None
    assert concern.tell_on == clock.today()
    assert watch_gate().told == 0
    assert concern.told_at is None


def test_whoever_comes_is_told_the_next_morning_and_once(gate: Gate) -> None:
    concern = record(gate)
    aunt = somebody_comes(gate)
    with clock.at(NOON + timedelta(days=30)):
        assert watch_gate().told == 1
        assert watch_gate().told == 0
        assert concern.told_at is not None
        assert [said for said in notices_of(aunt) if "because of a concern" in said]
        assert openings.kept_from(make.actor_for(aunt), gate.person) == []


def test_also_one_whose_telling_was_put_off(gate: Gate) -> None:
    concern = record(gate, second="marcus", delay="Whoever reads her post would know.")
    telling.decide(gate.actor("dorothy"), concern, None, "She is safe now.")
    assert concern.told_at is None
    said = [title for title in notices_of(gate.accounts["priya"]) if "Nobody acts for" in title]
    assert len(said) == 1
    somebody_comes(gate)
    assert watch_gate().told == 1


def test_it_can_be_closed_and_is_told_whole_later(gate: Gate) -> None:
    concern = record(gate)
    concerns.close(gate.actor("priya"), concern, "Nothing.", "All is well.")
    aunt = somebody_comes(gate)
    watch_gate()
    assert concern.told_at is not None
    assert notices_of(aunt)


def test_the_pages_say_that_nobody_was_told(client: FlaskClient, sign_in, gate: Gate) -> None:
    sign_in(client, gate.accounts["priya"])
    ref = gate.person.ref
    typed = {
        "kind": "safety",
        "words": "She did not answer.",
        "second": gate.accounts["marcus"].ref,
        "told_words": "We want to be sure that all is well.",
        "telling": "now",
    }
    assert _LETTER in client.get(f"/staff/people/{ref}/concerns/new").text
    made = client.post(f"/staff/people/{ref}/concerns/new", data=typed)
    page = client.get(made.location).text
    assert "side is told" not in page
    assert page.count(_LETTER) == 2, "as news, and as it stands"
    assert "Do not speak or write to them" not in page
    assert "side is told" not in client.get(f"{made.location}/renew").text
    sign_in(client, gate.accounts["aldo"])
    assert "Nobody acts for them here, so nobody was told" in client.get(f"/staff/people/{ref}/audit").text


def test_a_review_that_nobody_can_be_told_of(client: FlaskClient, sign_in, gate: Gate) -> None:
    review = announce(gate)
    db.session.commit()
    sign_in(client, gate.accounts["priya"])
    address = f"/staff/people/{gate.person.ref}/reviews"
    assert _LETTER in client.get(f"{address}/new").text
    assert _LETTER in client.get(f"{address}/{review.ref}").text
    off = client.post(f"{address}/{review.ref}/call-off", data={"why": "She is in hospital."})
    page = client.get(off.location).text
    assert "side is told" not in page
    assert _LETTER in page


def test_whoever_comes_is_told_of_a_review_that_is_near(gate: Gate) -> None:
    announce(gate)
    with clock.at(NOON + timedelta(days=12)):
        assert watch_gate().near == 0
        aunt = somebody_comes(gate)
        assert watch_gate().near == 1
        assert [said for said in notices_of(aunt) if said.startswith("Your review with Priya Shah is on")]
