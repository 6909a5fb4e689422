"""The basket: things from several providers, one check, one send, one summary."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.core import clock
from app.core.errors import CarePurseError, InsufficientFundsError, InvalidError, NotFoundError, StateError
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing
from app.marketplace.rules import say_price
from app.plans.models import Outcome
from app.purchases import basket, basket_queries, basket_sending, queries
from app.purchases.basket_check import Missing, check_basket
from app.purchases.models import Purchase
from app.purchases.rules import LineInput, State
from app.web.basket_forms import AddForm, EmptyForm
from app.web.buying_shared import ASKS_FAMILY
from app.web.context import current_actor, current_person, person_or_none
from app.web.forms import choices, show
from app.web.marks import requires
from app.web.outcome_choices import hints_of, outcomes_for

bp = Blueprint("basket", __name__)

_BASKET = "/p/<person_ref>/basket"


@bp.app_template_global()
def things_in_basket() -> int:
    """How many things are in the basket of the person a page is about, for who may fill it; asked once a request."""
    if "things_in_basket" not in g:
        person, actor = person_or_none(), current_actor()
        mine = person is not None and may(actor, Permission.PREPARE_PURCHASE, PersonSubject(person.id))
        g.things_in_basket = basket_queries.things_in_basket(actor, person) if person is not None and mine else 0
    return int(g.things_in_basket)


@bp.app_template_global()
def outcome_hints(options: Sequence[Outcome]) -> dict[str, str]:
    """Which outcomes are not the reader's to buy for, by reference, where nothing is said of what is left."""
    return hints_of(None, options)


@bp.app_template_global()
def may_go_in_basket(purchase: Purchase) -> bool:
    """Whether a draft could be sent with others."""
    return basket.may_go_in(current_actor(), purchase) and not purchase.in_basket


@bp.route("/p/<person_ref>/find/<listing_ref>/basket", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def add(listing_ref: str) -> ResponseReturnValue:
    """Put something that is offered into the basket: how much, from when, and what it helps with, on one page."""
    actor, person = current_actor(), current_person()
    listing = marketplace.listing(listing_ref)
    running = budgets.budgets_in_force(actor, person)
    drafts = basket_queries.basket_of(actor, person)
    if not running or not listing.offered:
        return redirect(url_for("buying.start", listing=listing.ref), 303)  # that page says why not
    with_it = next((item for item in drafts if item.provider_id == listing.provider_id), None)
    budget = drafts[0].budget if drafts else running[0]
    options = outcomes_for(budget)
    form = AddForm(
        data={
            "quantity": 100,
            "needed_from": with_it.needed_from if with_it and with_it.needed_from else clock.today(),
            "outcome": _likely(options, listing),
            "budget": budget.ref,
        }
    )
    form.ask(listing.price_pence is None, listing.category in ASKS_FAMILY, [] if drafts else running)
    form.outcome.choices = choices((item.ref, item.words) for item in options)
    if form.validate_on_submit():
        line = LineInput(
            amount_pence=form.amount.data if form.amount else None,
            quantity_hundredths=form.quantity.data,
            outcome_ref=form.outcome.data,
            family_member=form.family_member.data if form.family_member else None,
            listing_ref=listing.ref,
        )
        chosen = form.budget.data if form.budget else request.form.get("budget") or None
        try:
            basket.put_in_basket(actor, person, line, form.needed_from.data, chosen)
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"{listing.title} is in the basket. Nothing is sent yet.")
            return redirect(url_for("marketplace.listing", listing_ref=listing.ref), 303)
    return show(
        "basket/add.jinja",
        form,
        listing=listing,
        price=say_price(listing.price_pence, listing.unit),
        units=listing.unit.many(2).removeprefix("2 "),
        options=options,
        hints=hints_of(budget, options),
        with_it=with_it,
        budget=budget if len(running) > 1 and drafts else None,
    )


def _likely(options: Sequence[Outcome], listing: Listing) -> str | None:
    """The outcome a listing is most likely for: the only one, or the first that names its kind."""
    if len(options) == 1:
        return options[0].ref
    return next((item.ref for item in options if listing.category.value in item.categories), None)


@bp.get(_BASKET, endpoint="show")
@requires(Permission.PREPARE_PURCHASE)
def look() -> ResponseReturnValue:
    """Everything in it, with what the rules say of each and what it leaves safe to spend."""
    return _page()


def _page(sentence: str = "") -> str:
    actor, person = current_actor(), current_person()
    check = check_basket(actor, person)
    return render_template(
        "basket/show.jinja",
        check=check,
        several_budgets=len(budgets.budgets_in_force(actor, person)) > 1,
        missing_at=_missing_at,
        days=identity.settings_of(person.commissioner_id).decision_working_days,
        states=State,
        sentence=sentence,
    )


def _missing_at(missing: Missing) -> str:
    """Where something that is still missing can be filled in, or what is in the way can be taken out."""
    purchase = missing.purchase
    line = missing.line or (purchase.lines[0] if purchase.lines else None)
    if line is None:
        return url_for("buying.new_line", purchase_ref=purchase.ref)
    if missing.field in {"outcome", "amount"}:
        endpoint = "buying.outcome" if missing.field == "outcome" else "buying.line"
        return url_for(endpoint, purchase_ref=purchase.ref, line_ref=line.ref, then="check")
    if missing.field == "benefit":
        return url_for("buying.benefit", purchase_ref=purchase.ref)
    if missing.field == "budget":
        return url_for("basket.empty")
    if missing.field == "quote" and line.quote is not None:
        return url_for("enquiries.show", enquiry_ref=line.quote.enquiry.ref)
    return f"#thing-{line.ref}"


@bp.post(f"{_BASKET}/send")
@requires(Permission.PREPARE_PURCHASE)
def send() -> ResponseReturnValue:
    """Send all of it in one go."""
    sent = basket_sending.send(current_actor(), current_person(), request.form.get("seen", ""))
    return redirect(url_for("basket.sent", purchase_ref=sent[0].ref), 303)


@bp.errorhandler(StateError)
@bp.errorhandler(InvalidError)
@bp.errorhandler(InsufficientFundsError)
def look_again(error: CarePurseError) -> ResponseReturnValue:
    """Something changed meanwhile. Nothing was written; everything typed is still there, with what is in the way."""
    return _page(error.sentence), 409


@bp.get(f"{_BASKET}/sent/<purchase_ref>")
@requires(Permission.VIEW_BUDGET)
def sent(purchase_ref: str) -> ResponseReturnValue:
    """The summary: what was agreed, what waits and until when, and what it leaves."""
    actor, person = current_actor(), current_person()
    purchase = queries.purchase_for(actor, person, purchase_ref)
    together = basket_queries.sent_with(actor, purchase)
    if not together:
        raise NotFoundError
    budget: Budget = budgets.budget_by_id(purchase.budget_id)
    return render_template(
        "basket/sent.jinja",
        purchases=together,
        requests={item.id: queries.open_request_of(actor, item) for item in together},
        total_pence=sum(item.total_pence for item in together),
        safe_pence=budgets.balance(budget).safe_to_spend,
        period=clock.period_of(clock.today()),
        may_confirm=may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)),
        states=State,
    )


@bp.route(f"{_BASKET}/empty", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def empty() -> ResponseReturnValue:
    """Ask once more, then take everything out."""
    form = EmptyForm()
    if form.validate_on_submit():
        basket.empty(current_actor(), current_person())
        flash("The basket is empty.")
        return redirect(url_for("marketplace.find"), 303)
    return show("basket/empty.jinja", form, drafts=basket_queries.basket_of(current_actor(), current_person()))


@bp.post(f"{_BASKET}/<purchase_ref>/<line_ref>/take-out")
@requires(Permission.PREPARE_PURCHASE)
def take_out(purchase_ref: str, line_ref: str) -> ResponseReturnValue:
    """Take one thing out."""
    purchase = _purchase(purchase_ref)
    words = next((line.description for line in purchase.lines if line.ref == line_ref), "")
    basket.take_out(current_actor(), purchase, line_ref)
    flash(f"We took {words} out.")
    return redirect(url_for("basket.show"), 303)


@bp.post(f"{_BASKET}/<purchase_ref>/<line_ref>/by-itself")
@requires(Permission.PREPARE_PURCHASE)
def by_itself(purchase_ref: str, line_ref: str) -> ResponseReturnValue:
    """Move one thing out of the basket, to buy it by itself."""
    alone = basket.buy_by_itself(current_actor(), _purchase(purchase_ref), line_ref)
    flash("It is out of the basket. You can send it by itself, or leave it for later.", "note")
    return redirect(url_for("buying.check", purchase_ref=alone.ref), 303)


@bp.post(f"{_BASKET}/<purchase_ref>/take-out-stopped")
@requires(Permission.PREPARE_PURCHASE)
def take_out_stopped(purchase_ref: str) -> ResponseReturnValue:
    """Take out what cannot be paid for, and look at the rest once more."""
    basket.take_out_stopped(current_actor(), _purchase(purchase_ref))
    flash("We took it out. Here is the rest.")
    return redirect(url_for("basket.show"), 303)


@bp.post(f"{_BASKET}/<purchase_ref>/leave")
@requires(Permission.PREPARE_PURCHASE)
def leave(purchase_ref: str) -> ResponseReturnValue:
    """Move all of one provider out of the basket; it waits as a draft."""
    purchase = basket.leave_by_itself(current_actor(), _purchase(purchase_ref))
    flash(f"{purchase.title} is out of the basket. You find it on the start page, under Waiting.")
    return redirect(url_for("basket.show"), 303)


@bp.post(f"{_BASKET}/<purchase_ref>/put-in")
@requires(Permission.PREPARE_PURCHASE)
def put_in(purchase_ref: str) -> ResponseReturnValue:
    """Put a draft that was begun by itself into the basket."""
    purchase = _purchase(purchase_ref)
    basket.put_draft_in(current_actor(), purchase)
    flash(f"{purchase.title} is in the basket.")
    return redirect(url_for("basket.show"), 303)


def _purchase(ref: str) -> Purchase:
    return queries.purchase_for(current_actor(), current_person(), ref)
