"""Reading ideas: the person's own, and what is agreed and still good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity.models import Account, Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.purchases.idea_cover import left_of
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import OPEN_IDEAS, IdeaState

_MOST = 50


@dataclass(frozen=True, slots=True)
class AgreedIdea:
    """An idea that somebody said yes to, and what is left of its sum, in pence."""

    idea: Idea
    left_pence: int


def ideas_of(viewer: Actor, person: Person) -> list[Idea]:
    """A person's ideas, the newest first.

    :raises NotFoundError: when they are not the viewer's to see.
    """
    _check(viewer, person.id)
    query = select(Idea).options(joinedload(Idea.outcome)).where(Idea.person_id == person.id)
    query = query.where(Idea.commissioner_id == person.commissioner_id, *_known(viewer, person.id))
    query = query.order_by(Idea.id.desc()).limit(_MOST)
    return list(db.session.scalars(query))


def idea_for(viewer: Actor, person: Person, ref: str) -> Idea:
    """One idea of a person.

    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    _check(viewer, person.id)
    mine = (Idea.person_id == person.id, *_known(viewer, person.id))
    idea = db.session.scalar(select(Idea).where(Idea.ref == tidy_ref(ref), *mine))
    if idea is None:
        raise NotFoundError
    return idea


def agreed_ideas(viewer: Actor, person: Person) -> list[AgreedIdea]:
    """What is agreed, still in time and not used up, the newest first."""
    today = clock.today()
    _check(viewer, person.id)
    query = (
        select(Idea)
        .options(joinedload(Idea.outcome))
        .where(
            Idea.commissioner_id == person.commissioner_id,
            Idea.person_id == person.id,
            Idea.state == IdeaState.AGREED,
            Idea.until >= today,
            *_known(viewer, person.id),
        )
    )
    found = [AgreedIdea(idea, left_of(idea, today)) for idea in db.session.scalars(query.order_by(Idea.id.desc()))]
    return [item for item in found if item.left_pence > 0]


@dataclass(frozen=True, slots=True)
class WaitingIdea:
    """An idea that somebody is to answer."""

    ref: str
    words: str
    amount_pence: int
    asked: bool  # it is the person's turn
    who: str | None
    answer_by: date


def waiting_ideas(viewer: Actor, person: Person) -> list[WaitingIdea]:
    """Ideas without an answer, with who answers and by when. One statement."""
    _check(viewer, person.id)
    by = ApprovalRequest.new_due_on, ApprovalRequest.due_on
    rows = db.session.execute(
        select(Idea.ref, Idea.words, Idea.amount_pence, Idea.state, Account.name, *by)
        .join(ApprovalRequest, (ApprovalRequest.subject_id == Idea.id) & ApprovalRequest.state.in_(OPEN))
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(Idea.commissioner_id == person.commissioner_id, Idea.person_id == person.id, Idea.state.in_(OPEN_IDEAS))
        .where(*_known(viewer, person.id))
        .order_by(Idea.id)
        .limit(_MOST)
    )
    return [
        WaitingIdea(ref, words, pence, state is IdeaState.ASKED, who, new_day or day)
        for ref, words, pence, state, who, new_day, day in rows
    ]


def _known(viewer: Actor, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """A broker knows the ideas they asked about themselves."""
    return (Idea.asked_by == viewer.account_id,) if viewer.brokers_for(person_id) else ()


def _check(viewer: Actor, person_id: UUID) -> None:
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person_id)):
        raise NotFoundError
