"""Reviews and concerns that are the reader's to deal with; and who the safeguarding leads are."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import InvalidError
from app.identity import safeguarding
from app.identity.rules import Permission
from app.stewardship import concern_queries, review_queries
from app.stewardship.gate_rules import CONCERN_STATE_WORDS, CONCERN_WORDS
from app.stewardship.review_rules import KIND_WORDS
from app.web.context import current_actor
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("staff_gate", __name__)


@bp.get("/staff/gate")
@requires(Permission.READ_CONCERNS)
def index() -> ResponseReturnValue:
    """What is open, what is to come, and whose review is due."""
    actor, today = current_actor(), clock.today()
    announced = review_queries.announced_with(actor)
    return render_template(
        "gate/index.jinja",
        opened=[one for one in announced if one.starts_on <= today],
        to_come=[one for one in announced if one.starts_on > today],
        due=review_queries.overdue_for(actor),
        concerns=concern_queries.open_with_part(actor),
        kinds=KIND_WORDS,
        concern_kinds=CONCERN_WORDS,
        states=CONCERN_STATE_WORDS,
    )


@bp.app_template_global()
def gate_counts() -> str:
    """How many reviews and concerns wait for whoever is signed in, in words; empty when none do."""
    actor, today = current_actor(), clock.today()
    opened = sum(one.starts_on <= today for one in review_queries.announced_with(actor))
    due, concerns = len(review_queries.overdue_for(actor, 0)), len(concern_queries.open_with_part(actor))
    counts = ((opened, "open"), (due, "due"), (concerns, "with a concern"))
    return ", ".join(f"{count} {words}" for count, words in counts if count)


@bp.post("/staff/team/safeguarding")
@requires(Permission.NAME_SAFEGUARDING, fresh=True)
def name_lead() -> ResponseReturnValue:
    """Name a safeguarding lead, or take the name back."""
    scope = scope_of(Permission.NAME_SAFEGUARDING, request.form.get("in", ""))
    named = request.form.get("safeguards") == "yes"
    try:
        post = safeguarding.name_lead(
            current_actor(), scope.place.id, request.form.get("account", ""), safeguards=named
        )
    except InvalidError as error:
        flash(error.sentence, "note")
    else:
        said = "is a safeguarding lead now" if named else "is no safeguarding lead any more"
        flash(f"{post.account.name} {said}.")
    return redirect(url_for("staff.people", **scope.query), 303)
