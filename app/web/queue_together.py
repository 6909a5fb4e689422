"""Many small requests alike, answered on one page with one reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField, TextAreaField

from app.core.errors import InvalidError, StateError
from app.core.money import format_pounds
from app.identity.rules import Permission
from app.purchases import alike
from app.purchases.queue import DecisionView
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, choices, show
from app.web.looking import note_request
from app.web.marks import requires
from app.web.queue import changed_page
from app.web.reasons import kept_ready, words_kept
from app.web.writes import keep_writes

bp = Blueprint("together", __name__)


class TogetherForm(Form):
    """Which of them, yes or no, and why."""

    # one that left the group meanwhile is named by the service: it must not keep the others from their answer
    refs = SelectMultipleField("Which of them?", [Required("Choose at least one")], validate_choice=False)
    answer = RadioField(
        "Your answer to all of them", [Required("Choose yes or no")], choices=choices({"yes": "Yes", "no": "No"})
    )
    reason_code = RadioField("If no: why?", validate_choice=False)
    reason = TextAreaField("In your own words", [Required("Say why: each of them will read it"), NotTooLong(2000)])


@bp.route("/staff/queue/together", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def decide() -> ResponseReturnValue:
    """A group of one's own requests that are alike. Opening it is written down for each person to read."""
    form = TogetherForm(data={"reason": words_kept()})
    if form.validate_on_submit():
        yes = form.answer.data == "yes"
        try:
            done = alike.answer_together(
                current_actor(),
                form.refs.data or [],
                yes=yes,
                reason=form.reason.data or "",
                reason_code=form.reason_code.data or "",
            )
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"You {'approved' if yes else 'declined'} {len(done.done)}. Each of them is told.")
            for title, sentence in done.missed:
                flash(f"{title}: {sentence}", "note")
            return redirect(url_for("queue.index"), 303)
    # opened for the page alone, and after the answer: an answer that went out needs no second opening
    views = alike.open_alike(current_actor(), request.args.get("rule", ""), request.args.get("category") or None)
    for view in views:
        note_request(view.request)
    form.refs.choices = choices((view.request.ref, _named(view)) for view in views)
    form.reason_code.choices = choices(alike.reasons_for(views))
    if request.method == "POST":
        keep_writes()
    else:
        form.refs.data = [view.request.ref for view in views]
    return show(
        "queue/together.jinja",
        form,
        views=views,
        hints={view.request.ref: _hint(view) for view in views},
        ready=kept_ready(views[0].request.commissioner_id) if views else [],
    )


def _named(view: DecisionView) -> str:
    return f"{view.first_name}, {view.age}: {view.request.title}, {format_pounds(view.request.amount_pence)}"


def _hint(view: DecisionView) -> str:
    """What helps to see that it is like the others, or not."""
    payee = f"From {view.purchase.payee_name}. " if view.purchase else ""
    helps = "; ".join(dict.fromkeys(line.outcome_words or "no outcome" for line in view.lines))
    left = f". Leaves {format_pounds(view.safe_after_pence)} safe" if view.safe_after_pence is not None else ""
    return f"{payee}Helps with: {helps}{left}."


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Everything in it was answered meanwhile."""
    return changed_page(error), 409
