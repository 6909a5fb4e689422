"""Home with a hundred thousand movements, home with a hundred, and a page with nothing on it but the layout."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.db import allow_long_statements, db
from app.identity import sessions
from app.identity.models import Account
from app.identity.proofs import Proof
from app.identity.rules import Permission
from app.ledger import proof
from app.web import writes
from app.web.marks import requires
from tests.bench import history
from tests.bench.machine import Bench
from tests.bench.timing import in_turns

_EMPTY = """{% extends "layout.jinja" %}{% block page_title %}Nothing here{% endblock %}
{% block main %}<h1>Nothing here</h1>{% endblock %}"""
FEW = 100


def add_empty_page(app: Flask) -> None:
    """Put a page beside the real ones that has the same doorkeeper, transaction and layout, and nothing else."""

    @requires(Permission.VIEW_BUDGET)
    def empty() -> str:
        return render_template_string(_EMPTY)

    app.add_url_rule("/p/<person_ref>/empty", "bench_empty", writes.in_one_transaction(empty))


def make_people(bench: Bench, movements: int) -> dict[str, tuple[str, str]]:
    """Two people alike but for their movements.

    :returns: for ``few`` and ``many``: the person's reference and a signed-in token.
    """
    found = {}
    with bench.app.app_context():
        commissioner = history.make_commissioner()
        for (life, count), name in zip(history.lives(commissioner, [FEW, movements]), ("few", "many"), strict=True):
            db.session.commit()
            with bench.connect() as connection:
                history.fill(connection, life, count)
            history.add_waiting(life)
            found[name] = (life.person.ref, _sign_in(life.account))
            db.session.commit()
    return found


def _sign_in(account: Account) -> str:
    token = sessions.open_session(account, Proof.PASSKEY)
    db.session.commit()
    return token


def browser(app: Flask, token: str) -> FlaskClient:
    """A signed-in browser."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = token
    return client


def verify(bench: Bench) -> dict[str, Any]:
    """How long the ledger's proof takes over all that was written, and that it finds nothing."""
    with bench.app.app_context():
        allow_long_statements()
        start = time.perf_counter()
        found = proof.verify()
        taken = time.perf_counter() - start
    if found.problems:
        raise RuntimeError(f"the ledger is wrong: {found.problems}")
    return {"ledger_verify_seconds": taken, "ledger_transfers": found.transfers}


def _statements(bench: Bench, ask: Callable[[], object]) -> int:
    """How many SQL statements a page sends."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    with bench.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        ask()
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def measure(bench: Bench, people: dict[str, tuple[str, str]], rounds: int) -> dict[str, Any]:
    """Medians in milliseconds, and the two ratios."""

    def opener(who: str, page: str) -> Callable[[], object]:
        ref, token = people[who]
        client, address = browser(bench.app, token), f"/p/{ref}/{page}"

        def ask() -> None:
            response = client.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")
            response.close()

        return ask

    sides = {
        "home_few_ms": opener("few", ""),
        "home_many_ms": opener("many", ""),
        "empty_ms": opener("many", "empty"),
        "spending_few_ms": opener("few", "spending"),
        "spending_many_ms": opener("many", "spending"),
    }
    times = in_turns(sides, rounds)
    return {
        **times,
        **{name.replace("_ms", "_statements"): _statements(bench, ask) for name, ask in sides.items()},
        "home_100k_over_100": times["home_many_ms"] / times["home_few_ms"],
        "home_over_empty": times["home_many_ms"] / times["empty_ms"],
        "spending_100k_over_100": times["spending_many_ms"] / times["spending_few_ms"],
    }
