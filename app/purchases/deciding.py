"""A coordinator decides what was referred, whatever kind of thing it is, and talks with the person about it.

The thing's own row is always changed before its request's, on both sides, so that two who act at once never wait for
each other in a ring.
"""

from __future__ import annotations

from sqlalchemy import select

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, RequestState, SubjectKind, may_decide
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Account
from app.identity.rules import Actor, CommissionerSubject, Permission, PersonSubject, may
from app.messages import service as messages
from app.messages.models import Message
from app.messages.rules import About, NoticeKind
from app.purchases.changing import require
from app.purchases.models import Purchase
from app.purchases.rules import Verb
from app.purchases.standing_in import is_refused, is_there, who_stands_in
from app.purchases.subjects import Subject, named, subject_of
from app.purchases.telling import tell_about


def approve(actor: Actor, request_ref: str, why: str = "") -> ApprovalRequest:
    """Say yes, and do what that comes to.

    :param why: a word to the person; needed where a rule stopped what is looked at again.
    :raises InvalidError: field ``reason``, when it is needed.
    :raises NotFoundError: when there is no such request for this actor.
    :raises NotAllowedError: for one's own request, or about somebody one acts for.
    :raises StateError: when somebody was faster, naming who, or it cannot be done any more.
    """
    request, subject = _to_decide(actor, request_ref)
    approvals.check_yes(request, why)
    _step(actor, subject, request, Verb.APPROVE)
    approvals.decide(actor, request, RequestState.APPROVED, None, why)
    more = subject.settle(actor, request, Verb.APPROVE)
    tell_about(actor, request, NoticeKind.DECIDED, _news(f"{actor.name} said yes to {named(request)}.", more))
    return request


def decline(actor: Actor, request_ref: str, reason_code: str, reason: str) -> ApprovalRequest:
    """Say no, with a reason; what was held is free again.

    :raises InvalidError: fields ``reason_code`` and ``reason``.
    """
    request, subject = _to_decide(actor, request_ref)
    _step(actor, subject, request, Verb.DECLINE)
    approvals.decide(actor, request, RequestState.DECLINED, reason_code, reason)
    more = subject.settle(actor, request, Verb.DECLINE)
    tell_about(actor, request, NoticeKind.DECIDED, _news(f"{actor.name} said no to {named(request)}.", more))
    return request


def _news(title: str, more: str) -> str:
    return f"{title} {more}".strip()


def ask(actor: Actor, request_ref: str, question: str) -> ApprovalRequest:
    """Ask the person something; the clock stops until they answer.

    :raises InvalidError: field ``question``.
    """
    request, subject = _to_decide(actor, request_ref)
    _step(actor, subject, request, Verb.ASK)
    message = _write(actor, request, question, "question")
    approvals.ask(actor, request)
    subject.settle(actor, request, Verb.ASK)
    title = f"{actor.name} asks you about {request.title}."
    tell_about(actor, request, NoticeKind.INFORMATION_WANTED, title, message.body)
    return request


def answer(actor: Actor, request: ApprovalRequest, text: str) -> Message:
    """The person's side answers: it goes back to the coordinator, who has the usual time again.

    Where that one is away, or gone, it goes to whoever is there.

    :raises InvalidError: field ``answer``.
    """
    _require(actor, request)
    subject = subject_of(request)
    subject.step(actor, request, Verb.ANSWER)
    message = _write(actor, request, text, "answer")
    approvals.answered(actor, request)
    subject.settle(actor, request, Verb.ANSWER)
    to = None if is_there(request) else who_stands_in(request)
    if to is not None:
        pass_on(Actor.system("Cover for leave"), request, to)
    by = clock.say_day(request.due_on)
    _tell_coordinator(
        actor, request, NoticeKind.ANSWERED, f"{actor.name} answered about {request.title}. Answer by {by}."
    )
    return message


def answer_about(actor: Actor, purchase: Purchase, text: str) -> Message:
    """The same, from the purchase's own page.

    :raises StateError: when no question is out.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    request = approval_queries.latest_for(purchase.id)
    if request is None or request.state is not RequestState.ASKED:
        raise StateError(f"This has moved on. It says now: {purchase.state_words}.")
    return answer(actor, request, text)


def add_message(actor: Actor, request: ApprovalRequest, text: str) -> Message:
    """Write to the other side while somebody looks at it.

    :raises InvalidError: field ``message``.
    :raises StateError: when nobody is looking at it any more.
    """
    own_side = may(actor, Permission.VIEW_BUDGET, PersonSubject(request.person_id))
    if own_side:
        _require(actor, request)
    elif not approval_queries.may_open(actor, request):
        raise NotFoundError
    if request.state not in OPEN:
        raise StateError("Nobody is looking at this any more.")
    message = _write(actor, request, text, "message")
    title = f"{actor.name} wrote to you about {request.title}."
    if own_side:
        _tell_coordinator(actor, request, NoticeKind.MESSAGE, title)
    else:
        tell_about(actor, request, NoticeKind.MESSAGE, title, message.body)
    return message


def add_message_about(actor: Actor, purchase: Purchase, text: str) -> Message:
    """The same, from the purchase's own page.

    :raises StateError: when nobody is looking at it any more.
    """
    request = approval_queries.latest_for(purchase.id)
    if request is None:
        require(actor, Permission.PREPARE_PURCHASE, purchase)
        raise StateError("Nobody is looking at this any more.")
    return add_message(actor, request, text)


def hand_over(actor: Actor, request_ref: str, to_account_ref: str) -> ApprovalRequest:
    """Give a request to a colleague.

    :raises InvalidError: field ``to``, when there is no such colleague.
    """
    request = approval_queries.request_by_ref(actor, tidy_ref(request_ref))
    to = db.session.scalar(select(Account).where(Account.ref == tidy_ref(to_account_ref)))
    if to is None or all(to.id != account.id for account in identity.coordinators(request.commissioner_id)):
        raise InvalidError({"to": "Choose somebody in your team"})
    if is_refused(to, request):
        raise InvalidError({"to": f"{to.name} cannot decide this one. Choose somebody else"})
    return pass_on(actor, request, to)


def take(actor: Actor, request_ref: str) -> ApprovalRequest:
    """Take a colleague's request, so that the person has somebody who is there.

    :raises NotAllowedError: for who could not decide it: it would wait with them.
    """
    request = approval_queries.request_to_take(actor, tidy_ref(request_ref))
    own = db.session.get(Account, actor.account_id) if actor.account_id else None
    if own is None or not may(actor, Permission.DECIDE, CommissionerSubject(request.commissioner_id)):
        raise NotFoundError
    if request.assigned_to == own.id and request.state in OPEN:
        return request  # theirs already: nobody is told again
    subject_of(request).refuse(actor, request)
    return pass_on(actor, request, own)


def pass_on(actor: Actor, request: ApprovalRequest, to: Account) -> ApprovalRequest:
    """Let somebody else of the team answer. They are told, and so is the person.

    :raises NotAllowedError: when ``to`` never could decide it.
    :raises StateError: when it is closed, or somebody moved it a moment ago.
    """
    approvals.assign(actor, request, to)
    db.session.refresh(request, ["assignee"])
    by = clock.say_day(request.answer_by)
    title = f"{actor.name} handed {request.title} to you. Answer by {by}."
    _tell_coordinator(actor, request, NoticeKind.HANDED_OVER, title)
    tell_about(actor, request, NoticeKind.HANDED_OVER, f"{to.name} will answer you about {request.title} by {by}.", "")
    return request


def _to_decide(actor: Actor, ref: str) -> tuple[ApprovalRequest, Subject]:
    request = approval_queries.request_by_ref(actor, tidy_ref(ref))
    if not may_decide(actor, request.commissioner_id, request.person_id, request.asked_by):
        raise NotAllowedError("You cannot decide this one: somebody else in your team will.")
    if request.state is not RequestState.WAITING:
        raise approvals.already(request)
    subject = subject_of(request)
    subject.refuse(actor, request)
    return request, subject


def _require(actor: Actor, request: ApprovalRequest) -> None:
    """Answering and writing are for whoever may prepare purchases for the person.

    :raises NotFoundError: when the actor has nothing to do with them, or it is not this broker's work.
    :raises NotAllowedError: when they may only look.
    """
    person = PersonSubject(request.person_id)
    if not may(actor, Permission.VIEW_BUDGET, person):
        raise NotFoundError
    if not may(actor, Permission.PREPARE_PURCHASE, person):
        raise NotAllowedError("You may look at this budget, but not answer for it.")
    theirs = request.subject_kind is not SubjectKind.REGULAR or request.asked_by == actor.account_id
    if actor.brokers_for(request.person_id) and not theirs:  # of a purchase its own page has asked
        raise NotFoundError


def _step(actor: Actor, subject: Subject, request: ApprovalRequest, verb: Verb) -> None:
    """Move the thing, or say who was faster. Whoever dealt with it need not read the notices about it."""
    subject.step(actor, request, verb)
    messages.mark_read_about(actor, About.REQUEST, request.ref)


def _write(actor: Actor, request: ApprovalRequest, text: str, field: str) -> Message:
    place = subject_of(request).place(request)
    try:
        return messages.write(
            actor,
            place.about,
            place.subject_id,
            text,
            commissioner_id=request.commissioner_id,
            person_id=request.person_id,
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
