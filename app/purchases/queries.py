"""Reading purchases: only what the viewer may see; anything else does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, String, bindparam, cast, func, literal, null, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN
from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, Permission, PersonSubject, ProviderSubject, may, within_limit
from app.messages import queries as messages
from app.messages.models import Message
from app.messages.rules import About
from app.plans.models import Outcome
from app.purchases.models import Purchase, PurchaseDecision, PurchaseLine
from app.purchases.rules import SPENT, WAITING, State, Verb, possible

_LINES = selectinload(Purchase.lines).joinedload(PurchaseLine.outcome).joinedload(Outcome.funding)
_PURCHASE = (
    select(Purchase)
    .options(_LINES, joinedload(Purchase.budget).joinedload(Budget.streams), joinedload(Purchase.person))
    .where(Purchase.ref == bindparam("ref"), Purchase.person_id == bindparam("person_id"))
)
_WAITING_MOST = 25
_DRAFTS_MOST = 20
_RECEIPT_DAYS = timedelta(days=92)  # older gaps belong to the review, not to the home page
ORDERS_A_PAGE = 25


def purchase_for(viewer: Actor, person: Person, ref: str) -> Purchase:
    """One purchase of a person, with its lines and their outcomes.

    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    _check(viewer, person.id)
    asked = {"ref": tidy_ref(ref), "person_id": person.id}
    purchase = db.session.scalars(_PURCHASE, asked).unique().one_or_none()
    if purchase is None:
        raise NotFoundError
    return purchase


def drafts_of(viewer: Actor, person: Person) -> list[Purchase]:
    """What was begun and not sent, newest first."""
    _check(viewer, person.id)
    return list(
        db.session.scalars(
            select(Purchase)
            .where(Purchase.person_id == person.id, Purchase.state == State.DRAFT)
            .order_by(Purchase.created_at.desc())
            .limit(_DRAFTS_MOST)
        )
    )


def open_request_of(viewer: Actor, purchase: Purchase) -> ApprovalRequest | None:
    """The newest request about a purchase, open or answered: who, until when, what they said."""
    _check(viewer, purchase.person_id)
    return approval_queries.latest_for(purchase.id)


def thread_of(viewer: Actor, purchase: Purchase) -> list[Message]:
    """What was written about a purchase, oldest first, for its person's side and the coordinator it is with."""
    check_sees(viewer, purchase)
    return messages.thread(About.PURCHASE, purchase.id)


def decisions_of(viewer: Actor, purchase: Purchase) -> Sequence[PurchaseDecision]:
    """Everything the policy said of a purchase, first to last."""
    _check(viewer, purchase.person_id)
    return db.session.scalars(
        select(PurchaseDecision)
        .where(
            PurchaseDecision.commissioner_id == purchase.commissioner_id, PurchaseDecision.purchase_id == purchase.id
        )
        .order_by(PurchaseDecision.id)
    ).all()


def check_sees(viewer: Actor, purchase: Purchase) -> None:
    """The privacy gate around one purchase: its person's side, or a coordinator who is asked to decide it.

    :raises NotFoundError: for everybody else.
    """
    if may(viewer, Permission.VIEW_BUDGET, PersonSubject(purchase.person_id)):
        return
    if any(approval_queries.may_open(viewer, item) for item in approval_queries.requests_about(purchase.id)):
        return
    raise NotFoundError


_NEEDS = {
    Verb.SUBMIT: Permission.PREPARE_PURCHASE,
    Verb.REVISE: Permission.PREPARE_PURCHASE,
    Verb.ANSWER: Permission.PREPARE_PURCHASE,
    Verb.CONFIRM: Permission.CONFIRM_PURCHASE,
    Verb.TURN_DOWN: Permission.CONFIRM_PURCHASE,
    Verb.CANCEL: Permission.BUY,
    Verb.PAY: Permission.BUY,
    Verb.CONFIRM_DELIVERY: Permission.BUY,
}


def allowed(viewer: Actor, purchase: Purchase) -> frozenset[Verb]:
    """What this viewer may do to it now, for the page's buttons. The services check again."""
    early = purchase.state in (State.DRAFT, State.AWAITING_HOLDER)
    found = set()
    for verb in possible(purchase.state):
        need = Permission.PREPARE_PURCHASE if verb is Verb.CANCEL and early else _NEEDS.get(verb)
        if need is not None and may(viewer, need, PersonSubject(purchase.person_id)):
            found.add(verb)
    grant = viewer.grant_for(purchase.person_id)
    if viewer.account_id == purchase.requested_by:
        found -= {Verb.CONFIRM, Verb.TURN_DOWN}
    elif grant is None or not within_limit(grant, purchase.total_pence):
        found.discard(Verb.CONFIRM)
    return frozenset(found)


class WaitingKind(StrEnum):
    """What something waits for."""

    QUESTION = "question"  # a coordinator asked you
    CONFIRM = "confirm"  # prepared for you: say yes or no
    ANSWER_DUE = "answer_due"  # a coordinator answers by a day
    TO_PAY = "to_pay"  # approved: pay for it, then say so
    RECEIPT = "receipt"  # paid, and a receipt is missing
    DRAFT = "draft"  # begun, not sent


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of *Waiting* on the home page."""

    kind: WaitingKind
    purchase_ref: str
    title: str
    amount_pence: int
    who: str | None  # the coordinator, or who prepared it
    due_on: date | None
    late: bool


_KIND = {
    State.AWAITING_APPROVAL: WaitingKind.ANSWER_DUE,
    State.AWAITING_INFORMATION: WaitingKind.QUESTION,
    State.AWAITING_HOLDER: WaitingKind.CONFIRM,
    State.APPROVED: WaitingKind.TO_PAY,
    State.DRAFT: WaitingKind.DRAFT,
}
_ORDER = list(WaitingKind)


def waiting_for(viewer: Actor, person: Person) -> list[Waiting]:
    """What waits for whom, and until when: first what the person's side can do something about.

    One statement, however much was ever bought.
    """
    _check(viewer, person.id)
    today = clock.today()
    over = identity.settings_of(person.commissioner_id).receipt_over_pence
    columns = (
        Purchase.ref,
        Purchase.title,
        Purchase.total_pence,
        cast(Purchase.state, String),
        Purchase.requested_by_name,
    )
    nobody = cast(null(), String).label("who")
    open_ones = (
        select(
            *columns,
            Account.name.label("who"),
            func.coalesce(ApprovalRequest.new_due_on, ApprovalRequest.due_on).label("day"),
            literal(False).label("receipt"),
        )
        .outerjoin(
            ApprovalRequest,
            (ApprovalRequest.subject_id == Purchase.id) & ApprovalRequest.state.in_(OPEN),
        )
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(Purchase.person_id == person.id, Purchase.state.in_(WAITING))
        .order_by(Purchase.submitted_at.desc())
        .limit(_WAITING_MOST)
    )
    no_receipt = (
        select(*columns, nobody, Purchase.paid_on.label("day"), literal(True).label("receipt"))
        .where(
            Purchase.person_id == person.id,
            Purchase.receipt_count == 0,
            Purchase.state.in_((State.PAID, State.DELIVERED)),
            Purchase.total_pence > over,
            Purchase.paid_on >= today - _RECEIPT_DAYS,
        )
        .order_by(Purchase.paid_on.desc())
        .limit(5)
    )
    drafts = (
        select(*columns, nobody, cast(null(), Date).label("day"), literal(False).label("receipt"))
        .where(Purchase.person_id == person.id, Purchase.state == State.DRAFT)
        .order_by(Purchase.created_at.desc())
        .limit(3)
    )
    found = []
    for ref, title, pence, state, asked_by, coordinator, day, wants_receipt in db.session.execute(
        union_all(open_ones.subquery().select(), no_receipt.subquery().select(), drafts.subquery().select())
    ):
        kind = WaitingKind.RECEIPT if wants_receipt else _KIND[State(state)]
        who = {
            WaitingKind.ANSWER_DUE: coordinator or "Your coordinator's team",
            WaitingKind.QUESTION: coordinator or "Your coordinator's team",
            WaitingKind.CONFIRM: asked_by,
        }.get(kind)
        due = day if kind is WaitingKind.ANSWER_DUE else None
        found.append(Waiting(kind, ref, title, pence, who, due, due is not None and due < today))
    return sorted(found, key=lambda row: (_ORDER.index(row.kind), row.due_on or date.max))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """What a provider sees of a purchase from them: enough to deliver, nothing about plan or money."""

    ref: str
    first_name: str
    what: tuple[str, ...]
    needed_from: date | None
    needed_until: date | None
    total_pence: int
    state: State
    state_words: str


def orders_of(viewer: Actor, provider_id: UUID, page: int = 1) -> Page[OrderRow]:
    """What was agreed to be bought from a provider, newest first.

    :raises NotFoundError: when it is not the viewer's provider.
    """
    if not may(viewer, Permission.KEEP_LISTINGS, ProviderSubject(provider_id)):
        raise NotFoundError
    offset, limit = window(page, ORDERS_A_PAGE)
    rows = db.session.scalars(
        select(Purchase)
        .options(selectinload(Purchase.lines), joinedload(Purchase.person))
        .where(Purchase.provider_id == provider_id, Purchase.state.in_((State.APPROVED, State.PAYING, *SPENT)))
        .order_by(Purchase.submitted_at.desc(), Purchase.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return make_page([_order(row) for row in rows], page, ORDERS_A_PAGE)


def _order(row: Purchase) -> OrderRow:
    what = tuple(
        f"{line.description}: {line.quantity_words} {line.unit}{'' if line.quantity_hundredths == 100 else 's'}"
        if line.unit
        else line.description
        for line in row.lines
    )
    return OrderRow(
        row.ref,
        row.person.given_name,
        what,
        row.needed_from,
        row.needed_until,
        row.total_pence,
        row.state,
        row.state_words,
    )


def _check(viewer: Actor, person_id: UUID) -> None:
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person_id)):
        raise NotFoundError
