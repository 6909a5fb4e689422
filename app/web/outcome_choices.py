"""The outcomes there are to choose from when something is bought, with what is left of each."""

from __future__ import annotations

from collections.abc import Sequence

from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.core import clock
from app.plans import queries as plans
from app.plans.models import Outcome, Per
from app.purchases.planned import planned_in
from app.web.buying_forms import left_words
from app.web.context import current_actor, current_person


def outcomes_for(budget: Budget) -> list[Outcome]:
    """The outcomes of the plan the budget is for, those that have ended left out."""
    today = clock.today()
    plan = plans.plan_in_force(current_actor(), current_person())
    if plan is None and budget.plan_id:
        plan = plans.plan_by_id(budget.plan_id)
    return [item for item in plan.outcomes if item.ended_on is None or item.ended_on >= today] if plan else []


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
