"""Prices with the day from which they hold, and days away; and what people buying read of both."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import InvalidError, NotFoundError
from app.identity.rules import Permission
from app.marketplace import holidays, listings, prices, queries
from app.marketplace.models import Listing
from app.marketplace.provider_models import ListingPrice
from app.marketplace.provider_rules import say_span
from app.marketplace.rules import say_price
from app.purchases import pricing
from app.purchases.models import Purchase
from app.web.context import current_actor, current_provider
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.provider_forms import AwayForm, PriceForm

bp = Blueprint("provider_dates", __name__)
_PRICE = "/provider/<provider_ref>/listings/<listing_ref>/price"
_AWAY = "/provider/<provider_ref>/away"
_MOST = 200


@bp.route(_PRICE, methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def price(listing_ref: str) -> ResponseReturnValue:
    """A listing's prices by date, and a new one from a day on."""
    listing = _load(listing_ref)
    form = PriceForm(data={"from_day": _first_of_next_month()})
    if form.validate_on_submit() and form.from_day.data and form.price.data is not None:
        try:
            told = pricing.set_price(current_actor(), listing, form.price.data, form.from_day.data)
        except InvalidError as error:
            form.take(error)
        else:
            said = say_price(form.price.data, listing.unit)
            flash(f"The price is {said} from {clock.say_day(form.from_day.data)}.{_told(told)}")
            return redirect(url_for(".price", listing_ref=listing.ref), 303)
    today, known = clock.today(), prices.prices_of(listing)
    return show_form(
        "provider_dates/price.jinja",
        form,
        listing=listing,
        coming=[each for each in reversed(known) if each.starts_on > today],
        past=[each for each in known if each.starts_on <= today],
        say_price=say_price,
    )


@bp.post(f"{_PRICE}/take-back")
@requires(Permission.KEEP_LISTINGS)
def take_back(listing_ref: str) -> ResponseReturnValue:
    """Take back a price that has not begun: ``day`` says which."""
    listing = _load(listing_ref)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise NotFoundError from None
    told = pricing.take_back(current_actor(), listing, day)
    flash(f"The price from {clock.say_day(day)} is taken back.{_told(told)}")
    return redirect(url_for(".price", listing_ref=listing.ref), 303)


@bp.get(_AWAY)
@requires(Permission.KEEP_LISTINGS)
def away() -> ResponseReturnValue:
    """When they are away."""
    provider = current_provider()
    return render_template("provider_dates/away.jinja", provider=provider, holidays=holidays.holidays_of(provider))


@bp.route(f"{_AWAY}/add", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def add_away() -> ResponseReturnValue:
    """Say when they are away: all of it, or one thing they offer."""
    provider, form = current_provider(), AwayForm()
    offered = queries.listings_of(provider, all_of_them=True, limit=_MOST)
    form.fit(provider, offered)
    if form.validate_on_submit() and form.starts_on.data and form.ends_on.data:
        one = next((each for each in offered if each.ref == form.listing.data), None)
        try:
            holidays.add(current_actor(), provider, form.starts_on.data, form.ends_on.data, one)
        except InvalidError as error:
            form.take(error)
        else:
            flash("People read that you are away then. What you have agreed for those days is not changed.")
            return redirect(url_for(".away"), 303)
    return show_form("provider_dates/add_away.jinja", form, provider=provider)


@bp.post(f"{_AWAY}/<holiday_ref>/remove")
@requires(Permission.KEEP_LISTINGS)
def remove_away(holiday_ref: str) -> ResponseReturnValue:
    """They are not away after all."""
    holidays.remove(current_actor(), current_provider(), holiday_ref)
    flash("Those days are free again.")
    return redirect(url_for(".away"), 303)


@bp.app_template_filter()
def span(holiday: object) -> str:
    """``20 December to 2 January``, of anything with a first and a last day away."""
    return say_span(
        holidays.Span(holiday.starts_on, holiday.ends_on),  # type: ignore[attr-defined]  # a Holiday
        clock.today(),
    )


@bp.app_template_global()
def coming_prices(listing: Listing) -> list[ListingPrice]:
    """The announced prices of a listing, the next one first."""
    return prices.coming_prices(listing)


@bp.app_template_global()
def away_soon(listing: Listing) -> list[str]:
    """When a listing cannot be had soon, in words."""
    return holidays.soon(holidays.away(listing))


@bp.app_template_global()
def next_free_day(listing: Listing) -> date | None:
    """The next day on which a listing can be had, away days left out."""
    return holidays.next_free_day(listing)


@bp.app_template_global()
def away_at_start(purchase: Purchase) -> str:
    """When the provider is away, if the day a purchase should start is one of those days; else nothing."""
    start = purchase.needed_from
    if start is None or purchase.provider_id is None:
        return ""
    ids = [line.listing_id for line in purchase.lines if line.listing_id]
    spans = holidays.away_of(purchase.provider_id, ids)
    return next((say_span(each, clock.today()) for each in spans if start in each), "")


def _load(ref: str) -> Listing:
    return listings.listing_of(current_actor(), current_provider(), ref)


def _told(people: int) -> str:
    if not people:
        return ""
    who = "1 person who buys this regularly" if people == 1 else f"{people} people who buy this regularly"
    return f" We told {who}."


def _first_of_next_month() -> date:
    return clock.add_months(clock.period_of(clock.today()), 1)
