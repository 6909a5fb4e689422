"""The plan, in the person's own words."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.core import clock
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.marketplace.rules import Category
from app.plans import queries as plans
from app.plans.models import Plan
from app.purchases.planned import planned_in
from app.web import words
from app.web.context import current_actor, current_person
from app.web.marks import requires

bp = Blueprint("plan", __name__)


@bp.get("/p/<person_ref>/plan")
@requires(Permission.VIEW_BUDGET)
def show() -> ResponseReturnValue:
    """What matters to the person, and each outcome: how much, who pays, what may be bought, what to watch for."""
    actor, person = current_actor(), current_person()
    plan = plans.plan_in_force(actor, person) or _nearest(actor, person)
    today = clock.today()
    budget = budgets.budget_in_force(actor, person)
    ours = plan is not None and budget is not None and budget.plan_id == plan.id
    return render_template(
        "plan/show.jinja",
        plan=plan,
        planned=planned_in(budget, plan.outcomes, clock.period_of(today)) if ours and plan and budget else {},
        ended=plan is not None and plan.ends_on < today,
        to_come=plan is not None and plan.starts_on > today,
        review_late=plan is not None and plan.review_due_on < today <= plan.ends_on,
        paid_by=words.paid_by,
        kinds={category.value: category.label for category in Category},
        coordinator=identity.coordinator_of(person.id),
    )


def _nearest(actor: Actor, person: Person) -> Plan | None:
    """Where no plan is in force: the one that the newest budget pays for."""
    for budget in budgets.budgets_of(actor, person):
        if budget.plan_id:
            return plans.plan_by_id(budget.plan_id)
    return None
