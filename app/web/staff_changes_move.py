"""For the coordinator: a person moves to another commissioner; and taking over somebody who moves here."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, SelectField, StringField

from app.core.errors import CarePurseError
from app.identity.models import Commissioner, Person
from app.identity.rules import Permission
from app.stewardship import changes
from app.stewardship.changes_follows import ListChangedError, by_area, digest_of
from app.stewardship.changes_handover import accept_handover, plan_to_come
from app.stewardship.changes_queries import (
    handover_for,
    handovers_to,
    latest_change,
    other_commissioners,
)
from app.stewardship.changes_rules import ChangeKind, ChangeState
from app.stewardship.gate_rules import Sight
from app.web.auditing import can_change, note_audit, person_to_read
from app.web.context import current_actor
from app.web.forms import DateField, Form, Required, choices
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.staff_changes_shared import left_to_do, person_of
from app.web.staff_scope import scope_of

bp = Blueprint("staff_changes_move", __name__)


class MoveForm(Form):
    """From when, where to, and whether the plan's words go along."""

    day = DateField("From when is somebody else responsible?", [Required("Enter the day")], it="The day")
    to = SelectField("Where do they move to?", default="")
    words = StringField("Its name, if it is not in the list")
    sends_plan = BooleanField("They agree that the words of their plan go along, without the money")
    seen = HiddenField()


@bp.get("/staff/people/<person_ref>/move")
@requires(Permission.DECIDE, audited=True)
def show(person_ref: str) -> ResponseReturnValue:
    """What is noted and how far it is; or the way to note a move."""
    person = person_to_read(person_ref, Permission.DECIDE)
    change = latest_change(current_actor(), person, ChangeKind.MOVE)
    decides = can_change(Permission.DECIDE, person.commissioner_id)
    if change is not None:
        note_audit(person, Sight.MOVE, "what was noted of a move", change.id)
    if change is None or change.state is ChangeState.TAKEN_BACK:
        return render_template("changes/move_begin.jinja", person=person, taken_back=change, can_change=decides)
    return render_template(
        "changes/move.jinja",
        **left_to_do(person, change),
        to_come=change.state is ChangeState.NOTED,
    )


@bp.route("/staff/people/<person_ref>/move/new", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def new(person_ref: str) -> ResponseReturnValue:
    """From when and where to; then everything that happens; then it is noted."""
    person = person_of(person_ref)
    others = {item.ref: item for item in other_commissioners(person.commissioner_id)}
    form = MoveForm()
    form.to.choices = choices([("", "Somewhere else"), *((ref, item.name) for ref, item in others.items())])
    if request.method == "GET" or request.form.get("go") or not form.validate() or not form.day.data:
        return show_form("changes/move_new.jinja", form, person=person)
    try:
        return _check_or_note(person, form, others.get(form.to.data or ""))
    except ListChangedError as error:
        form.take(error)
        return _check(person, form, others.get(form.to.data or "")), 400
    except CarePurseError as error:
        form.take(error)
        form.seen.data = ""
        return show_form("changes/move_new.jinja", form, person=person)


def _check_or_note(person: Person, form: MoveForm, to: Commissioner | None) -> ResponseReturnValue:
    actor, day, where = current_actor(), form.day.data, form.words.data or ""
    if form.seen.data:
        sends = bool(form.sends_plan.data)
        changes.note_move(actor, person, day, where, to, sends_plan=sends, seen=form.seen.data)
        flash("Noted. Everybody is told.")
        return redirect(url_for("staff_changes_move.show", person_ref=person.ref), 303)
    return _check(person, form, to)


def _check(person: Person, form: MoveForm, to: Commissioner | None) -> str:
    """Everything that happens on the day, as things are now."""
    where = form.words.data or ""
    follows = changes.see_move(current_actor(), person, form.day.data, where, to)
    form.seen.data = digest_of(follows)
    where_to = to.name if to else where
    return render_template(
        "changes/move_check.jinja", person=person, form=form, areas=by_area(follows), to=to, where_to=where_to
    )


@bp.get("/staff/handovers")
@requires(Permission.DECIDE, audited=True)
def handovers() -> ResponseReturnValue:
    """Who moves here, and waits for somebody to take over."""
    scope = scope_of(Permission.DECIDE, reading=True)
    return render_template(
        "changes/handovers.jinja", scope=scope, changes=handovers_to(current_actor(), scope.place.id)
    )


@bp.route("/staff/handovers/<change_ref>", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def handover(change_ref: str) -> ResponseReturnValue:
    """One person who moves here: what comes along, and "I take over"."""
    change = handover_for(current_actor(), change_ref)
    if request.method == "POST":
        person = accept_handover(current_actor(), change_ref)
        flash(f"You look after {person.name} now. Agree a plan and a budget with them.")
        return redirect(url_for("staff_people.show", person_ref=person.ref), 303)
    return render_template("changes/handover.jinja", change=change, plan=plan_to_come(current_actor(), change))
