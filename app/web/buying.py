"""Buying and recording: where it begins. The questions are in ``buying_lines``, the end in ``buying_check``."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.budgets.models import RegularPayment
from app.core.errors import NotFoundError
from app.identity.rules import Permission
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing
from app.marketplace.rules import say_price
from app.purchases import queries, service
from app.purchases.models import Purchase
from app.purchases.rules import Way
from app.web import buying_check, buying_lines
from app.web.buying_shared import pages as bp
from app.web.buying_shared import to
from app.web.context import current_actor, current_person
from app.web.forms import show
from app.web.marks import requires

#: Their views are on the same blueprint, which has to be whole before it is registered.
QUESTIONS = (buying_lines, buying_check)


@bp.get("/p/<person_ref>/buy")
@requires(Permission.PREPARE_PURCHASE)
def start() -> ResponseReturnValue:
    """Say what comes next, for something from the marketplace, a regular payment, or something bought elsewhere."""
    listing = _listing(request.args.get("listing", ""))
    regular = _regular(request.args.get("regular", ""))
    return show(
        "buying/start.jinja",
        listing=listing,
        price=say_price(listing.price_pence, listing.unit) if listing else "",
        regular=regular,
        drafts=_drafts_of_the_same(listing, regular),
        budgets=budgets.budgets_in_force(current_actor(), current_person()),
        chosen=request.args.get("budget", ""),
    )


@bp.post("/p/<person_ref>/buy")
@requires(Permission.PREPARE_PURCHASE)
def begin() -> ResponseReturnValue:
    """Make the draft, and go to its first question."""
    listing = _listing(request.form.get("listing", ""))
    regular = _regular(request.form.get("regular", ""))
    asked = request.form.get("budget") or None
    budget = budgets.budget_in_force(current_actor(), current_person(), asked)
    if asked and budget is None:
        raise NotFoundError
    purchase = service.start_draft(
        current_actor(),
        current_person(),
        budget,
        way=Way.LISTING if listing else Way.OUTSIDE,
        listing_ref=listing.ref if listing else None,
        regular_ref=regular.ref if regular else None,
    )
    if regular is not None:
        return redirect(to("buying.details", purchase), 303)
    if purchase.lines:
        return redirect(url_for("buying.line", purchase_ref=purchase.ref, line_ref=purchase.lines[0].ref), 303)
    return redirect(url_for("buying.new_line", purchase_ref=purchase.ref), 303)


def _listing(ref: str) -> Listing | None:
    return marketplace.listing(ref) if ref else None


def _regular(ref: str) -> RegularPayment | None:
    if not ref:
        return None
    return budgets.regular_payment_for(current_actor(), current_person(), ref)


def _drafts_of_the_same(listing: Listing | None, regular: RegularPayment | None) -> list[Purchase]:
    """Drafts that were begun for the same thing: going on with one keeps what was typed."""
    found = queries.drafts_of(current_actor(), current_person())
    if listing is not None:
        return [item for item in found if any(line.listing_id == listing.id for line in item.lines)]
    if regular is not None:
        return [item for item in found if item.regular_payment_id == regular.id]
    return [item for item in found if item.way is Way.OUTSIDE and item.regular_payment_id is None and item.lines]
