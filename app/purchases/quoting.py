"""Buying at a price that a provider kept for the person.

The price, the quantity and what it is come from the quote and stay as they are, whatever the listing costs meanwhile;
the policy judges them like any other price.
"""

from __future__ import annotations

from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.core.words import one_line
from app.identity.models import Person
from app.identity.rules import Actor
from app.marketplace import enquiry_queries, quotes
from app.marketplace.enquiry_models import Quote
from app.marketplace.enquiry_rules import NOT_GOOD, QuoteState
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import RegisterStatus
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import MAX_WORDS, State

#: A purchase that came to nothing gives its quote back.
_CAME_TO_NOTHING = frozenset({State.CANCELLED, State.DECLINED})


def begin_from_quote(actor: Actor, person: Person, purchase: Purchase, ref: str) -> PurchaseLine:
    """Fill a new draft from a quote: from whom, when, and its line, for the caller to add.

    :raises NotFoundError: when the person was given no such price.
    :raises StateError: when it cannot be used (any more), with the sentence for the person.
    """
    quote = enquiry_queries.quote_for(actor, person, ref)
    why_not = _why_not(quote, None)
    if why_not:
        raise StateError(f"{why_not}.")
    purchase.payee_name = quote.enquiry.provider.name[:MAX_WORDS]
    purchase.provider_id = quote.provider_id
    wanted = quote.enquiry.wanted_from
    if wanted is not None and wanted >= clock.today():
        purchase.needed_from = wanted
    return PurchaseLine(
        description=one_line(quote.what)[:MAX_WORDS],
        category=quote.category.value,
        listing_id=quote.listing_id,
        quote_id=quote.id,
        quantity_hundredths=quote.quantity_hundredths,
        unit=quote.unit.value,
        unit_price_pence=quote.unit_price_pence,
        amount_pence=quote.total_pence,
    )


def same_again(line: PurchaseLine) -> PurchaseLine:
    """A quoted line as it stands, for a change of what may change: the outcome, and whether it is family."""
    return PurchaseLine(
        description=line.description,
        category=line.category,
        listing_id=line.listing_id,
        quote_id=line.quote_id,
        quantity_hundredths=line.quantity_hundredths,
        unit=line.unit,
        unit_price_pence=line.unit_price_pence,
        amount_pence=line.amount_pence,
    )


def missing_quotes(purchase: Purchase) -> dict[str, str]:
    """Why the purchase cannot be sent at the price it was begun with; empty when it can."""
    for line in _quoted(purchase):
        why_not = _why_not(_quote(line), purchase)
        if why_not:
            return {"quote": why_not}
    return {}


def use_quotes(actor: Actor, purchase: Purchase) -> None:
    """Take up the prices a purchase is sent at: from now on the provider cannot take them back.

    A change does not: the price stays with what it would replace until it takes its place.

    :raises StateError: when the provider was faster.
    """
    for line in _quoted(purchase):
        quote = _quote(line)
        if quote.used_by is None or quote.used_by not in (purchase.id, purchase.changes_id):
            quotes.use(actor, quote, purchase.id, quote.used_by if _is_free(quote) else None)


def hand_over_quotes(was: Purchase, now: Purchase) -> None:
    """A change takes the place of what was sent at some prices: those that it still buys at are its own now."""
    quotes.hand_over([line.quote_id for line in _quoted(now) if line.quote_id], was.id, now.id)


def _why_not(quote: Quote, purchase: Purchase | None) -> str:
    """The sentence, without its full stop; nothing when the quote can be used by this purchase, or by a new one."""
    sent = purchase is not None and purchase.state is not State.DRAFT and quote.used_by == purchase.id
    if sent or (purchase is not None and purchase.changes_id is not None and quote.used_by == purchase.changes_id):
        return ""  # it was asked for in time
    provider = db.session.get_one(Provider, quote.provider_id)
    listing = db.session.get(Listing, quote.listing_id) if quote.listing_id else None
    if provider.status is RegisterStatus.DEREGISTERED or (listing is not None and not listing.offered):
        return "They do not offer this any more. Find something like it near you"
    state = quote.state(clock.today())
    own = purchase is not None and quote.used_by == purchase.id
    if state is QuoteState.USED and (own or _is_free(quote)):
        over = quote.valid_until < clock.today()
        if quote.withdrawn_at is None and quote.replaced_at is None and not over:
            return ""
        state = QuoteState.OVER if over else QuoteState.REPLACED
    return "" if state is QuoteState.GOOD else NOT_GOOD[state]


def _is_free(quote: Quote) -> bool:
    """Whether the purchase that used it came to nothing."""
    if quote.used_by is None:
        return False
    used = db.session.get(Purchase, quote.used_by)
    return used is None or used.state in _CAME_TO_NOTHING


def _quoted(purchase: Purchase) -> list[PurchaseLine]:
    return [line for line in purchase.lines if line.quote_id is not None]


def _quote(line: PurchaseLine) -> Quote:
    return db.session.get_one(Quote, line.quote_id, populate_existing=True)
