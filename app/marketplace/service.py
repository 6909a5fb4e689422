"""Writing the marketplace: providers, personal assistants, listings, who keeps them, and outcodes.

Only the software itself (the demonstration, an import) fills it so far; a provider changing a page of their own comes
with prices. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.core.ids import new_id, new_ref
from app.identity.rules import Actor
from app.marketplace.bulk import copy_in, settle_listings
from app.marketplace.finding import gather_words
from app.marketplace.models import Listing, Location, Provider, ProviderMember
from app.marketplace.places import outcode_of, tidy_postcode
from app.marketplace.rules import SLOTS, Category, Employment, ProviderKind, Rating, RegisterStatus, Unit

#: From so many new listings on, the words for spelling are gathered at once, not only by the daily job.
MANY = 100


@dataclass(frozen=True, slots=True)
class NewListing:
    """Something to offer.

    :param price_pence: 0 is free; None asks the person to ask for a price.
    :param times: of ``rules.SLOTS``; none is any time.
    """

    title: str
    category: Category
    unit: Unit
    price_pence: int | None
    summary: str = ""
    priced_from: date | None = None
    at_home: bool = False
    at_venue: bool = False
    remote: bool = False
    radius_miles: int | None = None
    languages: Sequence[str] = ()
    accessibility: Sequence[str] = ()
    times: Sequence[str] = ()
    takes_new_people: bool = True
    personal_care: bool = False


@dataclass(frozen=True, slots=True)
class NewProvider:
    """An organisation or a personal assistant, with one place to be found near and what they offer.

    A personal assistant's ``name`` is first name and initial, and no address is kept of them: ``lat`` and ``lon`` are
    the middle of an outcode.
    """

    name: str
    kind: ProviderKind = ProviderKind.ORGANISATION
    status: RegisterStatus = RegisterStatus.NOT_REGISTERED
    is_regulated: bool = False
    rating: Rating | None = None
    rating_on: date | None = None
    website: str = ""
    phone: str = ""
    description: str = ""
    employment: Employment | None = None
    gender: str | None = None
    dbs_checked_on: date | None = None
    right_to_work_on: date | None = None
    references_seen: int = 0
    insured_until: date | None = None
    address: str = ""
    postcode: str = ""
    lat: float | None = None
    lon: float | None = None
    local_authority: str = ""
    listings: Sequence[NewListing] = field(default=())


def add_provider(actor: Actor, new: NewProvider) -> Provider:
    """Add one provider with its listings.

    :raises InvalidError: naming the field that cannot be.
    :raises NotAllowedError: when an account asks; only the software may so far.
    """
    key = add_many(actor, [new])[0]
    return db.session.scalars(select(Provider).where(Provider.id == key)).one()


def add_listing(actor: Actor, provider: Provider, new: NewListing, *, near: Location | None = None) -> Listing:
    """Add one listing to a provider.

    :param near: the place it is offered from; the provider's only place when left out.
    :raises InvalidError: naming the field that cannot be.
    :raises NotAllowedError: when an account asks.
    """
    _only_software(actor)
    _check_listing(new)
    near = near or (provider.locations[0] if len(provider.locations) == 1 else None)
    # A personal assistant has no place of their own here: the listing stands where their others do.
    other = db.session.scalars(
        select(Listing).where(Listing.provider_id == provider.id, Listing.lat.is_not(None)).limit(1)
    ).first()
    at = near or other
    lat, lon = (at.lat, at.lon) if at else (None, None)
    key = new_id()
    copy_in("listing", _LISTING, [_listing_row(key, provider.id, near.id if near else None, new, lat, lon)])
    settle_listings("listing.id = :key", key=key, now=clock.now())
    _record(actor, "marketplace.add_listing", f"Listed {new.title}", provider.id, {"listing": str(key)})
    return db.session.scalars(select(Listing).where(Listing.id == key)).one()


def add_member(actor: Actor, provider: Provider, account_id: UUID) -> ProviderMember:
    """Let an account keep a provider's page.

    :raises NotAllowedError: when an account asks.
    """
    _only_software(actor)
    member = ProviderMember(account_id=account_id, provider_id=provider.id)
    db.session.add(member)
    _record(
        actor,
        "marketplace.add_member",
        f"Gave {provider.name} a sign-in",
        provider.id,
        {"account": str(account_id)},
    )
    db.session.flush()
    return member


def add_many(actor: Actor, new_providers: Iterable[NewProvider]) -> list[UUID]:
    """Add any number of providers with their listings: 400 for a demonstration, 100,000 for a measurement.

    :returns: the providers' ids, in the order given.
    :raises InvalidError: naming the field of the first that cannot be; nothing is written then.
    :raises NotAllowedError: when an account asks.
    """
    _only_software(actor)
    providers: list[tuple[Any, ...]] = []
    locations: list[tuple[Any, ...]] = []
    listings: list[tuple[Any, ...]] = []
    for new in new_providers:
        _check_provider(new)
        key = new_id()
        location_id = None
        providers.append(_provider_row(key, new))
        if new.kind is ProviderKind.ORGANISATION and new.postcode:
            location_id = new_id()
            locations.append(_location_row(location_id, key, new))
        listings += [_listing_row(new_id(), key, location_id, each, new.lat, new.lon) for each in new.listings]
    copy_in("provider", _PROVIDER, providers)
    copy_in("location", _LOCATION, locations)
    copy_in("listing", _LISTING, listings)
    keys = [row[0] for row in providers]
    settle_listings("listing.provider_id = ANY(:keys)", keys=keys, now=clock.now())
    if len(listings) >= MANY:
        gather_words()
    words = f"Added {new.name}" if len(keys) == 1 else f"Added {len(keys):,} providers"
    figures = {"providers": len(keys), "listings": len(listings)}
    _record(
        actor,
        "marketplace.add",
        words if keys else "Added nobody",
        keys[0] if len(keys) == 1 else None,
        figures,
    )
    return keys


def _only_software(actor: Actor) -> None:
    if not actor.is_system:
        raise NotAllowedError("You cannot change this page.")


def _record(actor: Actor, verb: str, sentence: str, provider_id: UUID | None, details: dict[str, Any]) -> None:
    audit.record(actor, verb, sentence, subject_kind="provider", subject_id=provider_id, details=details)


def _check_provider(new: NewProvider) -> None:
    errors = {}
    if not new.name.strip():
        errors["name"] = "Give a name."
    if new.kind is ProviderKind.PA:
        if new.rating is not None:
            errors["rating"] = "A personal assistant has no rating."
        if new.employment is None:
            errors["employment"] = "Say whether they are self-employed or want to be employed."
    elif new.employment is not None:
        errors["employment"] = "Only a personal assistant has a way of being employed."
    if new.postcode and tidy_postcode(new.postcode) is None:
        errors["postcode"] = "Give a full postcode."
    if (new.lat is None) != (new.lon is None):
        errors["lat"] = "Give both coordinates or none."
    if errors:
        raise InvalidError(errors)
    for each in new.listings:
        _check_listing(each)


def _check_listing(new: NewListing) -> None:
    errors = {}
    if not new.title.strip():
        errors["title"] = "Say what it is."
    if new.price_pence is not None and new.price_pence < 0:
        errors["price_pence"] = "A price is nothing or more."
    if not (new.at_home or new.at_venue or new.remote):
        errors["at_home"] = "Say where it happens: at home, at a place, or by phone or video."
    if new.radius_miles is not None and new.radius_miles <= 0:
        errors["radius_miles"] = "Say how many miles they travel."
    if set(new.times) - set(SLOTS):
        errors["times"] = "Times are like tuesday-afternoon."
    if errors:
        raise InvalidError(errors)


_PROVIDER = (
    "id", "ref", "kind", "name", "status", "is_regulated", "rating", "rating_on", "website", "phone", "description",
    "employment", "gender", "dbs_checked_on", "right_to_work_on", "references_seen", "insured_until", "written_at",
    "changed_at",
)  # fmt: skip
_LOCATION = (
    "id", "ref", "provider_id", "name", "address", "postcode", "outcode", "lat", "lon", "phone", "website",
    "service_types", "specialisms", "activities", "local_authority", "region", "status", "rating", "register_url",
    "written_at", "changed_at",
)  # fmt: skip
_LISTING = (
    "id", "ref", "provider_id", "location_id", "from_register", "title", "summary", "category", "unit", "price_pence",
    "priced_from", "at_home", "at_venue", "remote", "radius_miles", "lat", "lon", "languages", "accessibility",
    "times", "takes_new_people", "personal_care", "active", "offered", "who", "rating_rank", "keywords", "written_at",
    "changed_at",
)  # fmt: skip


def _provider_row(key: UUID, new: NewProvider) -> tuple[Any, ...]:
    now = clock.now()
    return (
        key, new_ref(), new.kind.value, new.name.strip(), new.status.value, new.is_regulated,
        new.rating and new.rating.value, new.rating_on, new.website, new.phone, new.description,
        new.employment and new.employment.value, new.gender, new.dbs_checked_on, new.right_to_work_on,
        new.references_seen, new.insured_until, now, now,
    )  # fmt: skip


def _location_row(key: UUID, provider_id: UUID, new: NewProvider) -> tuple[Any, ...]:
    now = clock.now()
    return (
        key, new_ref(), provider_id, new.name.strip(), new.address, tidy_postcode(new.postcode),
        outcode_of(new.postcode), new.lat, new.lon, new.phone, new.website, [], [], [], new.local_authority, "",
        new.status.value, new.rating and new.rating.value, "", now, now,
    )  # fmt: skip


def _listing_row(
    key: UUID,
    provider_id: UUID,
    location_id: UUID | None,
    new: NewListing,
    lat: float | None,
    lon: float | None,
) -> tuple[Any, ...]:
    now = clock.now()
    keywords = " ".join([new.category.also, *new.languages, *new.accessibility])
    return (
        key, new_ref(), provider_id, location_id, False, new.title.strip(), new.summary, new.category.value,
        new.unit.value, new.price_pence, new.priced_from or clock.today(), new.at_home, new.at_venue, new.remote,
        new.radius_miles, lat, lon, list(new.languages), list(new.accessibility), list(new.times),
        new.takes_new_people, new.personal_care, True, True, "", 0, keywords, now, now,
    )  # fmt: skip
