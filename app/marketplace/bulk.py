"""Many rows at once, and the copies that a listing keeps of its provider and place.

Everything here works inside the caller's transaction, on the connection of its session.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import text

from app.core.db import db


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows with COPY, the fastest way in.

    :param table: its name, and ``columns`` theirs: from our own code, never from outside.
    :returns: how many were written.
    """
    connection = cast(psycopg.Connection[Any], db.session.connection().connection.driver_connection)
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


_SETTLE = """
    UPDATE listing SET
        offered = fresh.offered, rating_rank = fresh.rating_rank, who = fresh.who, lat = fresh.lat, lon = fresh.lon,
        reopened_at = CASE WHEN fresh.offered AND NOT listing.offered THEN :now ELSE listing.reopened_at END,
        changed_at = :now
    FROM (
        SELECT listing.id,
            listing.active AND provider.status <> 'deregistered'
                AND COALESCE(location.status, provider.status) <> 'deregistered' AS offered,
            CASE COALESCE(location.rating, provider.rating)
                WHEN 'outstanding' THEN 4 WHEN 'good' THEN 3 WHEN 'requires_improvement' THEN 2 WHEN 'inadequate' THEN 1
                ELSE 0 END AS rating_rank,
            CASE WHEN location.name IS NULL OR lower(location.name) = lower(provider.name) THEN provider.name
                ELSE location.name || ' (' || provider.name || ')' END AS who,
            COALESCE(location.lat, listing.lat) AS lat,
            COALESCE(location.lon, listing.lon) AS lon
        FROM listing
        JOIN provider ON provider.id = listing.provider_id
        LEFT JOIN location ON location.id = listing.location_id
        WHERE {which}
    ) fresh
    WHERE listing.id = fresh.id
        AND (listing.offered, listing.rating_rank, listing.who, listing.lat, listing.lon)
            IS DISTINCT FROM (fresh.offered, fresh.rating_rank, fresh.who, fresh.lat, fresh.lon)
"""


def settle_listings(which: str, **params: Any) -> int:
    """Bring the listings' copies (offered, rating, name, place) up to date; listings that are right stay untouched.

    :param which: the SQL condition that chooses the listings, over ``listing``, ``provider`` and ``location``.
    :returns: how many changed.
    """
    result = db.session.execute(text(_SETTLE.format(which=which)), params)
    return int(getattr(result, "rowcount", 0))
