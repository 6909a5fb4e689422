"""Every occurrence is written down exactly once: two workers, many threads, a kill in the middle, a run again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPaymentMade
from app.config import ROOT
from app.core import clock
from app.core.db import db
from app.ledger import proof
from app.purchases import regular
from app.purchases.models import Purchase
from app.purchases.regular_posting import SYSTEM
from tests.bench.machine import SECRET
from tests.purchases.regular_world import begin, noon, posted, weeks
from tests.purchases.world import build, make_listing
from tests.scale.helping import all_at_once, settle

pytestmark = pytest.mark.slow
EACH = 100  # pence
PAYMENTS = 6


def _running(count: int, rhythm: str = "weekly") -> tuple[list[UUID], list[date], UUID]:
    """Things that began two months ago, and of which nothing is written down yet; committed."""
    first = clock.today() - timedelta(weeks=8)
    with clock.at(noon(first)):
        world = build()
        listing = make_listing(EACH)
        payments = [begin(world, listing, rhythm=rhythm, first_on=first) for _ in range(count)]
        ids, budget_id = [payment.id for payment in payments], world.budget.id
        db.session.commit()
    return ids, weeks(first, 9), budget_id


def _check(ids: list[UUID], days: list[date], budget_id: UUID) -> None:
    db.session.rollback()
    db.session.expire_all()
    for key in ids:
        assert posted(key) == days
    spent = sum(t.debits_posted for t in budget_service.lock(db.session.get_one(Budget, budget_id)).values())
    assert spent == len(ids) * len(days) * EACH
    found = proof.verify()
    assert found.problems == []
    assert found.money_in_pence - found.available_pence == spent
    assert db.session.scalar(text("SELECT count(*) FROM purchase WHERE state <> 'paid'")) == 0
    db.session.rollback()


def test_threads_that_post_the_same_post_it_once(real_database: Flask) -> None:
    with real_database.app_context():
        (key,), days, budget_id = _running(1)

    def run() -> list[regular.Posted]:
        with real_database.app_context():
            done = []
            for day in days:
                done.append(regular.post_occurrence(SYSTEM, key, day))
                db.session.commit()
            return done

    answers = all_at_once([run] * 6)
    assert all(isinstance(answer, list) for answer in answers), answers
    flat = [item for answer in answers for item in answer]
    assert flat.count(regular.Posted.POSTED) == len(days)
    with real_database.app_context():
        _check([key], days, budget_id)


def test_a_person_by_hand_and_a_worker_at_once_take_care_of_it_once(real_database: Flask) -> None:
    from app.core.errors import StateError
    from app.identity.models import Account
    from app.purchases import service as purchases
    from app.purchases.rules import DetailsInput
    from tests import factories

    with real_database.app_context():
        world = build()
        payment = begin(world, make_listing(EACH))
        draft = purchases.start_draft(world.me, world.person, regular_ref=payment.ref)
        purchases.set_details(world.me, draft, DetailsInput(bought_on=clock.today()))
        key, draft_id, me = payment.id, draft.id, world.holder.id
        db.session.commit()

    def by_hand() -> object:
        with real_database.app_context():
            actor = factories.actor_for(db.session.get_one(Account, me))
            purchases.submit(actor, db.session.get_one(Purchase, draft_id))
            db.session.commit()

    def worker() -> object:
        with real_database.app_context():
            regular.post_occurrence(SYSTEM, key, clock.today())
            db.session.commit()

    answers = all_at_once([by_hand, worker])
    assert all(answer is None or isinstance(answer, StateError) for answer in answers), answers
    with real_database.app_context():
        assert len(db.session.scalars(select(RegularPaymentMade.due_on)).all()) == 1
        assert db.session.scalar(text("SELECT count(*) FROM purchase WHERE state = 'paid'")) == 1
        assert proof.verify().problems == []


def test_two_workers_one_killed_and_a_run_again(real_database: Flask, tmp_path: Path) -> None:
    with real_database.app_context():
        ids, days, budget_id = _running(PAYMENTS)
        for _ in range(2):  # each occurrence is asked for twice: the morning's run, and somebody who ran it by hand
            assert regular.enqueue_due() == PAYMENTS * len(days)
        db.session.commit()
        workers = [_flask(real_database, tmp_path, "jobs", "work", "--once", "--concurrency", "2") for _ in range(2)]
        while _made() < 12 and workers[0].poll() is None:
            time.sleep(0.02)
        workers[0].kill()
        assert workers[0].wait() == -9, "it was done before it was killed: more is wanted here"
        assert workers[1].wait(120) == 0
        settle()
        # what the killed one had in hand comes back with the next morning's run, here at once
        command = _flask(real_database, tmp_path, "budgets", "post-regular")
        assert command.wait(120) == 0
        _check(ids, days, budget_id)
        assert regular.enqueue_due() == 0
        due = budgets.still_due(db.session.get_one(Budget, budget_id), clock.period_of(clock.today()))
        assert all(item.due_on > clock.today() for item in due)
        db.session.rollback()


def _made() -> int:
    count = db.session.scalar(text("SELECT count(*) FROM regular_payment_made"))
    db.session.rollback()
    return int(count or 0)


def _flask(app: Flask, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    settings = {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": str(app.config["DATABASE_URL"]),
        "CAREPURSE_INSTANCE": str(folder),
        "SECURE_COOKIES": "no",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
