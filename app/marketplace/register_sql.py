"""The statements of the register import. Each touches a row only where it differs."""

from __future__ import annotations

PROVIDER_COLUMNS = ("id", "ref", "cqc_id", "name")
LOCATION_COLUMNS = (
    "id", "cqc_id", "provider_cqc_id", "name", "address", "postcode", "outcode", "lat", "lon", "phone", "website",
    "service_types", "specialisms", "activities", "local_authority", "region", "status", "rating", "registered_on",
    "checked_on", "register_url",
)  # fmt: skip
LISTING_COLUMNS = (
    "id", "ref", "cqc_id", "title", "summary", "category", "unit", "at_home", "at_venue", "keywords",
)  # fmt: skip

TEMPORARY = """
    CREATE TEMPORARY TABLE register_provider (id uuid, ref text, cqc_id text PRIMARY KEY, name text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE register_location (
        id uuid, cqc_id text PRIMARY KEY, provider_cqc_id text, name text, address text, postcode text, outcode text,
        lat float8, lon float8, phone text, website text, service_types text[], specialisms text[],
        activities text[], local_authority text, region text, status text, rating text, registered_on date,
        checked_on date, register_url text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE register_listing (
        id uuid, ref text, cqc_id text, title text, summary text, category text, unit text, at_home bool,
        at_venue bool, keywords text, PRIMARY KEY (cqc_id, category)) ON COMMIT DROP;
    CREATE TEMPORARY TABLE register_touched (provider_id uuid PRIMARY KEY) ON COMMIT DROP
"""
ANALYSE = "ANALYZE register_provider; ANALYZE register_location; ANALYZE register_listing"
DROP_TEMPORARY = "DROP TABLE register_provider, register_location, register_listing, register_touched"

PUT_PROVIDERS = """
    INSERT INTO provider (id, ref, kind, name, cqc_id, status, is_regulated, website, phone, description, written_at,
        changed_at)
    SELECT id, ref, 'organisation', name, cqc_id, 'deregistered', true, '', '', '', :now, :now
    FROM register_provider ORDER BY id
    ON CONFLICT (cqc_id) DO UPDATE SET name = EXCLUDED.name, changed_at = EXCLUDED.changed_at
        WHERE provider.name IS DISTINCT FROM EXCLUDED.name
    RETURNING xmax = 0
"""

# Whose standing may change: the providers of the file, and who had a place that the file gives to another.
TOUCHED = """
    INSERT INTO register_touched
    SELECT id FROM provider WHERE cqc_id IN (SELECT cqc_id FROM register_provider)
    UNION SELECT provider_id FROM location WHERE cqc_id IN (SELECT cqc_id FROM register_location)
"""

# What only one of the layouts knows is left alone when a file of the other is read. The directory has no coordinates:
# the middle of the outcode stands in, but never in place of better ones for the same postcode.
_ALWAYS = (
    "name", "address", "postcode", "outcode", "phone", "website", "service_types", "specialisms", "local_authority",
    "region", "status", "register_url",
)  # fmt: skip
_ONLY = {"extract": ("lat", "lon", "activities", "rating", "registered_on"), "directory": ("checked_on",)}


#: What the outside calls a place: unguessable, and made here because the places come by many thousands.
_REF = "substr(md5(gen_random_uuid()::text), 1, 12)"


def put_locations(layout: str) -> str:
    """Insert or update the places, for a file of this layout."""
    columns = [*_ALWAYS, *_ONLY[layout]]
    fresh = {name: f"EXCLUDED.{name}" for name in columns}
    if layout == "directory":
        for name in ("lat", "lon"):
            fresh[name] = (
                f"CASE WHEN location.postcode = EXCLUDED.postcode THEN COALESCE(location.{name}, EXCLUDED.{name}) "
                f"ELSE EXCLUDED.{name} END"
            )
    fresh["provider_id"] = "EXCLUDED.provider_id"
    others = [name for name in LOCATION_COLUMNS if name != "provider_cqc_id"]
    return f"""
        INSERT INTO location ({", ".join(others)}, ref, provider_id, written_at, changed_at)
        SELECT {", ".join(f"came.{name}" for name in others)}, {_REF}, provider.id, :now, :now
        FROM register_location came JOIN provider ON provider.cqc_id = came.provider_cqc_id ORDER BY came.id
        ON CONFLICT (cqc_id) DO UPDATE SET
            {", ".join(f"{name} = {value}" for name, value in fresh.items())}, changed_at = EXCLUDED.changed_at
            WHERE ({", ".join(f"location.{name}" for name in fresh)}) IS DISTINCT FROM ({", ".join(fresh.values())})
        RETURNING xmax = 0
    """  # noqa: S608  # put together from the names above only


# A provider is registered when any of its places is. Its telephone and website are those of its first registered
# place, its rating the one that all its rated, registered places share.
SETTLE_PROVIDERS = """
    UPDATE provider SET status = fresh.status, phone = fresh.phone, website = fresh.website, rating = fresh.rating,
        changed_at = :now
    FROM (
        SELECT touched.provider_id,
            CASE WHEN bool_or(status = 'registered') THEN 'registered' ELSE 'deregistered' END AS status,
            COALESCE((array_agg(phone ORDER BY status = 'registered' DESC, phone = '', cqc_id))[1], '') AS phone,
            COALESCE((array_agg(website ORDER BY status = 'registered' DESC, website = '', cqc_id))[1], '') AS website,
            CASE WHEN count(DISTINCT rating) FILTER (WHERE status = 'registered') = 1
                THEN min(rating) FILTER (WHERE status = 'registered') END AS rating
        FROM register_touched touched
        LEFT JOIN location ON location.provider_id = touched.provider_id AND location.cqc_id IS NOT NULL
        GROUP BY touched.provider_id
    ) fresh
    WHERE provider.id = fresh.provider_id AND provider.cqc_id IS NOT NULL
        AND (provider.status, provider.phone, provider.website, provider.rating)
            IS DISTINCT FROM (fresh.status, fresh.phone, fresh.website, fresh.rating)
"""

PUT_LISTINGS = """
    INSERT INTO listing (id, ref, provider_id, location_id, from_register, title, summary, category, unit, at_home,
        at_venue, remote, lat, lon, languages, accessibility, times, takes_new_people, active, offered, who,
        rating_rank, keywords, written_at, changed_at)
    SELECT came.id, came.ref, location.provider_id, location.id, true, came.title, came.summary, came.category,
        came.unit, came.at_home, came.at_venue, false, location.lat, location.lon, '{}', '{}', '{}', true, true, true,
        '', 0, came.keywords, :now, :now
    FROM register_listing came JOIN location ON location.cqc_id = came.cqc_id ORDER BY came.id
    ON CONFLICT (location_id, category) WHERE from_register DO UPDATE SET
        provider_id = EXCLUDED.provider_id, title = EXCLUDED.title, summary = EXCLUDED.summary, unit = EXCLUDED.unit,
        at_home = EXCLUDED.at_home, at_venue = EXCLUDED.at_venue, keywords = EXCLUDED.keywords, active = true,
        changed_at = EXCLUDED.changed_at
        WHERE (listing.provider_id, listing.title, listing.summary, listing.unit, listing.at_home, listing.at_venue,
            listing.keywords, listing.active)
            IS DISTINCT FROM (EXCLUDED.provider_id, EXCLUDED.title, EXCLUDED.summary, EXCLUDED.unit, EXCLUDED.at_home,
                EXCLUDED.at_venue, EXCLUDED.keywords, true)
    RETURNING xmax = 0
"""

# What a place of this file no longer does, or may no longer do, is kept but switched off.
CLOSE_LISTINGS = """
    UPDATE listing SET active = false, changed_at = :now
    FROM location
    WHERE listing.from_register AND listing.active AND location.id = listing.location_id
        AND location.cqc_id IN (SELECT cqc_id FROM register_location)
        AND NOT EXISTS (SELECT 1 FROM register_listing came
            WHERE came.cqc_id = location.cqc_id AND came.category = listing.category)
"""
