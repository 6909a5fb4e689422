"""For finance: what is left in the budgets of somebody who has died or moved away, and how it was settled."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import CarePurseError
from app.identity import queries as identity
from app.identity.rules import Permission
from app.stewardship.changes_queries import note_what_is_left
from app.stewardship.changes_rules import ChangeKind, ChangeState
from app.stewardship.changes_settling import settle, settlement_of
from app.stewardship.gate_rules import Sight
from app.web.auditing import can_change, note_audit
from app.web.context import current_actor
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.staff_changes_shared import DoneForm

bp = Blueprint("staff_changes_settle", __name__)


@bp.route("/staff/people/<person_ref>/settle", methods=["GET", "POST"])
@requires(Permission.PAY_ALLOCATIONS, audited=True)
def show(person_ref: str) -> ResponseReturnValue:
    """What was said on the day, what is left today; and writing down that it is settled."""
    actor = current_actor()
    only_reads = request.method == "GET"
    person = identity.person_of_commissioner(actor, person_ref, Permission.PAY_ALLOCATIONS, reading=only_reads)
    found = settlement_of(actor, person, reading=only_reads)
    if found is not None:
        note_what_is_left(actor, person, found.change, "settle")
        note_audit(person, Sight.SETTLING, "what is left to settle", found.task.id)
    form = DoneForm()
    if form.validate_on_submit():
        try:
            settle(actor, person, form.words.data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash("It is written down as settled.")
            return redirect(url_for("staff_changes_settle.show", person_ref=person.ref), 303)
    return show_form(
        "changes/settle.jinja",
        form,
        person=person,
        found=found,
        can_change=can_change(Permission.PAY_ALLOCATIONS, person.commissioner_id),
        died=found is not None and found.change.kind is ChangeKind.DEATH,
        closed=found is not None and found.change.state is ChangeState.CLOSED,
    )
