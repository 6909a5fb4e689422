"""The questions about one thing: what and how much, what it helps with, family."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.identity.rules import Permission
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Unit, say_price
from app.purchases import service
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import Way
from app.web.buying_forms import (
    AnotherForm,
    FamilyForm,
    HowManyForm,
    OutcomeForm,
    QuotedForm,
    WhatForm,
)
from app.web.buying_shared import (
    after_line,
    after_what,
    asks_family,
    checking,
    draft,
    kept,
    line_of,
    listing_of,
    pages,
    to,
)
from app.web.context import current_actor
from app.web.forms import choices, show
from app.web.marks import requires
from app.web.outcome_choices import hints_of, outcomes_for

_BUY = "/p/<person_ref>/buy/<purchase_ref>"


@pages.route(f"{_BUY}/line", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def new_line(purchase_ref: str) -> ResponseReturnValue:
    """The first thing, or another one."""
    purchase = draft(purchase_ref)
    if purchase.way is not Way.LISTING:
        return _what(purchase, None)
    chosen = request.args.get("listing")
    if not chosen:
        return _another(purchase)
    listing = marketplace.listing(chosen)
    if listing.provider_id != purchase.provider_id:
        raise NotFoundError
    return _how_many(purchase, None, listing)


@pages.route(f"{_BUY}/line/<line_ref>", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def line(purchase_ref: str, line_ref: str) -> ResponseReturnValue:
    """What it is, or how many of it."""
    purchase = draft(purchase_ref)
    found = line_of(purchase, line_ref)
    if found.quote_id is not None:  # how many and how much stay as they were quoted
        return redirect(to("buying.outcome", purchase, found), 303)
    listing = listing_of(found)
    return _how_many(purchase, found, listing) if listing else _what(purchase, found)


def _what(purchase: Purchase, found: PurchaseLine | None) -> ResponseReturnValue:
    form = WhatForm(
        data={"description": found.description, "amount": found.amount_pence, "category": found.category or ""}
        if found
        else None
    )
    if form.validate_on_submit():
        wanted = kept(
            found,
            description=form.description.data,
            amount_pence=form.amount.data,
            category=form.category.data or None,
        )
        try:
            made = service.put_line(current_actor(), purchase, found.ref if found else None, wanted)
        except InvalidError as error:
            form.take(error)
        else:
            return redirect(after_what(purchase, made), 303)
    again = checking() or (found is None and purchase.lines)
    back = to("buying.check", purchase) if again else url_for("buying.start")
    return show("buying/what.jinja", form, purchase=purchase, line=found, back=back)


def _how_many(purchase: Purchase, found: PurchaseLine | None, listing: Listing) -> ResponseReturnValue:
    asks_price = listing.price_pence is None
    form = (QuotedForm if asks_price else HowManyForm)(
        data={"quantity": found.quantity_hundredths, "amount": found.amount_pence or None} if found else None
    )
    if form.validate_on_submit():
        wanted = kept(found, quantity_hundredths=form.quantity.data, listing_ref=None if found else listing.ref)
        if isinstance(form, QuotedForm):
            wanted = replace(wanted, amount_pence=form.amount.data)
        try:
            made = service.put_line(current_actor(), purchase, found.ref if found else None, wanted)
        except InvalidError as error:
            form.take(error)
        else:
            return redirect(after_what(purchase, made), 303)
    unit = Unit(listing.unit)
    again = checking() or found is None
    back = to("buying.check", purchase) if again else url_for("buying.start", listing=listing.ref)
    return show(
        "buying/how_many.jinja",
        form,
        purchase=purchase,
        line=found,
        listing=listing,
        asks_price=asks_price,
        units=unit.many(2).removeprefix("2 "),
        price=say_price(listing.price_pence, unit),
        back=back,
    )


def _another(purchase: Purchase) -> ResponseReturnValue:
    """Another thing from the same provider (or the same again, for another outcome)."""
    provider = db.session.get(Provider, purchase.provider_id) if purchase.provider_id else None
    form = AnotherForm()
    form.offer(marketplace.listings_of(provider) if provider else [])
    if form.validate_on_submit():
        return redirect(url_for("buying.new_line", purchase_ref=purchase.ref, listing=form.listing.data), 303)
    return show("buying/another.jinja", form, purchase=purchase, back=to("buying.check", purchase))


@pages.route(f"{_BUY}/line/<line_ref>/outcome", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def outcome(purchase_ref: str, line_ref: str) -> ResponseReturnValue:
    """What it helps with, in the person's own words, with what is left of each."""
    purchase = draft(purchase_ref)
    found = line_of(purchase, line_ref)
    budget = budgets.budget_by_id(purchase.budget_id)
    options = outcomes_for(budget)
    form = OutcomeForm(data={"outcome": found.outcome.ref if found.outcome else None})
    form.outcome.choices = choices((item.ref, item.words) for item in options)
    if form.validate_on_submit():
        try:
            wanted = kept(found, outcome_ref=form.outcome.data)
            made = service.put_line(current_actor(), purchase, found.ref, wanted)
        except InvalidError as error:
            form.take(error)
        else:
            asks = asks_family(made) and (made.family_member is None or not checking())
            return redirect(to("buying.family", purchase, made) if asks else after_line(purchase), 303)
    return show(
        "buying/outcome.jinja",
        form,
        purchase=purchase,
        line=found,
        hints=hints_of(budget, options),
        options=options,
        back=to("buying.check", purchase) if checking() else _before_outcome(purchase, found),
    )


def _before_outcome(purchase: Purchase, found: PurchaseLine) -> str:
    """The page before: the question it was quoted on, or what it is."""
    if found.quote is not None:
        return url_for("enquiries.show", enquiry_ref=found.quote.enquiry.ref)
    return to("buying.line", purchase, found)


@pages.route(f"{_BUY}/line/<line_ref>/family", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def family(purchase_ref: str, line_ref: str) -> ResponseReturnValue:
    """Whether who is paid is family."""
    purchase = draft(purchase_ref)
    found = line_of(purchase, line_ref)
    form = FamilyForm(data={"family_member": found.family_member.value if found.family_member else None})
    if form.validate_on_submit():
        try:
            wanted = kept(found, family_member=form.family_member.data)
            service.put_line(current_actor(), purchase, found.ref, wanted)
        except InvalidError as error:
            form.take(error)
        else:
            return redirect(after_line(purchase), 303)
    back = to("buying.check", purchase) if checking() else to("buying.outcome", purchase, found)
    return show("buying/family.jinja", form, purchase=purchase, line=found, back=back)


@pages.post(f"{_BUY}/line/<line_ref>/remove")
@requires(Permission.PREPARE_PURCHASE)
def remove_line(purchase_ref: str, line_ref: str) -> ResponseReturnValue:
    """Take one thing out."""
    purchase = draft(purchase_ref)
    words = line_of(purchase, line_ref).description
    service.remove_line(current_actor(), purchase, line_ref)
    flash(f"We took {words} out.")
    return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)
