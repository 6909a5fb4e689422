"""Reading purchases: only what the viewer may see; anything else does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN
from app.budgets.models import Budget
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity.limits import Beyond
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import queries as messages
from app.messages.models import Message
from app.messages.rules import About
from app.plans.models import Outcome
from app.purchases.alone import beyond_of, may_say_yes, sent_together
from app.purchases.appealing import may_appeal
from app.purchases.models import Purchase, PurchaseDecision, PurchaseLine
from app.purchases.own_work import known_to, require_known
from app.purchases.problem_queries import is_told
from app.purchases.reaching import is_elsewhere
from app.purchases.rules import State, Verb, possible
from app.purchases.waiting import Waiting, WaitingKind, waiting_for

_LINES = selectinload(Purchase.lines).joinedload(PurchaseLine.outcome).joinedload(Outcome.funding)
_PURCHASE = (
    select(Purchase)
    .options(_LINES, joinedload(Purchase.budget).joinedload(Budget.streams), joinedload(Purchase.person))
    .where(Purchase.ref == bindparam("ref"), Purchase.person_id == bindparam("person_id"))
)
_DRAFTS_MOST = 20

__all__ = [
    "Waiting",
    "WaitingKind",
    "allowed",
    "decisions_of",
    "drafts_of",
    "open_request_of",
    "purchase_for",
    "seen_until",
    "thread_of",
    "waiting_for",
]


def purchase_for(viewer: Actor, person: Person, ref: str) -> Purchase:
    """One purchase of a person, with its lines and their outcomes.

    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    _check(viewer, person.id)
    asked = {"ref": tidy_ref(ref), "person_id": person.id}
    purchase = db.session.scalars(_PURCHASE, asked).unique().one_or_none()
    if purchase is None:
        raise NotFoundError
    require_known(viewer, purchase)
    return purchase


def drafts_of(viewer: Actor, person: Person) -> list[Purchase]:
    """What was begun and not sent, newest first."""
    _check(viewer, person.id)
    return list(
        db.session.scalars(
            select(Purchase)
            .where(Purchase.person_id == person.id, Purchase.state == State.DRAFT, *known_to(viewer, person.id))
            .order_by(Purchase.created_at.desc())
            .limit(_DRAFTS_MOST)
        )
    )


def open_request_of(viewer: Actor, purchase: Purchase) -> ApprovalRequest | None:
    """The newest request about a purchase, open or answered: who, until when, what they said."""
    _check(viewer, purchase.person_id)
    require_known(viewer, purchase)
    return approval_queries.latest_for(purchase.id)


def thread_of(viewer: Actor, purchase: Purchase) -> list[Message]:
    """What was written about a purchase, oldest first, for its person's side and the coordinator it is with."""
    return messages.thread(About.PURCHASE, purchase.id, until=seen_until(viewer, purchase))


def decisions_of(viewer: Actor, purchase: Purchase) -> Sequence[PurchaseDecision]:
    """Everything the policy said of a purchase, first to last."""
    _check(viewer, purchase.person_id)
    require_known(viewer, purchase)
    return db.session.scalars(
        select(PurchaseDecision)
        .where(
            PurchaseDecision.commissioner_id == purchase.commissioner_id, PurchaseDecision.purchase_id == purchase.id
        )
        .order_by(PurchaseDecision.id)
    ).all()


def seen_until(viewer: Actor, purchase: Purchase) -> datetime | None:
    """The privacy gate around one purchase: its person's side, a coordinator who is asked to decide it, one who was
    told that something went wrong with it, or staff who opened the person's money with a key.

    :returns: up to when what was added to it is theirs to see; None without an end. For whoever only looks again at
        what they decided it is the moment of their answer: what came later helped nobody to decide.
    :raises NotFoundError: for everybody else.
    """
    if may(viewer, Permission.READ_MONEY, PersonSubject(purchase.person_id)):
        require_known(viewer, purchase)
        return None
    opened = [item for item in approval_queries.requests_about(purchase.id) if approval_queries.may_open(viewer, item)]
    if is_told(viewer, purchase) or any(item.state in OPEN for item in opened):
        return None
    if not opened:
        raise NotFoundError
    return max(item.decided_at for item in opened if item.decided_at is not None)


_NEEDS = {
    Verb.SUBMIT: Permission.PREPARE_PURCHASE,
    Verb.REVISE: Permission.PREPARE_PURCHASE,
    Verb.ANSWER: Permission.PREPARE_PURCHASE,
    Verb.CONFIRM: Permission.CONFIRM_PURCHASE,
    Verb.TURN_DOWN: Permission.CONFIRM_PURCHASE,
    Verb.CANCEL: Permission.BUY,
    Verb.PAY: Permission.BUY,
    Verb.CONFIRM_DELIVERY: Permission.BUY,
    Verb.APPEAL: Permission.BUY,
    Verb.DISPUTE: Permission.BUY,
    Verb.REFUND: Permission.BUY,
    Verb.REPLACE: Permission.PREPARE_PURCHASE,
}


def allowed(viewer: Actor, purchase: Purchase) -> frozenset[Verb]:
    """What this viewer may do to it now, for the page's buttons. The services check again."""
    early = purchase.state in (State.DRAFT, State.AWAITING_HOLDER)
    found = set()
    for verb in possible(purchase.state):
        need = Permission.PREPARE_PURCHASE if verb is Verb.CANCEL and early else _NEEDS.get(verb)
        if need is not None and may(viewer, need, PersonSubject(purchase.person_id)):
            found.add(verb)
    if viewer.account_id == purchase.requested_by:
        found -= {Verb.CONFIRM, Verb.TURN_DOWN}
    if not may_appeal(purchase):
        found.discard(Verb.APPEAL)
    beyond = beyond_of(viewer, purchase) if found & {Verb.CONFIRM, Verb.APPEAL} else None
    if beyond is not None:
        found.discard(Verb.APPEAL)
    if Verb.CONFIRM in found:
        pence, asked_as = sent_together(purchase), purchase.requested_as
        if viewer.account_id == purchase.agreed_by or not may_say_yes(
            viewer, purchase.person, pence, asked_as, beyond
        ):
            found.discard(Verb.CONFIRM)
    if beyond is Beyond.OUTCOME:
        found.discard(Verb.TURN_DOWN)
    if is_elsewhere(viewer, purchase):
        found -= {Verb.PAY, Verb.REFUND}
    return frozenset(found)


def _check(viewer: Actor, person_id: UUID) -> None:
    if not may(viewer, Permission.READ_MONEY, PersonSubject(person_id)):
        raise NotFoundError
