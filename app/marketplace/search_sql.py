"""The search's SQL, put together from fixed pieces: what a person typed is only ever a parameter.

Plain PostgreSQL, without extensions: full text over a generated column, a box of degrees by index and the haversine
inside it. One statement finds, counts (the hits, and what each choice of each filter would leave), sorts and cuts the
page.

How the counts are made: every listing that the words, the place at its widest and the kinds of access allow is looked
at once, and gets a bit for each filter that it misses. Those without a bit are the hits. Those with one bit only are
what another choice of that one filter would find. The others are dropped at once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import cos, radians
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from app.marketplace import facet_sql
from app.marketplace.asking import MILES, PAGE_SIZE, SearchQuery, Sort
from app.marketplace.filters import ANY_TIME, slot_mask
from app.marketplace.misses import Miss
from app.marketplace.places import EARTH_DIAMETER_MILES, box_around
from app.marketplace.rules import SLOTS as RULES_SLOTS
from app.marketplace.rules import Category
from app.marketplace.synonyms import alike, beginning, words_of

_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿŵŷŴŶ"
_PLAIN = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyywyWY"


def folded(column: str) -> str:
    """SQL for text without accents: so that Café is found by cafe, and the other way round."""
    return f"translate({column}, '{_ACCENTED}', '{_PLAIN}')"


def _weighted(column: str, weight: str) -> str:
    return f"setweight(to_tsvector('english'::regconfig, {folded(column)}), '{weight}')"


#: What a listing is found by: its title counts most, then who offers it and what kind it is, then the rest.
SEARCH_VECTOR = " || ".join(
    [
        _weighted("title", "A"),
        _weighted("who || ' ' || replace(category, '-', ' ')", "B"),
        _weighted("summary", "C"),
        _weighted("keywords", "D"),
    ]
)

#: A bit for each time of the week at which it can be had, as :func:`app.marketplace.filters.slot_bits` sums them up.
SLOTS = (
    f"CASE WHEN cardinality(times) = 0 THEN {ANY_TIME} ELSE "
    + " | ".join(f"(('{slot}' = ANY (times))::integer << {bit})" for bit, slot in enumerate(RULES_SLOTS))
    + " END"
)
#: What an index on where it is holds besides, so that a search without words need not open the listings.
LOOKED_AT = [
    "id", "provider_id", "category", "price_pence", "rating_rank", "at_home", "at_venue", "remote", "radius_miles",
    "takes_new_people", "personal_care", "slots", "languages", "accessibility",
]  # fmt: skip

_WORDS = f"websearch_to_tsquery('english', {folded('CAST(:words AS text)')})"
_BEGINNINGS = f"to_tsquery('english', {folded('CAST(:beginnings AS text)')})"
#: What was typed, read once: as a query, the same or each word as the beginning of one (who types physio means
#: physiotherapy), what people also call it, and any of these.
_ASKED = f"""asked AS MATERIALIZED (
        SELECT words, words || beginnings AS exact, alike, words || beginnings || alike AS any_of
        FROM (SELECT {_WORDS} AS words, {_BEGINNINGS} AS beginnings, {{alike}} AS alike) typed
    ), """  # noqa: S608  # fixed pieces
_ALIKE = "to_tsquery('english', CAST(:alike AS text))"

_MILES = f"""{EARTH_DIAMETER_MILES} * asin(sqrt(LEAST(1.0,
    sin(radians(listing.lat - :lat) / 2) ^ 2
    + :cos_lat * cos(radians(listing.lat)) * sin(radians(listing.lon - :lon) / 2) ^ 2)))"""

_BOX = "listing.lat BETWEEN :south AND :north AND listing.lon BETWEEN :west AND :east"
#: From how many miles on a listing is found. What can be done by telephone or video is near everyone. Who only comes
#: to the home comes as far as they said, and is found by nobody who lives further.
_REACH = """CASE WHEN at.remote THEN 0 WHEN at.at_venue OR at.radius_miles IS NULL OR at.miles <= at.radius_miles
    THEN at.miles END"""

# Ties always fall to the id, so that a page holds the same listings each time it is opened.
_ORDERS = {
    (Sort.BEST, True): "{0}.score DESC, {0}.miles NULLS LAST, {0}.id",
    (Sort.BEST, False): "{0}.price_pence IS NULL, {0}.miles NULLS LAST, {0}.rating_rank DESC, {0}.id",
    (Sort.NEAREST, True): "{0}.miles NULLS LAST, {0}.id",
    (Sort.CHEAPEST, True): "{0}.price_pence NULLS LAST, {0}.miles NULLS LAST, {0}.id",
    (Sort.RATED, True): "{0}.rating_rank DESC, {0}.miles NULLS LAST, {0}.id",
}


#: What a listing must be not to miss, over ``at``: the columns of one listing.
_MEETS = {
    Miss.NEAR: "reach <= :miles",
    Miss.CATEGORY: "category = :category",
    Miss.PRICE: "COALESCE(price_pence <= :max_pence, false)",
    Miss.RATING: "rating_rank >= :min_rank",
    Miss.LANGUAGE: ":language = ANY (languages)",
    Miss.WHEN: "slots & :slots <> 0",
    Miss.WHERE: "CASE CAST(:where AS text) WHEN 'at_home' THEN at_home WHEN 'at_venue' THEN at_venue ELSE remote END",
    Miss.TAKING: "takes_new_people",
    Miss.GENDER: "COALESCE(gender = :gender, false)",
}


def search_statement(query: SearchQuery, *, counts: bool = True) -> tuple[TextClause, dict[str, Any]]:
    """The one statement of a search, and its parameters.

    Rows: ``total`` (how many there are in all), ``page`` (which one this is: the last, when a later one was asked
    for), ``wordless`` (the words were all too common to search by, so nothing is found), ``counts`` (JSON text, see
    :mod:`app.marketplace.facet_sql`), then the columns of ``hits.Hit``. With nothing found there is one row, of nulls
    after the first four.

    :param counts: without, only the hits are looked at.
    """
    params: dict[str, Any] = {"page": query.page, "size": PAGE_SIZE}
    chosen = Miss(0)
    if query.words:
        params |= {"words": query.words, "beginnings": beginnings(query.words), "alike": _alike(query.words)}
    if query.place:
        widest = MILES[-1] if counts else query.miles
        box = box_around(query.place.lat, query.place.lon, widest)
        params |= {"south": box.south, "north": box.north, "west": box.west, "east": box.east, "widest": widest}
        params |= {"miles": query.miles, **point(query.place.lat, query.place.lon)}
        chosen |= Miss.NEAR
    if query.category:
        params["category"] = query.category.value
        chosen |= Miss.CATEGORY
    if query.max_pence is not None:
        params["max_pence"] = query.max_pence
        chosen |= Miss.PRICE
    if query.min_rating:
        params["min_rank"] = query.min_rating.rank
        chosen |= Miss.RATING
    if query.language:
        params["language"] = query.language
        chosen |= Miss.LANGUAGE
    if query.day or query.part:
        params["slots"] = slot_mask(query.day, query.part)
        chosen |= Miss.WHEN
    if query.where:
        params["where"] = query.where.value
        chosen |= Miss.WHERE
    if query.taking:
        chosen |= Miss.TAKING
    if query.gender and query.category is Category.PERSONAL_ASSISTANT:
        params["gender"] = query.gender.value
        chosen |= Miss.GENDER
    if query.access:
        params["access"] = list(query.access)
    if query.among is not None:
        params["among"] = list(query.among)
    params["masks"] = _masks(chosen) if counts else [0]
    shape = _Shape(
        words=bool(query.words),
        alike=bool(params.get("alike")),
        access=bool(query.access),
        assistants=query.category is Category.PERSONAL_ASSISTANT,
        chosen=chosen,
        counts=counts,
        among=query.among is not None,
    )
    if not shape.alike:
        params.pop("alike", None)
    for name, mask in facet_sql.slot_masks(query).items() if counts else ():
        params[name] = mask
    return _statement(shape, query.sort), params


class _Shape(NamedTuple):
    """What a statement depends on; all else is parameters."""

    words: bool
    alike: bool
    access: bool
    assistants: bool
    chosen: Miss
    counts: bool
    among: bool


def _masks(chosen: Miss) -> list[int]:
    """What a listing may miss and still count: one filter, or with the kind of support the gender that only one has."""
    found = [0, *(bit.value for bit in Miss if bit in chosen)]
    return [*found, (Miss.CATEGORY | Miss.GENDER).value] if Miss.GENDER in chosen else found


def beginnings(words: str) -> str:
    """What was typed as a query for words that begin so; nothing where quotes, a minus or "or" say it more exactly.

    Words of up to three letters stand for themselves: too much begins with them.
    """
    return "" if says_exactly(words) else " & ".join(beginning(word) for word in words_of(words))


def says_exactly(words: str) -> bool:
    """Whether quotes, a minus or "or" say what is meant more exactly than we could guess."""
    return bool(re.search(r"[\"-]", words)) or any(word.casefold() == "or" for word in words_of(words))


def _alike(words: str) -> str:
    return "" if says_exactly(words) else alike(words_of(words))


def point(lat: float, lon: float) -> dict[str, float]:
    """The parameters that :data:`_MILES` asks for."""
    return {"lat": lat, "lon": lon, "cos_lat": cos(radians(lat))}


@lru_cache(maxsize=1024)
def _statement(shape: _Shape, sort: Sort) -> TextClause:
    scored = shape.words and sort is Sort.BEST
    order = _ORDERS[sort, shape.words or sort is not Sort.BEST]
    wordless = "(SELECT numnode(words) = 0 FROM asked)" if shape.words else "false"
    asked = _ASKED.format(alike=_ALIKE if shape.alike else "''::tsquery") if shape.words else ""
    return text(f"""
        WITH {asked}seen AS MATERIALIZED ({_seen(shape, scored=scored)}),
        {facet_sql.counted(shape.chosen, assistants=shape.assistants) if shape.counts else _ONLY_HOW_MANY},
        cut AS (
            SELECT * FROM seen WHERE miss = 0 ORDER BY {order.format("seen")}
            LIMIT :size OFFSET (SELECT (page - 1) * :size FROM found)
        )
        SELECT found.total, found.page, {wordless} AS wordless, found.counts,
            listing.ref, listing.title, listing.summary, listing.category, listing.unit, listing.price_pence,
            listing.who, listing.at_home, listing.at_venue, listing.remote, listing.times, listing.takes_new_people,
            listing.from_register, cut.miles, listing.rating_rank, listing.lat, listing.lon,
            provider.id AS provider_id, provider.ref AS provider_ref, provider.name AS provider_name, provider.kind,
            provider.employment, provider.is_regulated, provider.review_count, provider.review_tenths,
            COALESCE(location.outcode, '') AS outcode
        FROM found
        LEFT JOIN cut ON true
        LEFT JOIN listing ON listing.id = cut.id
        LEFT JOIN provider ON provider.id = listing.provider_id
        LEFT JOIN location ON location.id = listing.location_id
        ORDER BY {order.format("cut")}""")  # noqa: S608  # fixed pieces; what was typed is a parameter


_ONLY_HOW_MANY = f"found AS ({facet_sql.found('(SELECT count(*) FROM seen WHERE miss = 0)', 'NULL::text')})"  # noqa: S608  # fixed


def _seen(shape: _Shape, *, scored: bool) -> str:
    """Every listing that may count, with what it misses. Each subquery stays one (OFFSET 0): nothing is worked out
    twice."""
    near = Miss.NEAR in shape.chosen
    where = ["listing.offered"]
    if shape.words:
        # nothing beside it: a plan for any words must use the index too
        where.append("listing.search @@ (SELECT any_of FROM asked)")
    if shape.access:
        where.append("listing.accessibility @> CAST(:access AS varchar[])")
    if shape.among:
        where.append("listing.id = ANY (CAST(:among AS uuid[]))")
    if near:
        where.append(f"(listing.remote OR ({_BOX}))")
    columns = [
        *_COLUMNS,
        f"{_MILES if near else 'NULL::float8'} AS miles",
        "CASE WHEN listing.personal_care THEN lower(provider.gender) END AS gender" if shape.assistants else "",
        "listing.search" if scored else "",
    ]
    join = "LEFT JOIN provider ON provider.id = listing.provider_id" if shape.assistants else ""
    score = _score(shape) if scored else "0"
    bits = " | ".join(f"CASE WHEN {_MEETS[bit]} THEN 0 ELSE {bit.value} END" for bit in Miss if bit in shape.chosen)
    return f"""
        SELECT {", ".join(_KEPT)}{", gender" if shape.assistants else ""}, reach, miles, miss,
            CASE WHEN miss = 0 THEN {score} END AS score
        FROM (
            SELECT *, ({bits or "0"}) AS miss FROM (
                SELECT *, {_REACH if near else "0::float8"} AS reach FROM (
                    SELECT {", ".join(filter(None, columns))} FROM listing {join} WHERE {" AND ".join(where)} OFFSET 0
                ) at OFFSET 0
            ) reached {"WHERE reach <= :widest" if near else ""} OFFSET 0
        ) missing WHERE miss = ANY (CAST(:masks AS integer[]))"""  # noqa: S608  # as above


_KEPT = (
    "id", "category", "price_pence", "rating_rank", "at_home", "at_venue", "remote", "takes_new_people", "slots",
    "languages", "accessibility",
)  # fmt: skip
_COLUMNS = [f"listing.{name}" for name in (*_KEPT, "radius_miles")]


def _score(shape: _Shape) -> str:
    """How well the words match. Whatever has the words themselves comes before what is only called something alike;
    between two that match as well, a listing with a price can be asked for at once and comes first."""
    exact, rank = "(SELECT exact FROM asked)", "ts_rank(search, {}) * CASE WHEN price_pence IS NULL THEN 0.6 ELSE 1 END"
    if not shape.alike:
        return rank.format(exact)
    other = rank.format("(SELECT alike FROM asked)")
    return f"CASE WHEN search @@ {exact} THEN 1 + {rank.format(exact)} ELSE {other} END"  # fixed pieces
