"""Reading the ledger: totals of a budget, month by month, and the proof that it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text

from app.core.db import db
from app.ledger.models import LedgerAccount, LedgerMonth
from app.ledger.rules import Stream, Totals

# Asked several times in every purchase: made once, as text.
_TOTALS = text("""
    SELECT stream, debits_pending, debits_posted, credits_pending, credits_posted FROM ledger_account
    WHERE owner_id = :owner_id
""")
_TAKEN = text("""
    SELECT account.stream, sum(month.spent + month.promised - month.refunded)::bigint
    FROM ledger_account account JOIN ledger_month month ON month.account_id = account.id
    WHERE account.owner_id = :owner_id AND month.tag_id = :tag_id
    GROUP BY account.stream
""")


def totals_by_stream(owner_id: UUID) -> dict[Stream, Totals]:
    """The running totals of a budget's accounts, one a stream."""
    rows = db.session.execute(_TOTALS, {"owner_id": owner_id})
    return {Stream(stream): Totals(*figures) for stream, *figures in rows}


def totals_of_owners(owner_ids: Sequence[UUID]) -> dict[UUID, Totals]:
    """The running totals of several budgets, streams added up."""
    rows = db.session.execute(
        select(
            LedgerAccount.owner_id,
            func.sum(LedgerAccount.debits_pending),
            func.sum(LedgerAccount.debits_posted),
            func.sum(LedgerAccount.credits_pending),
            func.sum(LedgerAccount.credits_posted),
        )
        .where(LedgerAccount.owner_id.in_(owner_ids))
        .group_by(LedgerAccount.owner_id)
    )
    return {owner: Totals(*(int(figure) for figure in figures)) for owner, *figures in rows}


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """What moved in one month for one outcome (or for none), over all streams, in pence."""

    period: date
    tag_id: UUID
    money_in: int
    spent: int  # refunds taken off
    taken_back: int
    promised: int


def months(owner_id: UUID, first: date, last: date) -> list[MonthFigure]:
    """A budget's figures from the month ``first`` to the month ``last``, by month and outcome."""
    rows = db.session.execute(
        select(
            LedgerMonth.period,
            LedgerMonth.tag_id,
            func.sum(LedgerMonth.money_in),
            func.sum(LedgerMonth.spent - LedgerMonth.refunded),
            func.sum(LedgerMonth.taken_back),
            func.sum(LedgerMonth.promised),
        )
        .join(LedgerAccount, LedgerAccount.id == LedgerMonth.account_id)
        .where(LedgerAccount.owner_id == owner_id, LedgerMonth.period.between(first, last))
        .group_by(LedgerMonth.period, LedgerMonth.tag_id)
        .order_by(LedgerMonth.period)
    )
    return [MonthFigure(period, tag, *(int(figure) for figure in figures)) for period, tag, *figures in rows]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one subject took from one budget account, and what of it came back, in pence."""

    budget_account_id: UUID
    payee_account_id: UUID
    stream: Stream
    tag_id: UUID | None
    spent: int
    back: int


_SPENT = text("""
    SELECT budget.id, payee.id, budget.stream, transfer.tag_id,
        coalesce(sum(amount_pence) FILTER (WHERE transfer.debit_account_id = budget.id), 0)::bigint,
        coalesce(sum(amount_pence) FILTER (WHERE transfer.credit_account_id = budget.id), 0)::bigint
    FROM ledger_transfer transfer
    JOIN ledger_account budget ON budget.owner_kind = 'budget'
        AND budget.id IN (transfer.debit_account_id, transfer.credit_account_id)
    JOIN ledger_account payee ON payee.owner_kind = 'payee'
        AND payee.id IN (transfer.debit_account_id, transfer.credit_account_id)
    WHERE transfer.subject_id = :subject_id AND transfer.phase IN ('posted', 'post')
    GROUP BY budget.id, payee.id, budget.stream, transfer.tag_id
""")


def spent_of(subject_id: UUID) -> list[Spent]:
    """What a subject (a purchase line) spent of each stream and what came back of it, in the order of the streams."""
    order = list(Stream)
    rows = [
        Spent(own, payee, Stream(stream), tag, spent, back)
        for own, payee, stream, tag, spent, back in db.session.execute(_SPENT, {"subject_id": subject_id})
    ]
    return sorted(rows, key=lambda row: (order.index(row.stream), row.payee_account_id))


def tag_totals(owner_id: UUID, tag_id: UUID) -> dict[Stream, int]:
    """What an outcome has taken from each stream of a budget so far, spent and promised together, in pence."""
    rows = db.session.execute(_TAKEN, {"owner_id": owner_id, "tag_id": tag_id})
    return {Stream(stream): taken for stream, taken in rows}
