"""The coordinator's queue, and the one page on which a request is decided.

The privacy gate: a coordinator sees the purchase they are asked about and what is left in the budget, nothing else of
the person's money, and every opening is written down for the person to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.precedent import LikeCase, like_cases
from app.approvals.queries import RuleHistory
from app.approvals.rules import DECLINE_REASONS, OPEN, RequestState, SubjectKind
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.core.paging import Page, make_page, window
from app.core.words import tidy_ref
from app.identity.models import Account
from app.identity.rules import Actor, StaffRole
from app.messages import queries as messages
from app.messages.models import Message
from app.policy import queries as policies
from app.policy.rules import Decision, Finding
from app.purchases.facts import ranges_of
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rule_titles import rule_titles
from app.purchases.subjects import Fact, subject_of

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One request in the queue. What it is about is empty for a colleague's: that opens when one takes it."""

    ref: str
    kind: SubjectKind
    first_name: str
    age: int
    title: str
    amount_pence: int
    reason: str  # the finding's sentence
    due_on: date
    late: bool
    state: RequestState
    state_words: str
    assigned_name: str
    mine: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """For the heading: what is mine, the whole team's, and past its day."""

    mine: int
    team: int
    late: int


class Scope(StrEnum):
    """Which requests a view of the queue shows."""

    MINE = "mine"  # one's own, and what is nobody's yet
    TEAM = "team"
    LATE = "late"  # the team's, past the promised day


def queue_for(
    viewer: Actor, scope: Scope | str = Scope.MINE, page: int = 1, kind: SubjectKind | None = None
) -> Page[QueueRow]:
    """Open requests by due date.

    Requests about somebody the viewer acts for, or that the viewer made, are not in it. An auditor sees the whole
    team's; what one is about they read when they open it, and the person reads that they did.

    :param kind: only what is to be decided of one kind.
    """
    offset, limit = window(page, PAGE_SIZE)
    query = _open(viewer, select(ApprovalRequest)).options(
        joinedload(ApprovalRequest.person), joinedload(ApprovalRequest.assignee)
    )
    query = _in_scope(viewer, query, Scope(scope))
    if kind is not None:
        query = query.where(ApprovalRequest.subject_kind == kind)
    query = query.order_by(ApprovalRequest.due_on, ApprovalRequest.id).offset(offset).limit(limit)
    today = clock.today()
    rows = [
        QueueRow(
            ref=item.ref,
            kind=item.subject_kind,
            first_name=item.person.given_name,
            age=item.person.age_on(today),
            title=item.title if opens else "",
            amount_pence=item.amount_pence if opens else 0,
            reason=item.reason_asked if opens else "",
            due_on=item.due_on,
            late=item.due_on < today and item.state is RequestState.WAITING,
            state=item.state,
            state_words=item.state_words,
            assigned_name=item.assignee.name if item.assignee else "Nobody yet",
            mine=item.assigned_to == viewer.account_id,
            opens=opens,
        )
        for item in db.session.scalars(query)
        for opens in [approval_queries.may_open(viewer, item)]
    ]
    return make_page(rows, page, PAGE_SIZE)


def counts_for(viewer: Actor) -> QueueCounts:
    """How many are open."""
    counts = select(func.count().filter(_is_mine(viewer)), func.count(), func.count().filter(_is_late()))
    row = db.session.execute(_open(viewer, counts.select_from(ApprovalRequest))).one()
    return QueueCounts(*(int(count) for count in row))


def kinds_in(viewer: Actor, scope: Scope | str = Scope.MINE) -> dict[SubjectKind, int]:
    """How many of each kind a view of the queue holds; kinds without any are left out."""
    query = _open(viewer, select(ApprovalRequest.subject_kind, func.count()))
    rows = db.session.execute(_in_scope(viewer, query, Scope(scope)).group_by(ApprovalRequest.subject_kind))
    found = {SubjectKind(kind): int(count) for kind, count in rows}
    return {kind: found[kind] for kind in SubjectKind if kind in found}


def _in_scope(viewer: Actor, query: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    if scope is Scope.MINE:
        return query.where(_is_mine(viewer))
    return query.where(_is_late()) if scope is Scope.LATE else query


def _is_late() -> ColumnElement[bool]:
    return (ApprovalRequest.due_on < clock.today()) & (ApprovalRequest.state == RequestState.WAITING)


def _is_mine(viewer: Actor) -> Any:
    return or_(ApprovalRequest.assigned_to == viewer.account_id, ApprovalRequest.assigned_to.is_(None))


def _open(viewer: Actor, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.where(
        ApprovalRequest.commissioner_id.in_(viewer.posts_reading(StaffRole.COORDINATOR)),
        ApprovalRequest.state.in_(OPEN),
        ApprovalRequest.asked_by != viewer.account_id,
        ApprovalRequest.person_id.not_in([grant.person_id for grant in viewer.grants]),
        ~ApprovalRequest.barred.contains([str(viewer.account_id)]),  # a second look at what the viewer decided
    )


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A line with what helps to decide it."""

    line: PurchaseLine
    decision: Decision
    outcome_words: str | None
    local_low_pence: int | None
    local_high_pence: int | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """All that is needed to decide, on one page, and nothing else of the person's money."""

    request: ApprovalRequest
    purchase: Purchase | None  # where it is one, or is about one
    facts: tuple[Fact, ...]  # what it is, in rows, beside the purchase
    first_name: str
    age: int
    lines: tuple[DecisionLine, ...]
    findings: tuple[Finding, ...]  # of the purchase as a whole
    safe_now_pence: int | None  # as if nothing were held for this: what declining leaves; None once it is decided
    safe_after_pence: int | None  # if approved; where the sum is held, also what the person reads as safe now
    held: bool
    thread: list[Message]
    before: RuleHistory
    like_cases: Sequence[LikeCase]
    rule_title: str
    can_decide: bool
    decline_reasons: Mapping[str, str]
    colleagues: list[Account]


def request_for(viewer: Actor, ref: str, *, reading: bool = False) -> DecisionView:
    """Open a request. Writes an entry the person can read, so the caller commits.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: when there is no such request for this viewer's team.
    :raises WithColleagueError: when a colleague answers it.
    """
    take = approval_queries.request_to_read if reading else approval_queries.request_by_ref
    request = take(viewer, tidy_ref(ref))
    subject = subject_of(request)
    shown = subject.show(viewer, request)
    purchase = shown.purchase
    policy = policies.policy_in_force(request.commissioner_id)
    decision = purchase.decision if purchase else None
    near = ranges_of(purchase) if purchase else {}
    place, waits = subject.place(request), request.state in OPEN
    audit.record(
        viewer,
        "purchases.open_request",
        _opened(viewer, request),
        subject_kind="approval_request",
        subject_id=request.id,
        person_id=request.person_id,
        commissioner_id=request.commissioner_id,
    )
    db.session.flush()
    titles = rule_titles(policy, request.rules)
    return DecisionView(
        request=request,
        purchase=purchase,
        facts=tuple(shown.facts),
        first_name=request.person.given_name,
        age=request.person.age_on(clock.today()),
        lines=tuple(_line(line, near) for line in purchase.lines) if purchase else (),
        findings=decision.for_purchase().findings if decision else (),
        safe_now_pence=shown.safe_now_pence if waits else None,
        safe_after_pence=shown.safe_after_pence if waits else None,
        held=shown.held,
        thread=messages.thread(place.about, place.subject_id, until=request.decided_at),
        before=approval_queries.history_of(request.commissioner_id, request.rule),
        like_cases=like_cases(request),
        rule_title=titles.get(request.rule, ""),
        can_decide=approval_queries.may_decide_now(viewer, request) and not _refused(viewer, request),
        decline_reasons=titles | dict(DECLINE_REASONS),
        colleagues=approval_queries.colleagues_for(request),
    )


def _opened(viewer: Actor, request: ApprovalRequest) -> str:
    """What the audit says of an opening."""
    if not approval_queries.may_open(viewer, request):
        return f"Opened {request.title} as an auditor"
    return f"Opened {request.title} to decide it" if request.state in OPEN else f"Looked at {request.title} again"


def _refused(viewer: Actor, request: ApprovalRequest) -> bool:
    """Whether the thing itself says that this viewer of all people does not decide it."""
    try:
        subject_of(request).refuse(viewer, request)
    except NotAllowedError:
        return True
    return False


def _line(line: PurchaseLine, near: Mapping[UUID, tuple[int, int]]) -> DecisionLine:
    low, high = near.get(line.id, (None, None))
    said = line.decision or Decision.of((), line.purchase.policy_version or "")
    return DecisionLine(line, said, line.outcome.words if line.outcome else None, low, high)
