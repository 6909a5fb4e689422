"""A person's questions to providers: asked, read, answered, and bought at the price that was given."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField

from app.budgets import queries as budgets
from app.core import clock
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity.models import Person
from app.identity.rules import Permission, PersonSubject, ProviderSubject, may
from app.marketplace import enquiries, enquiry_queries, queries, suggestion_queries
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.enquiry_rules import Question
from app.marketplace.models import Listing, Provider
from app.messages import service as messages
from app.messages.rules import About
from app.purchases import queries as purchases
from app.purchases import service
from app.purchases.models import Purchase
from app.web import forms
from app.web.buying_forms import QuantityField
from app.web.context import current_actor, current_person, person_or_none
from app.web.forms import DateField, Form, Required, choices
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("enquiries", __name__)
_AT = "/p/<person_ref>/questions"


class AskForm(Form):
    """A question, or a question for a price."""

    kind = RadioField(
        "What would you like?",
        [Required("Choose what you would like")],
        choices=choices({"question": "Ask a question", "price": "Ask for a price"}),
    )
    words = TextAreaField("Your question", [Required("Write what you want to ask")])
    quantity = QuantityField("How many would you like?")
    wanted_from = DateField("From when?", it="The day you would like it from")


class WriteForm(Form):
    """One more message."""

    words = TextAreaField("Your message", [Required("Write your message")])


@bp.get(_AT)
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """What was asked, newest first, and what was suggested."""
    actor, person = current_actor(), current_person()
    return render_template(
        "enquiries/index.jinja",
        page=enquiry_queries.enquiries_of(actor, person, page_number(request.args)),
        suggestions=suggestion_queries.suggestions_of(actor, person),
        today=clock.today(),
        may_ask=_may_ask(person),
    )


@bp.route(f"{_AT}/ask", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def ask() -> ResponseReturnValue:
    """Write a question to one provider."""
    person = current_person()
    listing, provider = _about()
    form = AskForm(data={"kind": "price" if request.args.get("price") else None})
    if form.validate_on_submit():
        question = Question(form.words.data or "", form.kind.data == "price", form.quantity.data, form.wanted_from.data)
        try:
            made = enquiries.ask(current_actor(), person, question, provider=provider, listing=listing)
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"We sent it to {provider.name}. You get a notice when they answer.")
            return redirect(url_for("enquiries.show", enquiry_ref=made.ref), 303)
    if listing is not None:
        back = url_for("marketplace.listing", listing_ref=listing.ref)
    else:
        back = url_for("marketplace.provider", provider_ref=provider.ref)
    units = listing.unit.many(2).removeprefix("2 ") if listing else ""
    return forms.show("enquiries/ask.jinja", form, listing=listing, provider=provider, units=units, back=back)


def _about() -> tuple[Listing | None, Provider]:
    """What is asked about: a listing, or a provider in general."""
    if request.args.get("listing"):
        listing = queries.listing(request.args["listing"])
        return listing, listing.provider
    return None, queries.provider(request.args.get("provider", ""))


@bp.get(f"{_AT}/<enquiry_ref>")
@requires(Permission.VIEW_BUDGET)
def show(enquiry_ref: str) -> ResponseReturnValue:
    """What was said, the price if there is one, and what can be done next."""
    enquiry = enquiry_queries.enquiry_for(current_actor(), current_person(), enquiry_ref)
    messages.mark_read_about(current_actor(), About.ENQUIRY, enquiry.ref)
    return _page(enquiry, WriteForm())


@bp.post(f"{_AT}/<enquiry_ref>")
@requires(Permission.PREPARE_PURCHASE)
def write(enquiry_ref: str) -> ResponseReturnValue:
    """Write more."""
    form = WriteForm()
    if form.validate_on_submit():
        try:
            made = enquiries.write(current_actor(), current_person(), enquiry_ref, form.words.data or "")
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash("Your message is sent.")
            return redirect(url_for("enquiries.show", enquiry_ref=made.ref), 303)
    return _page(enquiry_queries.enquiry_for(current_actor(), current_person(), enquiry_ref), form)


@bp.post(f"{_AT}/<enquiry_ref>/again")
@requires(Permission.PREPARE_PURCHASE)
def again(enquiry_ref: str) -> ResponseReturnValue:
    """Ask for a new price, in a sentence that is written already."""
    made = enquiries.ask_again(current_actor(), current_person(), enquiry_ref)
    flash(f"We asked {made.provider.name} for a new price.")
    return redirect(url_for("enquiries.show", enquiry_ref=made.ref), 303)


@bp.post(f"{_AT}/<enquiry_ref>/close")
@requires(Permission.PREPARE_PURCHASE)
def close(enquiry_ref: str) -> ResponseReturnValue:
    """No more to ask."""
    enquiries.close(current_actor(), current_person(), enquiry_ref)
    flash("The question is closed. You can still read it.")
    return redirect(url_for("enquiries.index"), 303)


@bp.post(f"{_AT}/<enquiry_ref>/buy")
@requires(Permission.PREPARE_PURCHASE)
def buy(enquiry_ref: str) -> ResponseReturnValue:
    """Ask to buy at the price that was given: the first question about it is what it helps with."""
    actor, person = current_actor(), current_person()
    quote = enquiry_queries.live_quote(enquiry_queries.enquiry_for(actor, person, enquiry_ref))
    if quote is None:
        raise NotFoundError
    begun = _draft_with(quote)
    if begun is not None:
        return redirect(url_for("buying.check", purchase_ref=begun.ref), 303)
    asked = request.form.get("budget") or None
    budget = budgets.budget_in_force(actor, person, asked)
    if asked and budget is None:
        raise NotFoundError
    purchase = service.start_draft(actor, person, budget, quote_ref=quote.ref)
    return redirect(url_for("buying.outcome", purchase_ref=purchase.ref, line_ref=purchase.lines[0].ref), 303)


def _draft_with(quote: Quote) -> Purchase | None:
    """A draft that was begun at this price: going on with it keeps what was typed."""
    drafts = purchases.drafts_of(current_actor(), current_person())
    return next((item for item in drafts if any(line.quote_id == quote.id for line in item.lines)), None)


def _page(enquiry: Enquiry, form: WriteForm) -> ResponseReturnValue:
    actor, person = current_actor(), current_person()
    quote = enquiry_queries.live_quote(enquiry)
    return forms.show(
        "enquiries/show.jinja",
        form,
        enquiry=enquiry,
        said=enquiry_queries.thread_of(enquiry, for_provider=False),
        quote=quote,
        state=quote.state(clock.today()) if quote else None,
        begun=_draft_with(quote) if quote else None,
        budgets=budgets.budgets_in_force(actor, person),
        may_ask=_may_ask(person) and not may(actor, Permission.KEEP_LISTINGS, ProviderSubject(enquiry.provider_id)),
    )


def _may_ask(person: Person) -> bool:
    return may(current_actor(), Permission.PREPARE_PURCHASE, PersonSubject(person.id))


@bp.app_template_global()
def prices_to_answer() -> list[Quote]:
    """Prices that this page's person was given and can use, for the list of what waits."""
    person = person_or_none()
    return enquiry_queries.prices_to_answer(current_actor(), person) if person else []


@bp.app_template_global()
def reads_questions(provider: Provider) -> bool:
    """Whether somebody there reads what is asked here."""
    return bool(queries.members_of(provider.id))
