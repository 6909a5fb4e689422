"""Ending a budget before its time: no more money comes in. What is in it stays until somebody has settled it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.identity.rules import Actor


def end_budget(actor: Actor, budget_id: UUID, on: date, *, why: str) -> date:
    """Let a budget end on a day. One that ends sooner is left as it is. The caller has checked the right.

    :returns: its last day before.
    """
    budget = _lock(budget_id)
    was = budget.ends_on
    if on < was:
        budget.ends_on = max(on, budget.starts_on)
        db.session.flush()
        _record(actor, budget, "end_budget", f"{budget.name} ends on {clock.say_day(budget.ends_on, year=True)}", why)
    return was


def run_on(actor: Actor, budget_id: UUID, until: date, *, why: str) -> None:
    """Let a budget that was ended by mistake run until the day it ran to before. The caller has checked the right."""
    budget = _lock(budget_id)
    if budget.ends_on < until:
        budget.ends_on = until
        db.session.flush()
        _record(actor, budget, "run_on", f"{budget.name} runs until {clock.say_day(until, year=True)} again", why)


def _lock(budget_id: UUID) -> Budget:
    return db.session.scalars(
        select(Budget)
        .where(Budget.id == budget_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _record(actor: Actor, budget: Budget, verb: str, sentence: str, why: str) -> None:
    audit.record(
        actor,
        f"budgets.{verb}",
        sentence,
        subject_kind="budget",
        subject_id=budget.id,
        person_id=budget.person_id,
        commissioner_id=budget.commissioner_id,
        why=why,
    )
