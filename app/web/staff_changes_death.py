"""For the coordinator: a person has died. What happens is read before it is recorded; then what is left to do."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from app.core.errors import CarePurseError
from app.identity.models import Person
from app.identity.rules import Permission
from app.stewardship import changes, changes_after
from app.stewardship.changes_follows import TASK_WORDS, ListChangedError, by_area, digest_of
from app.stewardship.changes_queries import change_for, latest_change, task_for
from app.stewardship.changes_rules import ChangeKind, ChangeState
from app.stewardship.gate_rules import Sight
from app.web.auditing import can_change, note_audit, person_to_read
from app.web.context import current_actor
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.staff_changes_shared import DoneForm, left_to_do, open_task, person_of

bp = Blueprint("staff_changes_death", __name__)


class DeathForm(Form):
    """When, and who told us."""

    day = DateField("When did they die?", [Required("Enter the day")], it="The day")
    words = StringField("Who told you?", [Required("Enter who told you, like his daughter Ann"), NotTooLong(200)])
    seen = HiddenField()


class OwedForm(Form):
    """What is owed, and how much."""

    words = StringField("What is it for?")
    amount = PoundsField("How much?")


class BackForm(Form):
    """Why it was a mistake."""

    why = TextAreaField("What was wrong?")


@bp.get("/staff/people/<person_ref>/death")
@requires(Permission.DECIDE, audited=True)
def show(person_ref: str) -> ResponseReturnValue:
    """What was recorded and what is left to do; or the way to record it."""
    person = person_to_read(person_ref, Permission.DECIDE)
    change = latest_change(current_actor(), person, ChangeKind.DEATH)
    decides = can_change(Permission.DECIDE, person.commissioner_id)
    if change is not None:
        note_audit(person, Sight.DEATH, "what was recorded of a death", change.id)
    if change is None or change.state is ChangeState.TAKEN_BACK:
        return render_template("changes/death_begin.jinja", person=person, taken_back=change, can_change=decides)
    return render_template(
        "changes/death.jinja",
        **left_to_do(person, change),
        may_take_back=change.noted_by != current_actor().account_id,
    )


@bp.route("/staff/people/<person_ref>/death/new", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def new(person_ref: str) -> ResponseReturnValue:
    """When, and who told us; then everything that happens; then it is recorded."""
    person = person_of(person_ref)
    form = DeathForm()
    if request.method == "GET" or request.form.get("go") or not form.validate() or not form.day.data:
        return show_form("changes/death_new.jinja", form, person=person)
    actor = current_actor()
    try:
        if form.seen.data:
            changes.record_death(actor, person, form.day.data, form.words.data or "", form.seen.data)
            flash("It is recorded. This page says what is left to do.")
            return redirect(url_for("staff_changes_death.show", person_ref=person.ref), 303)
        return _check(person, form)
    except ListChangedError as error:
        form.take(error)
        return _check(person, form), 400
    except CarePurseError as error:
        form.take(error)
        form.seen.data = ""
        return show_form("changes/death_new.jinja", form, person=person)


def _check(person: Person, form: DeathForm) -> str:
    """Everything that happens, as things are now."""
    assert form.day.data is not None
    follows = changes.see_death(current_actor(), person, form.day.data)
    form.seen.data = digest_of(follows)
    return render_template("changes/death_check.jinja", person=person, form=form, areas=by_area(follows))


@bp.route("/staff/people/<person_ref>/death/task/<task_ref>", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def task(person_ref: str, task_ref: str) -> ResponseReturnValue:
    """One thing to do: say that it is done."""
    person = person_of(person_ref)
    change, found = open_task(person, task_ref)
    form = DoneForm()
    if form.validate_on_submit():
        try:
            changes_after.finish_task(current_actor(), person, task_ref, form.words.data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Noted.")
            return redirect(url_for(f"staff_changes_{change.kind.value}.show", person_ref=person.ref), 303)
    heading = TASK_WORDS[found.kind]
    return show_form("changes/task.jinja", form, person=person, task=found, change=change, heading=heading)


@bp.route("/staff/people/<person_ref>/death/pay/<task_ref>", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def pay(person_ref: str, task_ref: str) -> ResponseReturnValue:
    """Pay somebody who worked for the person what is still owed."""
    person = person_of(person_ref)
    change, found = open_task(person, task_ref)
    back = url_for(f"staff_changes_{change.kind.value}.show", person_ref=person.ref)
    form = OwedForm()
    if form.validate_on_submit():
        try:
            changes_after.pay_owed(current_actor(), person, task_ref, form.words.data or "", form.amount.data)
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Paid from the budget. Finance is told.")
            return redirect(back, 303)
    return show_form("changes/pay_owed.jinja", form, person=person, task=found, back=back)


@bp.post("/staff/people/<person_ref>/death/put-back/<task_ref>")
@requires(Permission.DECIDE, fresh=True)
def put_back(person_ref: str, task_ref: str) -> ResponseReturnValue:
    """Put back what was written down for a later day and was not paid."""
    person = person_of(person_ref)
    change, _ = task_for(current_actor(), person, task_ref)
    changes_after.put_payment_back(current_actor(), person, task_ref)
    flash("It is back in the budget.")
    return redirect(url_for(f"staff_changes_{change.kind.value}.show", person_ref=person.ref), 303)


@bp.route("/staff/people/<person_ref>/death/<change_ref>/mistake", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def mistake(person_ref: str, change_ref: str) -> ResponseReturnValue:
    """Take back what was recorded by mistake: by a second person."""
    person = person_of(person_ref)
    change = change_for(current_actor(), person, change_ref)
    form = BackForm()
    if form.validate_on_submit():
        try:
            changes_after.take_back(current_actor(), person, change_ref, form.why.data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash(f"Taken back. {changes_after.PUT_BACK} {changes_after.NOT_PUT_BACK} Everybody is told.")
            return redirect(url_for("staff_people.show", person_ref=person.ref), 303)
    others = changes_after.who_else_takes_back(current_actor(), person, change)
    return show_form("changes/mistake.jinja", form, person=person, change=change, others=others)


@bp.post("/staff/people/<person_ref>/death/<change_ref>/close")
@requires(Permission.DECIDE, fresh=True)
def close(person_ref: str, change_ref: str) -> ResponseReturnValue:
    """Nothing is left to do but the balance."""
    person = person_of(person_ref)
    change = changes_after.close(current_actor(), person, change_ref)
    flash("Closed. The balance is with finance.")
    return redirect(url_for(f"staff_changes_{change.kind.value}.show", person_ref=person.ref), 303)
