"""The days on which a provider, or one of the things they offer, cannot be had. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import tidy_ref
from app.identity.rules import Actor
from app.marketplace.models import Listing, Provider
from app.marketplace.provider_models import Holiday
from app.marketplace.provider_rules import FURTHEST, SHOWN_AHEAD, Span, next_free, say_span
from app.marketplace.provider_writes import record, require_keeper

MOST_HOLIDAYS = 50
LONGEST = timedelta(days=366)


def holidays_of(provider: Provider) -> Sequence[Holiday]:
    """A provider's holidays that are not over, the next first, with the listing each is about."""
    return db.session.scalars(
        select(Holiday)
        .where(Holiday.provider_id == provider.id, Holiday.ends_on >= clock.today())
        .options(joinedload(Holiday.listing))
        .order_by(Holiday.starts_on, Holiday.ends_on, Holiday.id)
    ).all()


def away(listing: Listing) -> list[Span]:
    """When something cannot be had, from today on: holidays of the whole provider and of this listing."""
    return away_of(listing.provider_id, [listing.id])


def away_of(provider_id: UUID, listing_ids: Sequence[UUID], since: date | None = None) -> list[Span]:
    """When a provider, or any of these listings, is away; the next first.

    :param since: without what was over by this London day; today when left out.
    """
    rows = db.session.execute(
        select(Holiday.starts_on, Holiday.ends_on)
        .where(
            Holiday.provider_id == provider_id,
            Holiday.ends_on >= (since or clock.today()),
            or_(Holiday.listing_id.is_(None), Holiday.listing_id.in_(listing_ids)),
        )
        .order_by(Holiday.starts_on, Holiday.ends_on)
    )
    return [Span(first, last) for first, last in rows]


def soon(spans: Sequence[Span]) -> list[str]:
    """The ones to show now, in words: ``20 December to 2 January``."""
    today = clock.today()
    return [say_span(span, today) for span in spans if span.first <= today + SHOWN_AHEAD]


def next_free_day(listing: Listing) -> date | None:
    """The next day on which a listing can be had by its days and without holidays; None within two months."""
    return next_free(listing.times, away(listing), clock.today())


def add(actor: Actor, provider: Provider, first: date, last: date, listing: Listing | None = None) -> Holiday:
    """Say when they are away. What is agreed for those days is not touched.

    :param listing: only this is away; everything when left out.
    :raises InvalidError: fields ``starts_on`` and ``ends_on``.
    :raises StateError: when there are too many already.
    """
    require_keeper(actor, provider.id)
    if listing is not None and listing.provider_id != provider.id:
        raise NotFoundError
    errors = {}
    if last < first:
        errors["ends_on"] = "Enter a last day that is not before the first"
    elif last < clock.today():
        errors["ends_on"] = "Enter a last day that is not past"
    elif last - first > LONGEST:
        errors["ends_on"] = "Enter a year at most. For longer, switch off what you offer"
    if first > clock.today() + FURTHEST:
        errors["starts_on"] = "Enter a day within the next two years"
    if errors:
        raise InvalidError(errors)
    many = db.session.scalar(
        select(func.count())
        .select_from(Holiday)
        .where(Holiday.provider_id == provider.id, Holiday.ends_on >= clock.today())
    )
    if (many or 0) >= MOST_HOLIDAYS:
        raise StateError(f"You have entered {MOST_HOLIDAYS} holidays already.")
    holiday = Holiday(
        provider_id=provider.id, listing_id=listing.id if listing else None, starts_on=first, ends_on=last
    )
    db.session.add(holiday)
    db.session.flush()
    words = say_span(Span(first, last), clock.today())
    record(
        actor, provider, "add_holiday", f"Away {words}{f': {listing.title}' if listing else ''}", holiday=holiday.ref
    )
    return holiday


def remove(actor: Actor, provider: Provider, ref: str) -> None:
    """Take a holiday out.

    :raises NotFoundError: when they have no such holiday.
    """
    require_keeper(actor, provider.id)
    holiday = db.session.scalar(select(Holiday).where(Holiday.ref == tidy_ref(ref), Holiday.provider_id == provider.id))
    if holiday is None:
        raise NotFoundError
    words = say_span(Span(holiday.starts_on, holiday.ends_on), clock.today())
    db.session.delete(holiday)
    db.session.flush()
    record(actor, provider, "remove_holiday", f"Not away {words} after all", holiday=ref)
