"""One process of the submitting bench: threads that each take a draft, submit it and commit, on their own connection.

Started by :mod:`tests.bench.submitting`; told on standard input for how long, answers on standard output.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from flask import Flask
from sqlalchemy import event

from app.core.db import db
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor
from app.purchases import queries
from app.purchases import service as purchases
from tests.bench.machine import make_app

_WARM_UP = 10  # submits a thread
_SLOWEST = 3


Actors = dict[UUID, Actor]
Take = Callable[[], "Draft"]


class Draft(NamedTuple):
    """Who sends it, whose it is, and its reference: what a cookie and the page's address say."""

    broker_id: UUID
    person: Person
    ref: str


def read(line: str) -> Draft:
    """A line of the file of drafts."""
    broker, person, ref = line.split()
    return Draft(UUID(broker), Person(id=UUID(person)), ref)


def main() -> None:
    """Get warm, say so, then work each time it is told to."""
    task = json.loads(sys.argv[1])
    app = make_app(task["url"], Path(task["folder"]), task["threads"])
    lines = Path(task["drafts"]).read_text().splitlines()[task["first"] :: task["step"]]
    every = [read(line) for line in lines]
    drafts = iter(every)
    lock = threading.Lock()

    def take() -> Draft:
        with lock:
            return next(drafts)

    with app.app_context():
        actors = {key: identity.load_actor(db.session.get_one(Account, key)) for key in {d.broker_id for d in every}}
        db.session.rollback()
        statements = _count_statements(actors, take)
    _answer(_work(app, actors, take, task["threads"], None))
    for message in sys.stdin:
        _answer(_work(app, actors, take, task["threads"], json.loads(message)["seconds"]) | {"statements": statements})


def _answer(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


def _one(actors: Actors, draft: Draft) -> None:
    """One person's press on the button: policy, hold, audit, notice, e-mail job, commit."""
    actor = actors[draft.broker_id]
    purchases.submit(actor, queries.purchase_for(actor, draft.person, draft.ref))
    db.session.commit()


def _count_statements(actors: Actors, take: Take) -> int:
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    _one(actors, take())
    event.listen(db.engine, "before_cursor_execute", note)
    db.session.expunge_all()
    _one(actors, take())
    event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def _work(app: Flask, actors: Actors, take: Take, threads: int, seconds: float | None) -> dict[str, Any]:
    """Submit for so many seconds in all threads, or a few each to get warm."""
    times: list[list[float]] = [[] for _ in range(threads)]
    failed: list[BaseException] = []
    end = time.perf_counter() + (seconds or 0)

    def until() -> Iterator[None]:
        if seconds is None:
            yield from (None for _ in range(_WARM_UP))
        while seconds is not None and time.perf_counter() < end:
            yield

    def run(mine: list[float]) -> None:
        try:
            for _ in until():
                start = time.perf_counter()
                with app.app_context():
                    _one(actors, take())
                mine.append(time.perf_counter() - start)
        except BaseException as error:
            failed.append(error)

    start, cpu = time.perf_counter(), time.process_time()
    running = [threading.Thread(target=run, args=(mine,)) for mine in times]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    taken, cpu = time.perf_counter() - start, time.process_time() - cpu
    if failed:
        raise failed[0]
    every = sorted(value for mine in times for value in mine)
    return {
        "done": len(every),
        "seconds": taken,
        "cpu_seconds": cpu,
        "slowest_ms": [value * 1000 for value in every[-_SLOWEST:]],
    }


if __name__ == "__main__":
    main()
