"""Paying a personal assistant what is still owed after a death or a move, by a coordinator's decision."""

from __future__ import annotations

from app.budgets import queries as budgets
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError
from app.core.money import MAX_PENCE
from app.core.words import one_line
from app.identity.rules import Actor
from app.policy.rules import Action
from app.purchases.changing import record
from app.purchases.holding import hold_lines
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import MAX_WORDS, State, Way
from app.purchases.settling import settle_owed


def pay_owed(actor: Actor, payment: RegularPayment, words: str, amount_pence: int | None) -> Purchase:
    """Pay something owed for a regular purchase from its budget, at once. The caller has checked the right.

    :param words: what it is for, such as "Notice pay, two weeks".
    :raises InvalidError: fields ``words`` and ``amount``.
    :raises InsufficientFundsError: when the budget cannot pay it.
    """
    words, errors = one_line(words), {}
    if not words:
        errors["words"] = "Enter what it is for, like notice pay for two weeks"
    elif len(words) > MAX_WORDS:
        errors["words"] = f"Say it in {MAX_WORDS} characters or fewer"
    if not amount_pence or not 0 < amount_pence <= MAX_PENCE:
        errors["amount"] = "Enter how much, like 412.50"
    if errors or not amount_pence or actor.account_id is None:
        raise InvalidError(errors)
    budget = budgets.budget_by_id(payment.budget_id)
    purchase = Purchase(
        commissioner_id=budget.commissioner_id,
        person_id=budget.person_id,
        budget_id=budget.id,
        state=State.APPROVED,
        way=Way.OUTSIDE,
        title=words,
        payee_name=payment.payee,
        provider_id=payment.provider_id,
        total_pence=amount_pence,
        requested_by=actor.account_id,
        requested_by_name=actor.name,
        requested_as=actor.quality_for(budget.person_id, budget.commissioner_id),
        submitted_at=clock.now(),
        decided_at=clock.now(),
        action=Action.ALLOW,
        findings=[],
        bought_on=clock.today(),
    )
    purchase.lines.append(
        PurchaseLine(
            commissioner_id=budget.commissioner_id,
            person_id=budget.person_id,
            position=0,
            description=words,
            category=payment.category,
            unit_price_pence=amount_pence,
            amount_pence=amount_pence,
            outcome_id=payment.outcome_id,
            action=Action.ALLOW,
            findings=[],
            moved_on=clock.today(),
        )
    )
    db.session.add(purchase)
    db.session.flush()
    record(actor, purchase, "pay_owed", "Decided to pay what is owed:")
    hold_lines(actor, purchase)
    return settle_owed(actor, purchase, f"What was owed, decided by {actor.name}"[:MAX_WORDS])
