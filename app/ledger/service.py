"""Moving money. Append-only: whatever happened is mended by another transfer, never by changing one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.core.ids import new_id
from app.ledger.models import LedgerAccount, LedgerTransfer
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind

NOT_ENOUGH = "There is not enough money left in this budget."


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement to write: who pays, who is paid, how much, and for which outcome."""

    debit_account_id: UUID
    credit_account_id: UUID
    amount_pence: int
    tag_id: UUID | None = None
    unique_key: str | None = None


def ensure_accounts(
    commissioner_id: UUID, owners: Iterable[tuple[OwnerKind, UUID, Stream]]
) -> dict[tuple[OwnerKind, UUID, Stream], UUID]:
    """Open the accounts that are missing.

    :param owners: kind, owner and stream of each account wanted.
    :returns: the id of each.
    """
    wanted = sorted(set(owners), key=lambda owner: (owner[0].value, str(owner[1]), owner[2].value))
    found: dict[tuple[OwnerKind, UUID, Stream], UUID] = {}
    if not wanted:
        return found
    table = LedgerAccount
    find = select(table.owner_kind, table.owner_id, table.stream, table.id).where(
        table.commissioner_id == commissioner_id, table.owner_id.in_({owner[1] for owner in wanted})
    )
    for kind, owner_id, stream, key in db.session.execute(find):
        found[kind, owner_id, stream] = key
    missing = [owner for owner in wanted if owner not in found]
    if missing:
        rows = [
            {"id": new_id(), "commissioner_id": commissioner_id, "owner_kind": k, "owner_id": o, "stream": s}
            for k, o, s in missing
        ]
        db.session.execute(upsert(table).values(rows).on_conflict_do_nothing())
        # asked again, since another transaction may have opened one meanwhile
        for kind, owner_id, stream, key in db.session.execute(find):
            found[kind, owner_id, stream] = key
    return found


def lock_accounts(account_ids: Iterable[UUID]) -> dict[UUID, LedgerAccount]:
    """Lock accounts in the order of their ids, so that no two transactions wait for each other in a ring.

    ``FOR NO KEY UPDATE`` leaves others free to write rows that refer to the accounts.
    """
    rows = db.session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.id.in_(set(account_ids)))
        .order_by(LedgerAccount.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def write_transfers(
    *,
    commissioner_id: UUID,
    actor_id: UUID | None,
    actor_name: str,
    kind: TransferKind,
    phase: Phase,
    legs: Sequence[Leg],
    memo: str,
    counts_on: date,
    subject_id: UUID | None = None,
    skip_existing: bool = False,
) -> list[UUID]:
    """Write movements of one kind, all or none.

    :param phase: ``posted``, or ``pending`` for a hold.
    :param counts_on: the London day, and with it the month, they count in.
    :param skip_existing: pass over legs whose ``unique_key`` is in the ledger already.
    :returns: the ids of the transfers written.
    :raises InsufficientFundsError: when a budget account cannot cover its leg: the database refused it.
    """
    rows = [
        {
            "id": new_id(),
            "commissioner_id": commissioner_id,
            "debit_account_id": leg.debit_account_id,
            "credit_account_id": leg.credit_account_id,
            "amount_pence": leg.amount_pence,
            "kind": kind,
            "phase": phase,
            "pending_id": None,
            "subject_id": subject_id,
            "tag_id": leg.tag_id,
            "actor_id": actor_id,
            "actor_name": actor_name,
            "memo": memo[:300],
            "period": clock.period_of(counts_on),
            "counts_on": counts_on,
            "written_at": clock.now(),
            "unique_key": leg.unique_key,
        }
        for leg in legs
        if leg.amount_pence > 0
    ]
    return _write(rows, skip_existing=skip_existing)


def resolve_pending(
    *,
    subject_id: UUID,
    phase: Phase,
    kind: TransferKind,
    actor_id: UUID | None,
    actor_name: str,
    memo: str,
    counts_on: date,
) -> int:
    """Post or void every hold of a subject that is still pending.

    :param phase: ``post`` (the money is spent) or ``void`` (it is free again).
    :returns: the sum resolved, in pence.
    :raises StateError: when somebody else resolved one at the same moment.
    """
    held_now = pending_of(subject_id)
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "commissioner_id": held.commissioner_id,
            "debit_account_id": held.debit_account_id,
            "credit_account_id": held.credit_account_id,
            "amount_pence": held.amount_pence,
            "kind": kind,
            "phase": phase,
            "pending_id": held.id,
            "subject_id": subject_id,
            "tag_id": held.tag_id,
            "actor_id": actor_id,
            "actor_name": actor_name,
            "memo": memo[:300],
            "period": clock.period_of(counts_on),
            "counts_on": counts_on,
            "written_at": clock.now(),
            "unique_key": None,
        }
        for held in held_now
    ]
    _write(rows, skip_existing=False)
    return sum(held.amount_pence for held in held_now)


def existing_keys(keys: Sequence[str]) -> set[str]:
    """Which of these unique keys are in the ledger already."""
    rows = db.session.scalars(select(LedgerTransfer.unique_key).where(LedgerTransfer.unique_key.in_(keys)))
    return {key for key in rows if key is not None}


def pending_of(subject_id: UUID) -> Sequence[LedgerTransfer]:
    """The holds of a subject that are neither posted nor voided yet."""
    resolving = aliased(LedgerTransfer)
    return db.session.scalars(
        select(LedgerTransfer)
        .where(
            LedgerTransfer.subject_id == subject_id,
            LedgerTransfer.phase == Phase.PENDING,
            ~select(resolving.id).where(resolving.pending_id == LedgerTransfer.id).exists(),
        )
        .order_by(LedgerTransfer.id)
    ).all()


def _write(rows: list[dict[str, Any]], *, skip_existing: bool) -> list[UUID]:
    if not rows:
        return []
    try:
        with db.session.begin_nested():
            if skip_existing:
                statement = upsert(LedgerTransfer).values(rows).on_conflict_do_nothing()
                return list(db.session.scalars(statement.returning(LedgerTransfer.id)))
            # one statement: the trigger then locks and updates every account of it in one order
            db.session.execute(insert(LedgerTransfer).values(rows))
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if name == "ck_ledger_account_not_overspent":
            raise InsufficientFundsError(NOT_ENOUGH) from None
        if name == "uq_ledger_transfer_pending_id":
            raise StateError("Someone dealt with this a moment ago. Look at it again.") from None
        raise
    return [row["id"] for row in rows]
