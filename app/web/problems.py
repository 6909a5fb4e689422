"""What went wrong with something that was paid for, as the coordinator who helps sees it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.core.errors import InvalidError
from app.core.money import format_pounds
from app.evidence import queries as evidence
from app.identity.rules import Permission, may
from app.messages import queries as messages
from app.messages.rules import About
from app.purchases import disputing, refunding, service
from app.purchases.deciding_purchases import purchase_with_lines
from app.purchases.problem_queries import helps, problem_to_help, problems_for
from app.purchases.second_look_models import PurchaseProblem
from app.stewardship.gate_rules import Sight
from app.web.auditing import note_audit, reader_of
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required
from app.web.looking import note_one
from app.web.marks import requires
from app.web.second_looks import RefundForm, refund_form
from app.web.writes import keep_writes

bp = Blueprint("problems", __name__)
_ONE = "/staff/problems/<problem_ref>"


class NoteForm(Form):
    """What was found out."""

    words = TextAreaField("What did you find out?", [Required("Say what you found out: the person reads it")])


class MessageForm(Form):
    """A message to the person."""

    message = TextAreaField("Your message", [Required("Write your message"), NotTooLong(4000)])


@bp.app_template_global()
def open_problems() -> int:
    """How many things that went wrong wait for whoever is signed in."""
    return len(problems_for(current_actor()))


@bp.get("/staff/problems")
@requires(Permission.DECIDE, audited=True)
def index() -> ResponseReturnValue:
    """What went wrong and is not put right yet."""
    found = problems_for(current_actor())
    return render_template(
        "problems/index.jinja",
        problems=found,
        helps=lambda item: helps(current_actor(), item),
        decides=may(current_actor(), Permission.DECIDE),
    )


@bp.get(_ONE)
@requires(Permission.DECIDE, audited=True)
def show(problem_ref: str) -> ResponseReturnValue:
    """One of them. Opening it is written down for the person to read."""
    return _page(_open(problem_ref, reading=True)), 200


def _open(problem_ref: str, *, reading: bool = False) -> PurchaseProblem:
    """Open a problem; both the audit and the person's "Who has looked" keep that."""
    problem = problem_to_help(current_actor(), problem_ref, reading=reading)
    if helps(current_actor(), problem):
        note_one(problem.purchase, Sight.PURCHASE, problem.purchase.title, problem.purchase_id)
    else:
        what = f"what went wrong with {problem.purchase.title}"
        note_audit(problem.purchase.person, Sight.PROBLEM, what, problem.id)
    return problem


def _page(
    problem: PurchaseProblem,
    note: NoteForm | None = None,
    message: MessageForm | None = None,
    refund: RefundForm | None = None,
) -> str:
    purchase = purchase_with_lines(problem.purchase_id)
    if refund is None:
        refund = refund_form(purchase)
    return render_template(
        "problems/show.jinja",
        problem=problem,
        purchase=purchase,
        first_name=purchase.person.given_name,
        form=note or message or (refund if refund.errors else None),
        note_form=note or NoteForm(formdata=None),
        message_form=message or MessageForm(formdata=None),
        refund_form=refund,
        left_pence=refunding.can_come_back(purchase),
        refunds=refunding.refunds_of(purchase.id),
        receipts=evidence.receipts_of(reader_of(purchase.person), purchase),
        can_change=helps(current_actor(), problem),
        thread=messages.thread(About.PURCHASE, purchase.id),
    )


@bp.post(f"{_ONE}/message")
@requires(Permission.DECIDE)
def message(problem_ref: str) -> ResponseReturnValue:
    """Write to the person."""
    problem, form = _open(problem_ref), MessageForm()
    if form.validate():
        disputing.write(current_actor(), problem.purchase, problem, form.message.data or "")
        flash("Your message is sent.")
        return redirect(url_for("problems.show", problem_ref=problem.ref), 303)
    keep_writes()
    return _page(problem, message=form), 400


@bp.post(f"{_ONE}/note")
@requires(Permission.DECIDE)
def note(problem_ref: str) -> ResponseReturnValue:
    """End it with what was found out."""
    problem, form = _open(problem_ref), NoteForm()
    if form.validate():
        service.close_with_note(current_actor(), problem, form.words.data or "")
        flash(f"It is finished. {problem.purchase.person.given_name} is told.")
        return redirect(url_for("problems.index"), 303)
    keep_writes()
    return _page(problem, note=form), 400


@bp.post(f"{_ONE}/refund")
@requires(Permission.DECIDE)
def refund(problem_ref: str) -> ResponseReturnValue:
    """Write down money that came back."""
    problem, form = _open(problem_ref), RefundForm()
    if form.validate():
        try:
            row = service.refund(current_actor(), problem.purchase, form.read())
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"You wrote down {format_pounds(row.amount_pence)}. {problem.purchase.person.given_name} is told.")
            return redirect(url_for("problems.index"), 303)
    keep_writes()
    return _page(problem, refund=form), 400
