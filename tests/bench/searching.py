"""Searching a hundred thousand listings, against sending the same SQL by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql import psycopg as dialect

from app.core.db import db
from app.marketplace.asking import SearchQuery, Sort
from app.marketplace.places import Place
from app.marketplace.queries import search
from app.marketplace.rules import Category, Rating
from app.marketplace.search_sql import search_statement
from tests.bench.machine import Bench
from tests.bench.timing import in_turns
from tests.bench.words import TOWNS


def _near(town: int) -> Place:
    name, _, lat, lon = TOWNS[town]
    return Place(name, lat, lon)


#: What people ask: words, places, kinds, prices and every order.
QUERIES: dict[str, SearchQuery] = {
    "near home": SearchQuery(place=_near(0), miles=10),
    "near home, nearest": SearchQuery(place=_near(3), miles=5, sort=Sort.NEAREST),
    "a PA near home, cheapest": SearchQuery(
        place=_near(1), miles=10, category=Category.PERSONAL_ASSISTANT, sort=Sort.CHEAPEST
    ),
    "words near home": SearchQuery(words="swimming with a companion", place=_near(4), miles=15),
    "words anywhere": SearchQuery(words="physiotherapy"),
    "two words, best rated": SearchQuery(words="speech therapy", sort=Sort.RATED),
    "words, kind and price": SearchQuery(
        words="garden help", place=_near(5), miles=25, category=Category.HOME_HELP, max_pence=1_800
    ),
    "a kind, well rated": SearchQuery(
        place=_near(6), miles=25, category=Category.HOME_CARE, min_rating=Rating.GOOD, sort=Sort.RATED
    ),
    "a kind, page 5": SearchQuery(category=Category.THERAPIES, place=_near(9), miles=50, page=5),
    "nothing to find": SearchQuery(words="lighthouse keeper", place=_near(2), miles=10),
}


def measure(bench: Bench, rounds: int) -> dict[str, Any]:
    """The sum of the medians of ``marketplace.queries.search`` over that of the bare statement; per query too."""
    sides: dict[str, Callable[[], object]] = {}
    found: dict[str, int] = {}
    with bench.app.app_context(), bench.connect() as connection:
        connection.prepare_threshold = 3  # as the software's own connections
        for name, query in QUERIES.items():
            found[name] = search(query).total
            sides[f"search {name}"] = _ours(query)
            sides[f"sql {name}"] = _bare(connection, query)
        times = in_turns(sides, rounds, warm_up=2)
        db.session.rollback()
    ours = sum(time for name, time in times.items() if name.startswith("search "))
    bare = sum(time for name, time in times.items() if name.startswith("sql "))
    return {
        "search_over_sql": ours / bare,
        "search_ms": ours / len(QUERIES),
        "sql_ms": bare / len(QUERIES),
        "queries": {
            name: {"ms": times[f"search {name}"], "sql_ms": times[f"sql {name}"], "found": found[name]}
            for name in QUERIES
        },
    }


def _ours(query: SearchQuery) -> Callable[[], object]:
    return lambda: search(query)


def _bare(connection: psycopg.Connection[Any], query: SearchQuery) -> Callable[[], object]:
    statement, params = search_statement(query)
    compiled = statement.compile(dialect=dialect.dialect())
    words = str(compiled)
    values = {**compiled.params, **params}
    with connection.cursor() as cursor:
        cursor.execute(words, values)  # it fails here, if it does, not while times are taken

    def send() -> object:
        with connection.cursor() as cursor:
            return cursor.execute(words, values).fetchall()

    return send
