"""Money back in Spending: one row a line of a refund, whatever number of streams it went back to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, func, literal, null, or_, select

from app.core import clock
from app.identity.models import Person
from app.ledger.rules import TransferKind
from app.plans.models import Outcome
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.refund_rules import BACK_NOW
from app.purchases.second_look_models import PurchaseRefund, PurchaseRefundLine


def refunds_in(person: Person, period: Any, outcome_id: UUID | None, pattern: str) -> Select[*tuple[Any, ...]]:
    """Refunds that count, newest first, in the columns of Spending.

    :param period: the first day of a month, or None for all.
    :param outcome_id: only for this outcome.
    :param pattern: for ILIKE, ready escaped; empty for all.
    """
    row, part = PurchaseRefund, PurchaseRefundLine
    query = (
        select(
            row.counts_on.label("day"),
            cast(row.id, String).label("sort_id"),
            func.concat("Money back: ", PurchaseLine.description).label("description"),
            Purchase.payee_name.label("payee"),
            Outcome.words.label("outcome"),
            cast(null(), String).label("state"),
            part.amount_pence.label("amount_pence"),
            literal(True).label("money_in"),
            row.recorded_by_name.label("who"),
            Purchase.ref.label("purchase_ref"),
            (Purchase.receipt_count > 0).label("has_receipt"),
            literal(TransferKind.REFUND.value).label("kind"),
        )
        .join(part, part.refund_id == row.id)
        .join(PurchaseLine, PurchaseLine.id == part.line_id)
        .join(Purchase, Purchase.id == row.purchase_id)
        .outerjoin(Outcome, Outcome.id == PurchaseLine.outcome_id)
        .where(row.commissioner_id == person.commissioner_id, row.person_id == person.id, row.how.in_(BACK_NOW))
    )
    if period is not None:
        query = query.where(row.counts_on.between(period, clock.last_day(period)))
    if outcome_id is not None:
        query = query.where(PurchaseLine.outcome_id == outcome_id)
    if pattern:
        columns = (PurchaseLine.description, Purchase.payee_name, Outcome.words, row.why)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return query.order_by(row.counts_on.desc(), row.id.desc())
