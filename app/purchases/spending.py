"""Spending: every movement of a person's money, a page at a time or as CSV.

The number of statements is the same with a hundred and with a hundred thousand movements. A purchase shows line by
line; what moved without one (money in, corrections) comes from the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select as SelectStatement
from sqlalchemy import String, Subquery, cast, func, literal, null, or_, select, union_all

from app.budgets.models import Budget, BudgetStream
from app.budgets.queries import NIL
from app.core import clock, sheets
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.core.words import one_line, tidy_ref
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.ledger.models import LedgerTransfer
from app.ledger.rules import Phase, TransferKind
from app.plans.models import Outcome
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.own_work import columns_for
from app.purchases.rules import STATE_WORDS, State
from app.purchases.second_look_models import PurchaseRefund
from app.purchases.spending_filter import SpendingFilter
from app.purchases.spending_refunds import refunds_in

__all__ = ["CSV_HEADER", "PAGE_SIZE", "Movement", "SpendingFilter", "spending", "spending_csv"]

PAGE_SIZE = 50
_MAX_WORDS = 100


@dataclass(frozen=True, slots=True)
class Movement:
    """One row. ``amount_pence`` is above nought; ``money_in`` says which way it went."""

    on: date
    description: str
    payee: str
    outcome: str | None
    state: State | None  # None: money in, or a movement without a purchase
    state_words: str
    amount_pence: int
    money_in: bool
    who: str
    purchase_ref: str | None
    has_receipt: bool


_LEDGER_WORDS = {
    TransferKind.ALLOCATION: "Money in",
    TransferKind.CONTRIBUTION: "What you pay towards it",
    TransferKind.REFUND: "Money back",
    TransferKind.SPEND: "Spent",
    TransferKind.RECLAIM: "Taken back",
    TransferKind.CORRECTION: "Put right",
}


def spending(viewer: Actor, person: Person, wanted: SpendingFilter, page: int = 1) -> Page[Movement]:
    """A page of movements, newest first.

    :raises NotFoundError: when the money is not the viewer's to see.
    """
    _check(viewer, person)
    offset, limit = window(page, PAGE_SIZE)
    rows = db.session.execute(_statement(viewer, person, wanted, offset + limit).offset(offset).limit(limit)).all()
    return make_page([_movement(row) for row in rows], page, PAGE_SIZE)


_WHAT = ("Date", "What", "Paid to", "For outcome", "State")
CSV_HEADER = (*_WHAT, "Money in (£)", "Money out (£)", "Who did it", "Purchase", "Receipt")


def spending_csv(viewer: Actor, person: Person, wanted: SpendingFilter) -> Iterator[str]:
    """All movements as CSV text, piece by piece, oldest memory kept small.

    The right is checked now; the rows are read while the text is sent.

    :raises NotFoundError: when the money is not the viewer's to see.
    """
    _check(viewer, person)
    return _csv(_statement(viewer, person, wanted, None))


def _csv(statement: SelectStatement[*tuple[Any, ...]]) -> Iterator[str]:
    yield sheets.MARK + sheets.row(CSV_HEADER)
    for row in db.session.execute(statement.execution_options(yield_per=500)):
        item = _movement(row)
        pounds = sheets.pounds(item.amount_pence)
        yield sheets.row(
            (
                item.on.isoformat(),
                item.description,
                item.payee,
                item.outcome or "",
                item.state_words,
                pounds if item.money_in else "",
                "" if item.money_in else pounds,
                item.who,
                item.purchase_ref or "",
                "yes" if item.has_receipt else "no",
            )
        )


def _statement(
    viewer: Actor, person: Person, wanted: SpendingFilter, most: int | None
) -> SelectStatement[*tuple[Any, ...]]:
    """All branches, each already sorted and cut to what the page can need, so that an index feeds them."""
    branches = [_bought(viewer, person, wanted, most)]
    if wanted.state is None:
        chosen = _outcome_id(wanted)
        back = refunds_in(viewer, person, wanted.period, chosen, _pattern(wanted))
        if wanted.within is not None:
            back = back.where(PurchaseRefund.counts_on.between(*wanted.within))
        branches.append((back if most is None else back.limit(most)).subquery())
    if wanted.outcome_ref is None and wanted.state is None:
        branches += [_money_in(person, wanted)]
        branches += [_other(person, wanted, most, comes_in=way) for way in (True, False)]
    rows = union_all(*(select(branch) for branch in branches)).subquery()
    return select(rows).order_by(rows.c.day.desc(), rows.c.sort_id.desc())


def _bought(viewer: Actor, person: Person, wanted: SpendingFilter, most: int | None) -> Subquery:
    line = PurchaseLine
    shown = columns_for(viewer, person, line.description)
    query: SelectStatement[*tuple[Any, ...]] = (
        select(
            line.moved_on.label("day"),
            cast(line.id, String).label("sort_id"),
            shown.description.label("description"),
            shown.payee.label("payee"),
            Outcome.words.label("outcome"),
            cast(Purchase.state, String).label("state"),
            line.amount_pence.label("amount_pence"),
            literal(False).label("money_in"),
            shown.who.label("who"),
            shown.ref.label("purchase_ref"),
            shown.has_receipt.label("has_receipt"),
            null().label("kind"),
        )
        .join(Purchase, Purchase.id == line.purchase_id)
        .outerjoin(Outcome, Outcome.id == line.outcome_id)
        .where(line.commissioner_id == person.commissioner_id, line.person_id == person.id, line.moved_on.is_not(None))
        .where(*shown.where)
    )
    if wanted.state is None:
        query = query.where(Purchase.state != State.BLOCKED)
    else:
        query = query.where(Purchase.state == wanted.state)
    if wanted.outcome_ref is not None:
        query = query.where(line.outcome_id == _outcome_id(wanted))
    if wanted.period is not None:
        query = query.where(line.moved_on.between(wanted.period, clock.last_day(wanted.period)))
    if wanted.within is not None:
        query = query.where(line.moved_on.between(*wanted.within))
    pattern = _pattern(wanted)
    if pattern:
        searched = (shown.description, shown.payee, Outcome.words)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in searched)))
    query = query.order_by(line.moved_on.desc(), line.id.desc())
    return (query if most is None else query.limit(most)).subquery()


def _outcome_id(wanted: SpendingFilter) -> UUID | None:
    """Looked up first, so that the database knows how rare it is."""
    if wanted.outcome_ref is None:
        return None
    return db.session.scalar(select(Outcome.id).where(Outcome.ref == tidy_ref(wanted.outcome_ref))) or NIL


def _accounts(person: Person) -> SelectStatement[*tuple[Any, ...]]:
    return (
        select(BudgetStream.ledger_account_id)
        .join(Budget, Budget.id == BudgetStream.budget_id)
        .where(Budget.person_id == person.id, BudgetStream.ledger_account_id.is_not(None))
    )


_IN = (TransferKind.ALLOCATION, TransferKind.CONTRIBUTION)
_OF_PURCHASES = (TransferKind.SPEND, TransferKind.REFUND)


def _money_in(person: Person, wanted: SpendingFilter) -> Subquery:
    """What funders paid in on a day, as one sum: who of them paid which part is on the budget's page."""
    transfer = LedgerTransfer
    query = (
        select(
            transfer.counts_on.label("day"),
            func.max(cast(transfer.id, String)).label("sort_id"),
            func.max(transfer.memo).label("description"),
            literal("").label("payee"),
            cast(null(), String).label("outcome"),
            cast(null(), String).label("state"),
            cast(func.sum(transfer.amount_pence), transfer.amount_pence.type).label("amount_pence"),
            literal(True).label("money_in"),
            func.max(transfer.actor_name).label("who"),
            cast(null(), String).label("purchase_ref"),
            literal(False).label("has_receipt"),
            cast(transfer.kind, String).label("kind"),
        )
        .where(
            transfer.credit_account_id.in_(_accounts(person)),
            transfer.phase == Phase.POSTED,
            transfer.kind.in_(_IN),
        )
        .group_by(transfer.counts_on, transfer.kind)
    )
    return _ledger_filters(query, wanted).subquery()


def _other(person: Person, wanted: SpendingFilter, most: int | None, *, comes_in: bool) -> Subquery:
    """Movements that no purchase made: corrections, money taken back. One way at a time, for the index.

    What a purchase spent without a promise before it, and what came back of one, carries that purchase's line as its
    subject, and is shown as its lines.
    """
    transfer = LedgerTransfer
    account = transfer.credit_account_id if comes_in else transfer.debit_account_id
    query = (
        select(
            transfer.counts_on.label("day"),
            cast(transfer.id, String).label("sort_id"),
            transfer.memo.label("description"),
            literal("").label("payee"),
            Outcome.words.label("outcome"),
            cast(null(), String).label("state"),
            transfer.amount_pence.label("amount_pence"),
            literal(comes_in).label("money_in"),
            transfer.actor_name.label("who"),
            cast(null(), String).label("purchase_ref"),
            literal(False).label("has_receipt"),
            cast(transfer.kind, String).label("kind"),
        )
        .outerjoin(Outcome, Outcome.id == transfer.tag_id)
        .where(
            account.in_(_accounts(person)),
            transfer.phase == Phase.POSTED,
            transfer.kind.not_in(_IN),
            or_(transfer.kind.not_in(_OF_PURCHASES), transfer.subject_id.is_(None)),
        )
    )
    query = _ledger_filters(query, wanted).order_by(transfer.counts_on.desc(), transfer.id.desc())
    return (query if most is None else query.limit(most)).subquery()


def _ledger_filters(
    query: SelectStatement[*tuple[Any, ...]], wanted: SpendingFilter
) -> SelectStatement[*tuple[Any, ...]]:
    if wanted.period is not None:
        query = query.where(LedgerTransfer.period == wanted.period)
    if wanted.within is not None:
        query = query.where(LedgerTransfer.counts_on.between(*wanted.within))
    pattern = _pattern(wanted)
    return query.where(LedgerTransfer.memo.ilike(pattern, escape="\\")) if pattern else query


def _pattern(wanted: SpendingFilter) -> str:
    words = one_line(wanted.words)[:_MAX_WORDS]
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if escaped else ""


def _movement(row: Any) -> Movement:
    state = State(row.state) if row.state else None
    words = STATE_WORDS[state] if state else _LEDGER_WORDS.get(TransferKind(row.kind), "")
    return Movement(
        on=row.day,
        description=row.description or words,
        payee=row.payee,
        outcome=row.outcome,
        state=state,
        state_words=words,
        amount_pence=int(row.amount_pence),
        money_in=row.money_in,
        who=row.who,
        purchase_ref=row.purchase_ref,
        has_receipt=row.has_receipt,
    )


def _check(viewer: Actor, person: Person) -> None:
    if not may(viewer, Permission.READ_MONEY, PersonSubject(person.id)):
        raise NotFoundError
