"""A line as it is made: from a listing, or in the person's own words. Nothing here is written."""

from __future__ import annotations

from app.core.words import one_line
from app.marketplace.models import Listing
from app.purchases.models import PurchaseLine
from app.purchases.rules import MAX_WORDS, LineInput, check_line, line_amount

#: What a line says: all that is copied from one to another.
LINE_FIELDS = (
    "description",
    "category",
    "listing_id",
    "quote_id",
    "quantity_hundredths",
    "unit",
    "unit_price_pence",
    "amount_pence",
    "outcome_id",
    "family_member",
)


def check_line_from(listing: Listing, line: LineInput) -> dict[str, str]:
    """What needs another look in a line from a listing: the amount only where the listing has no price."""
    priced = listing.price_pence is not None
    errors = check_line(LineInput("x", 1 if priced else line.amount_pence, line.quantity_hundredths))
    return errors | {k: v for k, v in check_line(line).items() if k == "family_member"}


def line_from_listing(listing: Listing, line: LineInput) -> PurchaseLine:
    """What a listing says, times how many."""
    price, quantity = listing.price_pence, line.quantity_hundredths
    if price is None:  # the person was told a price; until then it is nothing
        amount = line.amount_pence or 0
        price = amount * 100 // quantity
    else:
        amount = line_amount(price, quantity)
    return PurchaseLine(
        description=one_line(listing.title)[:MAX_WORDS],
        category=listing.category.value,
        listing_id=listing.id,
        quantity_hundredths=quantity,
        unit=listing.unit.value,
        unit_price_pence=price,
        amount_pence=amount,
    )


def line_from_words(line: LineInput, category: str | None) -> PurchaseLine:
    """What somebody typed."""
    amount = line.amount_pence or 0
    return PurchaseLine(
        description=one_line(line.description),
        category=category,
        quantity_hundredths=line.quantity_hundredths,
        unit_price_pence=amount * 100 // line.quantity_hundredths,
        amount_pence=amount,
    )
