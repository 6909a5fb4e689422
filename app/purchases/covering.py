"""Handing over what is open when a coordinator's leave begins, or when they have left.

Nobody waits for somebody who is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.core.jobs import task
from app.identity import absences
from app.identity.models import StaffPost
from app.identity.rules import Actor, StaffRole
from app.messages import conversations, gate
from app.messages.models import Conversation
from app.messages.rules import ConversationState
from app.purchases.deciding import pass_on
from app.purchases.standing_in import who_stands_in

_COVER = Actor.system("Cover for leave")
_LEFT = Actor.system("Cover for who has left")


@task("purchases.cover_absences", cron="5 5 * * *")
def cover_absences_today(timestamp: int) -> None:
    """Every morning, before the reminders.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    cover_absences()
    cover_leavers()


def cover_absences() -> int:
    """Hand over the open work of everybody whose absence has begun. Once an absence, whoever runs it.

    :returns: how many requests and conversations changed hands.
    """
    today = clock.today()
    moved = 0
    for absence in absences.beginning(today):
        absence.handed_over_on = today
        for kind in (ApprovalRequest, Conversation):
            theirs = kind.commissioner_id == absence.commissioner_id, kind.assigned_to == absence.account_id
            moved += _pass_on(_COVER, kind, *theirs)
    db.session.flush()
    return moved


def cover_leavers() -> int:
    """Hand over the open work of whoever is no coordinator of that commissioner any more.

    :returns: how many requests and conversations changed hands.
    """
    return sum(
        _pass_on(_LEFT, kind, kind.assigned_to.is_not(None), ~_works_there(kind))
        for kind in (ApprovalRequest, Conversation)
    )


def _works_there(kind: Any) -> ColumnElement[bool]:
    today = clock.today()
    return exists().where(
        StaffPost.account_id == kind.assigned_to,
        StaffPost.commissioner_id == kind.commissioner_id,
        StaffPost.role == StaffRole.COORDINATOR,
        StaffPost.starts_on <= today,
        or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today),
    )


def _pass_on(actor: Actor, kind: Any, *whose: ColumnElement[bool]) -> int:
    """Hand over some open work. What somebody else moves at the same moment is left to them."""
    moved = 0
    for item in _open(kind, whose):
        try:
            with db.session.begin_nested():
                moved += _to_who_is_there(actor, item)
        except StateError:
            continue
    return moved


def _open(kind: Any, whose: Sequence[ColumnElement[bool]]) -> Sequence[ApprovalRequest | Conversation]:
    """What waits for staff, or, of what is to be decided, for the person's answer to a question."""
    states = OPEN if kind is ApprovalRequest else (ConversationState.WITH_STAFF,)
    query = select(kind).options(joinedload(kind.person), joinedload(kind.assignee))
    return db.session.scalars(query.where(kind.state.in_(states), *whose).order_by(kind.id)).all()


def _to_who_is_there(actor: Actor, item: ApprovalRequest | Conversation) -> bool:
    """To the cover, or to whoever may answer it. A request that nobody else may decide stays where it is."""
    if isinstance(item, Conversation):
        conversations.pass_on(actor, item, gate.who_answers(item))
        return True
    to = who_stands_in(item)
    if to is not None:
        pass_on(actor, item, to)
    return to is not None
