"""A provider changes a price: what is agreed keeps its own, and the people with a regular purchase of it are asked."""

from __future__ import annotations

from datetime import date

from app.identity.rules import Actor
from app.marketplace import prices
from app.marketplace.models import Listing
from app.marketplace.prices import Changed
from app.purchases.regular_prices import price_changed


def set_price(actor: Actor, listing: Listing, price_pence: int, from_day: date) -> int:
    """Set a price from a day on.

    :returns: how many people with a regular purchase of it were told. A rise waits for their yes.
    :raises InvalidError: fields ``price`` and ``from_day``.
    """
    return _tell(actor, listing, prices.set_price(actor, listing, price_pence, from_day))


def take_back(actor: Actor, listing: Listing, from_day: date) -> int:
    """Take back a price that has not begun: what held before goes on.

    :returns: how many people with a regular purchase of it were told.
    :raises NotFoundError: when none is announced for that day.
    """
    return _tell(actor, listing, prices.take_back(actor, listing, from_day))


def _tell(actor: Actor, listing: Listing, changed: Changed) -> int:
    if changed.old_pence is None or changed.new_pence is None:
        return 0  # a regular purchase of something without a price was agreed at the price they were told
    return price_changed(actor, listing, changed.old_pence, changed.new_pence, changed.from_day)
