"""Moving money. Append-only: whatever happened is mended by another transfer, never by changing one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.core.ids import new_id
from app.ledger.models import LedgerAccount, LedgerTransfer
from app.ledger.rules import OwnerKind, Phase, Stream, Totals, TransferKind

NOT_ENOUGH = "There is not enough money left in this budget."


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement to write: who pays, who is paid, how much, and for which outcome."""

    debit_account_id: UUID
    credit_account_id: UUID
    amount_pence: int
    tag_id: UUID | None = None
    unique_key: str | None = None


_FIND = text("""
    SELECT owner_kind, owner_id, stream, id FROM ledger_account
    WHERE commissioner_id = :commissioner_id AND owner_id = ANY(:owners)
""")


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
    asked = {"commissioner_id": commissioner_id, "owners": list({owner[1] for owner in wanted})}

    def find() -> None:
        for kind, owner_id, stream, key in db.session.execute(_FIND, asked):
            found[OwnerKind(kind), owner_id, Stream(stream)] = key

    find()
    missing = [owner for owner in wanted if owner not in found]
    if missing:
        rows = [
            {"id": new_id(), "commissioner_id": commissioner_id, "owner_kind": k, "owner_id": o, "stream": s}
            for k, o, s in missing
        ]
        db.session.execute(upsert(table).values(rows).on_conflict_do_nothing())
        # asked again, since another transaction may have opened one meanwhile
        find()
    return found


_LOCK = text("""
    SELECT id, debits_pending, debits_posted, credits_pending, credits_posted FROM ledger_account
    WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
""")


def lock_accounts(account_ids: Iterable[UUID]) -> dict[UUID, Totals]:
    """Lock accounts in the order of their ids, so that no two transactions wait for each other in a ring.

    ``FOR NO KEY UPDATE`` leaves others free to write rows that refer to the accounts.

    :returns: the running totals of each, as they stand now that nobody else can change them.
    """
    rows = db.session.execute(_LOCK, {"ids": list(set(account_ids))})
    return {key: Totals(*figures) for key, *figures in rows}


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
    covered: bool = False,
) -> list[UUID]:
    """Write movements of one kind, all or none.

    :param phase: ``posted``, or ``pending`` for a hold.
    :param counts_on: the London day, and with it the month, they count in.
    :param skip_existing: pass over legs whose ``unique_key`` is in the ledger already.
    :param covered: the caller has locked the budget's accounts and seen that they can pay: a refusal would be a fault
        in the code, so no savepoint is kept for it.
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
    return _send(rows) if covered else _write(rows, skip_existing=skip_existing)


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


# One statement for any number of rows: the trigger then locks and updates every account of it in one order. As JSON
# they are one parameter, so the statement is made once and not for each number of rows.
_COLUMNS = {
    "id": "uuid",
    "commissioner_id": "uuid",
    "debit_account_id": "uuid",
    "credit_account_id": "uuid",
    "amount_pence": "bigint",
    "kind": "text",
    "phase": "text",
    "pending_id": "uuid",
    "subject_id": "uuid",
    "tag_id": "uuid",
    "actor_id": "uuid",
    "actor_name": "text",
    "memo": "text",
    "period": "date",
    "counts_on": "date",
    "written_at": "timestamptz",
    "unique_key": "text",
}
_SQL = (
    f"INSERT INTO ledger_transfer ({', '.join(_COLUMNS)})"  # noqa: S608  # column names from above
    f" SELECT {', '.join(_COLUMNS)} FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    f" AS fresh ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
)
_INSERT = text(_SQL)
_INSERT_NEW = text(f"{_SQL} ON CONFLICT DO NOTHING RETURNING id")


def _write(rows: list[dict[str, Any]], *, skip_existing: bool) -> list[UUID]:
    """Write rows behind a savepoint, so that a refusal leaves the caller's transaction as it was."""
    if not rows:
        return []
    try:
        with db.session.begin_nested():
            if skip_existing:
                return list(db.session.execute(_INSERT_NEW, {"rows": _as_json(rows)}).scalars())
            return _send(rows)
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if name == "ck_ledger_account_not_overspent":
            raise InsufficientFundsError(NOT_ENOUGH) from None
        if name == "uq_ledger_transfer_pending_id":
            raise StateError("Someone dealt with this a moment ago. Look at it again.") from None
        raise


def _send(rows: list[dict[str, Any]]) -> list[UUID]:
    if rows:
        db.session.execute(_INSERT, {"rows": _as_json(rows)})
    return [row["id"] for row in rows]


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str)
