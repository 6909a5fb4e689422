"""The outcomes there are to choose from when something is bought, with what is left of each."""

from __future__ import annotations

from collections.abc import Sequence

from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.core import clock
from app.identity.rules import Scope
from app.plans import queries as plans
from app.plans.models import Outcome, Per
from app.purchases.planned import planned_in
from app.web.buying_forms import left_words
from app.web.context import acting_grant, current_actor, current_person


def outcomes_for(budget: Budget) -> list[Outcome]:
    """The outcomes of the plan the budget is for, those that have ended left out."""
    today = clock.today()
    plan = plans.plan_in_force(current_actor(), current_person())
    if plan is None and budget.plan_id:
        plan = plans.plan_by_id(budget.plan_id)
    return [item for item in plan.outcomes if item.ended_on is None or item.ended_on >= today] if plan else []


def hints_of(budget: Budget | None, options: Sequence[Outcome]) -> dict[str, str]:
    """What is said beside each, by the outcome's reference: what is left, and which are not the reader's to buy for.

    So nobody learns on the last page that somebody else has to say yes first.
    """
    hints = left_of_each(budget, options) if budget else {}
    person, grant = current_person(), acting_grant()
    if grant is None or grant.scope is not Scope.BUY or grant.outcome_ids is None:
        return hints
    waits = f"You may get this ready. {person.given_name}’s own side says yes first."
    for item in options:
        if item.id not in grant.outcome_ids:
            hints[item.ref] = f"{hints[item.ref]}. {waits}" if item.ref in hints else waits
    return hints


def left_of_each(budget: Budget, options: Sequence[Outcome]) -> dict[str, str]:
    """What is left of each, by the outcome's reference: ``£24 of £120 left in November``."""
    figures = budgets.figures(budget)
    planned = planned_in(budget, options, clock.period_of(clock.today()))
    month = f"in {clock.say_month(clock.period_of(clock.today()))}"
    words = {}
    for item in options:
        if not planned[item.id]:
            continue
        monthly = item.per is Per.MONTH
        spend = (figures.this_month if monthly else figures.whole_budget).get(item.id)
        left = planned[item.id] - (spend.used if spend else 0)
        words[item.ref] = left_words(left, planned[item.id], month if monthly else "")
    return words
