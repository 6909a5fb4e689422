"""Handing over what is open when a coordinator's leave begins, so that nobody waits for somebody who is not there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN
from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.identity import absences
from app.identity.models import Absence, Account
from app.identity.rules import Actor
from app.messages import conversations
from app.messages.models import Conversation
from app.messages.rules import ConversationState
from app.purchases.deciding import pass_on


@task("purchases.cover_absences", cron="5 5 * * *")
def cover_absences_today(timestamp: int) -> None:
    """Every morning, before the reminders.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    cover_absences()


def cover_absences() -> int:
    """Hand over the open work of everybody whose absence has begun. Once an absence, whoever runs it.

    :returns: how many requests and conversations changed hands.
    """
    actor, today = Actor.system("Cover for leave"), clock.today()
    moved = 0
    for absence in absences.beginning(today):
        absence.handed_over_on = today
        moved += _requests(actor, absence) + _talks(actor, absence)
    db.session.flush()
    return moved


def _requests(actor: Actor, absence: Absence) -> int:
    """Each goes to the cover, or to whoever may decide it and has least to do; where nobody may, it stays."""
    found = db.session.scalars(
        select(ApprovalRequest)
        .options(joinedload(ApprovalRequest.person), joinedload(ApprovalRequest.assignee))
        .where(
            ApprovalRequest.commissioner_id == absence.commissioner_id,
            ApprovalRequest.assigned_to == absence.account_id,
            ApprovalRequest.state.in_(OPEN),
        )
        .order_by(ApprovalRequest.id)
    ).all()
    moved = 0
    for request in found:
        to = approval_queries.stand_in_for(request)
        if to is not None:
            pass_on(actor, request, to)
            moved += 1
    return moved


def _talks(actor: Actor, absence: Absence) -> int:
    found = db.session.scalars(
        select(Conversation).where(
            Conversation.commissioner_id == absence.commissioner_id,
            Conversation.assigned_to == absence.account_id,
            Conversation.state == ConversationState.WITH_STAFF,
        )
    ).all()
    cover = absences.who_is_there(db.session.get(Account, absence.account_id))
    for talk in found:
        conversations.pass_on(actor, talk, cover)
    return len(found)
