"""Many at once on one budget, with real commits: the money is spent once, and nobody sees a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.errors import CarePurseError, InsufficientFundsError
from app.identity.rules import Actor
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import HELD, SPENT, State
from tests.bench import pages
from tests.scale.helping import all_at_once, check_ledger, on_eight_connections, world_with

pytestmark = pytest.mark.slow

RACERS = 10
TAPPERS = 16


def test_of_ten_who_spend_the_last_50_pounds_one_does(real_database: Flask) -> None:
    with real_database.app_context():
        world = world_with(5_000)
        drafts = [
            world.outside(("Pool sessions", 5_000, "activities-and-leisure"), payee=f"Pool {n}").id
            for n in range(RACERS)
        ]
        actor = world.me
        db.session.commit()

        found = all_at_once([_submit(real_database, actor, draft) for draft in drafts])

        states = [row.state for row in db.session.scalars(select(Purchase).execution_options(populate_existing=True))]
        assert sum(state in HELD | SPENT for state in states) == 1
        assert sum(answer in HELD | SPENT for answer in found) == 1
        losers = [answer for answer in found if answer not in HELD | SPENT]
        assert all(isinstance(answer, InsufficientFundsError) or answer is State.BLOCKED for answer in losers), losers
        assert check_ledger() == 0


def _submit(app: Flask, actor: Actor, draft: object) -> Callable[[], object]:
    def run() -> object:
        with app.app_context():
            try:
                state = purchases.submit(actor, db.session.get_one(Purchase, draft)).state
                db.session.commit()
            except CarePurseError:
                db.session.rollback()
                raise
            return state

    return run


def test_32_threads_on_8_connections_neither_overspend_nor_lose_nor_double(
    real_database: Flask, tmp_path: Path
) -> None:
    """Sixteen purchases of £100 from £1,000, each sent twice at once, as by a double tap."""
    app = on_eight_connections(real_database, tmp_path)
    with app.app_context():
        world = world_with(100_000)
        drafts = [
            world.outside(("Pool sessions", 10_000, "activities-and-leisure"), payee=f"Pool {n}").ref
            for n in range(TAPPERS)
        ]
        ref, token = world.person.ref, pages._sign_in(world.holder)
        db.session.commit()
    taps = [_tap(app, token, f"/p/{ref}/buy/{draft}/send", str(uuid4())) for draft in drafts]

    found = all_at_once([tap for tap in taps for _ in range(2)])

    assert not [answer for answer in found if isinstance(answer, Exception)]
    assert all(isinstance(answer, int) and answer < 500 for answer in found), found
    with app.app_context():
        assert check_ledger() == 0
        states = [row.state for row in db.session.scalars(select(Purchase))]
        assert len(states) == TAPPERS
        assert sum(state in HELD | SPENT for state in states) == 10
        assert all(state in HELD | SPENT or state in {State.DRAFT, State.BLOCKED} for state in states), states
        db.engine.dispose()


def _tap(app: Flask, token: str, address: str, form_id: str) -> Callable[[], object]:
    def run() -> object:
        return pages.browser(app, token).post(address, data={"form_id": form_id}).status_code

    return run
