"""What a purchase's page tells beside its state: second looks, money back, what it changes or became."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.identity import queries as identity
from app.purchases.holding import is_held
from app.purchases.models import Purchase
from app.purchases.problem_queries import problem_of
from app.purchases.refunding import can_come_back, refunds_of
from app.purchases.rules import SPENT, State
from app.purchases.what_changes import change_of, replaced_by

_ANSWERED = frozenset({State.DECLINED, State.BLOCKED})


def second_looks_at(purchase: Purchase) -> dict[str, Any]:
    """All of it, by the names the page uses. The caller has checked who may see the purchase."""
    was_paid = purchase.state in SPENT or purchase.state is State.REFUNDED
    return {
        "held": purchase.state is State.UNDER_APPEAL and is_held(purchase),
        "problem": problem_of(purchase.id) if was_paid else None,
        "refunds": refunds_of(purchase.id) if was_paid else (),
        "left_pence": can_come_back(purchase),
        "change": change_of(purchase.id) if purchase.state is State.APPROVED else None,
        "was": db.session.get(Purchase, purchase.changes_id) if purchase.changes_id else None,
        "became": replaced_by(purchase),
        "coordinator": identity.coordinator_of(purchase.person_id) if purchase.state in _ANSWERED else None,
        "help": identity.settings_of(purchase.commissioner_id),
    }
