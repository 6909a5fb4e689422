"""What a provider offers, as they keep it: add, change, switch on and off."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import InvalidError
from app.identity.rules import Permission
from app.marketplace import holidays, listings, prices, profiles, queries
from app.marketplace.listings import WhatInput, WhenInput, WhereInput
from app.marketplace.models import Listing
from app.marketplace.rules import Category, Unit
from app.web.context import current_actor, current_provider
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.provider_forms import WAYS, AddForm, WhatForm, WhenForm, WhereForm

bp = Blueprint("provider_listings", __name__)
_MOST = 500
_ALL = "/provider/<provider_ref>/listings"
_ONE = f"{_ALL}/<listing_ref>"


@bp.get(_ALL)
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """Every listing of theirs."""
    provider = current_provider()
    found = queries.listings_of(provider, all_of_them=True, limit=_MOST)
    return render_template(
        "provider_listings/show.jinja",
        provider=provider,
        seen=[each for each in found if each.offered],
        hidden=[each for each in found if not each.offered],
    )


@bp.route(f"{_ALL}/add", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def add() -> ResponseReturnValue:
    """Something new to offer. Days and access follow on the next page."""
    provider, form = current_provider(), AddForm()
    form.fit(provider, profiles.open_places(provider))
    if form.validate_on_submit():
        try:
            listing, notes = listings.add(
                current_actor(), provider, _what(form), Unit(form.unit.data), form.price.data, _where(form)
            )
        except InvalidError as error:
            form.take(error, radius_miles="miles", location="location" if "location" in form else "ways")
        else:
            _say(notes)
            return redirect(url_for(".when", listing_ref=listing.ref, then="new"), 303)
    return show_form("provider_listings/add.jinja", form, provider=provider)


@bp.get(_ONE)
@requires(Permission.KEEP_LISTINGS)
def one(listing_ref: str) -> ResponseReturnValue:
    """One listing: how people see it, its prices, and a way to change each part."""
    listing = _load(listing_ref)
    return render_template(
        "provider_listings/one.jinja",
        provider=current_provider(),
        listing=listing,
        coming=prices.coming_prices(listing),
        away=holidays.soon(holidays.away(listing)),
        ways=WAYS,
    )


@bp.route(f"{_ONE}/what", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def what(listing_ref: str) -> ResponseReturnValue:
    """Title, words and kind."""
    listing = _load(listing_ref)
    form = WhatForm(data={"title": listing.title, "summary": listing.summary, "category": listing.category.value})
    form.offer_kinds()
    if form.validate_on_submit():
        try:
            notes = listings.change_what(current_actor(), listing, _what(form))
        except InvalidError as error:
            form.take(error)
        else:
            _say(notes)
            return _changed(listing)
    return show_form("provider_listings/what.jinja", form, listing=listing)


@bp.route(f"{_ONE}/where", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def where(listing_ref: str) -> ResponseReturnValue:
    """Where it happens."""
    listing, provider = _load(listing_ref), current_provider()
    form = WhereForm(
        data={
            "ways": [name for name in WAYS if getattr(listing, name)],
            "location": listing.location.ref if listing.location else "",
            "miles": str(listing.radius_miles or ""),
        }
    )
    form.offer_places(provider, profiles.open_places(provider))
    if form.validate_on_submit():
        try:
            listings.change_where(current_actor(), listing, _where(form))
        except InvalidError as error:
            form.take(error, radius_miles="miles", location="location" if "location" in form else "ways")
        else:
            return _changed(listing)
    return show_form("provider_listings/where.jinja", form, listing=listing, provider=provider)


@bp.route(f"{_ONE}/when", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def when(listing_ref: str) -> ResponseReturnValue:
    """Days and times, languages, access, new people."""
    listing, provider = _load(listing_ref), current_provider()
    form = WhenForm(
        data={
            "times": listing.times,
            "takes_new_people": listing.takes_new_people,
            "languages": ", ".join(listing.languages),
            "accessibility": listing.accessibility,
        }
    )
    form.fit(listing)
    if form.validate_on_submit():
        typed = WhenInput(
            times=form.times.data or (),
            languages=form.languages.data or "",
            accessibility=form.accessibility.data or (),
            takes_new_people=form.takes_new_people.data,
        )
        try:
            listings.change_when(current_actor(), listing, typed)
        except InvalidError as error:
            form.take(error)
        else:
            return _changed(listing)
    return show_form("provider_listings/when.jinja", form, listing=listing, provider=provider)


@bp.post(f"{_ONE}/on")
@requires(Permission.KEEP_LISTINGS)
def on(listing_ref: str) -> ResponseReturnValue:
    """Let people see it."""
    listing = _load(listing_ref)
    listings.switch(current_actor(), listing, True)
    seen = "People can see it now." if listing.offered else "It is on, but people cannot see it yet."
    flash(seen)
    return redirect(url_for(".one", listing_ref=listing.ref), 303)


@bp.post(f"{_ONE}/off")
@requires(Permission.KEEP_LISTINGS)
def off(listing_ref: str) -> ResponseReturnValue:
    """Hide it from people. What was agreed goes on."""
    listing = _load(listing_ref)
    listings.switch(current_actor(), listing, False)
    flash("It is hidden now. What people have agreed with you goes on.")
    return redirect(url_for(".one", listing_ref=listing.ref), 303)


def _load(ref: str) -> Listing:
    return listings.listing_of(current_actor(), current_provider(), ref)


def _what(form: WhatForm) -> WhatInput:
    return WhatInput(form.title.data or "", form.summary.data or "", Category(form.category.data))


def _where(form: WhereForm) -> WhereInput:
    ways = set(form.ways.data or ())
    return WhereInput(
        at_home="at_home" in ways,
        at_venue="at_venue" in ways,
        remote="remote" in ways,
        location_ref=(form.location.data or "") if "location" in form else "",
        radius_miles=form.radius,
    )


def _say(notes: list[str]) -> None:
    for note in notes:
        flash(note, "note")


def _changed(listing: Listing) -> ResponseReturnValue:
    flash(f"{listing.title} is changed.")
    return redirect(url_for(".one", listing_ref=listing.ref), 303)
