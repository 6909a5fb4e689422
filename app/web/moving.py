"""Moving money between outcomes, and using what is kept for bad weeks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, TextAreaField

from app.approvals.rules import RequestState
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.budgets.move_models import MoveState
from app.core.errors import InvalidError, StateError
from app.core.money import format_pounds
from app.identity import queries as identity
from app.identity.rules import Permission
from app.purchases import deciding, moving
from app.purchases.moves_made import moves_made
from app.purchases.moving import MoveInput
from app.purchases.planned import KEPT, End, ends_of
from app.web.context import current_actor, current_person
from app.web.forms import Form, NotTooLong, PoundsField, Required, choices, show
from app.web.marks import requires

bp = Blueprint("moving", __name__)


class MoveForm(Form):
    """From where, to where, how much, and why."""

    source = RadioField("Where does it come from?", [Required("Choose where it comes from")])
    target = RadioField("What is it for now?", [Required("Choose what it is for now")])
    amount = PoundsField("How much?", [Required("Enter an amount, like 20 or 20.50")])
    every_month = BooleanField("Every month from now on")
    why = TextAreaField("Why? (you can leave this empty, unless it was kept for bad weeks)", [NotTooLong(2000)])

    @property
    def typed(self) -> MoveInput:
        return MoveInput(
            self.source.data or "",
            self.target.data or "",
            self.amount.data,
            bool(self.every_month.data),
            self.why.data or "",
        )


class AnswerForm(Form):
    """The answer to a coordinator's question."""

    answer = TextAreaField("Your answer", [Required("Write your answer"), NotTooLong(4000)])


def _budget() -> Budget:
    """The budget in force.

    :raises StateError: when there is none.
    """
    budget = budgets.budget_in_force(current_actor(), current_person())
    if budget is None:
        raise StateError("There is no budget running in which money could be moved.")
    return budget


@bp.get("/p/<person_ref>/moved")
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """What was moved, what waits for an answer, and the way to move more."""
    actor, person = current_actor(), current_person()
    budget = budgets.budget_in_force(actor, person)
    return render_template(
        "moving/index.jinja",
        rows=moves_made(actor, person),
        ends=ends_of(actor, person, budget) if budget else [],
        kept=KEPT,
        form=None,
        answer_form=AnswerForm(formdata=None),
        settings=identity.settings_of(person.commissioner_id),
        states=MoveState,
        asked=RequestState.ASKED,
    )


@bp.route("/p/<person_ref>/moved/new", methods=["GET", "POST"])
@requires(Permission.CONFIRM_PURCHASE)
def new() -> ResponseReturnValue:
    """Say what is to be moved; see what that comes to; then do it."""
    actor, person, budget = current_actor(), current_person(), _budget()
    ends = ends_of(actor, person, budget)
    form = MoveForm(data={"source": request.args.get("from", ""), "target": request.args.get("to", "")})
    form.source.choices = choices((end.ref, end.words) for end in ends)
    form.target.choices = choices((end.ref, end.words) for end in ends)
    step = request.form.get("step", "preview")
    if form.validate_on_submit() and step != "change":
        try:
            if step != "send":
                check = moving.check_move(actor, person, budget, form.typed)
                return render_template("moving/check.jinja", form=form, check=check), 200
            made = moving.move(actor, person, budget, form.typed)
        except InvalidError as error:
            form.take(error)
        else:
            amount = format_pounds(made.amount_pence)
            flash(f"{amount} is moved." if made.state is MoveState.AGREED else f"Sent. Somebody looks at the {amount}.")
            return redirect(url_for("moving.index"), 303)
    left = {end.ref: _left_words(end) for end in ends}
    if step == "change":
        return render_template("moving/new.jinja", form=form, left=left), 200
    return show("moving/new.jinja", form, left=left)


def _left_words(end: End) -> str:
    left = format_pounds(max(0, end.left_pence), whole=True)
    of = format_pounds(end.planned_pence, whole=True)
    return f"{left} is kept" if end.outcome is None else f"{left} of {of} is not used"


@bp.post("/p/<person_ref>/moved/<move_ref>/take-back")
@requires(Permission.CONFIRM_PURCHASE)
def take_back(move_ref: str) -> ResponseReturnValue:
    """Do not ask for it any more."""
    moving.take_back(current_actor(), current_person(), move_ref)
    flash("You took it back. Nothing is moved.")
    return redirect(url_for("moving.index"), 303)


@bp.post("/p/<person_ref>/moved/<move_ref>/answer")
@requires(Permission.PREPARE_PURCHASE)
def answer(move_ref: str) -> ResponseReturnValue:
    """Answer the coordinator's question about it."""
    asked, form = moving.request_of(current_actor(), current_person(), move_ref), AnswerForm()
    if form.validate():
        try:
            deciding.answer(current_actor(), asked, form.answer.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your answer is sent.")
            return redirect(url_for("moving.index"), 303)
    return show("moving/answer.jinja", form, asked=asked)


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Somebody, or another tab, was faster, or there is nothing to move in."""
    return render_template("moving/changed.jinja", sentence=error.sentence), 409
