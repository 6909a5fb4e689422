"""What a purchase does to a budget: setting money aside, spending it, letting it go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.budgets.models import (
    Budget,
    RegularPaymentMade,
)
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError
from app.core.money import split_cumulative
from app.identity.rules import Actor
from app.ledger import queries as ledger_queries
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Phase, Stream, Totals, TransferKind


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
