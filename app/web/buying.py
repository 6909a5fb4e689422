"""Buying and recording: where it begins. The questions are in ``buying_lines``, the end in ``buying_check``."""

from __future__ import annotations

from datetime import date

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.budgets import regular_queries
from app.budgets.models import RegularPayment
from app.core import clock
from app.core.errors import NotFoundError
from app.identity.rules import Permission
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing
from app.marketplace.rules import say_price
from app.purchases import queries, service
from app.purchases.models import Purchase
from app.purchases.rules import Way
from app.web import benefit, buying_check, buying_lines
from app.web.buying_shared import pages as bp
from app.web.buying_shared import to
from app.web.context import current_actor, current_person
from app.web.forms import show
from app.web.marks import requires
from app.web.regular_forms import parse_day

#: Their views are on the same blueprint, which has to be whole before it is registered.
QUESTIONS = (buying_lines, buying_check, benefit)


@bp.get("/p/<person_ref>/buy")
@requires(Permission.PREPARE_PURCHASE)
def start() -> ResponseReturnValue:
    """Say what comes next, for something from the marketplace, a regular payment, or something bought elsewhere."""
    listing = _listing(request.args.get("listing", ""))
    regular = _regular(request.args.get("regular", ""))
    due = parse_day(request.args.get("due", "")) if regular else None
    return show(
        "buying/start.jinja",
        listing=listing,
        price=say_price(listing.price_pence, listing.unit) if listing else "",
        regular=regular,
        due=due,
        amount=regular.terms_on(due or clock.today()).amount_pence if regular else 0,
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
        regular_due_on=_due_day(regular, request.form.get("due", "")),
    )
    if regular is not None:
        return redirect(to("buying.details", purchase), 303)
    if purchase.lines:
        return redirect(url_for("buying.line", purchase_ref=purchase.ref, line_ref=purchase.lines[0].ref), 303)
    return redirect(url_for("buying.new_line", purchase_ref=purchase.ref), 303)


def _listing(ref: str) -> Listing | None:
    return marketplace.listing(ref) if ref else None


def _due_day(regular: RegularPayment | None, typed: str) -> date | None:
    """The occurrence that the address names, if one falls due that day; the service finds the nearest otherwise."""
    day = parse_day(typed) if regular else None
    if regular is None or day is None:
        return None
    school = regular_queries.school_for(current_person().commissioner_id, [regular])
    return day if regular.due_in(day, day, school) else None


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
