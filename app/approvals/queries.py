"""Reading approval requests, and finding who should decide one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, RequestState, WithColleagueError, is_recent, may_decide
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may

_MOST = 500


def request_by_ref(viewer: Actor, ref: str) -> ApprovalRequest:
    """A request that ``viewer`` was asked to decide.

    :raises NotFoundError: when there is none, it is no business of the viewer's team, or it was answered too long ago.
    :raises WithColleagueError: when it is, or was, a colleague's: it tells who answers, nothing of what it is about.
    """
    request = request_to_take(viewer, ref)
    if not may_open(viewer, request):
        if request.state not in OPEN and not is_recent(request.decided_at, clock.now()):
            raise NotFoundError
        raise WithColleagueError(
            request.assigned_name if request.state in OPEN else request.decided_by_name or "", request.state
        )
    return request


def request_to_read(viewer: Actor, ref: str) -> ApprovalRequest:
    """A request to look at: one that the viewer was asked to decide, or any in a commissioner that they audit.

    :raises NotFoundError: and :raises WithColleagueError: as :func:`request_by_ref`.
    """
    request = db.session.scalar(_by_ref(ref))
    if request is not None and _audits(viewer, request):
        return request
    return request_by_ref(viewer, ref)


def request_to_take(viewer: Actor, ref: str) -> ApprovalRequest:
    """A request of the viewer's team, to take over. Whoever acts for the person is not of the team for them.

    :raises NotFoundError: when there is none, or it is a second look at what the viewer decided.
    """
    request = db.session.scalar(_by_ref(ref))
    team = request is not None and may(viewer, Permission.DECIDE, CommissionerSubject(request.commissioner_id))
    if request is None or not team or viewer.grant_for(request.person_id) is not None or _is_barred(viewer, request):
        raise NotFoundError
    return request


def may_open(viewer: Actor, request: ApprovalRequest) -> bool:
    """The privacy gate: a request opens for the coordinator who was asked, and for nobody else.

    One that is nobody's yet opens for the whole team. Whoever decided may look again for a while (``LOOK_AGAIN``), and
    as long as they are asked something else about the same thing. Somebody who acts for the person sees it from the
    person's side only.
    """
    if not may(viewer, Permission.DECIDE, CommissionerSubject(request.commissioner_id)):
        return False
    if viewer.grant_for(request.person_id) is not None or _is_barred(viewer, request):
        return False
    if request.state in OPEN:
        return request.assigned_to in (None, viewer.account_id)
    if viewer.account_id not in (request.decided_by, request.assigned_to):
        return False
    return is_recent(request.decided_at, clock.now()) or _is_asked_again(viewer, request)


def _is_asked_again(viewer: Actor, request: ApprovalRequest) -> bool:
    """Whether something else about the same thing waits, and the viewer is asked to decide it."""
    others = requests_about(request.subject_id)
    return any(other.state in OPEN and may_open(viewer, other) for other in others)


def closed_among(viewer: Actor, refs: Collection[str]) -> frozenset[str]:
    """Which of some requests were answered too long ago for the viewer to look at again, by their references."""
    found = db.session.scalars(select(ApprovalRequest).where(ApprovalRequest.ref.in_(refs)))
    return frozenset(
        item.ref
        for item in found
        if item.state not in OPEN and not is_recent(item.decided_at, clock.now()) and not may_open(viewer, item)
    )


def _by_ref(ref: str) -> Select[ApprovalRequest]:
    whole = (joinedload(ApprovalRequest.assignee), joinedload(ApprovalRequest.person))
    return select(ApprovalRequest).where(ApprovalRequest.ref == ref).options(*whole)


def _audits(viewer: Actor, request: ApprovalRequest) -> bool:
    """Whether the viewer reads this one as an auditor: nobody does who decides there, or acts for the person."""
    place = CommissionerSubject(request.commissioner_id)
    audits = may(viewer, Permission.READ_AUDIT, place) and not may(viewer, Permission.DECIDE, place)
    return audits and viewer.grant_for(request.person_id) is None


def _is_barred(viewer: Actor, request: ApprovalRequest) -> bool:
    """Whether this is a second look at what the viewer decided: it does not exist for them."""
    return str(viewer.account_id) in request.barred


def latest_for(subject_id: UUID) -> ApprovalRequest | None:
    """The newest request about a subject, open or closed. The caller has checked who may see the subject."""
    return db.session.scalar(
        select(ApprovalRequest)
        .where(ApprovalRequest.subject_id == subject_id)
        .options(joinedload(ApprovalRequest.assignee))
        .order_by(ApprovalRequest.id.desc())
        .limit(1)
    )


def requests_to_audit(viewer: Actor, person: Person) -> Sequence[ApprovalRequest]:
    """Everything that a person's side asked to be decided, the newest first, for an auditor.

    :raises NotFoundError: for everybody else.
    """
    if not identity.is_staff_for(viewer, person, Permission.READ_AUDIT):
        raise NotFoundError
    query = select(ApprovalRequest).where(ApprovalRequest.person_id == person.id)
    return db.session.scalars(query.order_by(ApprovalRequest.id.desc()).limit(_MOST)).all()


def requests_about(subject_id: UUID) -> Sequence[ApprovalRequest]:
    """Every request about a subject."""
    return db.session.scalars(
        select(ApprovalRequest).where(ApprovalRequest.subject_id == subject_id).order_by(ApprovalRequest.id)
    ).all()


def coordinator_for(
    person_id: UUID, commissioner_id: UUID, asked_by: UUID, sellers: Collection[UUID] = ()
) -> Account | None:
    """Who should decide: the person's own coordinator, who covers for them while they are away, or the one of the
    team with the fewest open requests.

    Never the one who asks, one who acts for the person, or one of the sellers (accounts); nobody who is away, unless
    everybody is. None when nobody is left: then it is the team's.
    """
    barred = {account.id for account, _ in identity.acting_accounts(person_id)} | {asked_by, *sellers}
    team = [account for account in identity.coordinators(commissioner_id) if account.id not in barred]
    away = absences.away_among([account.id for account in team])
    own = absences.who_is_there(identity.coordinator_of(person_id))
    found = next((account for account in team if account.id == own), None)
    if found is not None:
        return found
    return _least_busy([account for account in team if account.id not in away] or team, commissioner_id)


def _least_busy(team: Sequence[Account], commissioner_id: UUID) -> Account | None:
    """The one with the fewest open requests; None when there is nobody."""
    if not team:
        return None
    rows = db.session.execute(
        select(ApprovalRequest.assigned_to, func.count())
        .where(ApprovalRequest.commissioner_id == commissioner_id, ApprovalRequest.state.in_(OPEN))
        .group_by(ApprovalRequest.assigned_to)
    )
    load = {account_id: int(count) for account_id, count in rows}
    return min(team, key=lambda account: (load.get(account.id, 0), account.name, account.id))


def stand_in_for(request: ApprovalRequest, refused: Collection[UUID] = ()) -> Account | None:
    """Who answers a request while whoever it is with is away: their cover, or the least busy who is there.

    None when nobody may: then it waits where it is, for a colleague to take it.

    :param refused: accounts that cannot decide it, for a reason of the thing itself.
    """
    team = [account for account in colleagues_for(request) if account.id not in refused]
    away = absences.away_among([account.id for account in team])
    cover = absences.who_is_there(request.assignee)
    found = next((account for account in team if account.id == cover), None)
    return found or _least_busy([account for account in team if account.id not in away], request.commissioner_id)


def colleagues_for(request: ApprovalRequest) -> list[Account]:
    """To whom a request can be handed over: others of the team who may decide it."""
    return [account for account in team_for(request) if account.id != request.assigned_to]


def team_for(request: ApprovalRequest) -> list[Account]:
    """Who of the team may decide a request: not who acts for the person, who asked, or who decided it before."""
    barred = {account.id for account, _ in identity.acting_accounts(request.person_id)} | {request.asked_by}
    return [
        account
        for account in identity.coordinators(request.commissioner_id)
        if account.id not in barred and str(account.id) not in request.barred
    ]


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """How the same rule was decided before, in this commissioner."""

    rule: str
    approved: int
    declined: int


def history_of(commissioner_id: UUID, rule: str) -> RuleHistory:
    """Counts only: no person's purchase is opened for it."""
    rows = db.session.execute(
        select(ApprovalRequest.state, func.count())
        .where(
            ApprovalRequest.commissioner_id == commissioner_id,
            ApprovalRequest.rule == rule,
            ApprovalRequest.state.in_((RequestState.APPROVED, RequestState.DECLINED)),
        )
        .group_by(ApprovalRequest.state)
    )
    counts = {state: int(count) for state, count in rows}
    return RuleHistory(rule, counts.get(RequestState.APPROVED, 0), counts.get(RequestState.DECLINED, 0))


def may_decide_now(viewer: Actor, request: ApprovalRequest) -> bool:
    """Whether this viewer may decide this request as it stands."""
    return request.state is RequestState.WAITING and may_decide(
        viewer, request.commissioner_id, request.person_id, request.asked_by
    )
