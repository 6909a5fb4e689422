"""Reading what was moved between outcomes, and what is kept for bad weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import exists, func, select, update

from app.approvals.models import ApprovalRequest
from app.budgets.models import Budget
from app.budgets.move_models import MoveState, OutcomeMove
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError


def agreed_moves(budget_id: UUID) -> Sequence[OutcomeMove]:
    """Everything that was moved in a budget: a handful in its life."""
    return db.session.scalars(
        select(OutcomeMove).where(OutcomeMove.budget_id == budget_id, OutcomeMove.state == MoveState.AGREED)
    ).all()


def net_of(moves: Iterable[OutcomeMove]) -> dict[UUID, int]:
    """What some moves come to for each outcome, in pence."""
    net: dict[UUID, int] = {}
    for move in moves:
        for outcome, sign in ((move.from_outcome_id, -1), (move.to_outcome_id, 1)):
            if outcome is not None:
                net[outcome] = net.get(outcome, 0) + sign * move.amount_pence
    return net


def moves_of(budget_ids: Sequence[UUID], limit: int = 50) -> Sequence[OutcomeMove]:
    """A person's moves, the newest first. The caller has checked who may see them."""
    return db.session.scalars(
        select(OutcomeMove)
        .where(OutcomeMove.budget_id.in_(budget_ids))
        .order_by(OutcomeMove.asked_at.desc(), OutcomeMove.id.desc())
        .limit(limit)
    ).all()


def moved_freely(budget_id: UUID, *, from_kept: bool) -> int:
    """What was moved this calendar month without anybody's leave, in pence. What a coordinator agreed to is theirs.

    :param from_kept: out of what is kept for bad weeks; else between outcomes.
    """
    since = clock.start_of(clock.period_of(clock.today()))
    kept = OutcomeMove.from_outcome_id.is_(None)
    total = db.session.scalar(
        select(func.coalesce(func.sum(OutcomeMove.amount_pence), 0)).where(
            OutcomeMove.budget_id == budget_id,
            OutcomeMove.state == MoveState.AGREED,
            OutcomeMove.asked_at >= since,
            ~exists().where(ApprovalRequest.subject_id == OutcomeMove.id),
            kept if from_kept else ~kept,
        )
    )
    return int(total or 0)


def change_kept(budget: Budget, by_pence: int) -> None:
    """Keep more, or less, for bad weeks. Guarded in the statement: it is never below nought.

    :raises InvalidError: field ``amount``, when less is kept than that.
    """
    left = db.session.scalar(
        update(Budget)
        .where(Budget.id == budget.id, Budget.contingency_pence + by_pence >= 0)
        .values(contingency_pence=Budget.contingency_pence + by_pence)
        .returning(Budget.contingency_pence)
        .execution_options(synchronize_session=False)
    )
    if left is None:
        raise InvalidError({"amount": f"Less than that is kept: {budget.contingency_name.lower()} has changed"})
    db.session.refresh(budget, ["contingency_pence"])
