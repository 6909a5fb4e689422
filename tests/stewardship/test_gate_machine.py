"""Any order of recording, deciding, renewing, closing and waiting: nobody is left untold for ever, or told too soon."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.core import clock
from app.core.db import db
from app.core.errors import CarePurseError
from app.messages.models import Notice
from app.stewardship import concerns, keys, openings, telling
from app.stewardship.gate_clock import watch_gate
from app.stewardship.gate_models import Concern
from app.stewardship.gate_rules import ConcernState, KeyKind, Sight
from tests.stewardship.gate_world import NOON, Gate, make_gate, record

STEPS = some.one_of(
    some.tuples(some.sampled_from(["record", "record_delayed", "renew", "close", "look", "job"]), some.just(0)),
    some.tuples(some.sampled_from(["put_off", "wait"]), some.integers(1, 40)),
    some.tuples(some.just("tell"), some.just(0)),
)
MOST = 182 + 28 + 4  # by the settings: the whole that telling may be put off, and what nobody decided


def step(gate: Gate, name: str, days: int) -> None:
    priya, dorothy = gate.actor("priya"), gate.actor("dorothy")
    found = db.session.scalars(sa.select(Concern).where(Concern.person_id == gate.person.id).order_by(Concern.id)).all()
    last = found[-1] if found else None
    if name == "record":
        record(gate)
    elif name == "record_delayed":
        record(gate, delay="Her uncle reads her messages")
    elif name == "job":
        watch_gate()
    elif name == "look":
        opened = keys.open_with(priya, gate.person)
        if opened is not None:
            openings.note(priya, gate.person, opened.key, Sight.SPENDING, "the spending")
    elif last is not None and name == "put_off":
        telling.decide(dorothy, last, clock.today() + timedelta(days=days), "Not safe yet")
    elif last is not None and name == "tell":
        telling.decide(dorothy, last, None, "It is safe now")
    elif last is not None and name == "renew":
        concerns.renew(priya, last, "The bank has not answered")
    elif last is not None and name == "close":
        concerns.close(priya, last, "Nothing in it", "All is well.")


def check(gate: Gate) -> None:
    """What holds at every moment."""
    mother = gate.actor("nadia")
    found = db.session.scalars(sa.select(Concern).where(Concern.person_id == gate.person.id)).all()
    untold = {one.id for one in found if one.told_at is None}
    shown = {row.concern_id for row in openings.shown_to(mother, gate.person).rows}
    assert not shown & untold
    notices = sa.select(Notice.about_ref).where(Notice.account_id == gate.accounts["nadia"].id)
    assert not set(db.session.scalars(notices)) & {one.ref for one in found if one.told_at is None}
    for who in ("priya", "marcus"):
        opened = keys.open_with(gate.actor(who), gate.person)
        if opened is not None and opened.key.kind is KeyKind.CONCERN:
            concern = next(one for one in found if one.id == opened.key.id)
            assert concern.state is ConcernState.OPEN
            assert concern.opens_until is not None
            assert concern.opens_until >= clock.today()
            assert concern.told_at is not None or concern.tell_on is not None
    assert keys.open_with(gate.actor("finn"), gate.person) is None


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(STEPS, max_size=12))
def test_any_order(session, steps: list[tuple[str, int]]) -> None:
    moment = NOON
    with clock.at(moment):
        gate = make_gate()
    for name, days in steps:
        if name == "wait":
            moment += timedelta(days=days)
        with clock.at(moment):
            try:
                with db.session.begin_nested():
                    step(gate, name, days)
            except CarePurseError:
                db.session.expire_all()
            check(gate)
    for days in (4, MOST):
        with clock.at(moment + timedelta(days=days)):
            watch_gate()
    with clock.at(moment + timedelta(days=MOST)):
        left = sa.select(sa.func.count()).where(Concern.person_id == gate.person.id, Concern.told_at.is_(None))
        assert db.session.scalar(left) == 0
