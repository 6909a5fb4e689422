"""What is planned for each outcome now, with everything that was moved since the plan was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.budgets import moves
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.budgets.queries import OutcomeSpend
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.plans.models import Outcome, Per, Plan

KEPT = "kept"  # what is kept for bad weeks, as one of the two ends of a move


@dataclass(frozen=True, slots=True)
class End:
    """One end of a move: what is planned there in the month, and how much of it is not used."""

    ref: str
    words: str
    outcome: Outcome | None
    planned_pence: int
    left_pence: int


def ends_of(viewer: Actor, person: Person, budget: Budget) -> list[End]:
    """Between what money can be moved now: the plan's outcomes, and what is kept.

    :raises NotFoundError: when they are not the viewer's to see.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)) or budget.person_id != person.id:
        raise NotFoundError
    plan = db.session.get(Plan, budget.plan_id) if budget.plan_id else None
    today = clock.today()
    figures = budgets.figures(budget)
    planned = planned_in(budget, plan.outcomes if plan else [], clock.period_of(today))
    ends = []
    for outcome in plan.outcomes if plan else []:
        if outcome.ended_on is None or outcome.ended_on >= today:
            spend = (figures.whole_budget if outcome.per is Per.PLAN else figures.this_month).get(outcome.id)
            left = planned[outcome.id] - (spend or OutcomeSpend()).used
            ends.append(End(outcome.ref, outcome.words, outcome, planned[outcome.id], left))
    ends.append(End(KEPT, budget.contingency_name, None, budget.contingency_pence, budget.contingency_pence))
    return ends


def planned_in(budget: Budget, outcomes: Sequence[Outcome], month: date) -> dict[UUID, int]:
    """What is planned for each outcome in a month (or, for one planned once, over the whole plan), in pence.

    The plan's own figure with everything that was moved since.
    """
    agreed = moves.agreed_moves(budget.id)
    this = moves.net_of(move for move in agreed if move.first_month <= month <= move.last_month)
    once = moves.net_of(agreed)
    return {
        outcome.id: outcome.indicative_pence + (once if outcome.per is Per.PLAN else this).get(outcome.id, 0)
        for outcome in outcomes
    }
