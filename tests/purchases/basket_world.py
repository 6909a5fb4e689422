"""Short ways to fill a basket, look at it and send it."""

from __future__ import annotations

from app.core import clock
from app.core.db import db
from app.identity.rules import Actor
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, ProviderKind, RegisterStatus, Unit
from app.purchases import basket, basket_sending
from app.purchases.basket_check import BasketCheck, check_basket
from app.purchases.models import Purchase
from app.purchases.rules import LineInput
from tests.factories import say_gets_nothing
from tests.purchases.world import World


def offer(
    name: str, pence: int | None, title: str = "Pool session", kind: str = Category.ACTIVITIES, unit: Unit = Unit.ITEM
) -> Listing:
    """Something offered by a provider of its own."""
    provider = Provider(name=name, kind=ProviderKind.ORGANISATION, status=RegisterStatus.NOT_REGISTERED)
    db.session.add(provider)
    db.session.flush()
    listing = Listing(
        provider_id=provider.id, title=title, category=kind, unit=unit, price_pence=pence, at_venue=True, who=name
    )
    db.session.add(listing)
    db.session.flush()
    return listing


def add(world: World, listing: Listing, how_many: int = 1, outcome: int = 0, actor: Actor | None = None) -> Purchase:
    line = LineInput(
        quantity_hundredths=how_many * 100, outcome_ref=world.plan.outcomes[outcome].ref, listing_ref=listing.ref
    )
    actor = actor or world.me
    purchase = basket.put_in_basket(actor, world.person, line, clock.today())
    say_gets_nothing(actor, purchase)
    return purchase


def look(world: World, actor: Actor | None = None) -> BasketCheck:
    return check_basket(actor or world.me, world.person)


def send(world: World, actor: Actor | None = None) -> list[Purchase]:
    return basket_sending.send(actor or world.me, world.person, look(world, actor).seen)
