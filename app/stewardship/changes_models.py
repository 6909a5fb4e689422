"""Changes in a life: sixteen, capacity, a death, a move. What was recorded is never altered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.models import Account, Commissioner, Person
from app.stewardship.capacity_rules import Finding
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_rules import ChangeKind, ChangeState
from app.stewardship.sixteen_rules import Step


class SixteenStep(Base):
    """That somebody was told of their sixteenth birthday, or that the day was dealt with. One row, so never twice."""

    __tablename__ = "sixteen_step"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(primary_key=True)
    done_on: Mapped[date]
    told: Mapped[int] = mapped_column(default=0)  # how many accounts
    said: Mapped[list[Any]] = mapped_column(default=list)  # what followed, as it was said


class NomineeChoice(Base):
    """Whom somebody of sixteen or nearly made their nominee. Append-only: the newest holds."""

    __tablename__ = "nominee_choice"
    __table_args__ = (Index("ix_nominee_choice_person", "person_id", "id"),)

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: nobody, they decide themself
    given_on: Mapped[date]
    how: Mapped[str] = mapped_column(default="")  # how they said so, where a coordinator wrote it down
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    by_themself: Mapped[bool]
    written_at: Mapped[Written]

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id], viewonly=True)


class CapacityRecord(Base):
    """What was found about somebody's capacity for one decision, on a day. Append-only: the newest holds."""

    __tablename__ = "capacity_record"
    __table_args__ = (
        CheckConstraint("look_again_on IS NULL OR look_again_on >= assessed_on", name="days"),
        Index("ix_capacity_record_person", "person_id", "id"),
        Index("ix_capacity_record_commissioner", "commissioner_id", "look_again_on"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    finding: Mapped[Finding]
    about_money: Mapped[bool]  # of the budget: only then does anything follow from it here
    decision: Mapped[str]  # which decision it is about
    assessed_on: Mapped[date]
    assessed_by: Mapped[str] = mapped_column(String(200))
    why: Mapped[str]  # how they came to it, and what was tried to help the person decide
    look_again_on: Mapped[date | None]
    said: Mapped[list[Any]] = mapped_column(default=list)  # what followed, as it was shown
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[Written]


class CapacityReminder(Base):
    """That the coordinator was reminded to look at a finding again. One row, so never twice."""

    __tablename__ = "capacity_reminder"

    record_id: Mapped[UUID] = mapped_column(ForeignKey("capacity_record.id"), primary_key=True)
    told_on: Mapped[date]


class LifeChange(Base):
    """A death, or a move to another commissioner: what was said would follow, and how far it is."""

    __tablename__ = "life_change"
    __table_args__ = (
        CheckConstraint("(state = 'taken_back') = (taken_back_at IS NOT NULL)", name="taken_back"),
        Index("ix_life_change_person", "person_id", "id"),
        Index("ix_life_change_due", "kind", "happens_on", postgresql_where=text("state IN ('noted', 'done')")),
        Index("ix_life_change_to", "to_commissioner_id", postgresql_where=text("to_commissioner_id IS NOT NULL")),
        # one at a time: who died does not move
        Index(
            "uq_life_change_open",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('noted', 'done')"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[ChangeKind]
    state: Mapped[ChangeState]
    happens_on: Mapped[date]
    access_until: Mapped[date]  # who acted may look until this day
    words: Mapped[str] = mapped_column(default="")  # who told us; where they move to
    said: Mapped[list[Any]] = mapped_column(default=list)  # what follows, as it was shown
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what a mistaken record is put back to
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    noted_by_name: Mapped[str] = mapped_column(String(120))
    noted_at: Mapped[Written]
    done_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    taken_back_at: Mapped[datetime | None]
    taken_back_by_name: Mapped[str] = mapped_column(String(120), default="")
    taken_back_why: Mapped[str] = mapped_column(default="")
    # a move to a commissioner that is here too
    to_commissioner_id: Mapped[UUID | None] = mapped_column(ForeignKey("commissioner.id"))
    sends_plan: Mapped[bool] = mapped_column(default=False, server_default=false())  # they agreed to that
    accepted_by_name: Mapped[str] = mapped_column(String(120), default="")
    accepted_at: Mapped[datetime | None]
    new_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)
    commissioner: Mapped[Commissioner] = relationship(foreign_keys=[commissioner_id], viewonly=True)
    to_commissioner: Mapped[Commissioner | None] = relationship(foreign_keys=[to_commissioner_id], viewonly=True)
    tasks: Mapped[list[ChangeTask]] = relationship(order_by="ChangeTask.id", viewonly=True)


class ChangeTask(Base):
    """Something a person has to do after a change: the software does not do it by itself."""

    __tablename__ = "change_task"
    __table_args__ = (Index("ix_change_task_change", "change_id", "id"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    change_id: Mapped[UUID] = mapped_column(ForeignKey("life_change.id"))
    kind: Mapped[TaskKind]
    words: Mapped[str]
    pence: Mapped[Pence | None]
    subject_id: Mapped[UUID | None]  # the purchase to put back, the regular purchase that is owed
    done_at: Mapped[datetime | None]
    done_by_name: Mapped[str] = mapped_column(String(120), default="")
    done_words: Mapped[str] = mapped_column(default="")
