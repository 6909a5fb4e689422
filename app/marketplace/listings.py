"""What a provider offers, kept by themselves: add, change, switch on and off. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, tidy_ref
from app.identity.rules import Actor
from app.marketplace import queries
from app.marketplace.models import Listing, Provider
from app.marketplace.profiles import known_access, open_places
from app.marketplace.provider_models import ListingPrice
from app.marketplace.provider_rules import (
    MAX_MILES,
    MAX_SUMMARY,
    MAX_TITLE,
    tidy_languages,
    tidy_text,
    why_not_care,
)
from app.marketplace.provider_writes import check_words, read_fields, record, require_keeper, settle
from app.marketplace.rules import SLOTS, Category, Unit

MOST_LISTINGS = 200


@dataclass(frozen=True, slots=True)
class WhatInput:
    """What it is. The unit stays once it is there: prices and regular purchases are counted in it."""

    title: str
    summary: str
    category: Category


@dataclass(frozen=True, slots=True)
class WhereInput:
    """Where it happens.

    :param location_ref: the place it is offered at or from; empty for a personal assistant.
    :param radius_miles: how far they travel to a home; None: they have not said.
    """

    at_home: bool = False
    at_venue: bool = False
    remote: bool = False
    location_ref: str = ""
    radius_miles: int | None = None


@dataclass(frozen=True, slots=True)
class WhenInput:
    """When and for whom."""

    times: Sequence[str] = ()  # rules.SLOTS; none: any time
    languages: str = ""
    accessibility: Sequence[str] = ()
    takes_new_people: bool = True


def listing_of(actor: Actor, provider: Provider, ref: str) -> Listing:
    """One of a provider's own listings.

    :raises NotFoundError: when they have no such listing.
    """
    require_keeper(actor, provider.id)
    found = db.session.scalar(
        select(Listing)
        .where(Listing.ref == tidy_ref(ref), Listing.provider_id == provider.id)
        .options(joinedload(Listing.location), joinedload(Listing.provider))
    )
    if found is None:
        raise NotFoundError
    return found


def add(
    actor: Actor, provider: Provider, what: WhatInput, unit: Unit, price_pence: int | None, where: WhereInput
) -> tuple[Listing, list[str]]:
    """Add something to offer. People do not see it until it is switched on.

    :param price_pence: from today; None: people ask for a price.
    :returns: the listing, and the policy's doubts about its words.
    :raises InvalidError: fields of the inputs, and ``price``.
    :raises StateError: when there are too many already.
    """
    require_keeper(actor, provider.id)
    many = db.session.scalar(select(func.count()).select_from(Listing).where(Listing.provider_id == provider.id))
    if (many or 0) >= MOST_LISTINGS and provider.cqc_id is None:
        raise StateError(f"You offer {MOST_LISTINGS} things already.")
    if price_pence is not None and price_pence < 0:
        raise InvalidError({"price": "A price is nothing or more"})
    today = clock.today()
    listing = Listing(
        provider_id=provider.id,
        provider=provider,
        unit=unit,
        price_pence=price_pence,
        priced_from=today,
        active=False,
        offered=False,
        who=provider.name,
        languages=list(provider.languages),
        accessibility=list(provider.accessibility),
        times=[],
    )
    with db.session.no_autoflush:
        notes = _put_what(listing, provider, what)
        _put_where(listing, provider, where)
    db.session.add(listing)
    db.session.flush()
    if price_pence is not None:
        db.session.add(_first_price(actor, listing, today, price_pence))
    _settle(actor, listing, "add_listing", f"Added {listing.title}")
    return listing, notes


def change_what(actor: Actor, listing: Listing, what: WhatInput) -> list[str]:
    """Change title, words and kind. What was bought before keeps the words it was bought by.

    :returns: the policy's doubts about the words.
    :raises InvalidError: fields ``title summary category``.
    :raises StateError: for what the care register lists.
    """
    require_keeper(actor, listing.provider_id)
    _refuse_registers(listing)
    notes = _put_what(listing, listing.provider, what)
    _settle(actor, listing, "change_listing", f"Changed {listing.title}")
    return notes


def change_where(actor: Actor, listing: Listing, where: WhereInput) -> None:
    """Change where it happens.

    :raises InvalidError: fields ``ways location radius_miles``.
    :raises StateError: for what the care register lists.
    """
    require_keeper(actor, listing.provider_id)
    _refuse_registers(listing)
    _put_where(listing, listing.provider, where)
    _settle(actor, listing, "change_listing", f"Changed where {listing.title} is")


def change_when(actor: Actor, listing: Listing, when: WhenInput) -> None:
    """Change days, languages, access, and whether new people are taken on: also of what the care register lists.

    :raises InvalidError: fields ``times languages``.
    """
    require_keeper(actor, listing.provider_id)
    values = read_fields({"languages": partial(tidy_languages, when.languages)})
    if set(when.times) - set(SLOTS):
        raise InvalidError({"times": "Tick the times in the table"})
    listing.times = [slot for slot in SLOTS if slot in set(when.times)]
    listing.languages = values["languages"]
    listing.accessibility = known_access(when.accessibility, listing.accessibility)
    listing.takes_new_people = when.takes_new_people
    _settle(actor, listing, "change_listing", f"Changed when {listing.title} can be had")


def switch(actor: Actor, listing: Listing, on: bool) -> None:
    """Let people see it, or hide it. What was agreed already goes on.

    :raises StateError: saying why it cannot be switched.
    """
    require_keeper(actor, listing.provider_id)
    if listing.from_register and not on:
        raise StateError("This comes from the care register. You can say instead that you take no new people now.")
    if on:
        care = why_not_care(listing.category, listing.provider.kind, listing.provider.status)
        if care:
            raise StateError(f"{care}.")
        if listing.location is not None and listing.location.closed_on is not None:
            raise StateError(f"{listing.location.name} is closed. Choose another place first.")
        if listing.lat is None and not listing.remote:
            raise StateError("Say where it happens first, so that people near you find it.")
    if listing.active == on:
        return
    listing.active = on
    _settle(actor, listing, "switch_on" if on else "switch_off", f"{'Showed' if on else 'Hid'} {listing.title}")


def _put_what(listing: Listing, provider: Provider, what: WhatInput) -> list[str]:
    values = read_fields(
        {"title": partial(_title, what.title), "summary": partial(tidy_text, what.summary, MAX_SUMMARY)}
    )
    care = why_not_care(what.category, provider.kind, provider.status)
    if care:
        raise InvalidError({"category": care})
    notes = check_words(title=values["title"], summary=values["summary"])
    listing.title, listing.summary, listing.category = values["title"], values["summary"], what.category
    return notes


def _put_where(listing: Listing, provider: Provider, where: WhereInput) -> None:
    if not (where.at_home or where.at_venue or where.remote):
        raise InvalidError({"ways": "Say where it happens. You can choose more than one"})
    if where.radius_miles is not None and not 1 <= where.radius_miles <= MAX_MILES:
        raise InvalidError({"radius_miles": f"Enter a number of miles from 1 to {MAX_MILES}"})
    at = next((at for at in open_places(provider) if at.ref == where.location_ref), None)
    point = (at.lat, at.lon) if at else _point_of(provider)
    if where.location_ref and at is None:
        raise InvalidError({"location": "Choose one of your places"})
    if at is None and not provider.is_pa and (where.at_home or where.at_venue):
        raise InvalidError({"location": "Choose the place it is at, or that you set out from"})
    if provider.is_pa and point == (None, None) and not where.remote:
        raise InvalidError({"ways": "First say on your page near where you set out, so that people find you"})
    listing.at_home, listing.at_venue, listing.remote = where.at_home, where.at_venue, where.remote
    listing.radius_miles = where.radius_miles if where.at_home else None
    listing.location, listing.location_id = at, at.id if at else None
    listing.lat, listing.lon = point


def _point_of(provider: Provider) -> tuple[float | None, float | None]:
    """Where somebody without a place is found: the middle of their outcode, or where their other listings stand."""
    place = queries.place(provider.outcode) if provider.outcode else None
    if place is not None:
        return place.lat, place.lon
    if not provider.is_pa:
        return None, None
    other = db.session.scalar(
        select(Listing).where(Listing.provider_id == provider.id, Listing.lat.is_not(None)).limit(1)
    )
    return (other.lat, other.lon) if other else (None, None)


def _title(text: str) -> str:
    title = one_line(text)
    if not title:
        raise ValueError("Enter what it is, like One-to-one company at the pool")
    if len(title) > MAX_TITLE:
        raise ValueError(f"Use {MAX_TITLE} letters or fewer. You have used {len(title)}.")
    return title


def _first_price(actor: Actor, listing: Listing, day: date, pence: int) -> ListingPrice:
    return ListingPrice(listing_id=listing.id, starts_on=day, price_pence=pence, set_by_name=actor.name, turned=True)


def _refuse_registers(listing: Listing) -> None:
    if listing.from_register:
        raise StateError("This comes from the care register. Tell the Care Quality Commission what has changed.")


def _settle(actor: Actor, listing: Listing, verb: str, sentence: str) -> None:
    listing.keywords = " ".join([listing.category.also, *listing.languages, *listing.accessibility])
    listing.changed_at = clock.now()
    db.session.flush()
    settle(listing.provider)
    db.session.refresh(listing, ["offered", "who", "rating_rank", "lat", "lon", "changed_at"])
    record(actor, listing.provider, verb, sentence, listing=listing.ref)
