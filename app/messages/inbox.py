"""Lists of conversations: the person's own, and what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, StaffRole, may
from app.messages.models import Conversation
from app.messages.rules import ConversationState

PAGE_SIZE = 25
_MOST = 500


def conversations_of(viewer: Actor, person: Person, page: int = 1) -> Page[Conversation]:
    """A person's conversations, what moved last first; who may not see messages reads only what they began.

    :raises NotFoundError: when they are not the viewer's to see.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    offset, limit = window(page, PAGE_SIZE)
    query = (
        select(Conversation)
        .options(joinedload(Conversation.assignee))
        .where(Conversation.person_id == person.id)
        .order_by(Conversation.moved_at.desc(), Conversation.id.desc())
    )
    if not may(viewer, Permission.READ_MESSAGES, PersonSubject(person.id)):
        query = query.where(Conversation.opened_by == viewer.account_id)
    return make_page(db.session.scalars(query.offset(offset).limit(limit)).all(), page, PAGE_SIZE)


def conversations_to_audit(viewer: Actor, person: Person) -> Sequence[Conversation]:
    """All of a person's conversations, what moved last first, for an auditor.

    :raises NotFoundError: for everybody else.
    """
    if not identity.is_staff_for(viewer, person, Permission.READ_AUDIT):
        raise NotFoundError
    query = select(Conversation).options(joinedload(Conversation.assignee)).where(Conversation.person_id == person.id)
    return db.session.scalars(query.order_by(Conversation.moved_at.desc(), Conversation.id.desc()).limit(_MOST)).all()


@dataclass(frozen=True, slots=True)
class StaffCounts:
    """For the heading: what waits for me (or for nobody yet), for the whole team, and is past its day."""

    mine: int
    team: int
    late: int


def conversations_for_staff(viewer: Actor, scope: str = "mine", page: int = 1) -> Page[Conversation]:
    """What waits for the team's answer, by its day; then what was answered and is not closed.

    :param scope: ``mine`` (and what is nobody's) or ``team``.
    """
    offset, limit = window(page, PAGE_SIZE)
    query = (
        select(Conversation)
        .options(joinedload(Conversation.person), joinedload(Conversation.assignee))
        .where(*_open(viewer))
        .order_by(Conversation.due_on.nulls_last(), Conversation.id)
    )
    if scope != "team":
        query = query.where(_mine(viewer))
    return make_page(db.session.scalars(query.offset(offset).limit(limit)).all(), page, PAGE_SIZE)


def counts_for_staff(viewer: Actor) -> StaffCounts:
    """How many wait for an answer."""
    late = Conversation.due_on < clock.today()
    row = db.session.execute(
        select(func.count().filter(_mine(viewer)), func.count(), func.count().filter(late)).where(
            *_open(viewer), Conversation.state == ConversationState.WITH_STAFF
        )
    ).one()
    return StaffCounts(*(int(count) for count in row))


def _mine(viewer: Actor) -> ColumnElement[bool]:
    return or_(Conversation.assigned_to == viewer.account_id, Conversation.assigned_to.is_(None))


def _open(viewer: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.commissioner_id.in_(viewer.posts_reading(StaffRole.COORDINATOR)),
        Conversation.state != ConversationState.CLOSED,
        Conversation.person_id.not_in([grant.person_id for grant in viewer.grants]),
    )
