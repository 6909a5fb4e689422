"""Reading notices and threads."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.paging import Page, make_page, window
from app.identity.rules import Actor
from app.messages.models import Message, Notice, Thread
from app.messages.rules import PERSON_SIDE, About

PAGE_SIZE = 25
_THREAD_MOST = 200


def notices_of(viewer: Actor, page: int = 1) -> Page[Notice]:
    """One's own notices, newest first; nobody sees another's, or any about a person they do not act for any more."""
    offset, limit = window(page, PAGE_SIZE)
    rows = db.session.scalars(
        select(Notice)
        .options(joinedload(Notice.person))
        .where(*own(viewer))
        .order_by(Notice.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return make_page(rows, page, PAGE_SIZE)


def own(viewer: Actor) -> tuple[ColumnElement[bool], ...]:
    """Which notices are there for somebody, as conditions.

    What tells of a person's affairs goes with the right to act for them: it says what they buy.
    """
    acting_for = [grant.person_id for grant in viewer.grants]
    there = or_(Notice.person_id.is_(None), Notice.about.not_in(PERSON_SIDE), Notice.person_id.in_(acting_for))
    return (Notice.account_id == viewer.account_id, there)


def unread_count(viewer: Actor) -> int:
    """How many of one's own notices are not read yet."""
    if viewer.account_id is None:
        return 0
    count = db.session.scalar(
        select(func.count()).select_from(Notice).where(*own(viewer), Notice.read_at.is_(None))
    )
    return int(count or 0)


def thread(kind: About, subject_id: UUID, until: datetime | None = None) -> list[Message]:
    """The messages about a thing, oldest first (the newest 200). The caller has checked who may see the thing.

    :param until: what was written later is left out; None leaves nothing out.
    """
    query = (
        select(Message)
        .join(Thread, Thread.id == Message.thread_id)
        .where(Thread.subject_id == subject_id, Thread.subject_kind == kind)
    )
    if until is not None:
        query = query.where(Message.written_at <= until)
    newest = db.session.scalars(query.order_by(Message.id.desc()).limit(_THREAD_MOST)).all()
    return list(reversed(newest))
