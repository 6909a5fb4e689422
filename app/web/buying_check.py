"""The end of buying: from whom and when, the receipt, *Check your answers*, sending."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.core import clock
from app.core.errors import InsufficientFundsError, InvalidError
from app.evidence import queries as evidence
from app.evidence import service as receipts
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.policy.rules import Action
from app.purchases import queries, service
from app.purchases.alone import beyond_of
from app.purchases.appealing import may_appeal
from app.purchases.benefit_queries import missing_statement, statement_of
from app.purchases.checking import PurchaseCheck, missing_in, missing_in_line
from app.purchases.models import Purchase
from app.purchases.own_work import is_in_basket_of
from app.purchases.rules import DetailsInput, State, Way
from app.web.buying_forms import BoughtForm, ReceiptForm, WantedForm
from app.web.buying_shared import checking, draft, pages, to
from app.web.context import current_actor, current_person
from app.web.forms import show
from app.web.marks import requires

_BUY = "/p/<person_ref>/buy/<purchase_ref>"


@pages.route(f"{_BUY}/details", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def details(purchase_ref: str) -> ResponseReturnValue:
    """From whom, and when."""
    purchase = draft(purchase_ref)
    outside = purchase.way is Way.OUTSIDE
    form = BoughtForm(obj=purchase) if outside else WantedForm(obj=purchase)
    if form.validate_on_submit():
        typed = {name: field.data for name, field in form._fields.items()}
        try:
            service.set_details(current_actor(), purchase, DetailsInput(**typed))
        except InvalidError as error:
            form.take(error, payee="payee_name")
        else:
            asks_receipt = outside and not checking() and not purchase.receipt_count
            return redirect(to("buying.receipt" if asks_receipt else "buying.check", purchase), 303)
    back = to("buying.check", purchase)
    if not checking() and purchase.lines:
        back = to("buying.outcome", purchase, purchase.lines[-1])
    return show("buying/bought.jinja" if outside else "buying/wanted.jinja", form, purchase=purchase, back=back)


@pages.route(f"{_BUY}/receipt", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def receipt(purchase_ref: str) -> ResponseReturnValue:
    """A photo or PDF; it can wait."""
    purchase = draft(purchase_ref)
    form = ReceiptForm()
    if form.validate_on_submit():
        try:
            receipts.attach(current_actor(), purchase, form.receipt.data)
        except InvalidError as error:
            form.take(error)
        else:
            return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)
    return show(
        "buying/receipt.jinja",
        form,
        purchase=purchase,
        receipts=evidence.receipts_of(current_actor(), purchase),
        back=to("buying.check" if checking() else "buying.details", purchase),
    )


@pages.post(f"{_BUY}/receipt/<receipt_ref>/remove")
@requires(Permission.PREPARE_PURCHASE)
def remove_receipt(purchase_ref: str, receipt_ref: str) -> ResponseReturnValue:
    """Take a receipt out again."""
    purchase = draft(purchase_ref)
    receipts.detach(current_actor(), purchase, receipt_ref)
    flash("We took the receipt out.")
    return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)


@pages.get(f"{_BUY}/check")
@requires(Permission.PREPARE_PURCHASE)
def check(purchase_ref: str) -> ResponseReturnValue:
    """Everything once more, with what the rules say of each and what it leaves safe to spend."""
    purchase = draft(purchase_ref)
    if is_in_basket_of(current_actor(), purchase):
        return redirect(url_for("basket.show"), 303)
    if not purchase.lines:
        return redirect(url_for("buying.new_line", purchase_ref=purchase.ref), 303)
    if missing_statement(current_actor(), purchase) and not missing_in(purchase):
        return redirect(url_for("buying.benefit", purchase_ref=purchase.ref), 303)  # a broker's last question
    return _check_page(purchase)


def _check_page(purchase: Purchase, sentence: str = "") -> str:
    actor = current_actor()
    found = service.check(actor, purchase)
    return render_template(
        "buying/check.jinja",
        purchase=purchase,
        check=found,
        second_look=_may_look_again(purchase, found),
        receipts=evidence.receipts_of(actor, purchase),
        benefit=statement_of(purchase),
        missing_at=_missing_at,
        days=identity.settings_of(purchase.commissioner_id).decision_working_days,
        sentence=sentence,
    )


def _may_look_again(purchase: Purchase, found: PurchaseCheck) -> bool:
    """Whether a person may be asked to look past what stops this: all of it, once, by who may buy for so much."""
    stops = [each for item in found.lines for each in item.decision.findings] + list(found.purchase_findings)
    return (
        not found.missing
        and not found.only_some_blocked  # the rest need not wait: the stopped thing can be asked for by itself
        and purchase.appealed_at is None
        and purchase.changes_id is None
        and all(each.appealable for each in stops if each.action is Action.BLOCK)
        and may(current_actor(), Permission.BUY, PersonSubject(purchase.person_id))
        and beyond_of(current_actor(), purchase) is None
    )


def _missing_at(purchase: Purchase, field: str) -> str:
    """Where something that is still missing can be filled in."""
    if field in {"lines", "description", "amount", "quantity", "category"}:
        if not purchase.lines:
            return url_for("buying.new_line", purchase_ref=purchase.ref)
        wanted = (line for line in purchase.lines if field in missing_in_line(purchase, line))
        empty = next(wanted, purchase.lines[0])
        return url_for("buying.line", purchase_ref=purchase.ref, line_ref=empty.ref, then="check")
    if field == "benefit":
        return url_for("buying.benefit", purchase_ref=purchase.ref)
    if field == "budget":
        return url_for("home.show")
    if field == "offered":  # each thing can be taken out on the page itself
        return url_for("buying.check", purchase_ref=purchase.ref)
    if field == "quote":
        quote = next(line.quote for line in purchase.lines if line.quote is not None)
        return url_for("enquiries.show", enquiry_ref=quote.enquiry.ref)
    if field in {"outcome", "family_member"}:
        endpoint = "buying.outcome" if field == "outcome" else "buying.family"
        return url_for(endpoint, purchase_ref=purchase.ref, line_ref=purchase.lines[0].ref, then="check")
    return url_for("buying.details", purchase_ref=purchase.ref, then="check")


@pages.post(f"{_BUY}/send")
@requires(Permission.PREPARE_PURCHASE)
def send(purchase_ref: str) -> ResponseReturnValue:
    """Send it: the policy is asked once more, and the money is set aside."""
    purchase = draft(purchase_ref)
    seen = request.form.get("version", "")
    if seen and seen != str(purchase.version):
        # what is sent is what was read: nobody else who acts for this person changes it in between
        return _check_page(purchase, "This has changed since you looked at it. Look once more, then send it."), 409
    try:
        service.submit(current_actor(), purchase)
    except InvalidError as error:
        return _check_page(purchase, error.sentence), 400
    if "second_look" in request.form and may_appeal(purchase):
        return redirect(url_for("second_looks.appeal", purchase_ref=purchase.ref), 303)
    return redirect(url_for("buying.sent", purchase_ref=purchase.ref), 303)


@pages.errorhandler(InsufficientFundsError)
def short_of_money(error: InsufficientFundsError) -> ResponseReturnValue:
    """The money went to something else a moment ago. Everything typed is still there: nothing was changed."""
    ref = (request.view_args or {}).get("purchase_ref", "")
    purchase = queries.purchase_for(current_actor(), current_person(), ref)
    return _check_page(purchase, error.sentence), 409


@pages.post(f"{_BUY}/take-out")
@requires(Permission.PREPARE_PURCHASE)
def take_out(purchase_ref: str) -> ResponseReturnValue:
    """Take out what the money cannot be used for, and look at the rest once more."""
    purchase = queries.purchase_for(current_actor(), current_person(), purchase_ref)
    service.take_out_blocked_lines(current_actor(), purchase)
    flash("We took it out. Here is the rest.")
    return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)


@pages.get(f"{_BUY}/sent")
@requires(Permission.PREPARE_PURCHASE)
def sent(purchase_ref: str) -> ResponseReturnValue:
    """What happened: fine to buy, kept, or who answers by when."""
    purchase = queries.purchase_for(current_actor(), current_person(), purchase_ref)
    if purchase.state is State.DRAFT:
        return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)
    if purchase.state not in {State.APPROVED, State.PAID, State.AWAITING_APPROVAL, State.AWAITING_HOLDER}:
        return redirect(url_for("purchases.show", purchase_ref=purchase.ref), 303)
    budget = budgets.budget_by_id(purchase.budget_id)
    return show(
        "buying/sent.jinja",
        purchase=purchase,
        approval=queries.open_request_of(current_actor(), purchase),
        safe_pence=budgets.balance(budget).safe_to_spend,
        period=clock.period_of(clock.today()),
    )
