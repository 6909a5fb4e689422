"""The daily look at what is new, for those who asked to be told.

The work grows with the watched searches and with what is *new*, never with all that is offered: one statement says
which new listings a search could mean (kind, price, box); only those are then held against the search itself, by the
search engine that the page uses, so that a notice and the page never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.db import db
from app.core.jobs import enqueue_many, task
from app.identity import queries as identity
from app.identity.models import Account
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.marketplace import keeping, queries, watching
from app.marketplace.kept_models import Watch, WatchTold
from app.marketplace.models import Listing
from app.messages import service as messages
from app.messages.rules import About, NoticeKind

LOOK = "marketplace.look_for_new"
LOOK_AT = "marketplace.look_for_some"
BATCH = 200
NAMED = 5  # how many a notice names
#: A listing may be written before a look and be seen only after it, when its transaction was long: look back a day.
#: What was told already is not told again.
_OVERLAP = timedelta(days=1)
_MOST_PAGES = 25


@task(LOOK, cron="20 5 * * *")
def look(timestamp: int) -> None:
    """Ask for a look at every watched search, some at a time.

    :param timestamp: when it was due, Unix seconds; the jobs of one look know it by that.
    """
    ids = db.session.scalars(select(Watch.id).where(Watch.paused_at.is_(None)).order_by(Watch.id)).all()
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    began = clock.now().isoformat()
    enqueue_many(LOOK_AT, [{"watch_ids": [str(key) for key in batch], "began": began} for batch in batches])


@task(LOOK_AT)
def look_at(watch_ids: list[str], began: str) -> None:
    """Look for what is new for some watched searches, and tell.

    :param began: when this look began: a search that was looked at since is left alone.
    """
    look_for([UUID(key) for key in watch_ids], datetime.fromisoformat(began))


def look_for(watch_ids: Sequence[UUID], began: datetime) -> int:
    """Look for what is new for some watched searches, and tell.

    :returns: how many notices were written.
    """
    watches = db.session.scalars(
        select(Watch)
        .where(Watch.id.in_(watch_ids), Watch.paused_at.is_(None), Watch.looked_at < began)
        .order_by(Watch.id)
        # a look that was started twice waits here, and then finds that nothing is left to look at
        .with_for_update(key_share=True)
    ).all()
    could_be = _could_be(watches)
    notices = 0
    for watch in watches:
        found = _matching(watch, could_be[watch.id]) if watch.id in could_be else []
        fresh = _not_told(watch, found)
        if fresh:
            notices += _tell(watch, fresh)
        watch.looked_at = clock.now()
    db.session.flush()
    return notices


_COULD_BE = text("""
    WITH fresh AS MATERIALIZED (
        SELECT id, category, price_pence, lat, lon, remote, GREATEST(written_at, reopened_at) AS appeared_at
        FROM listing WHERE offered AND (written_at > :since OR reopened_at > :since)
    )
    SELECT watch.id, array_agg(fresh.id)
    FROM watch JOIN fresh ON fresh.appeared_at > GREATEST(watch.since, watch.looked_at - CAST(:overlap AS interval))
        AND (watch.category IS NULL OR fresh.category = watch.category)
        AND (watch.max_pence IS NULL OR fresh.price_pence <= watch.max_pence)
        AND (watch.south IS NULL OR fresh.remote
            OR (fresh.lat BETWEEN watch.south AND watch.north AND fresh.lon BETWEEN watch.west AND watch.east))
    WHERE watch.id = ANY(:ids)
        AND NOT EXISTS (SELECT 1 FROM watch_told WHERE watch_id = watch.id AND listing_id = fresh.id)
    GROUP BY watch.id
""")


def _could_be(watches: Sequence[Watch]) -> dict[UUID, list[UUID]]:
    """Which new listings each search could mean."""
    if not watches:
        return {}
    since = min(watch.looked_at for watch in watches) - _OVERLAP
    ids = [watch.id for watch in watches]
    rows = db.session.execute(_COULD_BE, {"since": since, "overlap": _OVERLAP, "ids": ids})
    return {watch_id: list(listings) for watch_id, listings in rows}


def _matching(watch: Watch, among: Sequence[UUID]) -> list[queries.Hit]:
    """What of some listings the search finds, as its page would."""
    asked = watching.asked_of(watch.asked)
    query = replace(asked.query, among=tuple(among), page=1)
    hits: list[queries.Hit] = []
    for number in range(1, _MOST_PAGES + 1):
        page = queries.search(replace(query, page=number), counts=False)
        hits += page.hits
        if not page.has_next:
            break
    return hits


def _not_told(watch: Watch, hits: Sequence[queries.Hit]) -> list[queries.Hit]:
    """Mark listings as told; which of them were not before."""
    if not hits:
        return []
    refs = dict(db.session.execute(select(Listing.id, Listing.ref).where(Listing.ref.in_(h.ref for h in hits))).all())
    now = clock.now()
    marked = db.session.scalars(
        insert(WatchTold)
        .values([{"watch_id": watch.id, "listing_id": key, "told_at": now} for key in refs])
        .on_conflict_do_nothing()
        .returning(WatchTold.listing_id)
    )
    new = {refs[key] for key in marked}
    return [hit for hit in hits if hit.ref in new]


def _tell(watch: Watch, hits: Sequence[queries.Hit]) -> int:
    """Write one notice of everything new."""
    actor = Actor.system("Looking for new support")
    count = len(hits)
    lines = [f"{hit.title}, {hit.who}: {hit.price}" for hit in hits[:NAMED]]
    if count > NAMED:
        lines.append(f"and {count - NAMED} more")
    title = f"{'Something' if count == 1 else f'{count:,} things'} new like “{watch.name}”"
    accounts = _whom(watch)
    written = messages.notify(
        actor,
        accounts,
        NoticeKind.FOUND,
        title,
        "\n".join(lines),
        about=About.WATCH,
        about_ref=watch.ref,
        person_id=watch.person_id,
    )
    watch.told_at = clock.now()
    keeping.record(actor, watch, "told", title)
    return len(written)


def _whom(watch: Watch) -> list[UUID]:
    """Whoever asked, as long as they act for the person; the person's own side when they do not any more."""
    account = db.session.get_one(Account, watch.made_by)
    still = account.closed_at is None and may(
        identity.load_actor(account), Permission.VIEW_BUDGET, PersonSubject(watch.person_id)
    )
    return [account.id] if still else identity.holder_side_ids(watch.person_id)
