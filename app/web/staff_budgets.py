"""How budgets do, and the month's payments. Nothing here shows what anybody bought."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import allocations, monitoring
from app.core import clock
from app.core.money import format_pounds
from app.identity.rules import CommissionerSubject, Permission, StaffRole, may
from app.stewardship.health import receipts_missing
from app.web import words
from app.web.context import current_actor
from app.web.marks import requires
from app.web.paging import page_number
from app.web.staff_scope import scope_of

bp = Blueprint("budgets", __name__)

#: Budgets paid in one request; more belong to ``flask budgets pay-month``, which shows how far it is.
AT_ONCE = 300


@bp.get("/staff/budgets")
@requires(Permission.SEE_BUDGET_HEALTH)
def index() -> ResponseReturnValue:
    """Budgets on track or not, for coordinators and auditors; the month's payments for finance and auditors."""
    actor = current_actor()
    scope = scope_of(Permission.SEE_BUDGET_HEALTH)
    roles = {post.role for post in actor.posts if post.commissioner_id == scope.place.id}
    own = StaffRole.COORDINATOR in roles and request.args.get("show") != "all"
    names = bool(roles & {StaffRole.COORDINATOR, StaffRole.AUDITOR})
    sums = bool(roles & {StaffRole.FINANCE, StaffRole.AUDITOR})
    period = clock.period_of(clock.today())
    page = monitoring.health(actor, scope.place.id, page_number(request.args), own=own) if names else None
    return render_template(
        "staff/budgets.jinja",
        scope=scope,
        own=own,
        has_own=StaffRole.COORDINATOR in roles,
        page=page,
        missing=receipts_missing(actor, scope.place.id, [row.budget_id for row in page.rows]) if page else set(),
        paid=monitoring.month_paid(actor, scope.place.id, period) if sums else None,
        may_pay=may(actor, Permission.PAY_ALLOCATIONS, CommissionerSubject(scope.place.id)),
        at_once=AT_ONCE,
        paces=words.PACES,
        streams=words.STREAMS,
    )


@bp.post("/staff/budgets/pay")
@requires(Permission.PAY_ALLOCATIONS)
def pay() -> ResponseReturnValue:
    """Pay this month's money into the budgets of one commissioner that have not had it.

    :raises NotFoundError: when the reader may not pay for that commissioner.
    """
    actor = current_actor()
    scope = scope_of(Permission.PAY_ALLOCATIONS, request.form.get("in", ""))
    period = clock.period_of(clock.today())
    waiting = monitoring.not_yet_paid(actor, scope.place.id, period, AT_ONCE + 1)
    paid = allocations.pay_month(actor, period, waiting[:AT_ONCE])
    month = clock.say_month(period)
    if not waiting:
        flash(f"All budgets have their money for {month}. Nothing was left to pay.", "note")
    else:
        count = "1 budget" if paid.budgets == 1 else f"{paid.budgets} budgets"
        flash(f"Paid {format_pounds(paid.pence)} into {count} for {month}.")
    if len(waiting) > AT_ONCE:
        flash(f"More than {AT_ONCE} were waiting. Press again for the next {AT_ONCE}.", "note")
    return redirect(url_for("budgets.index", **scope.query), 303)
