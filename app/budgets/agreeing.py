"""Agreeing a budget, and what comes round in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.audit import service as audit
from app.budgets.models import Budget, BudgetPart, BudgetStream, BudgetWorkingLine, RegularPayment
from app.budgets.regular_models import RegularTerms
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.budgets.rhythm import RHYTHM_WORDS, Rhythm
from app.budgets.rules import BudgetState, Cycle, HeldAs
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.core.money import format_pounds
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Stream


@dataclass(frozen=True, slots=True)
class StreamInput:
    """What one funder pays: pence a month, or once."""

    stream: Stream
    cycle: Cycle
    amount_pence: int


def agree_budget(
    actor: Actor,
    person: Person,
    *,
    plan_id: UUID | None,
    name: str,
    starts_on: date,
    ends_on: date,
    indicative_pence: int,
    streams: Sequence[StreamInput],
    parts: Sequence[tuple[HeldAs, int, str]],
    working: Sequence[tuple[str, int]],
    contingency_pence: int = 0,
) -> Budget:
    """Enter a budget as agreed and open its ledger accounts.

    :param parts: how it is held: way, pence for the period, and in words by whom.
    :param working: how it was worked out: words and pence for the period.
    :raises InvalidError: when the lines of the working, or the parts, do not add up to what the streams pay.
    """
    _only_coordinators(actor, person.commissioner_id)
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month + 1
    agreed = sum(s.amount_pence * (months if s.cycle is Cycle.MONTHLY else 1) for s in streams)
    for what, total in (("working", sum(line[1] for line in working)), ("parts", sum(part[1] for part in parts))):
        if total != agreed:
            raise InvalidError(
                {what: f"The lines come to {format_pounds(total)}, the budget to {format_pounds(agreed)}"}
            )
    budget = Budget(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        plan_id=plan_id,
        name=name,
        state=BudgetState.AGREED,
        starts_on=starts_on,
        ends_on=ends_on,
        indicative_pence=indicative_pence,
        agreed_pence=agreed,
        agreed_at=clock.now(),
        contingency_pence=contingency_pence,
        parts=[
            BudgetPart(position=i, held_as=way, amount_pence=pence, held_by=words)
            for i, (way, pence, words) in enumerate(parts)
        ],
        working=[
            BudgetWorkingLine(position=i, words=words, amount_pence=pence) for i, (words, pence) in enumerate(working)
        ],
    )
    db.session.add(budget)
    db.session.flush()
    accounts = ledger.ensure_accounts(
        person.commissioner_id, [(OwnerKind.BUDGET, budget.id, item.stream) for item in streams]
    )
    order = list(Stream)
    budget.streams = [
        BudgetStream(
            stream=item.stream,
            position=order.index(item.stream),
            cycle=item.cycle,
            amount_pence=item.amount_pence,
            ledger_account_id=accounts[OwnerKind.BUDGET, budget.id, item.stream],
        )
        for item in sorted(streams, key=lambda item: order.index(item.stream))
    ]
    db.session.flush()
    audit.record(
        actor,
        "budgets.agree_budget",
        f"Agreed {name} of {format_pounds(agreed)}",
        subject_kind="budget",
        subject_id=budget.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        details={"agreed_pence": agreed, "contingency_pence": contingency_pence},
    )
    return budget


def agree_regular_payment(
    actor: Actor,
    budget: Budget,
    *,
    outcome_id: UUID,
    words: str,
    payee: str,
    category: str,
    amount_pence: int,
    day_of_month: int,
    starts_on: date,
    ends_on: date | None = None,
    rhythm: Rhythm = Rhythm.MONTHLY,
) -> RegularPayment:
    """Enter a payment that was agreed in the plan to come round again and again, such as a PA's wages.

    The person writes each down when they have paid it.

    :param day_of_month: for a monthly one; another is counted from ``starts_on``.
    :raises NotAllowedError: when the actor is no coordinator of the budget's commissioner.
    """
    _only_coordinators(actor, budget.commissioner_id)
    payment = RegularPayment(
        budget_id=budget.id,
        outcome_id=outcome_id,
        state=RegularState.RUNNING,
        posted_by=PostedBy.PERSON,
        words=words,
        payee=payee,
        category=category,
        starts_on=starts_on,
        ends_on=ends_on,
        every_terms=[
            RegularTerms(
                state=TermsState.AGREED,
                from_on=starts_on,
                rhythm=rhythm,
                first_on=starts_on,
                day_of_month=day_of_month,
                quantity_hundredths=100,
                unit_price_pence=amount_pence,
                amount_pence=amount_pence,
            )
        ],
        pauses=[],
    )
    db.session.add(payment)
    db.session.flush()
    audit.record(
        actor,
        "budgets.agree_regular_payment",
        f"Agreed {words}, {format_pounds(amount_pence)} {RHYTHM_WORDS[rhythm]}",
        subject_kind="regular_payment",
        subject_id=payment.id,
        person_id=budget.person_id,
        commissioner_id=budget.commissioner_id,
    )
    return payment


def _only_coordinators(actor: Actor, commissioner_id: UUID) -> None:
    if not actor.is_system and not may(actor, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotAllowedError("Only a coordinator can agree a budget.")
