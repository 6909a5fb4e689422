"""Second looks at a purchase: an appeal, something that went wrong, money back, a change of what is agreed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import RadioField, TextAreaField

from app.approvals import service as approvals
from app.approvals.rules import SubjectKind
from app.core import clock
from app.core.errors import InsufficientFundsError, InvalidError, StateError
from app.core.money import format_pounds
from app.evidence import service as receipts
from app.identity import queries as identity
from app.identity.rules import Permission
from app.purchases import order_queries, refunding, service
from app.purchases.appealing import who_would_hear
from app.purchases.models import Purchase
from app.purchases.order_queries import purchase_behind
from app.purchases.problem_queries import problem_of
from app.purchases.queries import allowed
from app.purchases.refund_rules import HOW_WORDS, RefundInput
from app.purchases.rules import State, Verb
from app.web.context import current_actor, current_provider
from app.web.errors import page as error_page
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required, choices, show
from app.web.marks import requires
from app.web.purchases import back_to, load

bp = Blueprint("second_looks", __name__)
_ONE = "/p/<person_ref>/purchases/<purchase_ref>"


class AppealForm(Form):
    """Why somebody should look again."""

    why = TextAreaField("Why should somebody look again?", [Required("Say why somebody should look again")])
    receipt = FileField("A photo, letter or receipt (you can leave this empty)")


class WrongForm(Form):
    """What is wrong."""

    words = TextAreaField("What is wrong?", [Required("Say what is wrong, like: it never came")])


class RefundForm(Form):
    """What came back."""

    amount = PoundsField("How much came back?", [Required("Enter how much came back, like 12 or 12.50")])
    on = DateField("Which day?", [Required("Enter the day")], it="The day")
    how = RadioField(
        "How did it come back?",
        [Required("Choose how it came back")],
        choices=choices((key.value, words) for key, words in HOW_WORDS.items()),
    )
    why = TextAreaField("Why? (you can leave this empty)", [NotTooLong(500)])
    receipt = FileField("Receipt or letter (you can leave this empty)")

    def read(self) -> RefundInput:
        """What was typed."""
        return RefundInput(self.amount.data, self.on.data, self.how.data or "", self.why.data or "")


def refund_form(purchase: Purchase) -> RefundForm:
    """The form, with all that can still come back and today filled in."""
    return RefundForm(data={"amount": refunding.can_come_back(purchase), "on": clock.today()})


@bp.route(f"{_ONE}/appeal", methods=["GET", "POST"])
@requires(Permission.BUY)
def appeal(purchase_ref: str) -> ResponseReturnValue:
    """Ask for a second look. Who reads it is said before it is sent."""
    purchase, form, actor = load(purchase_ref), AppealForm(), current_actor()
    if Verb.APPEAL not in allowed(actor, purchase):
        return back_to(purchase)
    if form.validate_on_submit():
        try:
            service.appeal(actor, purchase, form.why.data or "")
            if form.receipt.data:
                receipts.attach(actor, purchase, form.receipt.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash("Somebody else looks at it now.")
            return back_to(purchase)
    return show(
        "purchases/appeal.jinja",
        form,
        purchase=purchase,
        reader=who_would_hear(actor, purchase),
        by=approvals.due_day(purchase.commissioner_id, SubjectKind.APPEAL),
        blocked=purchase.state is State.BLOCKED,
    )


@bp.route(f"{_ONE}/wrong", methods=["GET", "POST"])
@requires(Permission.BUY)
def wrong(purchase_ref: str) -> ResponseReturnValue:
    """Say that it never came, or that something else is wrong."""
    purchase, form, actor = load(purchase_ref), WrongForm(), current_actor()
    if Verb.DISPUTE not in allowed(actor, purchase):
        return back_to(purchase)
    if form.validate_on_submit():
        try:
            problem = service.dispute(actor, purchase, form.words.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            told = f" and {purchase.payee_name}" if purchase.provider_id else ""
            flash(f"{problem.assigned_name}{told} can read it now.")
            return back_to(purchase)
    coordinator = identity.coordinator_of(purchase.person_id)
    return show("purchases/wrong.jinja", form, purchase=purchase, coordinator=coordinator)


@bp.route(f"{_ONE}/refund", methods=["GET", "POST"])
@requires(Permission.BUY)
def refund(purchase_ref: str) -> ResponseReturnValue:
    """Write down money that came back, or a credit note."""
    purchase, actor = load(purchase_ref), current_actor()
    if Verb.REFUND not in allowed(actor, purchase) or not refunding.can_come_back(purchase):
        return back_to(purchase)
    form = refund_form(purchase)
    if form.validate_on_submit():
        try:
            if form.receipt.data:
                receipts.attach(actor, purchase, form.receipt.data)
            row = service.refund(actor, purchase, form.read())
        except InvalidError as error:
            form.take(error)
        else:
            sum_words = format_pounds(row.amount_pence)
            flash(
                f"{sum_words} is back in your budget." if row.is_back else f"We wrote down that they owe {sum_words}."
            )
            return back_to(purchase)
    left = refunding.can_come_back(purchase)
    return show("purchases/refund.jinja", form, purchase=purchase, left_pence=left, base="layout.jinja")


@bp.post(f"{_ONE}/credit/<refund_ref>")
@requires(Permission.BUY)
def credit_paid(purchase_ref: str, refund_ref: str) -> ResponseReturnValue:
    """They paid what was left of a credit note in money after all."""
    purchase = load(purchase_ref)
    row = service.pay_out_credit(current_actor(), purchase, refund_ref, clock.today())
    flash(f"{format_pounds(row.amount_pence)} is back in your budget.")
    return back_to(purchase)


@bp.post(f"{_ONE}/change")
@requires(Permission.PREPARE_PURCHASE)
def change(purchase_ref: str) -> ResponseReturnValue:
    """Open a copy of what is agreed, to change it. What is agreed stands meanwhile."""
    draft = service.start_change(current_actor(), load(purchase_ref))
    return redirect(url_for("buying.check", purchase_ref=draft.ref), 303)


@bp.route("/provider/<provider_ref>/orders/<order_ref>/refund", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def provider_refund(order_ref: str) -> ResponseReturnValue:
    """The provider writes down what they gave back for an order."""
    provider, actor = current_provider(), current_actor()
    purchase = purchase_behind(actor, provider.id, order_ref)
    if not refunding.can_come_back(purchase):
        return redirect(url_for("provider_orders.one", order_ref=order_ref), 303)
    form = refund_form(purchase)
    del form.receipt
    if form.validate_on_submit():
        try:
            row = service.refund(actor, purchase, form.read())
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"We wrote it down: {format_pounds(row.amount_pence)}. {purchase.person.given_name} is told.")
            return redirect(url_for("provider_orders.one", order_ref=order_ref), 303)
    return show(
        "provider_orders/refund.jinja",
        form,
        order=order_queries.order_for(actor, provider.id, order_ref),
        left_pence=refunding.can_come_back(purchase),
        problem=problem_of(purchase.id),
    )


@bp.errorhandler(StateError)
@bp.errorhandler(InsufficientFundsError)
def changed(error: StateError | InsufficientFundsError) -> ResponseReturnValue:
    """Somebody, or another tab, was faster: say what happened, and show how it stands now."""
    ref = (request.view_args or {}).get("purchase_ref", "")
    if not ref:
        return error_page(409, error.sentence)
    return render_template("purchases/changed.jinja", purchase=load(ref), sentence=error.sentence), 409
