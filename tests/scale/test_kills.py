"""The process can be killed at any moment: what was being done is done, or it is not."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.config import ROOT
from app.core import clock
from app.core.db import db
from app.ledger import proof
from app.ledger.models import LedgerTransfer
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests.bench import people
from tests.bench.machine import SECRET
from tests.purchases.world import World
from tests.scale.helping import as_bench, check_ledger, settle, world_with

pytestmark = pytest.mark.slow

DRAFTS = 90
KILLS = 3
BUDGETS = 1_000


def test_killed_while_submitting_leaves_nothing_half_done(real_database: Flask, tmp_path: Path) -> None:
    rng = random.Random(3)
    with real_database.app_context():
        world = world_with(10_000_000)
        for number in range(DRAFTS):
            _draft(world, number)
        account_id, url = str(world.holder.id), str(real_database.config["DATABASE_URL"])
        db.session.commit()
        sent = 0
        for _ in range(KILLS):
            sent += _submit_and_kill(url, tmp_path, account_id, after=rng.randint(8, 20), wait=rng.random() * 0.03)
            settle()
            check_ledger()
            db.session.rollback()
        left = db.session.scalar(select(func.count()).select_from(Purchase).where(Purchase.state == State.DRAFT))
        # one more than was said may have been committed before each kill
        assert sent <= DRAFTS - (left or 0) <= sent + KILLS
        assert 0 < (left or 0) < DRAFTS


def _draft(world: World, number: int) -> None:
    """Every third is off plan and goes to the coordinator: request, notice and e-mail job with it."""
    if number % 3:
        world.outside(("Pool sessions", 900 + number, "activities-and-leisure"), payee=f"Pool {number}")
    else:
        world.outside(("Karaoke machine", 3_000 + number, "equipment-and-aids"), payee=f"Shop {number}")


def _submit_and_kill(url: str, folder: Path, account_id: str, after: int, wait: float) -> int:
    loop = subprocess.Popen(
        [sys.executable, "-m", "tests.scale.submit_loop", url, str(folder), account_id],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert loop.stdout is not None
    said = [loop.stdout.readline().strip() for _ in range(after + 1)]
    time.sleep(wait)  # anywhere in the next one
    loop.kill()
    rest, _ = loop.communicate()
    assert said[0] == "ready"
    return len([line for line in (*said[1:], *rest.split()) if line])


def test_a_month_whose_paying_was_killed_is_paid_once_when_run_again(real_database: Flask, tmp_path: Path) -> None:
    people.fill(as_bench(real_database, tmp_path), BUDGETS, 0)
    month = f"{clock.today():%Y-%m}"
    with real_database.app_context():
        paying = _pay_month(real_database, tmp_path, month)
        while _paid() < 200 and paying.poll() is None:
            time.sleep(0.02)
        paying.kill()
        assert paying.wait() == -9, "it was done before it was killed: more budgets are wanted here"
        settle()
        some = _paid()
        assert 0 < some < BUDGETS
        assert _unevenly_paid() == 0
        assert proof.verify().problems == []
        db.session.rollback()

        assert _pay_month(real_database, tmp_path, month).wait() == 0
        assert _paid() == BUDGETS
        assert _unevenly_paid() == 0
        assert db.session.scalar(select(func.count()).select_from(LedgerTransfer)) == 2 * BUDGETS
        assert db.session.scalar(text("SELECT count(*) FROM notice")) == BUDGETS
        found = proof.verify()
        assert found.problems == []
        assert found.money_in_pence == BUDGETS * people.MONTHLY_PENCE


def _pay_month(app: Flask, folder: Path, month: str) -> subprocess.Popen[bytes]:
    settings = {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": str(app.config["DATABASE_URL"]),
        "CAREPURSE_INSTANCE": str(folder),
        "SECURE_COOKIES": "no",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "budgets", "pay-month", month],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _paid() -> int:
    """Budgets with money in, as another connection sees them now."""
    count = db.session.scalar(
        text("SELECT count(DISTINCT owner_id) FROM ledger_account WHERE owner_kind = 'budget' AND credits_posted > 0")
    )
    db.session.rollback()
    return int(count or 0)


def _unevenly_paid() -> int:
    """Budgets of which one stream was paid and the other not, or one twice."""
    count = db.session.scalar(
        text("""
            SELECT count(*) FROM (
                SELECT owner_id FROM ledger_account WHERE owner_kind = 'budget' GROUP BY owner_id
                HAVING NOT (sum(credits_posted) = 0 OR
                    (min(credits_posted) = max(credits_posted) AND sum(credits_posted) = :month))
            ) uneven
        """),
        {"month": people.MONTHLY_PENCE},
    )
    db.session.rollback()
    return int(count or 0)
