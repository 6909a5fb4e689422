"""The promised day: one reminder to whoever answers, one to the team's lead, and an honest new day for the person.

The same for what is to be decided and for messages about anything. The lead learns who is late and by when, not what
it is about: that opens for whoever was asked, and for the lead when they take it over. Every mark is set in the
statement that finds what is due, so two workers at once, or a run repeated, remind once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.identity import queries as identity
from app.identity.rules import Actor
from app.messages import conversations, gate
from app.messages import service as messages
from app.messages.models import Conversation
from app.messages.rules import About, ConversationState, NoticeKind
from app.purchases.telling import doer_by_account, tell_about

_REMINDERS = Actor.system("Reminders")
#: What waits for staff, of either kind.
Asked = ApprovalRequest | Conversation


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one run did: reminders to coordinators and to leads, and people who read a new day."""

    coordinators: int
    leads: int
    people: int


@task("purchases.keep_promises", cron="15 6 * * *")
def keep_promises_today(timestamp: int) -> None:
    """Every morning.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    keep_promises()


def keep_promises() -> Reminded:
    """Remind of what is due today, tell the lead what is late, and give the person a new day for it.

    On a day that is no working day nobody is reminded: nobody is there.
    """
    today = clock.today()
    if not clock.is_working_day(today):
        return Reminded(0, 0, 0)
    due = [item for kind in _KINDS for item in _mark(kind, kind.due_on <= today, "reminded_on", today)]
    for item in due:
        said = "today" if item.due_on == today else f"by {clock.say_day(_due(item))}"
        title = f"{_named(item)}: you promised {_asker(item)} an answer {said}."
        who = [key for key in _may_answer(item) if item.assigned_to in (None, key)]
        _tell_staff(item, who, NoticeKind.REMINDER, title)
    late = [item for kind in _KINDS for item in _mark(kind, kind.due_on < today, "lead_told_on", today)]
    told = sum(_tell_leads(item) for item in late)
    moved = [item for kind in _KINDS for item in _promise_anew(kind, today)]
    return Reminded(len(due), told, len(moved))


_KINDS: tuple[type[ApprovalRequest] | type[Conversation], ...] = (ApprovalRequest, Conversation)


def _waiting(kind: Any) -> ColumnElement[bool]:
    """What waits for staff, and not for the person."""
    if kind is ApprovalRequest:
        return ApprovalRequest.state == RequestState.WAITING
    return Conversation.state == ConversationState.WITH_STAFF


def _mark(kind: Any, when: ColumnElement[bool], mark: str, today: date) -> Sequence[Asked]:
    """Set a mark on what is waiting and has none. Whoever else runs at the same moment finds it set."""
    column = getattr(kind, mark)
    keys = db.session.scalars(
        update(kind)
        .where(_waiting(kind), when, column.is_(None))
        .values({mark: today})
        .returning(kind.id)
        .execution_options(synchronize_session=False)
    ).all()
    return _read(kind, keys)


def _promise_anew(kind: Any, today: date) -> Sequence[Asked]:
    """Give what is late a day that can be kept, and tell the person's side: again when that day goes by too."""
    late = and_(_waiting(kind), kind.due_on < today, or_(kind.new_due_on.is_(None), kind.new_due_on < today))
    where = db.session.scalars(select(kind.commissioner_id).where(late).distinct()).all()
    moved: list[Asked] = []
    for commissioner_id in where:
        day = identity.answer_day(commissioner_id)
        keys = db.session.scalars(
            update(kind)
            .where(late, kind.commissioner_id == commissioner_id)
            .values(new_due_on=day)
            .returning(kind.id)
            .execution_options(synchronize_session=False)
        ).all()
        moved += _read(kind, keys)
    for item in moved:
        _tell_person(item)
    return moved


def _read(kind: Any, keys: Sequence[UUID]) -> Sequence[Asked]:
    return db.session.scalars(
        select(kind).where(kind.id.in_(keys)).order_by(kind.id).execution_options(populate_existing=True)
    ).all()


def _tell_leads(item: Asked) -> bool:
    """Tell whoever leads the team and may answer it; where there is nobody, nothing says that somebody was told."""
    leads = _leads(item)
    if not leads:
        item.lead_told_on = None
        return False
    by, has = (item.assignee.name, "has not") if item.assignee else ("Nobody", "has")
    said = f"{by} {has} answered {_asker(item)} by {clock.say_day(_due(item))}"
    for lead in leads:
        opens = item.assigned_to in (None, lead)
        _tell_staff(item, [lead], NoticeKind.LATE, f"{said}: {_named(item)}." if opens else f"{said}.")
    return True


def _tell_person(item: Asked) -> None:
    lead = " We have told the team's lead." if item.lead_told_on else ""
    day = clock.say_day(item.answer_by or clock.today())
    title = f"{item.assigned_name} has not answered yet about {_named(item)}.{lead} New date: {day}."
    if isinstance(item, ApprovalRequest):
        tell_about(_REMINDERS, item, NoticeKind.LATE, title, "")
    else:
        conversations.tell_side(_REMINDERS, item, NoticeKind.LATE, title)
    audit.record(
        _REMINDERS,
        "purchases.promise_anew",
        f"Promised a new day for an answer: {day}",
        subject_kind="approval_request" if isinstance(item, ApprovalRequest) else "conversation",
        subject_id=item.id,
        person_id=item.person_id,
        commissioner_id=item.commissioner_id,
    )


def _tell_staff(item: Asked, accounts: Sequence[UUID], kind: NoticeKind, title: str) -> None:
    about = About.REQUEST if isinstance(item, ApprovalRequest) else About.STAFF_CONVERSATION
    messages.notify(_REMINDERS, accounts, kind, title, about=about, about_ref=item.ref, person_id=item.person_id)


def _may_answer(item: Asked) -> list[UUID]:
    """Who of the team, as it is today, may answer it: not who acts for the person, asked, or decided it before."""
    if isinstance(item, Conversation):
        return [account.id for account in gate.team_for(item)]
    return [account.id for account in approval_queries.team_for(item)]


def _leads(item: Asked) -> list[UUID]:
    may_answer = _may_answer(item)
    return [key for key in identity.team_leads(item.commissioner_id) if key in may_answer]


def _asker(item: Asked) -> str:
    """Who waits for the answer: whoever asked, and for whom."""
    if isinstance(item, ApprovalRequest):
        return doer_by_account(item.person, item.asked_by).to_whom
    return item.person.given_name


def _named(item: Asked) -> str:
    return item.title if isinstance(item, ApprovalRequest) else item.topic


def _due(item: Asked) -> date:
    return item.due_on or clock.today()
