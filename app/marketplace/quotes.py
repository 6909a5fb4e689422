"""A provider's price for one person: sent, replaced by a newer one, taken back, used. Nothing here commits.

Of a provider taking a price back and a person asking at that price in the same moment exactly one gets through: both
are one guarded statement on the quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, storable, tidy_ref
from app.identity.rules import Actor
from app.marketplace import enquiries, enquiry_queries
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.enquiry_rules import QUOTE_DAYS, Offer, Side, check_offer
from app.marketplace.models import Provider
from app.marketplace.rules import Category, RegisterStatus, Unit


def send(actor: Actor, provider: Provider, enquiry_ref: str, offer: Offer) -> Quote:
    """Answer a question with a price. It replaces the one before.

    What the question is about decides the kind and the unit: a price for an hour stays comparable with others.

    :raises InvalidError: fields ``what price quantity unit category valid_until note``.
    :raises StateError: when the question is closed, or the provider may not be bought from.
    """
    enquiry = enquiry_queries.asked(actor, provider, enquiry_ref)
    today = clock.today()
    if actor.account_id is None or provider.status is RegisterStatus.DEREGISTERED:
        raise StateError("Nothing can be bought from you while you are off the care register.")
    listing = enquiry.listing
    unit, category = (listing.unit, listing.category) if listing else (offer.unit, offer.category)
    checked = Offer(
        offer.what,
        offer.unit_price_pence,
        offer.quantity_hundredths,
        unit,
        category,
        offer.valid_until or today + timedelta(days=QUOTE_DAYS),
        offer.note,
    )
    errors = check_offer(checked, today)
    if errors:
        raise InvalidError(errors)
    enquiries.touch(enquiry, Side.PROVIDER)  # also puts two who send at once one after the other
    db.session.execute(update(Quote).where(Quote.enquiry_id == enquiry.id, *_live()).values(replaced_at=clock.now()))
    quote = Quote(
        enquiry_id=enquiry.id,
        provider_id=provider.id,
        listing_id=enquiry.listing_id,
        what=one_line(checked.what),
        category=Category(checked.category),
        unit=Unit(checked.unit),
        unit_price_pence=checked.unit_price_pence,
        quantity_hundredths=checked.quantity_hundredths,
        valid_until=checked.valid_until,
        note=storable(checked.note),
        sent_by=actor.account_id,
    )
    db.session.add(quote)
    db.session.flush()
    db.session.expire(enquiry, ["quotes"])
    enquiries.record(actor, enquiry, "quote", f"Sent a price for {provider.name}")
    enquiries.tell_person(
        actor, enquiry, f"{provider.name} sent you a price. It is kept until {clock.say_day(quote.valid_until)}."
    )
    return quote


def withdraw(actor: Actor, provider: Provider, enquiry_ref: str, quote_ref: str) -> Quote:
    """Take a price back that nobody has used yet.

    :raises StateError: when somebody asked to buy at it, or it is taken back or replaced already.
    """
    enquiry = enquiry_queries.asked(actor, provider, enquiry_ref)
    quote = db.session.scalar(select(Quote).where(Quote.enquiry_id == enquiry.id, Quote.ref == tidy_ref(quote_ref)))
    if quote is None:
        raise NotFoundError
    done = db.session.scalar(
        update(Quote).where(Quote.id == quote.id, *_live()).values(withdrawn_at=clock.now()).returning(Quote.id)
    )
    if done is None:
        raise StateError("This price cannot be taken back: it was used, replaced or taken back already.")
    enquiries.record(actor, enquiry, "withdraw_quote", f"Took back a price for {provider.name}")
    enquiries.tell_person(actor, enquiry, f"{provider.name} took back the price for {enquiry.about}.")
    return quote


def use(actor: Actor, quote: Quote, purchase_id: UUID, before: UUID | None = None) -> None:
    """Somebody asks to buy at this price: from now on the provider cannot take it back.

    :param before: a purchase that used it and came to nothing.
    :raises StateError: when it cannot be used (any more).
    """
    again = [purchase_id] if before is None else [purchase_id, before]
    done = db.session.scalar(
        update(Quote)
        .where(
            Quote.id == quote.id,
            Quote.withdrawn_at.is_(None),
            # a newer price does not undo what was asked for before it came
            or_(Quote.replaced_at.is_(None), Quote.used_by == purchase_id),
            or_(Quote.valid_until >= clock.today(), Quote.used_by == purchase_id),
            or_(Quote.used_by.is_(None), Quote.used_by.in_(again)),
        )
        .values(used_at=clock.now(), used_by=purchase_id)
        .returning(Quote.id)
    )
    if done is None:
        raise StateError("The price changed a moment ago. Look at what they offer now.")
    enquiry = db.session.get_one(Enquiry, quote.enquiry_id)
    enquiries.record(actor, enquiry, "use_quote", "Asked to buy at the price they were given")


def hand_over(quote_ids: Sequence[UUID], from_purchase: UUID, to_purchase: UUID) -> None:
    """Another purchase takes the place of the one that used some prices: they are its own now, and nobody else's."""
    handed = update(Quote).where(Quote.id.in_(quote_ids), Quote.used_by == from_purchase)
    db.session.execute(handed.values(used_by=to_purchase))


def _live() -> tuple[ColumnElement[bool], ...]:
    return (Quote.withdrawn_at.is_(None), Quote.replaced_at.is_(None), Quote.used_at.is_(None))
