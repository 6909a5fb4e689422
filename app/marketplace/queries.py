"""Reading the marketplace. It is public: what is here may be read by whoever may use the marketplace at all."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.errors import NotFoundError
from app.marketplace.hits import Hit, SearchPage, search
from app.marketplace.models import Listing, Location, Outcode, Provider, ProviderMember, RegisterReading
from app.marketplace.places import Place, box_around, outcode_of, tidy_postcode
from app.marketplace.rules import Category, RegisterStatus, Unit

__all__ = ["Hit", "SearchPage", "search"]  # a search is one of the readings, in a module of its own

LOCAL_MILES = 15
LOCAL_LEAST = 5


def place(words: str) -> Place | None:
    """Where a postcode or outcode is: the middle of its outcode. None when it is none, or one that we do not know."""
    code = outcode_of(words)
    found = db.session.get(Outcode, code) if code else None
    return Place(tidy_postcode(words) or found.code, found.lat, found.lon) if found else None


def listing(ref: str) -> Listing:
    """A listing with its provider and place. It may be one that is not offered now: see ``offered``.

    :raises NotFoundError: when there is none.
    """
    found = db.session.scalar(
        select(Listing)
        .where(Listing.ref == _ref(ref))
        .options(joinedload(Listing.provider), joinedload(Listing.location))
    )
    if found is None:
        raise NotFoundError
    return found


def provider(ref: str) -> Provider:
    """A provider with its places.

    :raises NotFoundError: when there is none.
    """
    found = db.session.scalar(
        select(Provider).where(Provider.ref == _ref(ref)).options(selectinload(Provider.locations))
    )
    if found is None:
        raise NotFoundError
    return found


def _ref(ref: str) -> str:
    return ref if ref.isascii() and ref.isalnum() else ""  # a NUL must not reach the database


#: A page shows no more listings or places of one provider than this; national ones have hundreds.
MOST_SHOWN = 50


def listings_of(found: Provider, *, all_of_them: bool = False, limit: int = MOST_SHOWN) -> list[Listing]:
    """What a provider offers, priced first, then by title.

    :param all_of_them: also what is switched off or may not be offered (for the provider's own page).
    """
    query = select(Listing).where(Listing.provider_id == found.id).options(joinedload(Listing.location))
    if not all_of_them:
        query = query.where(Listing.offered)
    order = (Listing.price_pence.is_(None), Listing.title, Listing.id)
    return list(db.session.scalars(query.order_by(*order).limit(limit)))


_LOCAL = text("""
    SELECT count(*), percentile_disc(0.1) WITHIN GROUP (ORDER BY price_pence),
        percentile_disc(0.9) WITHIN GROUP (ORDER BY price_pence)
    FROM listing
    WHERE offered AND category = :category AND unit = :unit AND price_pence > 0
        AND lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east
""")


def local_range(category: Category, unit: Unit, lat: float, lon: float) -> tuple[int, int] | None:
    """What comparable listings near a point cost: the 10th and the 90th of a hundred, in pence.

    Same category and unit, offered within 15 miles, free ones left out. None with fewer than five to compare with.
    """
    box = box_around(lat, lon, LOCAL_MILES)
    row = db.session.execute(
        _LOCAL,
        {
            "category": Category(category).value,
            "unit": Unit(unit).value,
            "south": box.south,
            "north": box.north,
            "west": box.west,
            "east": box.east,
        },
    ).one()
    return (row[1], row[2]) if row[0] >= LOCAL_LEAST else None


def provider_ids_of(account_id: UUID) -> tuple[UUID, ...]:
    """The providers whose pages an account keeps, in a fixed order."""
    mine = select(ProviderMember.provider_id).where(ProviderMember.account_id == account_id)
    return tuple(db.session.scalars(mine.order_by(ProviderMember.provider_id)))


def members_of(provider_id: UUID) -> tuple[UUID, ...]:
    """The accounts that keep a provider's page."""
    return tuple(db.session.scalars(select(ProviderMember.account_id).where(ProviderMember.provider_id == provider_id)))


def providers_of(account_id: UUID) -> list[Provider]:
    """The same as providers, by name: for choosing between several."""
    mine = select(ProviderMember.provider_id).where(ProviderMember.account_id == account_id)
    return list(db.session.scalars(select(Provider).where(Provider.id.in_(mine)).order_by(Provider.name, Provider.id)))


def register_as_of() -> date | None:
    """The day on which the register said what we show of it; None before any of it was read."""
    return db.session.scalar(select(RegisterReading.as_of).order_by(RegisterReading.read_at.desc()).limit(1))


def registered_locations(found: Provider) -> list[Location]:
    """A provider's places that are open to people: without those that are not registered any more."""
    return [at for at in found.locations if at.status is not RegisterStatus.DEREGISTERED]
