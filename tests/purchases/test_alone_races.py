"""What somebody may send alone, where two do so at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import CarePurseError, NotFoundError, StateError
from app.identity import authorities
from app.identity.models import Authority
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests.purchases.test_alone import REPRESENTATIVE, acts, me, swim
from tests.purchases.world import build


def at_once(app: Flask, *jobs: Callable[[], object]) -> list[str]:
    """Do things at the same moment, each in a transaction of its own."""
    gate, answers = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                job()
                db.session.commit()
                answers.append("done")
            except CarePurseError as error:
                db.session.rollback()
                answers.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def one(key: object) -> Purchase:
    return db.session.scalars(select(Purchase).where(Purchase.id == key)).one()


class TestRaces:
    def test_the_month_is_not_gone_over_by_two_tabs(self, real_database: Flask) -> None:
        with real_database.app_context():
            world = build()
            broker = me(acts(world, "Bea", month_limit_pence=5_000))
            keys = [swim(world, broker, 1_900 + number).id for number in range(6)]
            db.session.commit()
        done = at_once(real_database, *[lambda key=key: purchases.submit(broker, one(key)) for key in keys])
        assert done == ["done"] * 6
        with real_database.app_context():
            bought = select(func.sum(Purchase.total_pence)).where(Purchase.state == State.PAID)
            assert 0 < (db.session.scalar(bought) or 0) <= 5_000

    def test_of_two_second_yeses_one_counts(self, real_database: Flask) -> None:
        with real_database.app_context():
            world = build()
            world.person.agree_over_pence = 5_000
            nadia, *others = [me(acts(world, name, REPRESENTATIVE)) for name in ("Nadia", "Karim", "Leila")]
            key = purchases.submit(nadia, swim(world, nadia, 6_000)).id
            db.session.commit()
        done = at_once(real_database, *[lambda who=who: purchases.confirm(who, one(key)) for who in others])
        assert done == ["StateError", "done"]
        with real_database.app_context():
            assert one(key).state is State.PAID

    def test_ended_or_bought_never_bought_after_it_ended(self, real_database: Flask) -> None:
        with real_database.app_context():
            world = build()
            authority = acts(world, "Bea")
            broker, holder, key = me(authority), world.me, authority.id
            drafts = [swim(world, broker, 1_000 + number).id for number in range(4)]
            db.session.commit()

        def end() -> None:
            authorities.end_authority(holder, db.session.get_one(Authority, key))

        at_once(real_database, end, *[lambda draft=draft: purchases.submit(broker, one(draft)) for draft in drafts])
        with real_database.app_context():
            ended = db.session.get_one(Authority, key).ended_at
            assert ended is not None
            left = [one(draft) for draft in drafts if one(draft).state is State.DRAFT]
            for draft in left:
                with pytest.raises((StateError, NotFoundError)):
                    purchases.submit(broker, draft)
