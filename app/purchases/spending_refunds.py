"""Money back in Spending: one row a line of a refund, whatever number of streams it went back to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, func, literal, null, or_, select

from app.core import clock
from app.identity.models import Person
from app.identity.rules import Actor
from app.ledger.rules import TransferKind
from app.plans.models import Outcome
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.own_work import columns_for
from app.purchases.refund_rules import BACK_NOW
from app.purchases.second_look_models import PurchaseRefund, PurchaseRefundLine


def refunds_in(
    viewer: Actor, person: Person, period: Any, outcome_id: UUID | None, pattern: str
) -> Select[*tuple[Any, ...]]:
    """Refunds that count, newest first, in the columns of Spending.

    :param period: the first day of a month, or None for all.
    :param outcome_id: only for this outcome.
    :param pattern: for ILIKE, ready escaped; empty for all.
    """
    row, part = PurchaseRefund, PurchaseRefundLine
    shown = columns_for(viewer, person, PurchaseLine.description)
    query: Select[*tuple[Any, ...]] = (
        select(
            row.counts_on.label("day"),
            cast(row.id, String).label("sort_id"),
            func.concat("Money back: ", shown.description).label("description"),
            shown.payee.label("payee"),
            Outcome.words.label("outcome"),
            cast(null(), String).label("state"),
            part.amount_pence.label("amount_pence"),
            literal(True).label("money_in"),
            row.recorded_by_name.label("who"),
            shown.ref.label("purchase_ref"),
            shown.has_receipt.label("has_receipt"),
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
        columns = [shown.description, shown.payee, Outcome.words]
        if not viewer.brokers_for(person.id):
            columns.append(row.why)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return query.order_by(row.counts_on.desc(), row.id.desc())
