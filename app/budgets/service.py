"""What a purchase does to a budget: setting money aside, spending it, letting it go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app.budgets.models import (
    Budget,
    RegularPaymentMade,
)
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.core.money import split_cumulative
from app.identity.rules import Actor
from app.ledger import queries as ledger_queries
from app.ledger import service as ledger
from app.ledger.models import LedgerAccount
from app.ledger.rules import OwnerKind, Phase, Stream, Totals, TransferKind


def payee_id_of(budget: Budget, name: str) -> UUID:
    """The ledger's name for somebody paid outside the marketplace: one a commissioner and spelling."""
    return uuid5(budget.commissioner_id, " ".join(name.casefold().split()))


@dataclass(frozen=True, slots=True)
class Share:
    """A stream and its weight in an outcome's funding."""

    stream: Stream
    share: int


def split_for(
    budget: Budget,
    outcome_id: UUID,
    funding: Sequence[Share],
    amount_pence: int,
    ahead: Mapping[Stream, int] | None = None,
) -> dict[Stream, int]:
    """What each stream would pay of ``amount_pence`` now (largest remainder on the running total).

    :param ahead: what each stream is to pay for this outcome before, and has not been asked for yet.
    """
    taken = ledger_queries.tag_totals(budget.id, outcome_id)
    before = [max(0, taken.get(item.stream, 0) + (ahead or {}).get(item.stream, 0)) for item in funding]
    parts = split_cumulative(before, amount_pence, [item.share for item in funding])
    return {item.stream: part for item, part in zip(funding, parts, strict=True) if part}


def stream_short(
    budget: Budget,
    outcome_id: UUID,
    funding: Sequence[Share],
    amount_pence: int,
    totals: Mapping[Stream, Totals] | None = None,
    ahead: Mapping[Stream, int] | None = None,
) -> tuple[Stream, int] | None:
    """The first stream that could not pay its part of ``amount_pence``, and what it has left.

    :param totals: what each stream holds; read from the ledger when left out.
    :param ahead: as for :func:`split_for`; ``totals`` are without it.
    """
    totals = ledger_queries.totals_by_stream(budget.id) if totals is None else totals
    for stream, part in split_for(budget, outcome_id, funding, amount_pence, ahead).items():
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
    payees = ledger.ensure_accounts(budget.commissioner_id, [(OwnerKind.PAYEE, payee_id, stream) for stream in parts])
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


def give_back(actor: Actor, subject_id: UUID, amount_pence: int, *, memo: str, counts_on: date) -> dict[Stream, int]:
    """Return money that was spent for a subject to the streams it came from.

    What came back so far and now together is shared as the spending was (largest remainder), so that each stream is
    within a penny of its share on the way and has exactly its own at the end. The outcome it was for gets it back too.
    The budget's accounts are locked first, so of two refunds at once the second counts the first.

    :param subject_id: the purchase line.
    :param counts_on: the London day, and with it the month, in which it counts.
    :returns: pence given back, by stream.
    :raises StateError: when it is more than was spent and has not come back.
    """
    ledger.lock_accounts(row.budget_account_id for row in ledger_queries.spent_of(subject_id))
    rows = ledger_queries.spent_of(subject_id)
    if amount_pence > sum(row.spent - row.back for row in rows):
        raise StateError("That is more than was paid for this and has not come back yet.")
    if not amount_pence:
        return {}
    parts = split_cumulative([row.back for row in rows], amount_pence, [row.spent for row in rows])
    account = db.session.get_one(LedgerAccount, rows[0].budget_account_id)
    ledger.write_transfers(
        commissioner_id=account.commissioner_id,
        actor_id=actor.account_id,
        actor_name=actor.name,
        kind=TransferKind.REFUND,
        phase=Phase.POSTED,
        legs=[
            ledger.Leg(row.payee_account_id, row.budget_account_id, part, row.tag_id)
            for row, part in zip(rows, parts, strict=True)
        ],
        memo=memo,
        counts_on=counts_on,
        subject_id=subject_id,
    )
    back: dict[Stream, int] = {}
    for row, part in zip(rows, parts, strict=True):
        back[row.stream] = back.get(row.stream, 0) + part
    return back


def held_for(subject_ids: Iterable[UUID]) -> int:
    """What is set aside for some subjects now, in pence."""
    return sum(held.amount_pence for key in subject_ids for held in ledger.pending_of(key))


def move_regular_mark(from_purchase_id: UUID, to_purchase_id: UUID) -> None:
    """Another purchase takes care of what this one did: the same payment, agreed once more in other words."""
    made = update(RegularPaymentMade).where(RegularPaymentMade.purchase_id == from_purchase_id)
    db.session.execute(made.values(purchase_id=to_purchase_id))


def mark_regular_made(payment_id: UUID, due_on: date, purchase_id: UUID) -> bool:
    """Note which purchase takes care of an occurrence of a regular payment.

    Whoever writes the same occurrence at the same time waits until it is known whether this one is kept.

    :returns: False when another purchase already does, or it was left out.
    """
    made = db.session.scalar(
        insert(RegularPaymentMade)
        .values(payment_id=payment_id, due_on=due_on, purchase_id=purchase_id)
        .on_conflict_do_nothing()
        .returning(RegularPaymentMade.payment_id)
    )
    return made is not None


def unmark_regular(purchase_id: UUID) -> None:
    """The purchase does not take care of a regular payment after all: it is due again."""
    db.session.execute(delete(RegularPaymentMade).where(RegularPaymentMade.purchase_id == purchase_id))
