"""One purchase: its whole story, and everything its person's side can do with it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from app.approvals.models import ApprovalRequest
from app.approvals.rules import DECLINE_REASONS, RequestState
from app.core import clock
from app.core.errors import InsufficientFundsError, InvalidError, StateError
from app.evidence import queries as evidence
from app.evidence import service as receipts
from app.identity import queries as identity
from app.identity.rules import Permission
from app.messages import service as messages
from app.messages.rules import About
from app.policy import queries as policies
from app.policy.rules import Action
from app.purchases import disputing, queries, refunding, service
from app.purchases.benefit_queries import statements_of
from app.purchases.models import Purchase
from app.purchases.problem_queries import problem_of
from app.purchases.rule_titles import rule_titles
from app.purchases.rules import State, Verb
from app.purchases.story import second_looks_at
from app.web import words
from app.web.context import current_actor, current_person
from app.web.forms import DateField, Form, NotTooLong, Required, choices, show
from app.web.marks import requires

bp = Blueprint("purchases", __name__)
_ONE = "/p/<person_ref>/purchases/<purchase_ref>"
_HOW = {"card": "By card", "transfer": "By bank transfer", "cash": "In cash", "other": "Another way"}
_NOTE = 2000


class AnswerForm(Form):
    """The answer to a coordinator's question."""

    answer = TextAreaField("Your answer", [Required("Write your answer"), NotTooLong(4000)])


class MessageForm(Form):
    """A message to whoever looks at it."""

    message = TextAreaField("Your message", [Required("Write your message"), NotTooLong(4000)])


class PaidForm(Form):
    """It was paid."""

    paid_on = DateField("When was it paid?", [Required("Enter the day it was paid")], it="The day it was paid")
    how = RadioField("How was it paid?", [Required("Choose how it was paid")], choices=choices(_HOW))
    how_else = StringField("If another way, which?")
    use_credit = BooleanField("I used the credit note")
    receipt = FileField("Receipt")

    @property
    def how_words(self) -> str:
        """How it was paid, in words; empty when it has still to be said."""
        return (self.how_else.data or "") if self.how.data == "other" else _HOW[self.how.data]


class ReasonForm(Form):
    """Why, for those who like to say."""

    reason = TextAreaField("Why? (you can leave this empty)", [NotTooLong(_NOTE)])


def load(ref: str) -> Purchase:
    """The purchase that the address names.

    :raises NotFoundError: when it is not one of this person's.
    """
    return queries.purchase_for(current_actor(), current_person(), ref)


def back_to(purchase: Purchase) -> ResponseReturnValue:
    """Go to the purchase's own page. Whoever did something about it need not read the notices about it any more."""
    if request.method == "POST":
        messages.mark_read_about(current_actor(), About.PURCHASE, purchase.ref)
    return redirect(url_for("purchases.show", purchase_ref=purchase.ref), 303)


@bp.get(_ONE, endpoint="show")
@requires(Permission.VIEW_BUDGET)
def story(purchase_ref: str) -> ResponseReturnValue:
    """The whole story of one purchase."""
    return _page(load(purchase_ref)), 200


def _page(purchase: Purchase, answer: AnswerForm | None = None, message: MessageForm | None = None) -> str:
    actor = current_actor()
    approval = queries.open_request_of(actor, purchase)
    decision = purchase.decision
    whole = decision.for_purchase().findings if decision else ()
    stopped = [line for line in purchase.lines if line.action is Action.BLOCK]
    return render_template(
        "purchases/show.jinja",
        purchase=purchase,
        form=answer or message,
        answer_form=answer or AnswerForm(formdata=None),
        message_form=message or MessageForm(formdata=None),
        approval=approval,
        late=approval is not None and approval.state is RequestState.WAITING and approval.due_on < clock.today(),
        reason=_reason(approval),
        whole=whole,
        some=0 < len(stopped) < len(purchase.lines) and not any(found.action is Action.BLOCK for found in whole),
        thread=queries.thread_of(actor, purchase),
        **second_looks_at(purchase),
        statements=statements_of(purchase),
        qualities=words.QUALITIES,
        ended_broker=_broker_has_ended(purchase),
        receipts=evidence.receipts_of(actor, purchase),
        verbs=queries.allowed(actor, purchase),
        days=identity.settings_of(purchase.commissioner_id).decision_working_days,
    )


def _broker_has_ended(purchase: Purchase) -> bool:
    """Whether what waits here was begun by a broker who may not act any more: it is the person's own side's now."""
    if purchase.requested_as != "broker" or purchase.state not in (State.DRAFT, State.AWAITING_HOLDER):
        return False
    return not identity.holds_any_authority(purchase.requested_by, purchase.person_id)


def _reason(approval: ApprovalRequest | None) -> str:
    """The reason a request was declined for, in the words that were chosen."""
    if approval is None or approval.reason_code is None:
        return ""
    if approval.reason_code in DECLINE_REASONS:
        return DECLINE_REASONS[approval.reason_code]
    policy = policies.policy_in_force(approval.commissioner_id)
    return rule_titles(policy, [approval.reason_code]).get(approval.reason_code, "")


@bp.post(f"{_ONE}/answer")
@requires(Permission.PREPARE_PURCHASE)
def answer(purchase_ref: str) -> ResponseReturnValue:
    """Answer a coordinator's question."""
    purchase, form = load(purchase_ref), AnswerForm()
    if form.validate():
        try:
            service.answer_about(current_actor(), purchase, form.answer.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your answer is sent.")
            return back_to(purchase)
    return _page(purchase, answer=form), 400


@bp.post(f"{_ONE}/message")
@requires(Permission.PREPARE_PURCHASE)
def message(purchase_ref: str) -> ResponseReturnValue:
    """Write to whoever looks at it."""
    purchase, form = load(purchase_ref), MessageForm()
    if form.validate():
        try:
            problem = problem_of(purchase.id) if purchase.state is State.DISPUTED else None
            if problem is not None:
                disputing.write(current_actor(), purchase, problem, form.message.data or "")
            else:
                service.add_message_about(current_actor(), purchase, form.message.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your message is sent.")
            return back_to(purchase)
    return _page(purchase, message=form), 400


@bp.get(f"{_ONE}/ask")
@requires(Permission.VIEW_BUDGET)
def ask(purchase_ref: str) -> ResponseReturnValue:
    """Whom to ask about something that was stopped. Until they ask, nobody is told."""
    purchase = load(purchase_ref)
    return show(
        "purchases/ask.jinja",
        purchase=purchase,
        coordinator=identity.coordinator_of(purchase.person_id),
        settings=identity.settings_of(purchase.commissioner_id),
    )


@bp.route(f"{_ONE}/pay", methods=["GET", "POST"])
@requires(Permission.BUY)
def pay(purchase_ref: str) -> ResponseReturnValue:
    """Say that it is paid, when and how, with the receipt."""
    purchase = load(purchase_ref)
    if purchase.state is not State.APPROVED:
        return back_to(purchase)
    form = PaidForm(data={"paid_on": clock.today(), "use_credit": True})
    if form.validate_on_submit() and form.paid_on.data:
        try:
            if form.receipt.data:
                receipts.attach(current_actor(), purchase, form.receipt.data)
            service.mark_paid(current_actor(), purchase, form.paid_on.data, form.how_words)
            if form.use_credit.data:
                service.use_credit(current_actor(), purchase, form.paid_on.data)
        except InvalidError as error:
            form.take(error, how="how_else" if form.how.data == "other" else "how")
        else:
            flash("We wrote it down as paid.")
            return back_to(purchase)
    return show("purchases/pay.jinja", form, purchase=purchase, credit_pence=refunding.credit_for(purchase))


@bp.post(f"{_ONE}/delivered")
@requires(Permission.BUY)
def delivered(purchase_ref: str) -> ResponseReturnValue:
    """It came, or it was done."""
    purchase = service.confirm_delivery(current_actor(), load(purchase_ref))
    flash("Good. This one is finished.")
    return back_to(purchase)


@bp.route(f"{_ONE}/take-back", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def take_back(purchase_ref: str) -> ResponseReturnValue:
    """Take it back, after a look at what that sets free."""
    purchase, form = load(purchase_ref), ReasonForm()
    if Verb.CANCEL not in queries.allowed(current_actor(), purchase):
        return back_to(purchase)
    if form.validate_on_submit():
        draft = purchase.state is State.DRAFT
        service.cancel(current_actor(), purchase, form.reason.data or "")
        flash("We threw it away." if draft else f"You took {purchase.title} back.")
        return redirect(url_for("home.show"), 303) if draft else back_to(purchase)
    return show("purchases/take_back.jinja", form, purchase=purchase)


@bp.post(f"{_ONE}/confirm")
@requires(Permission.CONFIRM_PURCHASE)
def confirm(purchase_ref: str) -> ResponseReturnValue:
    """Say yes to what a broker prepared."""
    purchase = service.confirm(current_actor(), load(purchase_ref))
    if purchase.state is State.AWAITING_HOLDER:
        flash("You said yes. Another representative says yes or no too.")
    elif purchase.state is not State.BLOCKED:
        flash("You said yes.")
    return back_to(purchase)


@bp.route(f"{_ONE}/turn-down", methods=["GET", "POST"])
@requires(Permission.CONFIRM_PURCHASE)
def turn_down(purchase_ref: str) -> ResponseReturnValue:
    """Say no to what a broker prepared."""
    purchase, form = load(purchase_ref), ReasonForm()
    if Verb.TURN_DOWN not in queries.allowed(current_actor(), purchase):
        return back_to(purchase)
    if form.validate_on_submit():
        service.turn_down(current_actor(), purchase, form.reason.data or "")
        kept_out = "It does not count in the budget" if purchase.way.is_paid_already else "Nothing is bought"
        flash(f"You said no. {kept_out}.")
        return back_to(purchase)
    return show("purchases/turn_down.jinja", form, purchase=purchase)


@bp.post(f"{_ONE}/revise")
@requires(Permission.PREPARE_PURCHASE)
def revise(purchase_ref: str) -> ResponseReturnValue:
    """Open something that was stopped again, to change it."""
    purchase = service.revise(current_actor(), load(purchase_ref))
    return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)


@bp.errorhandler(StateError)
@bp.errorhandler(InsufficientFundsError)
def changed(error: StateError | InsufficientFundsError) -> ResponseReturnValue:
    """Somebody, or another tab, was faster: say what happened, and show how it stands now."""
    ref = (request.view_args or {}).get("purchase_ref", "")
    return render_template("purchases/changed.jinja", purchase=load(ref), sentence=error.sentence), 409
