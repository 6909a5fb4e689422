"""What a provider is owed, and what came in: a first name, what and how much, as in :mod:`order_queries`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core import clock
from app.core.db import db
from app.identity.rules import Actor
from app.purchases.models import Purchase
from app.purchases.order_queries import OWED, WITH_LINES, Order, check_keeps, order_of
from app.purchases.rules import SPENT

_MOST_OWED = 200


@dataclass(frozen=True, slots=True)
class Owed:
    """What was accepted or delivered and is not paid, longest first, and what came in a month."""

    orders: tuple[Order, ...]
    owed_pence: int
    owed_count: int
    month: date
    paid_pence: int
    paid_count: int


def owed(viewer: Actor, provider_id: UUID, month: date) -> Owed:
    """What a provider is owed now, and what was paid in a month.

    :param month: its first day.
    :raises NotFoundError: when it is not the viewer's provider.
    """
    check_keeps(viewer, provider_id)
    mine = Purchase.provider_id == provider_id
    paid = _paid_in(month)
    owed_pence, owed_count, paid_pence, paid_count = db.session.execute(
        select(
            func.coalesce(func.sum(Purchase.total_pence).filter(OWED), 0),
            func.count().filter(OWED),
            func.coalesce(func.sum(Purchase.total_pence - Purchase.refunded_pence).filter(paid), 0),
            func.count().filter(paid),
        ).where(mine, or_(OWED, paid))
    ).one()
    rows = db.session.scalars(
        select(Purchase)
        .options(*WITH_LINES)
        .where(mine, OWED)
        .order_by(Purchase.said_delivered_on.nulls_last(), Purchase.decided_at, Purchase.id)
        .limit(_MOST_OWED)
    ).all()
    return Owed(tuple(map(order_of, rows)), int(owed_pence), owed_count, month, int(paid_pence), paid_count)


def for_the_books(viewer: Actor, provider_id: UUID, month: date) -> Iterator[Order]:
    """What is owed and what was paid in a month, for a spreadsheet: read while it is sent.

    :raises NotFoundError: when it is not the viewer's provider.
    """
    check_keeps(viewer, provider_id)
    return _books(provider_id, month)


def _books(provider_id: UUID, month: date) -> Iterator[Order]:
    rows = db.session.scalars(
        select(Purchase)
        .options(*WITH_LINES)
        .where(Purchase.provider_id == provider_id, or_(OWED, _paid_in(month)))
        .order_by(Purchase.paid_on.nulls_first(), Purchase.id)
        .execution_options(yield_per=200)
    )
    for row in rows:
        yield order_of(row)


def _paid_in(month: date) -> ColumnElement[bool]:
    return and_(Purchase.state.in_(SPENT), Purchase.paid_on.between(month, clock.last_day(month)))
