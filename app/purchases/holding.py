"""Setting money aside for a purchase, line by line."""

from __future__ import annotations

from uuid import UUID

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError
from app.identity.rules import Actor
from app.purchases.facts import outcomes_of, shares_of
from app.purchases.models import Purchase


def payee_of(purchase: Purchase) -> UUID:
    """The ledger's name for whoever is paid."""
    budget = budgets.budget_by_id(purchase.budget_id)
    return purchase.provider_id or budget_service.payee_id_of(budget, purchase.payee_name)


def hold_sum(actor: Actor, purchase: Purchase, outcome_id: UUID, amount_pence: int, subject_id: UUID) -> None:
    """Set a sum aside for one outcome.

    :param subject_id: what it is held for: a line, or the purchase for what no line says.
    :raises InsufficientFundsError: when a stream cannot pay its part.
    """
    budget = budgets.budget_by_id(purchase.budget_id)
    outcome = {line.outcome_id: line for line in purchase.lines}[outcome_id]
    budget_service.set_aside(
        actor,
        budget,
        outcome_id=outcome_id,
        funding=shares_of(outcomes_of([outcome])[outcome_id]),
        amount_pence=amount_pence,
        subject_id=subject_id,
        payee_id=payee_of(purchase),
        memo=f"Purchase {purchase.ref}",  # the ledger is read by staff: it says where, not what
        counts_on=purchase.bought_on or clock.today(),
    )


def hold_lines(actor: Actor, purchase: Purchase) -> None:
    """Set the whole of a purchase aside.

    :raises InsufficientFundsError: when a stream cannot pay its part.
    """
    outcomes_of(purchase.lines)  # all of them read at once
    for line in purchase.lines:
        if line.amount_pence and line.outcome_id:
            hold_sum(actor, purchase, line.outcome_id, line.amount_pence, line.id)


def try_to_hold(actor: Actor, purchase: Purchase) -> bool:
    """Set the whole of it aside if the budget can carry it; else leave everything as it was.

    :returns: whether it is set aside now.
    """
    try:
        with db.session.begin_nested():
            hold_lines(actor, purchase)
    except InsufficientFundsError:
        return False
    return True


def is_held(purchase: Purchase) -> bool:
    """Whether all of it is set aside now."""
    held = budget_service.held_for([line.id for line in purchase.lines])
    return held == purchase.total_pence
