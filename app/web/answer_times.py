"""How long people wait for an answer, month by month: for everybody who works for the commissioner."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.identity import queries as identity
from app.identity.rules import Permission
from app.purchases import answer_times
from app.web.context import current_actor
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("answer_times", __name__)


@bp.get("/staff/answer-times")
@requires(Permission.SEE_ANSWER_TIMES)
def show() -> ResponseReturnValue:
    """The last twelve months."""
    scope = scope_of(Permission.SEE_ANSWER_TIMES)
    return render_template(
        "staff/answer_times.jinja",
        scope=scope,
        months=answer_times.answer_times(current_actor(), scope.place.id),
        days=identity.settings_of(scope.place.id).decision_working_days,
    )
