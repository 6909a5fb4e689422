"""Taking back, opening again, taking out: nothing of it needs anybody's leave."""

from __future__ import annotations

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.core.words import storable
from app.identity.rules import Actor, Permission
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.policy.rules import Action
from app.purchases.changing import move, record, require, require_state
from app.purchases.drafting import drop_lines
from app.purchases.facts import weigh
from app.purchases.models import Purchase
from app.purchases.rules import MAX_NOTE, State, Verb
from app.purchases.settling import release
from app.purchases.telling import doer
from app.purchases.what_changes import change_of


def cancel(actor: Actor, purchase: Purchase, reason: str = "") -> Purchase:
    """Take it back: what was held is free again, and nobody has to decide it."""
    early = purchase.state in (State.DRAFT, State.AWAITING_HOLDER)
    require(actor, Permission.PREPARE_PURCHASE if early else Permission.BUY, purchase)
    return _end(actor, purchase, reason)


def end_for(actor: Actor, purchase: Purchase, reason: str) -> Purchase:
    """The same because a life has changed: nobody on the person's side took it back, so nobody is told that they did.

    The caller has checked the right.
    """
    return _end(actor, purchase, reason, quietly=True)


def drop_change(actor: Actor, purchase: Purchase, reason: str = "") -> None:
    """What was approved is not bought any more: there is nothing to change, so a change of it ends too.

    The caller has checked the right and ended the purchase.
    """
    going = change_of(purchase.id)
    if going is None:
        return
    if going.state is State.BLOCKED:
        _open_again(actor, going)
    _end(actor, going, reason)


def _end(actor: Actor, purchase: Purchase, reason: str, *, quietly: bool = False) -> Purchase:
    reason = storable(reason)[:MAX_NOTE]
    was = purchase.state
    move(purchase, Verb.CANCEL, decided_at=clock.now(), end_reason=reason)
    release(actor, purchase)
    if was is State.APPROVED:
        drop_change(actor, purchase, reason)
    if was in (State.AWAITING_APPROVAL, State.AWAITING_INFORMATION, State.UNDER_APPEAL):
        request = approval_queries.latest_for(purchase.id)
        if request is not None:
            approvals.withdraw(actor, request)
            by = doer(purchase.person, actor.name, actor.quality_for(purchase.person_id, purchase.commissioner_id))
            messages.notify(
                actor,
                [request.assigned_to] if request.assigned_to and not quietly else [],
                NoticeKind.TAKEN_BACK,
                f"{by.who} took back {purchase.title}{by.for_whom}.",
                about=About.REQUEST,
                about_ref=request.ref,
                person_id=purchase.person_id,
            )
    record(actor, purchase, "cancel", "Took back", why=reason)
    return purchase


def revise(actor: Actor, purchase: Purchase) -> Purchase:
    """Open a purchase that was stopped again, to change it. What stopped it stays in its decisions."""
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    return _open_again(actor, purchase)


def _open_again(actor: Actor, purchase: Purchase) -> Purchase:
    move(purchase, Verb.REVISE, decided_at=None, submitted_at=None, action=None, findings=[])
    for line in purchase.lines:
        line.action, line.findings, line.moved_on = None, [], None
    db.session.flush()
    record(actor, purchase, "revise", "Opened again")
    return purchase


def take_out_blocked_lines(actor: Actor, purchase: Purchase) -> Purchase:
    """Take out the lines that the policy stops, and leave the rest as a draft to look at once more.

    :raises StateError: when nothing would be left, or no single line is what stops it.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if purchase.state is State.BLOCKED:
        revise(actor, purchase)
    require_state(purchase, State.DRAFT)
    decision = weigh(purchase).decision
    lines = list(enumerate(purchase.lines))
    gone = {line.id for index, line in lines if decision.for_line(index).action is Action.BLOCK}
    if not gone:
        raise StateError("No single thing in this is what stops it. Change it, or ask a person.")
    if len(gone) == len(lines):
        raise StateError("Nothing would be left. Change something, or ask a person.")
    drop_lines(purchase, gone)
    record(actor, purchase, "take_out_blocked_lines", "Took something out of")
    return purchase
