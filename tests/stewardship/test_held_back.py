"""A download says nothing of a concern before its day, and never the words that were written for staff."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.core import clock
from app.records.gathering import gather_person
from app.stewardship import keys, openings, telling
from app.stewardship.gate_clock import watch_gate
from app.stewardship.gate_rules import Sight
from tests.stewardship.gate_world import NOON, TODAY, Gate, announce, make_gate, record


@pytest.fixture
def gate(session):
    with clock.at(NOON):
        yield make_gate()


def held(gate: Gate) -> str:
    gathered = gather_person(gate.actor("nadia"), gate.person.id)
    return json.dumps(gathered.sections)


def test_what_goes_out_before_and_after_the_day(gate: Gate) -> None:
    announce(gate)
    concern = record(gate, delay="HE READS HER MESSAGES")
    telling.decide(gate.actor("dorothy"), concern, TODAY + timedelta(days=5), "NOT SAFE YET")
    opened = keys.open_with(gate.actor("priya"), gate.person)
    assert opened is not None
    openings.note(gate.actor("priya"), gate.person, opened.key, Sight.SPENDING, "the spending")
    before = held(gate)
    assert "reviews_of_your_plan" in before
    assert concern.ref not in before
    assert "oncern recorded" not in before
    assert "the spending" not in before
    with clock.at(NOON + timedelta(days=5)):
        watch_gate()
        after = held(gate)
    assert concern.ref in after
    assert "the spending" in after
    for never in ("WHISPERED", "HE READS HER MESSAGES", "NOT SAFE YET"):
        assert never not in before + after
