"""The ledger's totals, and the proof that they are right."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.budgets import monitoring
from app.core import clock
from app.identity.rules import Permission
from app.ledger import proof
from app.web import words
from app.web.context import current_actor
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("ledger", __name__)


@bp.get("/staff/ledger")
@requires(Permission.READ_LEDGER)
def show() -> ResponseReturnValue:
    """Totals of one commissioner by stream; on request every transfer of the whole ledger is replayed.

    The proof is over all commissioners, so only whether it holds is shown, not whose rows would be wrong.
    """
    scope = scope_of(Permission.READ_LEDGER)
    checked = proof.verify(most=0) if request.args.get("check") else None
    return render_template(
        "staff/ledger.jinja",
        scope=scope,
        totals=monitoring.totals_of(current_actor(), scope.place.id),
        checked=checked,
        now=clock.now(),
        streams=words.STREAMS,
    )
