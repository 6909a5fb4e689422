"""Who has looked: written once a day, read by the person's own side, and never by another way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError
from app.identity.rules import AuthorityKind, Scope
from app.messages.models import Notice
from app.stewardship import keys, openings, reviews
from app.stewardship.gate_rules import KeyKind, Sight
from tests import factories as make
from tests.stewardship.gate_world import NOON, Gate, announce, buy, make_gate, record


@pytest.fixture
def gate(session):
    with clock.at(NOON):
        yield make_gate()


def later(days: int):
    return clock.at(NOON + timedelta(days=days))


def opened_for(gate: Gate, who: str) -> KeyKind | None:
    found = keys.open_with(gate.actor(who), gate.person)
    return found.key.kind if found else None


def told(gate: Gate, who: str) -> list[str]:
    mine = sa.select(Notice.title).where(Notice.account_id == gate.accounts[who].id).order_by(Notice.id)
    return list(db.session.scalars(mine))


def said_to(gate: Gate, who: str) -> list[str]:
    actor = gate.actor(who)
    without = openings.kept_from(actor, gate.person)
    return [entry.sentence for entry in audit.entries_about(gate.person.id, without=without).entries]


class TestOpenings:
    def test_one_row_a_thing_a_day_with_the_first_time(self, gate: Gate) -> None:
        priya = gate.actor("priya")
        record(gate)
        opened = keys.open_with(priya, gate.person)
        assert opened is not None
        for days in (0, 0, 1):
            with later(days):
                openings.note(priya, gate.person, opened.key, Sight.SPENDING, "the spending")
        rows = openings.shown_to(gate.actor("nadia"), gate.person).rows
        assert [row.first_at for row in rows] == [NOON + timedelta(days=1), NOON]
        assert said_to(gate, "nadia").count(f"Looked at the spending, {opened.key.words}") == 2

    def test_an_auditor_needs_no_key_and_is_seen(self, gate: Gate) -> None:
        assert opened_for(gate, "aldo") is KeyKind.AUDIT
        assert opened_for(gate, "joy") is None

    def test_not_for_brokers_nor_strangers(self, gate: Gate) -> None:
        for who in ("leonie", "priya", "aldo"):
            with pytest.raises(NotFoundError):
                openings.shown_to(gate.actor(who), gate.person)

    def test_nothing_private_opens_with_any_key(self, gate: Gate) -> None:
        blocked = buy(gate, "2 bottles of Merlot wine")
        assert blocked.state.value == "blocked"
        record(gate)
        for who in ("priya", "aldo"):
            opened = keys.open_with(gate.actor(who), gate.person)
            assert opened is not None
            with pytest.raises(NotFoundError):
                keys.purchase_behind(opened, gate.person, blocked)

    def test_whoever_acts_for_a_person_holds_no_key(self, gate: Gate) -> None:
        record(gate)
        make.give_authority(gate.accounts["priya"], gate.person)
        make.give_authority(gate.accounts["aldo"], gate.person)
        assert opened_for(gate, "priya") is None
        assert opened_for(gate, "aldo") is None


def test_a_viewer_does_not_ask_for_another_day(gate: Gate) -> None:
    looker = gate.accounts["looker"] = make.make_account("Lou Looker")
    make.give_authority(looker, gate.person, AuthorityKind.NOMINEE, Scope.VIEW)
    with pytest.raises(NotAllowedError):
        reviews.ask_another_day(gate.actor("looker"), announce(gate), "Any Friday")
