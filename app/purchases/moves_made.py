"""The page of what was moved: each move in words, with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.approvals.models import ApprovalRequest
from app.budgets import moves
from app.budgets import queries as budgets
from app.budgets.move_models import MoveState, OutcomeMove
from app.budgets.queries import NIL
from app.core import clock
from app.core.db import db
from app.identity.models import Person
from app.identity.rules import Actor
from app.messages.models import Message, Thread
from app.messages.rules import About
from app.plans.models import Outcome


@dataclass(frozen=True, slots=True)
class MoveMade:
    """A move, the request about it where there was one, and what was last written about it."""

    move: OutcomeMove
    source: str
    target: str
    when: str
    request: ApprovalRequest | None
    question: str

    @property
    def waits(self) -> bool:
        return self.move.state is MoveState.WAITING


def moves_made(viewer: Actor, person: Person) -> list[MoveMade]:
    """What was moved in a person's budgets, the newest first.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    owned = {budget.id: budget for budget in budgets.budgets_of(viewer, person)}
    found = moves.moves_of(list(owned))
    wanted = {key for move in found for key in (move.from_outcome_id, move.to_outcome_id) if key}
    rows = db.session.execute(select(Outcome.id, Outcome.words).where(Outcome.id.in_(wanted)))
    words: dict[UUID, str] = {row.id: row.words for row in rows}
    keys = [move.id for move in found]
    requests = {
        request.subject_id: request
        for request in db.session.scalars(
            select(ApprovalRequest)
            .options(joinedload(ApprovalRequest.assignee))
            .where(ApprovalRequest.subject_id.in_(keys))
            .order_by(ApprovalRequest.id)
        )
    }
    said: dict[UUID, str] = {
        row.subject_id: row.body
        for row in db.session.execute(
            select(Thread.subject_id, Message.body)
            .join(Message, Message.thread_id == Thread.id)
            .where(Thread.subject_kind == About.MOVE, Thread.subject_id.in_(keys))
            .order_by(Message.id)  # the last one stays
        )
    }
    return [
        MoveMade(
            move,
            words.get(move.from_outcome_id or NIL, owned[move.budget_id].contingency_name),
            words.get(move.to_outcome_id or NIL, owned[move.budget_id].contingency_name),
            _when(move),
            requests.get(move.id),
            said.get(move.id, ""),
        )
        for move in found
    ]


def _when(move: OutcomeMove) -> str:
    first = clock.say_month(move.first_month)
    return first if move.is_once else f"{first} to {clock.say_month(move.last_month)}, every month"
