"""A provider's own page: name, words, contact, places. Nothing here commits.

What the care register says of a provider is the register's: it is read every week, and a change made here would be
undone by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, tidy_ref
from app.identity.rules import Actor
from app.marketplace import queries
from app.marketplace.models import Listing, Location, Provider
from app.marketplace.places import Place, outcode_of, tidy_postcode
from app.marketplace.provider_rules import (
    ACCESS,
    GENDERS,
    MAX_DESCRIPTION,
    MAX_NAME,
    tidy_languages,
    tidy_name,
    tidy_phone,
    tidy_text,
    tidy_website,
)
from app.marketplace.provider_writes import check_words, read_fields, record, require_keeper, settle
from app.marketplace.rules import Employment

MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class ProfileInput:
    """What is typed about a provider. ``gender`` and ``employment`` are a personal assistant's."""

    name: str
    description: str = ""
    phone: str = ""
    website: str = ""
    languages: str = ""
    accessibility: Sequence[str] = ()
    gender: str | None = None
    employment: Employment | None = None


@dataclass(frozen=True, slots=True)
class LocationInput:
    """What is typed about a place."""

    name: str
    address: str
    postcode: str
    phone: str = ""


def change_profile(actor: Actor, provider: Provider, new: ProfileInput) -> list[str]:
    """Change how people see a provider.

    The name, phone and website of a provider on the care register are the register's, and are left as they are.

    :returns: doubts of the policy about the words, as sentences; the change is made.
    :raises InvalidError: by field of :class:`ProfileInput`.
    """
    require_keeper(actor, provider.id)
    own = provider.cqc_id is None
    readings = {
        "description": partial(tidy_text, new.description, MAX_DESCRIPTION),
        "languages": partial(tidy_languages, new.languages),
    }
    if own:
        readings |= {
            "name": partial(tidy_name, new.name, provider.kind),
            "phone": partial(tidy_phone, new.phone),
            "website": partial(tidy_website, new.website),
        }
    values = read_fields(readings)
    values["accessibility"] = known_access(new.accessibility, provider.accessibility)
    if provider.is_pa:
        if new.employment is None:
            raise InvalidError({"employment": "Say how you work"})
        if new.gender is not None and new.gender not in {*GENDERS, provider.gender}:
            raise InvalidError({"gender": "Choose one of the answers"})
        values |= {"gender": new.gender, "employment": new.employment}
    notes = check_words(name=values.get("name", ""), description=values["description"])
    changed = sorted(name for name, value in values.items() if getattr(provider, name) != value)
    if not changed:
        return notes
    for name in changed:
        setattr(provider, name, values[name])
    provider.changed_at = clock.now()
    db.session.flush()
    if "name" in changed:
        settle(provider)
    record(actor, provider, "change_profile", f"Changed the page of {provider.name}", changed=changed)
    return notes


def known_access(chosen: Sequence[str], before: Sequence[str]) -> list[str]:
    """What of some ticked boxes are ways of getting in that we know, or that were there before; in a fixed order."""
    allowed = list(dict.fromkeys([*ACCESS, *before]))
    return [word for word in allowed if word in set(chosen)]


def set_area(actor: Actor, provider: Provider, typed: str) -> Place:
    """Say near where somebody without a place of their own sets out: only the outcode is kept, no address.

    :raises InvalidError: field ``area``.
    """
    require_keeper(actor, provider.id)
    code = outcode_of(typed)
    place = queries.place(code) if code else None
    if code is None or place is None:
        wrong = "Enter the first half of a postcode, like SE6" if code is None else f"We do not know where {code} is"
        raise InvalidError({"area": wrong})
    provider.outcode, provider.changed_at = code, clock.now()
    db.session.execute(
        update(Listing)
        .where(Listing.provider_id == provider.id, Listing.location_id.is_(None))
        .values(lat=place.lat, lon=place.lon, changed_at=clock.now())
    )
    db.session.flush()
    record(actor, provider, "set_area", f"{provider.name} now sets out from {code}", outcode=code)
    return place


def location_of(provider: Provider, ref: str) -> Location:
    """One of a provider's places.

    :raises NotFoundError: when they have no such place.
    """
    found = db.session.scalar(
        select(Location).where(Location.ref == tidy_ref(ref), Location.provider_id == provider.id)
    )
    if found is None:
        raise NotFoundError
    return found


def open_places(provider: Provider) -> list[Location]:
    """The places from which something can be offered, by name."""
    return [at for at in queries.registered_locations(provider) if at.closed_on is None]


def add_location(actor: Actor, provider: Provider, new: LocationInput) -> Location:
    """Add a place of a provider's own.

    :raises InvalidError: by field of :class:`LocationInput`.
    :raises StateError: for a personal assistant, whose address we do not keep, or with too many places.
    """
    require_keeper(actor, provider.id)
    if provider.is_pa:
        raise StateError("We do not keep an address of personal assistants.")
    many = db.session.scalar(select(func.count()).select_from(Location).where(Location.provider_id == provider.id))
    if (many or 0) >= MOST_PLACES and provider.cqc_id is None:
        raise StateError(f"You have {MOST_PLACES} places already. Close one first.")
    # a place that is not in the register has no standing of its own: it stands as its provider does
    location = Location(provider_id=provider.id, status=provider.status)
    location.service_types, location.specialisms, location.activities = [], [], []
    _write(location, new)
    db.session.add(location)
    db.session.flush()
    db.session.expire(provider, ["locations"])
    record(actor, provider, "add_location", f"Added the place {location.name}", location=location.ref)
    return location


def change_location(actor: Actor, provider: Provider, ref: str, new: LocationInput) -> Location:
    """Change a place of a provider's own.

    :raises InvalidError: by field of :class:`LocationInput`.
    :raises StateError: when the place is the register's, or closed.
    """
    location = _own(actor, provider, ref)
    _write(location, new)
    location.changed_at = clock.now()
    db.session.flush()
    settle(provider)
    record(actor, provider, "change_location", f"Changed the place {location.name}", location=location.ref)
    return location


def close_location(actor: Actor, provider: Provider, ref: str) -> int:
    """Close a place of a provider's own. What is offered there is switched off, and can be moved to another place.

    :returns: how many listings were switched off.
    :raises StateError: when the place is the register's, or closed already.
    """
    location = _own(actor, provider, ref)
    location.closed_on, location.changed_at = clock.today(), clock.now()
    off = db.session.scalars(
        update(Listing)
        .where(Listing.location_id == location.id, Listing.active)
        .values(active=False, changed_at=clock.now())
        .returning(Listing.id)
    ).all()
    db.session.flush()
    settle(provider)
    record(actor, provider, "close_location", f"Closed the place {location.name}", location=location.ref, off=len(off))
    return len(off)


def _own(actor: Actor, provider: Provider, ref: str) -> Location:
    require_keeper(actor, provider.id)
    location = location_of(provider, ref)
    if location.cqc_id is not None:
        raise StateError("This place is from the care register. Tell the Care Quality Commission what has changed.")
    if location.closed_on is not None:
        raise StateError("This place is closed.")
    return location


def _write(location: Location, new: LocationInput) -> None:
    values = read_fields(
        {
            "name": partial(_line, new.name, MAX_NAME, "Enter what the place is called, like Lockmead Baths"),
            "address": partial(_line, new.address, 200, "Enter the street and town"),
            "postcode": partial(_postcode, new.postcode),
            "phone": partial(tidy_phone, new.phone),
        }
    )
    place: Place = values["postcode"]
    check_words(name=values["name"])
    location.name, location.address, location.phone = values["name"], values["address"], values["phone"]
    location.postcode, location.outcode = place.label, outcode_of(place.label) or ""
    location.lat, location.lon = place.lat, place.lon


def _line(text: str, most: int, missing: str) -> str:
    line = one_line(text)
    if not line:
        raise ValueError(missing)
    if len(line) > most:
        raise ValueError(f"Use {most} letters or fewer")
    return line


def _postcode(text: str) -> Place:
    tidy = tidy_postcode(text)
    if tidy is None:
        raise ValueError("Enter a full postcode, like SE13 7PA")
    place = queries.place(tidy)
    if place is None:
        raise ValueError(f"We do not know where {tidy} is")
    return place
