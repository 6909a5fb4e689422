"""Reading what is bought again and again: what comes up, what became of each, what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, or_, select, true
from sqlalchemy.orm import joinedload

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, RequestState
from app.budgets import regular_queries
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularPaymentMade, RegularTerms
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import queries as messages
from app.messages.models import Message
from app.messages.rules import About
from app.purchases.models import Purchase
from app.purchases.own_work import known_to
from app.purchases.regular_posting import CATCH_UP_DAYS
from app.purchases.rules import STATE_WORDS

WEEKS_AHEAD = 6
_HISTORY_MOST = 12


@dataclass(frozen=True, slots=True)
class Coming:
    """An occurrence to come, or one that is past and not taken care of."""

    payment: RegularPayment
    due_on: date
    amount_pence: int
    late: bool
    by_hand: bool
    hindered: str  # why it did not go through by itself; nothing where nothing stood in the way


def coming_up(
    viewer: Actor, person: Person, budgets: Sequence[Budget], payment: RegularPayment | None = None
) -> list[Coming]:
    """What falls due in the next weeks and is not taken care of, and before it what of the last weeks is not.

    :param budgets: those that run, read for this viewer.
    :param payment: only this one.
    :raises NotFoundError: when it is not the viewer's to see.
    """
    _check(viewer, person)
    today = clock.today()
    found: list[Coming] = []
    for budget in budgets:
        first = max(today - timedelta(CATCH_UP_DAYS), budget.starts_on)
        last = min(today + timedelta(weeks=WEEKS_AHEAD), budget.ends_on)
        due = regular_queries.not_made(regular_queries.due_between(budget, first, last))
        tried = regular_queries.tried_of({item.payment.id for item in due}, first) if due else {}
        for item in due:
            if payment is not None and item.payment.id != payment.id:
                continue
            by_hand = item.payment.posted_by is PostedBy.PERSON
            begins = item.payment.posts_from or item.payment.starts_on
            if item.due_on < today and not by_hand and item.due_on < begins:
                continue  # from before CarePurse wrote it down: the person knows what became of it
            if by_hand and item.due_on < clock.period_of(today):
                continue
            before = tried.get((item.payment.id, item.due_on))
            why = before.sentence if before else ""
            late = item.due_on < today
            found.append(Coming(item.payment, item.due_on, item.amount_pence, late, by_hand, why))
    return sorted(found, key=lambda item: (item.due_on, item.payment.words))


@dataclass(frozen=True, slots=True)
class Past:
    """What became of an occurrence."""

    due_on: date
    amount_pence: int | None
    words: str
    purchase_ref: str | None


def history_of(viewer: Actor, person: Person, payment: RegularPayment) -> list[Past]:
    """What became of the latest occurrences, the newest first.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    _check(viewer, person)
    rows = db.session.execute(
        select(
            RegularPaymentMade.due_on,
            RegularPaymentMade.skipped_by_name,
            Purchase.total_pence,
            Purchase.state,
            case((and_(true(), *known_to(viewer, person.id)), Purchase.ref)),
        )
        .outerjoin(Purchase, Purchase.id == RegularPaymentMade.purchase_id)
        .where(RegularPaymentMade.payment_id == payment.id)
        .order_by(RegularPaymentMade.due_on.desc())
        .limit(_HISTORY_MOST)
    )
    return [
        Past(day, pence, f"Left out by {skipped}" if skipped else STATE_WORDS[state] if state else "Written down", ref)
        for day, skipped, pence, state, ref in rows
    ]


class WaitingKind(StrEnum):
    """What something bought again and again waits for."""

    QUESTION = "question"
    RISE = "rise"
    CONFIRM = "confirm"
    CONFIRM_CHANGE = "confirm_change"
    ANSWER_DUE = "answer_due"


@dataclass(frozen=True, slots=True)
class RegularWaiting:
    """One row of *Waiting* on the home page."""

    kind: WaitingKind
    ref: str
    title: str
    amount_pence: int
    who: str
    due_on: date | None
    late: bool
    who_answers: str = ""  # who says yes or no, where the reader may not (``saying_yes``)


def waiting_for(viewer: Actor, person: Person) -> list[RegularWaiting]:
    """What waits about things bought again and again: first what the person's side can do something about.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    _check(viewer, person)
    waiting_states = [state.value for state in TermsState.waiting()]
    query = (
        select(RegularPayment, RegularTerms, ApprovalRequest, Account.name)
        .options(joinedload(RegularPayment.every_terms))
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .outerjoin(
            RegularTerms,
            (RegularTerms.payment_id == RegularPayment.id)
            & RegularTerms.state.in_(waiting_states)
            & and_(*_changes_known(viewer, person)),
        )
        .outerjoin(
            ApprovalRequest,
            (ApprovalRequest.subject_id == RegularPayment.id) & ApprovalRequest.state.in_(OPEN),
        )
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(
            Budget.person_id == person.id,
            *regular_queries.known_to(viewer, person),
            or_(
                RegularPayment.state.in_((RegularState.AWAITING_HOLDER, RegularState.AWAITING_APPROVAL)),
                (RegularPayment.state == RegularState.RUNNING) & RegularTerms.id.is_not(None),
            ),
        )
    )
    found = [_waiting(*row) for row in db.session.execute(query).unique()]
    order = list(WaitingKind)
    return sorted(found, key=lambda item: (order.index(item.kind), item.due_on or date.max))


def change_waiting(viewer: Actor, person: Person, payment: RegularPayment) -> RegularTerms | None:
    """The change that waits for somebody, if there is one that this viewer may know of: not another broker's."""
    waiting = payment.waiting_terms
    if waiting is None or not viewer.brokers_for(person.id):
        return waiting
    known = select(RegularTerms.id).where(RegularTerms.id == waiting.id, *_changes_known(viewer, person))
    return waiting if db.session.scalar(known) else None


def thread_of(viewer: Actor, person: Person, payment: RegularPayment) -> list[Message]:
    """What was written about it, oldest first; a broker reads what is about their own."""
    _check(viewer, person)
    if viewer.brokers_for(person.id) and payment.asked_by != viewer.account_id:
        return []
    return messages.thread(About.REGULAR, payment.id)


def _changes_known(viewer: Actor, person: Person) -> tuple[ColumnElement[bool], ...]:
    if not viewer.brokers_for(person.id):
        return (true(),)
    others = identity.other_brokers(viewer, person.id)
    return (or_(RegularTerms.asked_by.is_(None), RegularTerms.asked_by.not_in(others)),)


def _waiting(
    payment: RegularPayment, change: RegularTerms | None, request: ApprovalRequest | None, coordinator: str | None
) -> RegularWaiting:
    terms = change or payment.every_terms[0]
    who, due_on, late = coordinator or "Your coordinator's team", None, False
    if request is not None and request.state is RequestState.ASKED:
        kind = WaitingKind.QUESTION
    elif request is not None:
        kind, due_on = WaitingKind.ANSWER_DUE, request.due_on
        late = due_on < clock.today()
    elif change is not None and change.state is TermsState.RISE:
        kind, who, due_on = WaitingKind.RISE, payment.payee, change.from_on
    elif change is not None:
        kind, who = WaitingKind.CONFIRM_CHANGE, change.asked_by_name
    else:
        kind, who = WaitingKind.CONFIRM, payment.asked_by_name
    return RegularWaiting(kind, payment.ref, payment.words, terms.amount_pence, who, due_on, late)


def _check(viewer: Actor, person: Person) -> None:
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
