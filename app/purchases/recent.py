"""What was bought lately from the same payee: in it duplicates and parts of one thing are looked for."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Uuid, bindparam, select

from app.budgets.queries import NIL
from app.core.db import db
from app.policy.rules import RecentPurchase
from app.policy.text import words
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import HELD, SPENT

_RECENT_MOST = 1000  # nobody buys so often in two months; a request stays quick all the same


def recent_of(purchase: Purchase, days: int, today: date) -> tuple[RecentPurchase, ...]:
    """What was bought from the same payee around the same day: all that duplicates and parts are looked for in."""
    around, payee = purchase.bought_on or today, words(purchase.payee_name)
    asked = {
        "commissioner_id": purchase.commissioner_id,
        "person_id": purchase.person_id,
        "purchase_id": purchase.id,
        "changes_id": purchase.changes_id or NIL,
        "first": around - timedelta(days),
        "last": around + timedelta(days),
        "regular": purchase.regular_payment_id or NIL,
    }
    rows = db.session.execute(_RECENT, asked)
    return tuple(
        RecentPurchase(name, what, pence, day, str(outcome) if outcome else None)
        for name, what, pence, day, outcome in rows
        if day is not None and words(name) == payee
    )


# Made once: making a statement costs more than running it.
_RECENT = (
    select(
        Purchase.payee_name,
        PurchaseLine.description,
        PurchaseLine.amount_pence,
        PurchaseLine.moved_on,
        PurchaseLine.outcome_id,
    )
    .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
    .where(
        PurchaseLine.commissioner_id == bindparam("commissioner_id"),
        PurchaseLine.person_id == bindparam("person_id"),
        PurchaseLine.moved_on.between(bindparam("first"), bindparam("last")),
        Purchase.id != bindparam("purchase_id"),
        Purchase.id != bindparam("changes_id"),  # what it would replace is no duplicate of it
        # the other occurrences of a regular purchase are no duplicates of this one
        Purchase.regular_payment_id.is_distinct_from(bindparam("regular", type_=Uuid)),
        Purchase.state.in_(HELD | SPENT),
    )
    .order_by(PurchaseLine.moved_on.desc(), PurchaseLine.id.desc())
    .limit(_RECENT_MOST)
)
