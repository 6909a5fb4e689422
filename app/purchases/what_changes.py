"""A change of an approved purchase, beside what it would replace: what is the same, and what is only cheaper.

What did not change was decided already and keeps that decision. Rules about the money as a whole are asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.errors import StateError
from app.policy.rules import Action, Decision
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import State

#: A change that is on its way. One at a time; what is agreed, declined or taken back is none any more.
CHANGING = (
    State.DRAFT,
    State.AWAITING_HOLDER,
    State.AWAITING_APPROVAL,
    State.AWAITING_INFORMATION,
    State.BLOCKED,
)
#: A line's own rules that are about money there is or is not: asked even of what did not change.
_MONEY = frozenset({"stream-short"})
_WHAT = ("description", "category", "listing_id", "unit", "outcome_id", "family_member")
_HOW_MUCH = ("quantity_hundredths", "unit_price_pence", "amount_pence")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a change does to the approved purchase it would replace.

    :param was_pence: what is held for that one: it can be counted on, since it is let go in the same moment.
    :param was_by_outcome: the same by outcome.
    :param same: positions of the lines that are as they were.
    :param cheaper: nothing is new: some of it is less, cheaper, or left out.
    """

    was_pence: int
    was_by_outcome: Mapping[UUID, int]
    same: frozenset[int]
    cheaper: bool

    def as_dict(self) -> dict[str, Any]:
        """What is kept with the facts, so that the decision can be replayed."""
        return {"same": sorted(self.same), "cheaper": self.cheaper}


def changes_in(purchase: Purchase) -> Changes | None:
    """What a purchase changes of an approved one; None when it is no change."""
    if purchase.changes_id is None:
        return None
    was = db.session.get_one(Purchase, purchase.changes_id)
    by_outcome: dict[UUID, int] = {}
    for line in was.lines:
        if line.outcome_id:
            by_outcome[line.outcome_id] = by_outcome.get(line.outcome_id, 0) + line.amount_pence
    payee = (was.provider_id, was.payee_name) == (purchase.provider_id, purchase.payee_name)
    same = frozenset(index for index, line in enumerate(purchase.lines) if payee and is_same(line))
    less = all(_is_no_more(line) for line in purchase.lines)
    return Changes(
        was_pence=was.total_pence,
        was_by_outcome=by_outcome,
        same=same,
        cheaper=payee and less and purchase.total_pence <= was.total_pence and purchase.budget_id == was.budget_id,
    )


def is_same(line: PurchaseLine) -> bool:
    """Whether a line is as it was in the approved purchase."""
    was = line.copied_from
    return was is not None and all(getattr(line, name) == getattr(was, name) for name in (*_WHAT, *_HOW_MUCH))


def _is_no_more(line: PurchaseLine) -> bool:
    was = line.copied_from
    return (
        was is not None
        and all(getattr(line, name) == getattr(was, name) for name in _WHAT)
        and all(getattr(line, name) <= getattr(was, name) for name in _HOW_MUCH)
    )


def without_agreed(decision: Decision, changes: Mapping[str, Any] | None) -> Decision:
    """Leave out what was settled when the purchase was approved that this would change.

    :param changes: :meth:`Changes.as_dict`, also as it was kept; None when it is no change.
    """
    if not changes:
        return decision
    same, cheaper = set(changes["same"]), bool(changes["cheaper"])
    kept = (
        item
        for item in decision.findings
        if (item.line not in same or item.rule in _MONEY) and not (cheaper and item.action is Action.REFER)
    )
    return Decision.of(kept, decision.policy_version)


def change_of(purchase_id: UUID) -> Purchase | None:
    """The change of a purchase that is on its way. The caller has checked who may see the purchase."""
    return db.session.scalar(select(Purchase).where(Purchase.changes_id == purchase_id, Purchase.state.in_(CHANGING)))


def replaced_by(purchase: Purchase) -> Purchase | None:
    """The purchase that took the place of this one; None when it was taken back, or still stands."""
    if purchase.state is not State.CANCELLED:
        return None
    agreed = select(Purchase).where(Purchase.changes_id == purchase.id, Purchase.state.not_in(CHANGING))
    gone = (State.DECLINED, State.CANCELLED)
    return db.session.scalar(agreed.where(Purchase.state.not_in(gone) | Purchase.paid_on.is_not(None)).limit(1))


def refuse_while_changing(purchase: Purchase) -> None:
    """What is being changed is not paid meanwhile: else both the old and the new would be.

    :raises StateError: naming what to do.
    """
    going = change_of(purchase.id)
    if going is not None and going.state not in (State.DRAFT, State.BLOCKED):
        raise StateError("A change of this waits for an answer. Wait for it, or take the change back first.")
