"""A purchase as something to decide."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.messages.rules import About
from app.purchases.changing import move, record, require_state
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.replacing import put_in_place, refuse_if_gone
from app.purchases.rules import HELD, State, Verb
from app.purchases.settling import refuse_unregistered, release, settle_outside
from app.purchases.subjects import Fact, Place, Shown, register
from app.purchases.what_changes import Changes, changes_in


class PurchaseSubject:
    """What was referred when it was sent."""

    def place(self, request: ApprovalRequest) -> Place:
        return Place(About.PURCHASE, purchase_of(request).ref, request.subject_id)

    def refuse(self, actor: Actor, request: ApprovalRequest) -> None:
        if is_paid_by(actor, purchase_of(request)):
            raise NotAllowedError(
                "You would be paid for this one, so somebody else in your team decides it. Hand it over."
            )

    def step(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> None:
        purchase = purchase_of(request)
        if verb is Verb.ANSWER:
            move(purchase, verb)
            return
        if verb is Verb.APPROVE:
            refuse_unregistered(purchase)
            if purchase.changes_id is not None:
                refuse_if_gone(db.session.get_one(Purchase, purchase.changes_id))
        try:
            require_state(purchase, State.AWAITING_APPROVAL)
            move(purchase, verb, decided_at=None if verb is Verb.ASK else clock.now())
        except StateError:
            raise approvals.already(request) from None

    def settle(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> str:
        purchase = purchase_of(request)
        if verb is Verb.APPROVE:
            put_in_place(actor, purchase)
            record(actor, purchase, "approve", "Approved", why=request.reason)
            if purchase.way.is_paid_already:
                settle_outside(actor, purchase)
        elif verb is Verb.DECLINE:
            freed = release(actor, purchase)
            record(actor, purchase, "decline", "Declined", why=request.reason, freed_pence=freed)
            return f"{format_pounds(freed)} is free again."
        elif verb is Verb.ASK:
            record(actor, purchase, "ask", "Asked a question about")
        else:
            record(actor, purchase, "answer", "Answered about")
        return ""

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        return shown(purchase_with_lines(request.subject_id))


def shown(purchase: Purchase, held: bool | None = None) -> Shown:
    """A purchase with what is left if the answer is yes, and if it is no.

    :param held: whether it is set aside; left out, its state tells.
    """
    held = purchase.state in HELD if held is None else held
    safe = budgets.balance(budgets.budget_by_id(purchase.budget_id)).safe_to_spend
    changes = changes_in(purchase)
    if changes is not None and purchase.state in (State.AWAITING_APPROVAL, State.AWAITING_INFORMATION):
        return _shown_change(purchase, changes, safe)
    return Shown(
        purchase,
        safe_now_pence=safe + purchase.total_pence if held else safe,
        safe_after_pence=safe if held else safe - purchase.total_pence,
        held=held,
    )


def _shown_change(purchase: Purchase, changes: Changes, safe: int) -> Shown:
    """A change of something approved: a no leaves what was approved, a yes puts this in its place."""
    beside = budget_service.held_for([purchase.id])
    after = safe + beside + changes.was_pence - purchase.total_pence
    was, now = format_pounds(changes.was_pence), format_pounds(purchase.total_pence)
    facts = [Fact("This is", f"A change of something approved: {was} before, {now} now. If you say no, that stands")]
    same = [line.description for index, line in enumerate(purchase.lines) if index in changes.same]
    if same:
        facts.append(Fact("As it was", "; ".join(same)))
    return Shown(purchase, facts, safe_now_pence=safe + beside, safe_after_pence=after, held=False)


def purchase_of(request: ApprovalRequest) -> Purchase:
    """The purchase a request is about. One that this transaction has read is not read again."""
    return db.session.get_one(Purchase, request.subject_id)


def purchase_with_lines(purchase_id: UUID) -> Purchase:
    """A purchase with everything its decision page shows of it."""
    return db.session.execute(
        select(Purchase)
        .options(selectinload(Purchase.lines).joinedload(PurchaseLine.outcome), joinedload(Purchase.person))
        .where(Purchase.id == purchase_id)
    ).scalar_one()


def is_paid_by(actor: Actor, purchase: Purchase) -> bool:
    """Whether the money would go to ``actor``: who sells something never decides that it is bought."""
    return purchase.provider_id is not None and purchase.provider_id in actor.provider_ids


register(SubjectKind.PURCHASE, PurchaseSubject())
