"""What waits for whom in a person's affairs, for the home page: purchases, receipts, drafts and ideas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, String, and_, cast, func, literal, not_, null, select, union_all

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, RequestState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.purchases.idea_queries import waiting_ideas
from app.purchases.models import Purchase
from app.purchases.own_work import in_basket_of, known_to
from app.purchases.rules import WAITING, State

_WAITING_MOST = 25
_RECEIPT_DAYS = timedelta(days=92)  # older gaps belong to the review, not to the home page


class WaitingKind(StrEnum):
    """What something waits for."""

    QUESTION = "question"  # a coordinator asked you
    IDEA_QUESTION = "idea_question"  # a coordinator asked you about an idea
    CONFIRM = "confirm"  # prepared for you: say yes or no
    ANSWER_DUE = "answer_due"  # a coordinator answers by a day
    IDEA = "idea"  # the same about an idea
    PROBLEM = "problem"  # something went wrong, and is being put right
    TO_PAY = "to_pay"  # approved: pay for it, then say so
    RECEIPT = "receipt"  # paid, and a receipt is missing
    DRAFT = "draft"  # begun, not sent


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of *Waiting* on the home page."""

    kind: WaitingKind
    purchase_ref: str  # of an idea: the idea's
    title: str
    amount_pence: int
    who: str | None  # the coordinator, or who prepared or began it
    due_on: date | None
    late: bool
    who_answers: str = ""  # who says yes or no, where the reader may not (``saying_yes``)


_KIND = {
    State.AWAITING_APPROVAL: WaitingKind.ANSWER_DUE,
    State.AWAITING_INFORMATION: WaitingKind.QUESTION,
    State.AWAITING_HOLDER: WaitingKind.CONFIRM,
    State.APPROVED: WaitingKind.TO_PAY,
    State.DRAFT: WaitingKind.DRAFT,
    State.UNDER_APPEAL: WaitingKind.ANSWER_DUE,
    State.DISPUTED: WaitingKind.PROBLEM,
}
_ORDER = list(WaitingKind)


def waiting_for(viewer: Actor, person: Person) -> list[Waiting]:
    """What waits for whom, and until when: first what the person's side can do something about. A broker's own only.

    Two statements, however much was ever bought.
    """
    _check(viewer, person.id)
    today, known = clock.today(), known_to(viewer, person.id)
    over = identity.settings_of(person.commissioner_id).receipt_over_pence
    columns = (
        Purchase.ref,
        Purchase.title,
        Purchase.total_pence,
        cast(Purchase.state, String),
        Purchase.requested_by_name,
        Purchase.changes_id.is_not(None).label("changes"),
    )
    nobody, nothing = cast(null(), String).label("who"), literal(False).label("asked")
    open_ones = (
        select(
            *columns,
            Account.name.label("who"),
            func.coalesce(ApprovalRequest.new_due_on, ApprovalRequest.due_on).label("day"),
            literal(False).label("receipt"),
            (ApprovalRequest.state == RequestState.ASKED).label("asked"),
        )
        .outerjoin(
            ApprovalRequest,
            (ApprovalRequest.subject_id == Purchase.id) & ApprovalRequest.state.in_(OPEN),
        )
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(Purchase.person_id == person.id, Purchase.state.in_(WAITING), *known)
        .order_by(Purchase.submitted_at.desc())
        .limit(_WAITING_MOST)
    )
    no_receipt = (
        select(*columns, nobody, Purchase.paid_on.label("day"), literal(True).label("receipt"), nothing)
        .where(
            Purchase.person_id == person.id,
            Purchase.receipt_count == 0,
            Purchase.state.in_((State.PAID, State.DELIVERED)),
            Purchase.total_pence > over,
            Purchase.paid_on >= today - _RECEIPT_DAYS,
            *known,
        )
        .order_by(Purchase.paid_on.desc())
        .limit(5)
    )
    drafts = (
        select(*columns, nobody, cast(null(), Date).label("day"), literal(False).label("receipt"), nothing)
        .where(
            Purchase.person_id == person.id,
            Purchase.state == State.DRAFT,
            not_(and_(*in_basket_of(viewer, person.id))),
            *known,
        )
        .order_by(Purchase.created_at.desc())
        .limit(3)
    )
    found = []
    for ref, title, pence, state, asked_by, changes, coordinator, day, wants_receipt, asked in db.session.execute(
        union_all(open_ones.subquery().select(), no_receipt.subquery().select(), drafts.subquery().select())
    ):
        kind = WaitingKind.RECEIPT if wants_receipt else _KIND[State(state)]
        if asked:  # a question about a second look leaves the purchase where it is
            kind = WaitingKind.QUESTION
        who = {
            WaitingKind.ANSWER_DUE: coordinator or "Your coordinator's team",
            WaitingKind.QUESTION: coordinator or "Your coordinator's team",
            WaitingKind.CONFIRM: asked_by,
            WaitingKind.DRAFT: asked_by,
        }.get(kind)
        due = day if kind is WaitingKind.ANSWER_DUE else None
        words = f"A change of {title}" if changes else title
        found.append(Waiting(kind, ref, words, pence, who, due, due is not None and due < today))
    for idea in waiting_ideas(viewer, person):
        kind = WaitingKind.IDEA_QUESTION if idea.asked else WaitingKind.IDEA
        due = None if idea.asked else idea.answer_by
        who = idea.who or "Your coordinator's team"
        late = due is not None and due < today
        found.append(Waiting(kind, idea.ref, idea.words, idea.amount_pence, who, due, late))
    return sorted(found, key=lambda row: (_ORDER.index(row.kind), row.due_on or date.max))


def _check(viewer: Actor, person_id: UUID) -> None:
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person_id)):
        raise NotFoundError
