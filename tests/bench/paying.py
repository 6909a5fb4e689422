"""A month's money into ten thousand budgets."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from app.budgets import allocations
from app.core import clock
from app.core.db import allow_long_statements, db
from app.identity.rules import Actor
from tests.bench.machine import Bench


def pay(period: date) -> allocations.Paid:
    """What ``flask budgets pay-month`` does, without its progress bar."""
    allow_long_statements()
    actor, paid = Actor.system("Monthly payments"), allocations.Paid()
    for batch in allocations.batches(allocations.budgets_to_pay(period)):
        paid += allocations.pay_month(actor, period, batch)
        db.session.commit()
    db.session.info.pop("long", None)
    return paid


def measure(bench: Bench) -> dict[str, Any]:
    """Pay this month into every budget, and once more to see what a needless run costs."""
    period = clock.period_of(clock.today())
    taken = []
    with bench.app.app_context():
        for _ in range(2):
            start = time.perf_counter()
            paid = pay(period)
            taken.append((time.perf_counter() - start, paid))
            db.session.remove() if hasattr(db.session, "remove") else db.session.close()
    (first, paid), (again, nothing) = taken
    if nothing.transfers:
        raise RuntimeError("the second run paid again")
    return {
        "pay_month_seconds": first,
        "pay_month_budgets": paid.budgets,
        "pay_month_transfers": paid.transfers,
        "pay_month_again_seconds": again,
    }
