"""What the tests of scale share: an application with few connections, many browsers, and what must hold afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.core.db import db
from app.ledger import proof
from tests import factories
from tests.bench.machine import Bench, make_app
from tests.purchases.world import World, build

#: A purchase whose holds are not what its state says, or that was half sent.
HALF_DONE = """
    WITH held AS (
        SELECT t.subject_id,
            (sum(t.amount_pence) FILTER (WHERE t.phase = 'pending'))::bigint AS held,
            (sum(t.amount_pence) FILTER (WHERE t.phase = 'post'))::bigint AS spent,
            (sum(p.amount_pence) FILTER (WHERE t.phase = 'void'))::bigint AS freed
        FROM ledger_transfer t LEFT JOIN ledger_transfer p ON p.id = t.pending_id GROUP BY t.subject_id
    )
    SELECT purchase.ref, purchase.state, line.amount_pence, held.held, held.spent, held.freed
    FROM purchase JOIN purchase_line line ON line.purchase_id = purchase.id LEFT JOIN held ON held.subject_id = line.id
    WHERE (COALESCE(held.held, 0::bigint), COALESCE(held.spent, 0::bigint), COALESCE(held.freed, 0::bigint))
        IS DISTINCT FROM
        CASE WHEN purchase.state IN ('awaiting_approval', 'awaiting_information', 'approved', 'paying')
            THEN (line.amount_pence, 0::bigint, 0::bigint)
        WHEN purchase.state IN ('paid', 'delivered') THEN (line.amount_pence, line.amount_pence, 0::bigint)
        ELSE (0::bigint, 0::bigint, 0::bigint) END
    UNION ALL
    SELECT ref, state, total_pence, NULL, NULL, NULL FROM purchase
    WHERE (submitted_at IS NULL) <> (state = 'draft')
        OR (SELECT count(*) FROM purchase_decision d WHERE d.purchase_id = purchase.id) <> (state <> 'draft')::int
        OR (SELECT count(*) FROM audit_entry a WHERE a.subject_id = purchase.id AND a.verb = 'purchases.submit')
            <> (state <> 'draft')::int
        OR (SELECT count(*) FROM approval_request r WHERE r.subject_id = purchase.id)
            <> (state = 'awaiting_approval')::int
        OR (state = 'awaiting_approval') <> EXISTS (
            SELECT 1 FROM approval_request r JOIN notice n ON n.about_ref = r.ref
            JOIN procrastinate_jobs j ON j.args->>'notice_id' = n.id::text WHERE r.subject_id = purchase.id)
"""


def half_done() -> list[tuple[object, ...]]:
    """Purchases that are neither wholly sent nor wholly not: none, ever."""
    return [tuple(row) for row in db.session.execute(text(HALF_DONE))]


def check_ledger() -> int:
    """The ledger is right and nothing is half done.

    :returns: what is left in all budgets, in pence.
    """
    found = proof.verify()
    assert found.problems == []
    assert half_done() == []
    return found.available_pence


def settle() -> None:
    """Wait until the server has noticed that a killed process is gone, and undone what it left."""
    for _ in range(200):
        others = db.session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
        )
        db.session.rollback()
        if not others:
            return
        time.sleep(0.05)


def on_eight_connections(app: Flask, folder: Path) -> Flask:
    """The same database, with at most eight connections for all threads."""
    return make_app(str(app.config["DATABASE_URL"]), folder, pool_size=4, WTF_CSRF_ENABLED=False)


def as_bench(app: Flask, folder: Path) -> Bench:
    """The database as the bench's generators take it."""
    return Bench("", str(app.config["DATABASE_URL"]), app, folder)


def world_with(pence: int) -> World:
    """Sam with so much money, committed."""
    world = build(paid_in=False)
    factories.pay_in(world.budget, dict.fromkeys((item.stream for item in world.budget.streams), pence))
    db.session.commit()
    return world


def all_at_once(work: Sequence[Callable[[], object]]) -> list[object]:
    """Run all in threads that start together; what each returned, or the exception it raised."""
    gate = threading.Barrier(len(work))
    found: list[object] = [None] * len(work)

    def run(index: int) -> None:
        gate.wait()
        try:
            found[index] = work[index]()
        except Exception as error:  # the test looks at each
            found[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return found
