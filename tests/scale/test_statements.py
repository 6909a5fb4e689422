"""A page asks the database as often for a person with thousands of movements as for one with ten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from app.core.db import db
from tests.bench import history, market, pages
from tests.scale.helping import as_bench

pytestmark = pytest.mark.slow


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_home_and_spending_send_the_same_statements_with_10_and_with_3000_movements(
    real_database: Flask, tmp_path: Path
) -> None:
    bench = as_bench(real_database, tmp_path)
    people = {}
    with real_database.app_context():
        commissioner = history.make_commissioner()
        for life, count in history.lives(commissioner, [10, 3_000]):
            db.session.commit()
            with bench.connect() as connection:
                history.fill(connection, life, count)
            history.add_waiting(life)
            people[count] = (life.person.ref, pages._sign_in(life.account))
            db.session.commit()
    for page in ("", "spending", "spending?page=2", "spending?q=swim", "who", "plan"):
        sent = {}
        for count, (ref, token) in people.items():
            browser = pages.browser(real_database, token)
            address = f"/p/{ref}/{page}"
            assert browser.get(address).status_code == 200  # caches are warm now
            with counted(real_database) as statements:
                assert browser.get(address).status_code == 200
            sent[count] = statements
        assert [s.split()[:2] for s in sent[10]] == [s.split()[:2] for s in sent[3_000]], page or "home"


def test_search_sends_the_same_statements_with_10_and_with_2000_listings(real_database: Flask, tmp_path: Path) -> None:
    bench = as_bench(real_database, tmp_path)
    with real_database.app_context():
        life = history.make_life(history.make_commissioner(), "Amina Yusuf")
        ref, token = life.person.ref, pages._sign_in(life.account)
    browser = pages.browser(real_database, token)
    searches = ("?near=SE13&miles=25", "?near=&q=swimming", "?near=&category=therapies&sort=cheapest")
    sent: list[list[int]] = []
    for listings in (10, 2_000):
        _replace_market(real_database)
        market.fill(bench, listings)
        counts = []
        for asked in searches:
            browser.get(f"/p/{ref}/find{asked}")
            with counted(real_database) as statements:
                answer = browser.get(f"/p/{ref}/find{asked}")
            assert answer.status_code == 200
            assert len(set(statements)) == len(statements), "nothing is asked once a row"
            counts.append(len(statements))
        sent.append(counts)
    # among ten a word is looked up in the wordbook, and an empty page asks for no row's things: neither goes by number
    assert sent[0][0] == sent[1][0]
    assert max(sent[1]) <= max(sent[0])


def _replace_market(app: Flask) -> None:
    with app.app_context():
        for table in ("listing", "location", "provider", "outcode"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.commit()
