"""Writing budgets: agreeing one, setting money aside, spending it, letting it go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.budgets.models import (
    Budget,
    BudgetPart,
    BudgetStream,
    BudgetWorkingLine,
    RegularPayment,
    RegularPaymentMade,
)
from app.budgets.rules import BudgetState, Cycle, HeldAs
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, InvalidError, NotAllowedError
from app.core.money import format_pounds, split_cumulative
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.ledger import queries as ledger_queries
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Phase, Stream, Totals, TransferKind


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
    if not actor.is_system and not may(actor, Permission.DECIDE, CommissionerSubject(person.commissioner_id)):
        raise NotAllowedError("Only a coordinator can agree a budget.")
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
) -> RegularPayment:
    """Enter a payment that comes round every month, such as a PA's wages."""
    payment = RegularPayment(
        budget_id=budget.id,
        outcome_id=outcome_id,
        words=words,
        payee=payee,
        category=category,
        amount_pence=amount_pence,
        day_of_month=day_of_month,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(payment)
    db.session.flush()
    audit.record(
        actor,
        "budgets.agree_regular_payment",
        f"Agreed {words}, {format_pounds(amount_pence)} a month",
        subject_kind="regular_payment",
        subject_id=payment.id,
        person_id=budget.person_id,
        commissioner_id=budget.commissioner_id,
    )
    return payment


def payee_id_of(budget: Budget, name: str) -> UUID:
    """The ledger's name for somebody paid outside the marketplace: one a commissioner and spelling."""
    return uuid5(budget.commissioner_id, " ".join(name.casefold().split()))


@dataclass(frozen=True, slots=True)
class Share:
    """A stream and its weight in an outcome's funding."""

    stream: Stream
    share: int


def split_for(budget: Budget, outcome_id: UUID, funding: Sequence[Share], amount_pence: int) -> dict[Stream, int]:
    """What each stream would pay of ``amount_pence`` now (largest remainder on the running total)."""
    taken = ledger_queries.tag_totals(budget.id, outcome_id)
    before = [max(0, taken.get(item.stream, 0)) for item in funding]
    parts = split_cumulative(before, amount_pence, [item.share for item in funding])
    return {item.stream: part for item, part in zip(funding, parts, strict=True) if part}


def stream_short(
    budget: Budget, outcome_id: UUID, funding: Sequence[Share], amount_pence: int
) -> tuple[Stream, int] | None:
    """The first stream that could not pay its part of ``amount_pence``, and what it has left."""
    totals = ledger_queries.totals_by_stream(budget.id)
    for stream, part in split_for(budget, outcome_id, funding, amount_pence).items():
        left = totals[stream].available if stream in totals else 0
        if part > left:
            return stream, left
    return None


def lock(budget: Budget) -> dict[Stream, Totals]:
    """Let nobody else promise money from this budget until the transaction ends.

    Whoever is to judge a purchase by what was bought before takes it first: two halves of one thing, sent at the same
    moment, would else not see each other.

    :returns: what each stream holds now.
    """
    accounts = {item.ledger_account_id: item.stream for item in budget.streams if item.ledger_account_id}
    return {accounts[key]: totals for key, totals in ledger.lock_accounts(accounts).items()}


def set_aside(
    actor: Actor,
    budget: Budget,
    *,
    outcome_id: UUID,
    funding: Sequence[Share],
    amount_pence: int,
    subject_id: UUID,
    payee_id: UUID,
    memo: str,
    counts_on: date,
) -> None:
    """Hold money for something approved or waiting: it cannot be spent twice.

    The budget's accounts are locked first, so that the split follows what was really taken before.

    :param subject_id: the purchase line.
    :raises InsufficientFundsError: when a stream cannot pay its part.
    """
    accounts = {item.stream: item.ledger_account_id for item in budget.streams if item.ledger_account_id}
    locked = ledger.lock_accounts(accounts.values())
    parts = split_for(budget, outcome_id, funding, amount_pence)
    for stream, part in parts.items():
        totals = locked.get(accounts.get(stream, UUID(int=0)), Totals())
        if part > totals.available:
            raise InsufficientFundsError(ledger.NOT_ENOUGH)
    payees = ledger.ensure_accounts(
        budget.commissioner_id, [(OwnerKind.PAYEE, payee_id, stream) for stream in parts]
    )
    ledger.write_transfers(
        commissioner_id=budget.commissioner_id,
        actor_id=actor.account_id,
        actor_name=actor.name,
        kind=TransferKind.HOLD,
        phase=Phase.PENDING,
        legs=[
            ledger.Leg(accounts[stream], payees[OwnerKind.PAYEE, payee_id, stream], part, outcome_id)
            for stream, part in parts.items()
        ],
        memo=memo,
        counts_on=counts_on,
        subject_id=subject_id,
        covered=True,
    )


def spend_held(actor: Actor, subject_id: UUID, *, memo: str, counts_on: date) -> int:
    """Turn what is held for a subject into money spent.

    :returns: pence spent.
    """
    return ledger.resolve_pending(
        subject_id=subject_id,
        phase=Phase.POST,
        kind=TransferKind.SPEND,
        actor_id=actor.account_id,
        actor_name=actor.name,
        memo=memo,
        counts_on=counts_on,
    )


def release_held(actor: Actor, subject_id: UUID, *, memo: str) -> int:
    """Let go of what is held for a subject.

    :returns: pence set free.
    """
    return ledger.resolve_pending(
        subject_id=subject_id,
        phase=Phase.VOID,
        kind=TransferKind.RELEASE,
        actor_id=actor.account_id,
        actor_name=actor.name,
        memo=memo,
        counts_on=clock.today(),
    )


def mark_regular_made(payment_id: UUID, period: date, purchase_id: UUID) -> bool:
    """Note which purchase takes care of a regular payment in a month.

    :returns: False when another purchase already does.
    """
    made = db.session.scalar(
        insert(RegularPaymentMade)
        .values(payment_id=payment_id, period=period, purchase_id=purchase_id)
        .on_conflict_do_nothing()
        .returning(RegularPaymentMade.payment_id)
    )
    return made is not None


def unmark_regular(purchase_id: UUID) -> None:
    """The purchase does not take care of a regular payment after all: it is due again."""
    db.session.execute(delete(RegularPaymentMade).where(RegularPaymentMade.purchase_id == purchase_id))
