"""What a provider is asked: a first name, an area and the words. They answer, and send a price."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField, TextAreaField

from app.core import clock
from app.core.errors import InvalidError, StateError
from app.identity.rules import Permission
from app.marketplace import enquiries, enquiry_queries, quotes
from app.marketplace.enquiry_models import Enquiry
from app.marketplace.enquiry_rules import QUOTE_DAYS, Offer
from app.marketplace.rules import Category, Unit
from app.messages import service as messages
from app.messages.rules import About
from app.web import forms
from app.web.buying_forms import QuantityField
from app.web.context import current_actor, current_provider
from app.web.forms import DateField, Form, PoundsField, Required, choices
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("provider_enquiries", __name__)
_AT = "/provider/<provider_ref>/questions"


class AnswerForm(Form):
    """The provider's words."""

    words = TextAreaField("Your answer", [Required("Write your answer")])


class QuoteForm(Form):
    """A price for one person."""

    what = StringField("What is it?", [Required("Enter what it is for, like company at the pool")])
    unit = SelectField("What is the price for?", choices=choices([(unit.value, unit.per) for unit in Unit]))
    category = SelectField(
        "What kind of support is it?", choices=choices([(kind.value, kind.label) for kind in Category])
    )
    price = PoundsField("Price for one", [Required("Enter the price for one, like 21 or 21.50")])
    quantity = QuantityField("How many?", [Required("Enter how many, like 4 or 2.5")])
    valid_until = DateField("Until when do you keep it?", it="The last day of this price")
    note = TextAreaField("Anything to add?")


@bp.get(_AT)
@requires(Permission.KEEP_LISTINGS)
def index() -> ResponseReturnValue:
    """Everything that was asked: open ones first."""
    provider = current_provider()
    page = enquiry_queries.asked_of(current_actor(), provider, page_number(request.args))
    return render_template("provider_enquiries/index.jinja", provider=provider, page=page, today=clock.today())


@bp.get("/provider-questions/<enquiry_ref>")
@requires(Permission.KEEP_LISTINGS)
def follow(enquiry_ref: str) -> ResponseReturnValue:
    """A notice's way to a question: to the page of whichever of one's providers was asked."""
    provider = enquiry_queries.provider_of_asked(current_actor(), enquiry_ref)
    return redirect(url_for("provider_enquiries.show", provider_ref=provider.ref, enquiry_ref=enquiry_ref), 303)


@bp.get(f"{_AT}/<enquiry_ref>")
@requires(Permission.KEEP_LISTINGS)
def show(enquiry_ref: str) -> ResponseReturnValue:
    """What was said."""
    enquiry = enquiry_queries.asked(current_actor(), current_provider(), enquiry_ref)
    messages.mark_read_about(current_actor(), About.PROVIDER_ENQUIRY, enquiry.ref)
    return _page(enquiry, AnswerForm())


@bp.post(f"{_AT}/<enquiry_ref>")
@requires(Permission.KEEP_LISTINGS)
def answer(enquiry_ref: str) -> ResponseReturnValue:
    """Answer in words."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            made = enquiries.answer(current_actor(), current_provider(), enquiry_ref, form.words.data or "")
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"Your answer went to {made.first_name}.")
            return redirect(url_for("provider_enquiries.show", enquiry_ref=made.ref), 303)
    return _page(enquiry_queries.asked(current_actor(), current_provider(), enquiry_ref), form)


@bp.route(f"{_AT}/<enquiry_ref>/price", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def price(enquiry_ref: str) -> ResponseReturnValue:
    """Send a price; it replaces the one before."""
    provider = current_provider()
    enquiry = enquiry_queries.asked(current_actor(), provider, enquiry_ref)
    form = QuoteForm(data=_begin_with(enquiry))
    if enquiry.listing is not None:  # the listing says it
        del form.unit, form.category
    if form.validate_on_submit():
        offer = Offer(
            form.what.data or "",
            form.price.data,
            form.quantity.data,
            form.unit.data if "unit" in form else "",
            form.category.data if "category" in form else "",
            form.valid_until.data,
            form.note.data or "",
        )
        try:
            quote = quotes.send(current_actor(), provider, enquiry.ref, offer)
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"{enquiry.first_name} can ask to buy at this price until {clock.say_day(quote.valid_until)}.")
            return redirect(url_for("provider_enquiries.show", enquiry_ref=enquiry.ref), 303)
    return forms.show(
        "provider_enquiries/price.jinja",
        form,
        enquiry=enquiry,
        provider=provider,
        days=QUOTE_DAYS,
        older=enquiry_queries.live_quote(enquiry),
    )


def _begin_with(enquiry: Enquiry) -> dict[str, object]:
    """What is likely: what they asked about, as many as they want, today's price, a fortnight."""
    listing = enquiry.listing
    return {
        "what": listing.title if listing else "",
        "price": listing.price_pence or None if listing else None,
        "quantity": enquiry.quantity_hundredths,
        "valid_until": clock.today() + timedelta(days=QUOTE_DAYS),
    }


@bp.post(f"{_AT}/<enquiry_ref>/price/<quote_ref>/take-back")
@requires(Permission.KEEP_LISTINGS)
def withdraw(enquiry_ref: str, quote_ref: str) -> ResponseReturnValue:
    """Take a price back that nobody used yet."""
    quotes.withdraw(current_actor(), current_provider(), enquiry_ref, quote_ref)
    flash("The price is taken back.")
    return redirect(url_for("provider_enquiries.show", enquiry_ref=enquiry_ref), 303)


@bp.post(f"{_AT}/<enquiry_ref>/close")
@requires(Permission.KEEP_LISTINGS)
def close(enquiry_ref: str) -> ResponseReturnValue:
    """No more to say."""
    enquiries.close_as_provider(current_actor(), current_provider(), enquiry_ref)
    flash("The question is closed.")
    return redirect(url_for("provider_enquiries.index"), 303)


def _page(enquiry: Enquiry, form: AnswerForm) -> ResponseReturnValue:
    quote = enquiry_queries.live_quote(enquiry)
    return forms.show(
        "provider_enquiries/show.jinja",
        form,
        provider=current_provider(),
        enquiry=enquiry,
        said=enquiry_queries.thread_of(enquiry, for_provider=True),
        quote=quote,
        state=quote.state(clock.today()) if quote else None,
    )
