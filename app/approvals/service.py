"""Opening, deciding and moving requests. What a decision does to its subject is the subject's own affair.

Every change is guarded in the statement: of two deciders at once one changes the row, the other finds it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.approvals import simple_rules
from app.approvals.models import ApprovalRequest, SimpleRule
from app.approvals.rules import DECLINE_REASONS, MAX_REASON, OPEN, RequestState, SubjectKind, may_decide
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, StateError
from app.core.words import storable
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor

_DONE = {
    RequestState.APPROVED: "said yes",
    RequestState.DECLINED: "said no",
    RequestState.ASKED: "asked the person a question",
}


def open_request(
    actor: Actor,
    *,
    commissioner_id: UUID,
    person_id: UUID,
    subject_kind: SubjectKind,
    subject_id: UUID,
    line_ids: Sequence[UUID],
    title: str,
    amount_pence: int,
    rules: Sequence[str],
    reason_asked: str,
    asked_by: UUID,
    assigned_to: Account | None,
    category: str | None = None,
    barred: Collection[UUID] = (),
    needs_reason: bool = False,
) -> ApprovalRequest:
    """Ask a coordinator to decide, by the commissioner's number of working days from today.

    :param rules: codes of the findings that referred it, the deciding one first.
    :param category: the kind of thing, where there is one: like cases are found by it.
    :param barred: accounts that never decide it, nor get it handed over: whoever decided it before.
    :param needs_reason: a yes too has to be given a reason.
    """
    request = ApprovalRequest(
        commissioner_id=commissioner_id,
        person_id=person_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        line_ids=[str(key) for key in line_ids],
        title=title,
        amount_pence=amount_pence,
        rule=rules[0] if rules else "",
        rules=list(rules),
        category=category,
        reason_asked=reason_asked,
        assigned_to=assigned_to.id if assigned_to else None,
        asked_by=asked_by,
        barred=sorted(str(key) for key in barred),
        needs_reason=needs_reason,
        due_on=due_day(commissioner_id, subject_kind),
    )
    db.session.add(request)
    db.session.flush()
    _record(actor, request, "approvals.open", f"Asked for an answer by {clock.say_day(request.due_on)}")
    return request


def open_answered(actor: Actor, rule: SimpleRule, **question: Any) -> ApprovalRequest:
    """Note a request that a simple rule answered in the moment it was made: nobody is asked.

    :param question: as for :func:`open_request`, without ``assigned_to``.
    :raises StateError: when the rule answered something else a moment ago, and that was the last time this year.
    """
    # from another budget of the same person it could be asked at the same moment: one after the other, then counted
    person_id = question["person_id"]
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    if simple_rules.times_used(rule, person_id) >= rule.times_a_year:
        raise StateError("Something like it was sent a moment ago, so a person looks at this one. Send it again.")
    request = open_request(actor, **question, assigned_to=None)
    values = {
        "decided_at": clock.now(),
        "decided_by_name": f"Simple rule: {rule.name}"[:120],
        "simple_rule_id": rule.id,
        "reason": rule.why,
    }
    _move(request, RequestState.WAITING, RequestState.APPROVED, values)
    _record(actor, request, "approvals.by_rule", f"Approved by the simple rule “{rule.name}”", why=rule.why)
    return request


def due_day(commissioner_id: UUID, kind: SubjectKind = SubjectKind.PURCHASE) -> date:
    """The day by which a coordinator answers what is asked today. A second look has a clock of its own."""
    return identity.answer_day(commissioner_id, appeal=kind is SubjectKind.APPEAL)


def decide(actor: Actor, request: ApprovalRequest, state: RequestState, code: str | None, reason: str) -> None:
    """Approve or decline.

    :param reason: as the person will read it; needed to decline, together with ``code``.
    :raises NotAllowedError: for one's own request, or about somebody one acts for.
    :raises InvalidError: fields ``reason_code`` and ``reason``.
    :raises StateError: when it was answered or taken back already, saying by whom.
    """
    _check(actor, request)
    reason = storable(reason)
    if state is RequestState.DECLINED:
        errors = {}
        if code not in DECLINE_REASONS and code not in request.rules:
            errors["reason_code"] = "Choose a reason"
        if not reason:
            errors["reason"] = "Say why in your own words: the person will read it"
        if errors:
            raise InvalidError(errors)
    if len(reason) > MAX_REASON:
        raise InvalidError({"reason": f"Write it in {MAX_REASON:,} characters or fewer"})
    values: dict[str, Any] = {
        "decided_at": clock.now(),
        "decided_by": actor.account_id,
        "decided_by_name": actor.name,
        "reason_code": code,
        "reason": reason,
    }
    _move(request, RequestState.WAITING, state, values)
    _record(actor, request, f"approvals.{state}", f"{state.capitalize()} {request.title}", why=reason)


def ask(actor: Actor, request: ApprovalRequest) -> None:
    """Note that a question went to the person: the clock stops until they answer."""
    _check(actor, request)
    _move(request, RequestState.WAITING, RequestState.ASKED, {})
    _record(actor, request, "approvals.ask", f"Asked a question about {request.title}")


def answered(actor: Actor, request: ApprovalRequest) -> None:
    """Note that the person answered: the coordinator has the usual time again."""
    due = max(request.due_on, due_day(request.commissioner_id, request.subject_kind))
    again = {"due_on": due, "new_due_on": None, "reminded_on": None, "lead_told_on": None}
    _move(request, RequestState.ASKED, RequestState.WAITING, again)
    _record(actor, request, "approvals.answered", f"Answered the question about {request.title}")


def withdraw(actor: Actor, request: ApprovalRequest) -> None:
    """The person's side takes it back."""
    values = {"decided_at": clock.now(), "decided_by": actor.account_id, "decided_by_name": actor.name}
    _move(request, request.state, RequestState.WITHDRAWN, values)
    _record(actor, request, "approvals.withdraw", f"Took back {request.title}")


def assign(actor: Actor, request: ApprovalRequest, to: Account) -> None:
    """Give a request to another coordinator of the same commissioner: by a colleague, or by the software for leave.

    :raises NotAllowedError: when ``actor`` may not decide it, or ``to`` never could.
    :raises StateError: when it is closed, or somebody moved it a moment ago.
    """
    if not actor.is_system:
        _check(actor, request)
    team = {account.id for account in identity.coordinators(request.commissioner_id)}
    barred = to.id == request.asked_by or str(to.id) in request.barred
    if to.id not in team or barred or identity.holds_any_authority(to.id, request.person_id):
        raise NotAllowedError(f"{to.name} cannot decide this one.")
    done = db.session.scalar(
        update(ApprovalRequest)
        .where(
            ApprovalRequest.id == request.id,
            ApprovalRequest.state.in_(OPEN),
            ApprovalRequest.assigned_to.is_not_distinct_from(request.assigned_to),
        )
        .values(assigned_to=to.id)
        .returning(ApprovalRequest.id)
        .execution_options(synchronize_session=False)
    )
    before = request.assigned_name
    db.session.refresh(request)
    if done is None:
        raise already(request)
    details = {"from": before, "to": to.name}
    _record(actor, request, "approvals.assign", f"Gave {request.title} to {to.name}", details=details)


def already(request: ApprovalRequest) -> StateError:
    """Why a request cannot be decided any more, naming who did what. Reads what is committed now."""
    db.session.refresh(request)
    if request.state is RequestState.WITHDRAWN:
        return StateError("The person's side took this back.")
    if request.state is RequestState.ASKED:
        return StateError("Somebody asked the person a question about this. It comes back with the answer.")
    if request.state is RequestState.WAITING:
        return StateError("Somebody changed this a moment ago. Look at it again.")
    return StateError(f"{request.decided_by_name} answered this already and {_DONE[request.state]}.")


def check_yes(request: ApprovalRequest, why: str) -> None:
    """Ask for a reason before anything is changed, where a yes needs one.

    :raises InvalidError: field ``reason``.
    """
    if request.needs_reason and not storable(why):
        raise InvalidError({"reason": "Say why in your own words: a rule stopped this, and your yes stands instead"})


def _check(actor: Actor, request: ApprovalRequest) -> None:
    barred = str(actor.account_id) in request.barred
    if barred or not may_decide(actor, request.commissioner_id, request.person_id, request.asked_by):
        raise NotAllowedError("You cannot decide this one: somebody else in your team will.")


def _move(request: ApprovalRequest, start: RequestState, end: RequestState, values: dict[str, Any]) -> None:
    done = db.session.scalar(
        update(ApprovalRequest)
        .where(ApprovalRequest.id == request.id, ApprovalRequest.state == start)
        .values(state=end, **values)
        .returning(ApprovalRequest.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        raise already(request)
    db.session.refresh(request)


def _record(actor: Actor, request: ApprovalRequest, verb: str, sentence: str, **more: Any) -> None:
    audit.record(
        actor,
        verb,
        sentence,
        subject_kind="approval_request",
        subject_id=request.id,
        person_id=request.person_id,
        commissioner_id=request.commissioner_id,
        **more,
    )
