"""Searching a hundred thousand listings, with every filter and all counts, against sending the same SQL by hand."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql import psycopg as dialect

from app.core.db import db
from app.marketplace import finding
from app.marketplace.asking import SearchQuery, Sort
from app.marketplace.filters import Day, Gender, Part, Where
from app.marketplace.places import Place
from app.marketplace.queries import search
from app.marketplace.rules import Category, Rating
from app.marketplace.search_sql import search_statement
from tests.bench.machine import Bench
from tests.bench.words import TOWNS


def _near(town: int) -> Place:
    name, _, lat, lon = TOWNS[town]
    return Place(name, lat, lon)


#: What people ask: words, places, kinds, prices, every filter and every order.
QUERIES: dict[str, SearchQuery] = {
    "near home": SearchQuery(place=_near(0), miles=10),
    "near home, nearest": SearchQuery(place=_near(3), miles=5, sort=Sort.NEAREST),
    "a PA near home, cheapest": SearchQuery(
        place=_near(1), miles=10, category=Category.PERSONAL_ASSISTANT, sort=Sort.CHEAPEST
    ),
    "words near home": SearchQuery(words="swimming with a companion", place=_near(4), miles=15),
    "words anywhere": SearchQuery(words="physiotherapy"),
    "a word with many synonyms": SearchQuery(words="carer", place=_near(7), miles=10),
    "two words, best rated": SearchQuery(words="speech therapy", sort=Sort.RATED),
    "words, kind and price": SearchQuery(
        words="garden help", place=_near(5), miles=25, category=Category.HOME_HELP, max_pence=1_800
    ),
    "a kind, well rated": SearchQuery(
        place=_near(6), miles=25, category=Category.HOME_CARE, min_rating=Rating.GOOD, sort=Sort.RATED
    ),
    "a day, a language, access": SearchQuery(
        place=_near(2), miles=15, day=Day.TUESDAY, part=Part.AFTERNOON, language="Polish", access=("Hoist",)
    ),
    "every filter at once": SearchQuery(
        words="personal assistant",
        place=_near(8),
        miles=25,
        category=Category.PERSONAL_ASSISTANT,
        max_pence=3_000,
        min_rating=Rating.REQUIRES_IMPROVEMENT,
        language="Urdu",
        day=Day.MONDAY,
        part=Part.MORNING,
        where=Where.HOME,
        gender=Gender.WOMAN,
        taking=True,
    ),
    "everything, everywhere": SearchQuery(),
    "nothing to find": SearchQuery(words="lighthouse keeper", place=_near(2), miles=10),
}
#: The same list at its beginning and far into it.
_LONG = SearchQuery(place=_near(9), miles=50)
_DEEP = 200
#: A word, and the same misspelt.
SPELT = {"swimming": "swiming", "physiotherapy": "fisiotherapy", "speech therapy": "speach therapy", "garden": "gardn"}


def measure(bench: Bench, rounds: int) -> dict[str, Any]:
    """The 95th of a hundred of our whole way over that of the bare statement; misspelt words; page 200 over page 1."""
    with bench.app.app_context(), bench.connect() as connection:
        words = finding.gather_words()
        db.session.commit()
        connection.prepare_threshold = 3  # as the software's own connections
        found = _over_bare(connection, rounds) | _misspelt(rounds) | _deep(rounds)
        db.session.rollback()
    return found | {"search_vocabulary": words}


def _over_bare(connection: psycopg.Connection[Any], rounds: int) -> dict[str, Any]:
    sides: dict[str, Callable[[], object]] = {}
    totals: dict[str, int] = {}
    for name, query in QUERIES.items():
        totals[name] = search(query).total
        sides[f"search {name}"] = _ours(query)
        sides[f"sql {name}"] = _bare(connection, query)
    taken = samples(sides, rounds)
    ours = [ms for name, times in taken.items() if name.startswith("search ") for ms in times]
    bare = [ms for name, times in taken.items() if name.startswith("sql ") for ms in times]
    return {
        "search_p95_over_sql": p95(ours) / p95(bare),
        "search_over_sql": _sum_of_medians(taken, "search ") / _sum_of_medians(taken, "sql "),
        "search_p95_ms": p95(ours),
        "sql_p95_ms": p95(bare),
        "search_ms": _sum_of_medians(taken, "search ") / len(QUERIES),
        "sql_ms": _sum_of_medians(taken, "sql ") / len(QUERIES),
        "queries": {
            name: {
                "ms": median(taken[f"search {name}"]),
                "sql_ms": median(taken[f"sql {name}"]),
                "found": totals[name],
            }
            for name in QUERIES
        },
    }


def _misspelt(rounds: int) -> dict[str, Any]:
    """How much longer a misspelt word takes than the one that it is shown for, at worst and at the 95th."""
    place = _near(4)
    sides: dict[str, Callable[[], object]] = {}
    for good, wrong in SPELT.items():
        found = finding.find(SearchQuery(words=wrong, place=place))
        if found.shown_for != good:
            raise AssertionError(f"{wrong} was shown for {found.shown_for!r}, not {good}")
        sides[good] = _as_typed(SearchQuery(words=good, place=place))
        sides[wrong] = _forgetting(SearchQuery(words=wrong, place=place))
    taken = samples(sides, rounds)
    more = {wrong: median(taken[wrong]) - median(taken[good]) for good, wrong in SPELT.items()}
    pairs = [
        late - early for good, wrong in SPELT.items() for early, late in zip(taken[good], taken[wrong], strict=True)
    ]
    return {"misspelt_more_ms": max(more.values()), "misspelt_more_p95_ms": p95(pairs), "misspelt": more}


def _deep(rounds: int) -> dict[str, Any]:
    pages = search(_LONG).pages
    page = min(_DEEP, pages)
    taken = samples({"first": _ours(_LONG), "deep": _ours(replace(_LONG, page=page))}, rounds)
    return {
        "deep_page": page,
        "deep_over_first": median(taken["deep"]) / median(taken["first"]),
        "first_page_ms": median(taken["first"]),
        "deep_page_ms": median(taken["deep"]),
    }


def samples(sides: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every call of each side, taken in turns, the order turning round by round."""
    names = list(sides)
    for name in names:
        for _ in range(4):  # until the server keeps its plan
            sides[name]()
    taken: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                start = time.perf_counter()
                sides[name]()
                taken[name].append((time.perf_counter() - start) * 1000)
    finally:
        gc.enable()
    return taken


def p95(values: list[float]) -> float:
    """What 95 of a hundred stay under."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def _sum_of_medians(taken: dict[str, list[float]], start: str) -> float:
    return sum(median(times) for name, times in taken.items() if name.startswith(start))


def _ours(query: SearchQuery) -> Callable[[], object]:
    return lambda: search(query)


def _as_typed(query: SearchQuery) -> Callable[[], object]:
    return lambda: finding.find(query)


def _forgetting(query: SearchQuery) -> Callable[[], object]:
    """The same search as if nobody had misspelt that word before in this process."""

    def find() -> object:
        book = finding.vocabulary()
        if book:
            book.nearest.cache_clear()
        return finding.find(query)

    return find


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
