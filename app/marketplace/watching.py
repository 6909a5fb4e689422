"""Searches that are watched: made, paused, taken up again, stopped. What looks for new ones is in ``looking``.

Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, tidy_ref
from app.identity.models import Person
from app.identity.rules import Actor
from app.marketplace import queries
from app.marketplace.asking import Asked, SearchQuery, read
from app.marketplace.keeping import must_prepare, must_see, record
from app.marketplace.kept_models import Watch, WatchTold
from app.marketplace.models import Listing
from app.marketplace.places import box_around

MOST_WATCHES = 10
MAX_NAME = 80
MOST_SHOWN = 20


def asked_of(params: Mapping[str, Any]) -> Asked:
    """A search from its address, its place looked up. Anything that cannot be used is left out."""
    asked = read(params if isinstance(params, MultiDict) else MultiDict(params))
    place = queries.place(asked.near) if asked.near else None
    if place is None:
        return replace(asked, near="")
    return replace(asked, near=place.label, typed_near=place.label, query=replace(asked.query, place=place))


def can_be_watched(asked: Asked) -> bool:
    """Whether a search says what to look for: a place alone would tell of everything there."""
    return bool(asked.query.words or asked.query.category)


def say(asked: Asked) -> str:
    """What a search is called when nobody gave it a name: ``Swimming, therapies, within 10 miles of SE6 1HP``."""
    query = asked.query
    parts = [query.words] if query.words else []
    if query.category:
        parts.append(query.category.label.lower() if parts else query.category.label)
    if query.place:
        parts.append(f"within {query.miles} {'mile' if query.miles == 1 else 'miles'} of {query.place.label}")
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]


def watches_of(viewer: Actor, person: Person) -> list[Watch]:
    """The watched searches of a person, the newest first.

    :raises NotFoundError: when the viewer may not see the person.
    """
    must_see(viewer, person)
    return list(
        db.session.scalars(
            select(Watch)
            .where(Watch.commissioner_id == person.commissioner_id, *_known(viewer, person))
            .order_by(Watch.id.desc())
        )
    )


def watch(viewer: Actor, person: Person, ref: str) -> Watch:
    """One watched search of a person.

    :raises NotFoundError: when there is none of that reference for them, or the viewer may not see them.
    """
    must_see(viewer, person)
    found = db.session.scalar(select(Watch).where(Watch.ref == tidy_ref(ref), *_known(viewer, person)))
    if found is None:
        raise NotFoundError
    return found


def _known(viewer: Actor, person: Person) -> tuple[ColumnElement[bool], ...]:
    """A broker knows the searches they watch themselves."""
    mine = (Watch.made_by == viewer.account_id,) if viewer.brokers_for(person.id) else ()
    return (Watch.person_id == person.id, *mine)


def told_by(found: Watch) -> list[tuple[Listing, WatchTold]]:
    """What a watch told of, the latest first. The caller has read the watch with its viewer's right."""
    rows = db.session.execute(
        select(Listing, WatchTold)
        .join(WatchTold, WatchTold.listing_id == Listing.id)
        .where(WatchTold.watch_id == found.id)
        .options(joinedload(Listing.provider), joinedload(Listing.location))
        .order_by(WatchTold.told_at.desc(), Listing.id.desc())
        .limit(MOST_SHOWN)
    )
    return [(listing, told) for listing, told in rows]


def start_watch(actor: Actor, person: Person, name: str, asked: Asked) -> Watch:
    """Watch a search: whoever asks is told of what is new from now on.

    :param asked: as it was searched, its place looked up (``asked_of``).
    :raises NotFoundError: when the actor may not see the person.
    :raises NotAllowedError: when the actor may only look.
    :raises InvalidError: field ``name``, when it is too long, or the search says too little.
    :raises StateError: when as many are watched as may be.
    """
    must_prepare(actor, person)
    if not can_be_watched(asked):
        raise InvalidError({"name": "Search for some words or a kind of support first, so that we know what to tell"})
    words = one_line(name) or say(asked)[:MAX_NAME]
    if len(words) > MAX_NAME:
        raise InvalidError({"name": f"Use {MAX_NAME} letters or fewer"})
    # two at a time would both find room: they wait for each other
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    count = db.session.scalar(select(func.count()).select_from(Watch).where(*_known(actor, person))) or 0
    if count >= MOST_WATCHES:
        raise StateError(f"We look out for {MOST_WATCHES} things at a time. Stop one of them first.")
    now = clock.now()
    made = Watch(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        made_by=actor.account_id,
        made_by_name=actor.name,
        name=words,
        asked=asked.params(page="", sort="", how_many=""),
        made_at=now,
        since=now,
        looked_at=now,
        **_rough(asked.query),
    )
    db.session.add(made)
    db.session.flush()
    record(actor, made, "watch", f"Asked to be told of new ones like “{made.name}”")
    return made


def _rough(query: SearchQuery) -> dict[str, object]:
    """The half of a search that one statement can hold against new listings."""
    rough: dict[str, object] = {"category": query.category, "max_pence": query.max_pence}
    if query.place:
        box = box_around(query.place.lat, query.place.lon, query.miles)
        rough |= {"south": box.south, "north": box.north, "west": box.west, "east": box.east}
    return rough


def pause(actor: Actor, person: Person, ref: str) -> Watch:
    """Tell nothing of a watched search until it is taken up again. Doing it twice changes nothing.

    :raises NotFoundError: when there is none of that reference.
    :raises NotAllowedError: when the actor may only look.
    """
    must_prepare(actor, person)
    found = watch(actor, person, ref)
    if found.paused_at is None:
        found.paused_at = clock.now()
        db.session.flush()
        record(actor, found, "pause", f"Paused “{found.name}”")
    return found


def resume(actor: Actor, person: Person, ref: str) -> Watch:
    """Take a paused search up again: what came meanwhile is not told, the search itself shows it.

    :raises NotFoundError: when there is none of that reference.
    :raises NotAllowedError: when the actor may only look.
    """
    must_prepare(actor, person)
    found = watch(actor, person, ref)
    if found.paused_at is not None:
        found.paused_at = None
        found.since = found.looked_at = clock.now()
        db.session.flush()
        record(actor, found, "resume", f"Took up “{found.name}” again")
    return found


def stop(actor: Actor, person: Person, ref: str) -> str:
    """Stop watching a search, and forget it.

    :returns: its name.
    :raises NotFoundError: when there is none of that reference.
    :raises NotAllowedError: when the actor may only look.
    """
    must_prepare(actor, person)
    found = watch(actor, person, ref)
    name = found.name
    record(actor, found, "stop", f"Stopped “{name}”")
    db.session.execute(delete(Watch).where(Watch.id == found.id))
    return name
