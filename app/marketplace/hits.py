"""Running a search: the results, how many there are, and what each choice of each filter would find."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from app.core.db import db
from app.marketplace.asking import PAGE_SIZE, SearchQuery
from app.marketplace.rules import (
    RATING_RANKS,
    Category,
    Employment,
    ProviderKind,
    Rating,
    Unit,
    say_days,
    say_price,
)
from app.marketplace.search_sql import search_statement

_RATINGS = {rank: rating for rating, rank in RATING_RANKS.items()}


class Hit(NamedTuple):
    """One result, as plain values: a page of them costs no more than its row of SQL."""

    ref: str
    title: str
    summary: str
    category: Category
    unit: Unit
    price_pence: int | None
    who: str
    at_home: bool
    at_venue: bool
    remote: bool
    times: list[str]
    takes_new_people: bool
    from_register: bool
    miles: float | None
    rating_rank: int
    lat: float | None
    lon: float | None
    provider_id: UUID
    provider_ref: str
    provider_name: str
    kind: ProviderKind
    employment: Employment | None
    is_regulated: bool
    review_count: int
    review_tenths: int | None
    outcode: str

    @property
    def rating(self) -> Rating | None:
        return _RATINGS.get(self.rating_rank)

    @property
    def is_pa(self) -> bool:
        return self.kind is ProviderKind.PA

    @property
    def price(self) -> str:
        return say_price(self.price_pence, self.unit)

    @property
    def when(self) -> str:
        return say_days(self.times)


#: For each filter, how many each of its choices would find.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results.

    :param total: how many were found in all.
    :param page: which page this is; when a later one than the last was asked for, the last.
    :param wordless: every word was too common to search by, so the words were not used.
    :param counts: by filter and choice: ``category`` (value), ``rating`` (this or better), ``miles`` (with a place),
        ``language``, ``access``, ``when`` (days and parts of a day), ``where`` (column), ``taking`` and ``priced``
        (``yes``), ``gender`` (among personal assistants). A choice that finds nothing may be left out.
    """

    hits: tuple[Hit, ...]
    total: int
    page: int
    wordless: bool
    counts: Counts = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def has_previous(self) -> bool:
        return self.page > 1

    @property
    def has_next(self) -> bool:
        return self.page < self.pages


_FIRST = 4  # total, page, wordless, counts


def search(query: SearchQuery, *, counts: bool = True) -> SearchPage:
    """Find what is offered; deregistered providers and places are never in it.

    One statement, whatever is asked, and one more when the words say nothing.

    :param counts: without, a little quicker, for who only needs the results.
    """
    statement, params = search_statement(query, counts=counts)
    rows = db.session.execute(statement, params).all()
    total, page, wordless, counted = rows[0][:_FIRST]
    if wordless:
        return replace(search(replace(query, words=""), counts=counts), wordless=True)
    hits = tuple(_hit(row[_FIRST:]) for row in rows) if total else ()
    return SearchPage(hits, total, page, wordless, _counts(counted) if counted else {})


def _hit(row: tuple[object, ...]) -> Hit:
    raw = Hit(*row)  # type: ignore[arg-type]  # the statement's columns stand in this order
    return raw._replace(
        category=Category(raw.category),
        unit=Unit(raw.unit),
        kind=ProviderKind(raw.kind),
        employment=Employment(raw.employment) if raw.employment else None,
    )


def _counts(text: str) -> Counts:
    found: dict[str, dict[str, int]] = json.loads(text)
    ranks = found["rating"]
    # who asks for "good or better" is shown the outstanding too
    found["rating"] = {
        rating.value: sum(ranks.get(str(rank), 0) for rank in range(rating.rank, 5)) for rating in Rating
    }
    return found
