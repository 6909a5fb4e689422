"""Ending what was begun because a life has changed: nobody on the person's side asked for it, and it says why.

Whoever calls these has checked the right: they are steps of what a coordinator recorded.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.rules import OPEN
from app.budgets.move_models import MoveState, OutcomeMove
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState, TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.identity.rules import Actor
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import OPEN_IDEAS, IdeaState
from app.purchases.ideas import move_idea, record_idea
from app.purchases.models import Purchase
from app.purchases.moving import change_move
from app.purchases.moving import record as record_move
from app.purchases.refund_rules import HowBack, RefundInput
from app.purchases.refunding import put_back as refund_whole
from app.purchases.regular_writing import lock, move
from app.purchases.regular_writing import record as record_regular
from app.purchases.rules import Verb, possible
from app.purchases.second_look_models import PurchaseRefund
from app.purchases.taking_back import end_for


def end_purchase(actor: Actor, purchase: Purchase, why: str) -> bool:
    """Take back a purchase that is not paid: what is held for it is free, and nobody has to decide it.

    :returns: False when it was paid, or ended, meanwhile.
    """
    db.session.refresh(purchase)
    if Verb.CANCEL not in possible(purchase.state):
        return False
    end_for(actor, purchase, why)
    return True


def end_idea(actor: Actor, idea: Idea, why: str) -> None:
    """Nobody has to answer an idea any more."""
    db.session.refresh(idea)
    if idea.state not in OPEN_IDEAS:
        return
    move_idea(idea, OPEN_IDEAS, IdeaState.WITHDRAWN, decided_at=clock.now())
    _withdraw(actor, idea.id)
    record_idea(actor, idea, "take_back_idea", "Took back the idea", why=why)


def end_move(actor: Actor, made: OutcomeMove, why: str) -> None:
    """Nobody has to answer a wish to move money between outcomes any more."""
    db.session.refresh(made)
    if made.state is not MoveState.WAITING:
        return
    change_move(made, MoveState.TAKEN_BACK)
    _withdraw(actor, made.id)
    record_move(actor, made, "take_back_move", "Took back what was asked to be moved", why=why)


def end_regular(actor: Actor, payment: RegularPayment, last: date, why: str) -> None:
    """Let something bought again and again end on a day, which may be past. One that never began is taken back.

    :param last: the last day on which it may fall due.
    """
    lock(payment)
    if payment.state in (RegularState.AWAITING_HOLDER, RegularState.AWAITING_APPROVAL):
        was = payment.state
        move(payment, was, RegularState.CANCELLED, end_reason=why)
        _withdraw(actor, payment.id)
        record_regular(actor, payment, "take_back", f"Took back {payment.words}", why=why)
        return
    if payment.state is not RegularState.RUNNING or (payment.ends_on is not None and payment.ends_on <= last):
        return
    waiting = payment.waiting_terms
    if waiting is not None:
        waiting.state = TermsState.DROPPED
        _withdraw(actor, payment.id)
    if last < payment.starts_on:
        payment.state = RegularState.CANCELLED
    payment.ends_on = max(last, payment.starts_on)
    payment.end_reason = why
    db.session.flush()
    record_regular(actor, payment, "end", f"Ended {payment.words} on {clock.say_day(last)}", why=why)


def run_regular_on(actor: Actor, payment: RegularPayment, until: date | None, why: str) -> None:
    """Let something that was ended by mistake go on until the day it ran to before."""
    lock(payment)
    payment.ends_on = until
    payment.end_reason = ""
    if payment.state is RegularState.CANCELLED:
        payment.state = RegularState.RUNNING
    db.session.flush()
    record_regular(actor, payment, "run_on", f"{payment.words} goes on as before", why=why)


def put_back(actor: Actor, purchase: Purchase, on: date, why: str) -> PurchaseRefund:
    """Put all of something back that was written down and not paid: every stream gets its own part again.

    :raises StateError: when nothing can come back for it.
    """
    db.session.refresh(purchase)
    left = purchase.total_pence - purchase.refunded_pence - purchase.credit_pence
    if Verb.REFUND not in possible(purchase.state) or not left:
        raise StateError("This was put back already.")
    day = max(on, purchase.paid_on or on)
    return refund_whole(actor, purchase, RefundInput(left, day, HowBack.MONEY.value, why))


def _withdraw(actor: Actor, subject_id: UUID) -> None:
    """Nobody has to decide about it any more. They find it gone, and need not be told who "took it back"."""
    request = approval_queries.latest_for(subject_id)
    if request is not None and request.state in OPEN:
        approvals.withdraw(actor, request)
