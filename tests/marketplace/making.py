"""A small marketplace for tests: made-up people and places around south-east London."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.identity.rules import Actor
from app.marketplace import outcodes, service
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, Employment, ProviderKind, Unit
from app.marketplace.service import NewListing, NewProvider

SYSTEM = Actor.system("Tests")
SE6 = (51.4369, -0.0160)  # Catford
BR1 = (51.4060, 0.0150)  # Bromley, about three miles off
M1 = (53.4774, -2.2300)  # Manchester


def put_outcodes() -> None:
    rows = [("SE6", *SE6, "Catford"), ("BR1", *BR1, "Bromley"), ("M1", *M1, "Manchester")]
    outcodes.add_outcodes(SYSTEM, rows)


def make_provider(
    name: str = "Swim Together CIC",
    at: tuple[float, float] = SE6,
    listings: list[NewListing] | None = None,
    **more: Any,
) -> Provider:
    """An organisation that offers company at the pool, unless told otherwise."""
    new = NewProvider(
        name=name,
        lat=at[0],
        lon=at[1],
        postcode=more.pop("postcode", "SE6 1HP"),
        listings=listings or [swim()],
        **more,
    )
    return service.add_provider(SYSTEM, new)


def make_pa(name: str = "Marta K.", price_pence: int = 1800, **more: Any) -> Provider:
    """A self-employed personal assistant, with no papers seen unless told so."""
    return make_provider(
        name,
        kind=ProviderKind.PA,
        employment=more.pop("employment", Employment.SELF_EMPLOYED),
        postcode="",
        listings=[
            NewListing(
                "Company and care",
                Category.PERSONAL_ASSISTANT,
                Unit.HOUR,
                price_pence,
                at_home=True,
                radius_miles=5,
            )
        ],
        **more,
    )


def swim(title: str = "One-to-one company at the pool", price_pence: int | None = 2200, **more: Any) -> NewListing:
    more = {"at_venue": True, **more}
    return NewListing(
        title, more.pop("category", Category.ACTIVITIES), more.pop("unit", Unit.HOUR), price_pence, **more
    )


def listing_of(provider: Provider) -> Listing:
    """A provider's only listing."""
    return db.session.query(Listing).filter_by(provider_id=provider.id).one()
