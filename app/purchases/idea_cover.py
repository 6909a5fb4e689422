"""What an agreed idea still covers: a purchase that belongs to it is on plan, up to its sum and until its day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import IdeaState
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import HELD, SPENT, State


def used_of(idea: Idea, without: Purchase | None = None) -> int:
    """What was spent or promised for an idea, in pence, what came back taken off.

    :param without: a purchase that is being weighed, and does not count itself (nor what it would replace).
    """
    taken = (
        select(func.coalesce(func.sum(PurchaseLine.amount_pence - PurchaseLine.refunded_pence), 0))
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(
            Purchase.idea_id == idea.id,
            PurchaseLine.outcome_id == idea.outcome_id,
            Purchase.state.in_(HELD | SPENT | {State.UNDER_APPEAL}),
        )
    )
    if without is not None:
        taken = taken.where(Purchase.id.not_in([key for key in (without.id, without.changes_id) if key]))
    return int(db.session.scalar(taken) or 0)


def left_of(idea: Idea, on: date, without: Purchase | None = None) -> int:
    """What an idea still covers on a day, in pence: nothing unless it is agreed and its day has not gone by."""
    if idea.state is not IdeaState.AGREED or idea.until is None or idea.up_to_pence is None or idea.until < on:
        return 0
    return max(0, idea.up_to_pence - used_of(idea, without))


class Cover:
    """The idea a purchase belongs to, used up line by line."""

    def __init__(self, purchase: Purchase) -> None:
        self._idea = db.session.get(Idea, purchase.idea_id) if purchase.idea_id else None
        on = purchase.bought_on or clock.today()
        self._left = left_of(self._idea, on, purchase) if self._idea else 0

    def covers(self, line: PurchaseLine) -> bool:
        """Whether the idea makes this line on plan; what it covers is used up by it."""
        if self._idea is None or line.outcome_id != self._idea.outcome_id or line.amount_pence > self._left:
            return False
        self._left -= line.amount_pence
        return True
