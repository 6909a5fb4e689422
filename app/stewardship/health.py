"""Whether receipts are missing: some or none, for staff who see how budgets do. Not how many, nor for what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity import queries as identity
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.purchases.models import Purchase
from app.purchases.rules import State

#: A receipt that is not there after two weeks is missing; before that it is on somebody's kitchen table.
_PATIENCE = timedelta(days=14)
#: What is older was looked at in a review.
_YEAR = timedelta(days=366)


def receipts_missing(viewer: Actor, commissioner_id: UUID, budget_ids: Collection[UUID]) -> set[UUID]:
    """Of some budgets of a commissioner those with a receipt missing.

    A figure would tell how much somebody bought, so there is none.

    :raises NotFoundError: when the viewer may not see how budgets do there.
    """
    if not may(viewer, Permission.SEE_BUDGET_HEALTH, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    today, over = clock.today(), identity.settings_of(commissioner_id).receipt_over_pence
    return set(
        db.session.scalars(
            select(Purchase.budget_id)
            .where(
                Purchase.commissioner_id == commissioner_id,
                Purchase.budget_id.in_(budget_ids),
                Purchase.state.in_((State.PAID, State.DELIVERED)),
                Purchase.receipt_count == 0,
                Purchase.total_pence > over,
                Purchase.paid_on.between(today - _YEAR, today - _PATIENCE),
            )
            .distinct()
        )
    )
