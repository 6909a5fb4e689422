"""Money that was planned for one thing and is to be there for another."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, Pence, Ref, Written


class MoveState(StrEnum):
    """Where a move stands."""

    WAITING = "waiting"  # for the coordinator
    AGREED = "agreed"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class OutcomeMove(Base):
    """What is planned for outcomes, changed: no money leaves the budget, and the streams pay as the outcomes say.

    One end may be what is kept for bad weeks (None). It counts in every month from the first to the last.
    """

    __tablename__ = "outcome_move"
    __table_args__ = (
        CheckConstraint("amount_pence > 0", name="amount"),
        CheckConstraint("from_outcome_id IS DISTINCT FROM to_outcome_id", name="two_ends"),
        CheckConstraint(
            "last_month >= first_month AND extract(day from first_month) = 1 AND extract(day from last_month) = 1",
            name="months",
        ),
        Index("ix_outcome_move_budget", "budget_id", "state", "last_month"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"))
    from_outcome_id: Mapped[UUID | None] = mapped_column(ForeignKey("outcome.id"))
    to_outcome_id: Mapped[UUID | None] = mapped_column(ForeignKey("outcome.id"))
    amount_pence: Mapped[Pence]  # in each of the months
    first_month: Mapped[date]
    last_month: Mapped[date]
    why: Mapped[str]
    state: Mapped[MoveState] = mapped_column(default=MoveState.WAITING)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[Written]
    ended_at: Mapped[datetime | None]  # agreed, declined or taken back

    @property
    def is_once(self) -> bool:
        return self.first_month == self.last_month
