"""A coordinator decides what was referred, and talks with the person about it.

The purchase's row is always changed before its request's, on both sides, so that two who act at once never wait for
each other in a ring.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, RequestState, may_decide
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.money import format_pounds
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Account
from app.identity.rules import Actor, CommissionerSubject, Permission, PersonSubject, may
from app.messages import service as messages
from app.messages.models import Message
from app.messages.rules import About, NoticeKind
from app.purchases.changing import move, named, record, require, require_state
from app.purchases.models import Purchase
from app.purchases.rules import State, Verb, Way
from app.purchases.settling import refuse_unregistered, release, settle_outside
from app.purchases.telling import tell_side


def approve(actor: Actor, request_ref: str, why: str = "") -> Purchase:
    """Say yes. What was bought elsewhere already is paid with it.

    :param why: a word to the person, if any.
    :raises NotFoundError: when there is no such request for this actor.
    :raises NotAllowedError: for one's own request, or about somebody one acts for.
    :raises StateError: when somebody was faster, naming who, or the provider has left the care register since.
    """
    request, purchase = _to_decide(actor, request_ref)
    refuse_unregistered(purchase)
    _step(actor, purchase, request, Verb.APPROVE)
    approvals.decide(actor, request, RequestState.APPROVED, None, why)
    record(actor, purchase, "approve", "Approved", why=request.reason)
    if purchase.way is Way.OUTSIDE:
        settle_outside(actor, purchase)
    title = f"{actor.name} said yes to {named(purchase)}."
    tell_side(actor, purchase, NoticeKind.DECIDED, title, request.reason)
    return purchase


def decline(actor: Actor, request_ref: str, reason_code: str, reason: str) -> Purchase:
    """Say no, with a reason; what was held is free again.

    :raises InvalidError: fields ``reason_code`` and ``reason``.
    """
    request, purchase = _to_decide(actor, request_ref)
    _step(actor, purchase, request, Verb.DECLINE)
    approvals.decide(actor, request, RequestState.DECLINED, reason_code, reason)
    set_reason = request.reason
    freed = release(actor, purchase)
    record(actor, purchase, "decline", "Declined", why=set_reason, freed_pence=freed)
    title = f"{actor.name} said no to {named(purchase)}. {format_pounds(freed)} is free again."
    tell_side(actor, purchase, NoticeKind.DECIDED, title, set_reason)
    return purchase


def ask(actor: Actor, request_ref: str, question: str) -> Purchase:
    """Ask the person something; the clock stops until they answer.

    :raises InvalidError: field ``question``.
    """
    request, purchase = _to_decide(actor, request_ref)
    _step(actor, purchase, request, Verb.ASK)
    message = _write(actor, purchase, question, "question")
    approvals.ask(actor, request)
    record(actor, purchase, "ask", "Asked a question about")
    tell_side(
        actor, purchase, NoticeKind.INFORMATION_WANTED, f"{actor.name} asks you about {purchase.title}.", message.body
    )
    return purchase


def answer(actor: Actor, purchase: Purchase, text: str) -> Message:
    """The person's side answers: it goes back to the coordinator, who has the usual time again.

    :raises InvalidError: field ``answer``.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    move(purchase, Verb.ANSWER)
    message = _write(actor, purchase, text, "answer")
    request = approval_queries.latest_for(purchase.id)
    if request is None:
        raise StateError("Nobody is looking at this any more.")
    approvals.answered(actor, request)
    record(actor, purchase, "answer", "Answered about")
    by = clock.say_day(request.due_on)
    _tell_coordinator(
        actor, request, NoticeKind.ANSWERED, f"{actor.name} answered about {purchase.title}. Answer by {by}."
    )
    return message


def add_message(actor: Actor, purchase: Purchase, text: str) -> Message:
    """Write to the other side while somebody looks at the purchase.

    :raises InvalidError: field ``message``.
    :raises StateError: when nobody is looking at it any more.
    """
    request = approval_queries.latest_for(purchase.id)
    own_side = may(actor, Permission.VIEW_BUDGET, PersonSubject(purchase.person_id))
    if not own_side and (request is None or not approval_queries.may_open(actor, request)):
        raise NotFoundError
    if own_side:
        require(actor, Permission.PREPARE_PURCHASE, purchase)
    if request is None or request.state not in OPEN:
        raise StateError("Nobody is looking at this any more.")
    message = _write(actor, purchase, text, "message")
    title = f"{actor.name} wrote to you about {purchase.title}."
    if own_side:
        _tell_coordinator(actor, request, NoticeKind.MESSAGE, title)
    else:
        tell_side(actor, purchase, NoticeKind.MESSAGE, title, message.body)
    return message


def hand_over(actor: Actor, request_ref: str, to_account_ref: str) -> ApprovalRequest:
    """Give a request to a colleague.

    :raises InvalidError: field ``to``, when there is no such colleague.
    """
    request = approval_queries.request_by_ref(actor, tidy_ref(request_ref))
    to = db.session.scalar(select(Account).where(Account.ref == tidy_ref(to_account_ref)))
    if to is None or all(to.id != account.id for account in identity.coordinators(request.commissioner_id)):
        raise InvalidError({"to": "Choose somebody in your team"})
    return _assign(actor, request, to)


def take(actor: Actor, request_ref: str) -> ApprovalRequest:
    """Take a colleague's request, so that the person has somebody who is there."""
    request = approval_queries.request_to_take(actor, tidy_ref(request_ref))
    own = db.session.get(Account, actor.account_id) if actor.account_id else None
    if own is None or not may(actor, Permission.DECIDE, CommissionerSubject(request.commissioner_id)):
        raise NotFoundError
    return _assign(actor, request, own)


def _assign(actor: Actor, request: ApprovalRequest, to: Account) -> ApprovalRequest:
    approvals.assign(actor, request, to)
    db.session.refresh(request, ["assignee"])
    title = f"{actor.name} handed {request.title} to you. Answer by {clock.say_day(request.due_on)}."
    _tell_coordinator(actor, request, NoticeKind.HANDED_OVER, title)
    purchase = _subject(request.subject_id)
    tell_side(
        actor,
        purchase,
        NoticeKind.HANDED_OVER,
        f"{to.name} will answer you about {request.title} by {clock.say_day(request.due_on)}.",
    )
    return request


def _to_decide(actor: Actor, ref: str) -> tuple[ApprovalRequest, Purchase]:
    request = approval_queries.request_by_ref(actor, tidy_ref(ref))
    if not may_decide(actor, request.commissioner_id, request.person_id, request.asked_by):
        raise NotAllowedError("You cannot decide this one: somebody else in your team will.")
    if request.state is not RequestState.WAITING:
        raise approvals.already(request)
    purchase = _subject(request.subject_id)
    if is_paid_by(actor, purchase):
        raise NotAllowedError("You would be paid for this one, so somebody else in your team decides it. Hand it over.")
    return request, purchase


def is_paid_by(actor: Actor, purchase: Purchase) -> bool:
    """Whether the money would go to ``actor``: who sells something never decides that it is bought."""
    return purchase.provider_id is not None and purchase.provider_id in actor.provider_ids


def _subject(purchase_id: UUID) -> Purchase:
    return db.session.get_one(Purchase, purchase_id)


def _step(actor: Actor, purchase: Purchase, request: ApprovalRequest, verb: Verb) -> None:
    """Move the purchase, or say who was faster. Whoever dealt with it need not read the notices about it."""
    try:
        require_state(purchase, State.AWAITING_APPROVAL)
        move(purchase, verb, decided_at=None if verb is Verb.ASK else clock.now())
    except StateError:
        raise approvals.already(request) from None
    messages.mark_read_about(actor, About.REQUEST, request.ref)


def _write(actor: Actor, purchase: Purchase, text: str, field: str) -> Message:
    try:
        return messages.write(
            actor,
            About.PURCHASE,
            purchase.id,
            text,
            commissioner_id=purchase.commissioner_id,
            person_id=purchase.person_id,
        )
    except InvalidError as error:
        raise InvalidError({field: error.sentence}) from None


def _tell_coordinator(actor: Actor, request: ApprovalRequest, kind: NoticeKind, title: str) -> None:
    messages.notify(
        actor,
        [request.assigned_to] if request.assigned_to else [],
        kind,
        title,
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=request.person_id,
    )
