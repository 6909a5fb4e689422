"""The search's SQL, put together from fixed pieces: what a person typed is only ever a parameter.

Plain PostgreSQL, without extensions: full text over a generated column, a box of degrees by index and the haversine
inside it. One statement finds, counts, sorts and cuts the page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import TextClause, text

from app.marketplace.asking import PAGE_SIZE, SearchQuery, Sort
from app.marketplace.places import EARTH_DIAMETER_MILES, box_around

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

_WORDS = f"websearch_to_tsquery('english', {folded('CAST(:words AS text)')})"
#: The same, or each word as the beginning of one: who types physio means physiotherapy.
_FOUND_BY = f"({_WORDS} || to_tsquery('english', {folded('CAST(:beginnings AS text)')}))"

_MILES = f"""{EARTH_DIAMETER_MILES} * asin(sqrt(LEAST(1.0,
    sin(radians(listing.lat - :lat) / 2) ^ 2
    + :cos_lat * cos(radians(listing.lat)) * sin(radians(listing.lon - :lon) / 2) ^ 2)))"""

# What can be done by telephone or video is near everyone. Who only comes to the home comes as far as they said.
_NEAR = f"""(listing.remote OR (
    listing.lat BETWEEN :south AND :north AND listing.lon BETWEEN :west AND :east
    AND {_MILES} <= CASE WHEN listing.at_venue THEN :miles ELSE LEAST(:miles, listing.radius_miles) END))"""

# Ties always fall to the id, so that a page holds the same listings each time it is opened.
_ORDERS = {
    (Sort.BEST, True): "{0}.score DESC, {0}.miles NULLS LAST, {0}.id",
    (Sort.BEST, False): "{0}.price_pence IS NULL, {0}.miles NULLS LAST, {0}.rating_rank DESC, {0}.id",
    (Sort.NEAREST, True): "{0}.miles NULLS LAST, {0}.id",
    (Sort.CHEAPEST, True): "{0}.price_pence NULLS LAST, {0}.miles NULLS LAST, {0}.id",
    (Sort.RATED, True): "{0}.rating_rank DESC, {0}.miles NULLS LAST, {0}.id",
}


def search_statement(query: SearchQuery) -> tuple[TextClause, dict[str, Any]]:
    """The one statement of a search, and its parameters.

    Rows: ``total`` (how many there are in all), ``page`` (which one this is: the last, when a later one was asked
    for), ``wordless`` (the words were all too common to search by), then the columns of ``queries.Hit``. With nothing
    found there is one row, of nulls after the first three.
    """
    params: dict[str, Any] = {"page": query.page, "size": PAGE_SIZE}
    if query.words:
        params |= {"words": query.words, "beginnings": beginnings(query.words)}
    if query.place:
        box = box_around(query.place.lat, query.place.lon, query.miles)
        params |= {
            "south": box.south,
            "north": box.north,
            "west": box.west,
            "east": box.east,
            "miles": query.miles,
        }
        params |= point(query.place.lat, query.place.lon)
    if query.category:
        params["category"] = query.category.value
    if query.max_pence is not None:
        params["max_pence"] = query.max_pence
    if query.min_rating:
        params["min_rank"] = query.min_rating.rank
    if query.among is not None:
        params["among"] = list(query.among)
    shape = tuple(name in params for name in ("words", "south", "category", "max_pence", "min_rank", "among"))
    return _statement(*shape, query.sort), params


def beginnings(words: str) -> str:
    """What was typed as a query for words that begin so; nothing where quotes, a minus or "or" say it more exactly.

    Words of up to three letters stand for themselves: too much begins with them.
    """
    typed = re.findall(r"[^\W\d_]+", words)
    if re.search(r"[\"-]", words) or any(word.casefold() == "or" for word in typed):
        return ""
    return " & ".join(f"{word}:*" if len(word) > 3 else word for word in typed)


def point(lat: float, lon: float) -> dict[str, float]:
    """The parameters that :data:`_MILES` asks for."""
    return {"lat": lat, "lon": lon, "cos_lat": cos(radians(lat))}


@lru_cache(maxsize=256)
def _statement(
    words: bool, near: bool, category: bool, price: bool, rating: bool, among: bool, sort: Sort
) -> TextClause:
    where = ["listing.offered"]
    if words:
        where.append(f"(numnode({_WORDS}) = 0 OR listing.search @@ {_FOUND_BY})")
    if near:
        where.append(_NEAR)
    if category:
        where.append("listing.category = :category")
    if price:
        where.append("listing.price_pence <= :max_pence")
    if rating:
        where.append("listing.rating_rank >= :min_rank")
    if among:
        where.append("listing.id = ANY(:among)")
    # A listing with a price can be asked for at once: between two that match as well, it comes first.
    score = f"ts_rank(listing.search, {_FOUND_BY}) * CASE WHEN listing.price_pence IS NULL THEN 0.6 ELSE 1 END"
    columns = [
        "listing.id",
        f"{_MILES if near else 'NULL::float8'} AS miles",
        f"{score if words and sort is Sort.BEST else '0'} AS score",
        "listing.price_pence",
        "listing.rating_rank",
    ]
    order = _ORDERS[sort, words or sort is not Sort.BEST]
    wordless = f"numnode({_WORDS}) = 0" if words else "false"
    return text(f"""
        WITH hit AS MATERIALIZED (
            SELECT {", ".join(columns)} FROM listing WHERE {" AND ".join(where)}
        ), found AS (
            SELECT total, GREATEST(1, LEAST(:page, (total + :size - 1) / :size)) AS page
            FROM (SELECT count(*) AS total FROM hit) counted
        ), cut AS (
            SELECT * FROM hit ORDER BY {order.format("hit")}
            LIMIT :size OFFSET (SELECT (page - 1) * :size FROM found)
        )
        SELECT found.total, found.page, {wordless} AS wordless,
            listing.ref, listing.title, listing.summary, listing.category, listing.unit, listing.price_pence,
            listing.who, listing.at_home, listing.at_venue, listing.remote, listing.times, listing.takes_new_people,
            listing.from_register, cut.miles, listing.rating_rank,
            provider.ref AS provider_ref, provider.name AS provider_name, provider.kind, provider.employment,
            provider.is_regulated, COALESCE(location.outcode, '') AS outcode
        FROM found
        LEFT JOIN cut ON true
        LEFT JOIN listing ON listing.id = cut.id
        LEFT JOIN provider ON provider.id = listing.provider_id
        LEFT JOIN location ON location.id = listing.location_id
        ORDER BY {order.format("cut")}""")  # noqa: S608  # fixed pieces; what was typed is a parameter
