"""The scenes of the privacy gate can happen, in their order, whatever day the demonstration is made on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db
from app.demo import scenes_gate
from app.demo.world import Someone, World, at
from app.identity import service as identity
from app.identity.rules import StaffRole
from app.stewardship.gate_models import Concern, Opening, PlanReview
from app.stewardship.gate_rules import ConcernState
from app.stewardship.review_rules import ReviewState
from tests import factories as make

PEOPLE = ("sam", "amira", "harriet", "piotr", "hyun", "noor")


@pytest.mark.parametrize("today", [date(2026, 11, 30), date(2027, 3, 1), date(2028, 2, 29)])
def test_every_scene_happens(session, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 15, tzinfo=UTC)
    with clock.at(datetime(today.year - 1, 6, 1, tzinfo=UTC)):
        board = make.make_commissioner()
        world = World(now, today, board, board, "")
        for key, role in (
            ("priya", StaffRole.COORDINATOR),
            ("marcus", StaffRole.COORDINATOR),
            ("joy", StaffRole.ADMIN),
        ):
            world.accounts[key] = make.make_account(key.title())
            identity.appoint(
                make.SYSTEM, world.accounts[key], board, role, make.LONG_AGO, safeguards=key in ("marcus", "joy")
            )
        world.accounts["stephen"] = make.make_account("Stephen Kwan")
        make.make_post(world.accounts["stephen"], board, StaffRole.AUDITOR)
        for key in PEOPLE:
            person = make.make_person(board, key.title(), "Of the story", coordinator=world.accounts["priya"])
            account = make.make_account(key.title())
            make.give_authority(account, person)
            life: Any = SimpleNamespace(key=key, coordinator="marcus" if key == "hyun" else "priya")
            world.people[key] = Someone(life, person, account, make.make_plan(person), cast(Any, None), [])
    for scene in sorted(scenes_gate.scenes(world), key=lambda scene: scene.moment):
        assert clock.period_of(scene.moment) >= clock.add_months(world.this_month, -1)
        with at(scene.moment):
            scene.do()
    with clock.at(now):
        scenes_gate.settle(world)
    assert db.session.scalars(sa.select(PlanReview.state).order_by(PlanReview.starts_on)).all() == [
        ReviewState.HELD,
        ReviewState.ANNOUNCED,
        ReviewState.ANNOUNCED,
    ]
    told, untold = db.session.scalars(sa.select(Concern).order_by(Concern.recorded_at)).all()
    assert told.told_at is not None
    assert (untold.state, untold.told_at) == (ConcernState.OPEN, None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Opening)) == 5
