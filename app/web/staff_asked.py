"""Everything a person asked and wrote, whoever answered it: for an auditor, and written down for the person."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.approvals import queries as approvals
from app.approvals.rules import SUBJECT_WORDS
from app.identity.rules import Permission
from app.messages import inbox
from app.messages.rules import CONVERSATION_WORDS
from app.purchases import problem_queries
from app.stewardship.gate_rules import Sight
from app.web.auditing import note_audit, person_to_read
from app.web.context import current_actor
from app.web.marks import requires

bp = Blueprint("staff_asked", __name__)


@bp.get("/staff/people/<person_ref>/asked")
@requires(Permission.READ_AUDIT)
def show(person_ref: str) -> ResponseReturnValue:
    """What they asked to be decided, what went wrong, and their conversations, the newest first."""
    actor, person = current_actor(), person_to_read(person_ref, Permission.READ_AUDIT)
    note_audit(person, Sight.ASKED, "the list of what was asked and written")
    return render_template(
        "staff_people/asked.jinja",
        person=person,
        requests=approvals.requests_to_audit(actor, person),
        kinds={kind: said[0] for kind, said in SUBJECT_WORDS.items()},
        problems=problem_queries.problems_to_audit(actor, person),
        conversations=inbox.conversations_to_audit(actor, person),
        states=CONVERSATION_WORDS,
    )
