"""A listing's prices by date. What has begun stays as it was; what is to come can be changed. Nothing here commits.

``Listing.price_pence`` is always the price of the day. :func:`turn` brings it up to date: a job does it after midnight,
and what a missed day left undone is done with the next. A purchase keeps the price it was agreed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.core.jobs import task
from app.core.money import MAX_PENCE
from app.identity.rules import Actor
from app.marketplace.models import Listing
from app.marketplace.provider_models import ListingPrice
from app.marketplace.provider_rules import FURTHEST, price_at
from app.marketplace.provider_writes import record, require_keeper
from app.marketplace.rules import say_price

TURN_PRICES = "marketplace.turn_prices"


@dataclass(frozen=True, slots=True)
class Changed:
    """A price that was set or taken back: what would have held on ``from_day``, and what holds now (pence)."""

    old_pence: int | None
    new_pence: int | None
    from_day: date


def prices_of(listing: Listing) -> Sequence[ListingPrice]:
    """A listing's prices, the newest start first. One whose price never changed may have none."""
    return db.session.scalars(
        select(ListingPrice).where(ListingPrice.listing_id == listing.id).order_by(ListingPrice.starts_on.desc())
    ).all()


def coming_prices(listing: Listing) -> list[ListingPrice]:
    """The prices that are announced, the next one first."""
    today = clock.today()
    return [price for price in reversed(prices_of(listing)) if price.starts_on > today]


def price_on(listing: Listing, day: date) -> int | None:
    """What one unit costs on a day: pence; None when it has to be asked for, or had no price yet."""
    known = [(price.starts_on, price.price_pence) for price in prices_of(listing)]
    return price_at(known, day) if known else listing.price_pence


def set_price(actor: Actor, listing: Listing, price_pence: int, from_day: date) -> Changed:
    """Set the price from a day on. A second one for the same day takes the place of the first.

    What is agreed or asked for already keeps its price.

    :param price_pence: 0 is free.
    :param from_day: today or later.
    :raises InvalidError: fields ``price`` and ``from_day``.
    """
    require_keeper(actor, listing.provider_id)
    _lock(listing)
    today = clock.today()
    errors = {}
    if not 0 <= price_pence <= MAX_PENCE:
        errors["price"] = "Enter a price from £0 to £10,000,000"
    if from_day < today:
        errors["from_day"] = "Enter today or a day to come. A price is never changed for days that are past"
    elif from_day > today + FURTHEST:
        errors["from_day"] = "Enter a day within the next two years"
    if errors:
        raise InvalidError(errors)
    _keep_first(listing)
    old = price_on(listing, from_day)
    if old == price_pence:
        raise InvalidError({"price": f"{say_price(old, listing.unit)} is the price on that day already"})
    row = {
        "price_pence": price_pence,
        "set_by_name": actor.name,
        "written_at": clock.now(),
        "turned": from_day == today,
    }
    db.session.execute(
        insert(ListingPrice)
        .values(listing_id=listing.id, starts_on=from_day, **row)
        .on_conflict_do_update(index_elements=["listing_id", "starts_on"], set_=row)
    )
    if from_day == today:
        listing.price_pence, listing.priced_from, listing.changed_at = price_pence, today, clock.now()
        db.session.flush()
    said = say_price(price_pence, listing.unit)
    _record(actor, listing, "set_price", f"Set {listing.title} to {said} from {clock.say_day(from_day, year=True)}",
        Changed(old, price_pence, from_day))  # fmt: skip
    return Changed(old, price_pence, from_day)


def take_back(actor: Actor, listing: Listing, from_day: date) -> Changed:
    """Take back a price that has not begun.

    :raises NotFoundError: when none is announced for that day.
    """
    require_keeper(actor, listing.provider_id)
    _lock(listing)
    old = db.session.scalar(
        delete(ListingPrice)
        .where(
            ListingPrice.listing_id == listing.id,
            ListingPrice.starts_on == from_day,
            ListingPrice.starts_on > clock.today(),
        )
        .returning(ListingPrice)
    )
    if old is None:
        raise NotFoundError("No price is announced for that day.")
    changed = Changed(old.price_pence, price_on(listing, from_day), from_day)
    sentence = f"Took back the price of {listing.title} from {clock.say_day(from_day, year=True)}"
    _record(actor, listing, "take_back_price", sentence, changed)
    return changed


_TURN = text("""
    WITH due AS (
        SELECT DISTINCT ON (listing_id) listing_id, price_pence, starts_on
        FROM listing_price
        WHERE starts_on <= :today
            AND listing_id IN (SELECT listing_id FROM listing_price WHERE NOT turned AND starts_on <= :today)
        ORDER BY listing_id, starts_on DESC
    ), changed AS (
        UPDATE listing SET price_pence = due.price_pence, priced_from = due.starts_on, changed_at = :now
        FROM due WHERE listing.id = due.listing_id
        RETURNING listing.id
    )
    UPDATE listing_price SET turned = true
    WHERE NOT turned AND starts_on <= :today AND listing_id IN (SELECT id FROM changed)
    RETURNING listing_id
""")
_DUE = text("""
    SELECT listing.id FROM listing
    WHERE listing.id IN (SELECT listing_id FROM listing_price WHERE NOT turned AND starts_on <= :today)
    ORDER BY listing.id FOR NO KEY UPDATE
""")


def turn(actor: Actor) -> int:
    """Let every price that has begun be its listing's price. Twice does no more than once; missed days are caught up.

    :returns: for how many listings a price began.
    """
    today = clock.today()
    # whoever sets a price holds its listing: we wait for them, in a fixed order, and then read what is due
    if not db.session.scalars(_DUE, {"today": today}).all():
        return 0
    turned: set[UUID] = set(db.session.scalars(_TURN, {"today": today, "now": clock.now()}))
    for listing in db.session.scalars(select(Listing).where(Listing.id.in_(turned))):
        db.session.refresh(listing, ["price_pence", "priced_from", "changed_at"])
    audit.record(
        actor,
        "marketplace.turn_prices",
        f"{len(turned)} announced {'price' if len(turned) == 1 else 'prices'} began",
        subject_kind="listing_price",
        details={"day": today.isoformat(), "listings": sorted(map(str, turned))},
    )
    return len(turned)


@task(TURN_PRICES, cron="5 0,5,23 * * *")
def turn_prices(timestamp: int) -> None:
    """Turn the page soon after midnight in London, in winter and in summer, and once more before people are up."""
    turn(Actor.system("Prices by date"))


def _lock(listing: Listing) -> None:
    """One change of a listing's prices at a time, and none while the page turns."""
    db.session.execute(
        select(Listing.price_pence, Listing.priced_from).where(Listing.id == listing.id).with_for_update(key_share=True)
    )
    db.session.refresh(listing, ["price_pence", "priced_from"])


def _keep_first(listing: Listing) -> None:
    """Write down the price that there was before prices had dates, so that the history is whole."""
    begun = db.session.scalar(
        select(ListingPrice.listing_id)
        .where(ListingPrice.listing_id == listing.id, ListingPrice.starts_on <= clock.today())
        .limit(1)
    )
    if begun is None and listing.price_pence is not None:
        since = listing.priced_from or clock.london(listing.written_at).date()
        db.session.add(
            ListingPrice(
                listing_id=listing.id,
                starts_on=min(since, clock.today()),
                price_pence=listing.price_pence,
                set_by_name=listing.who[:120],
                turned=True,
            )
        )
        db.session.flush()


def _record(actor: Actor, listing: Listing, verb: str, sentence: str, changed: Changed) -> None:
    record(
        actor,
        listing.provider,
        verb,
        sentence,
        listing=listing.ref,
        old_pence=changed.old_pence,
        new_pence=changed.new_pence,
        from_day=changed.from_day.isoformat(),
    )
