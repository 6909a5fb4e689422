"""Each commissioner's spending policy: published versions, drafts, who changed what, and what was tried on the past.

The engine itself is pure and knows no database.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written


class PolicyVersion(Base):
    """One version of the document: never changed once published; decisions name it."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("commissioner_id", "version"),)

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    version: Mapped[str] = mapped_column(String(40))
    in_force_from: Mapped[date]
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    published_by: Mapped[str]
    written_at: Mapped[Written]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    #: Who made it, and why, in words; empty for the first version, which came with the software.
    drafted_by: Mapped[str] = mapped_column(default="", server_default="")
    summary: Mapped[str] = mapped_column(default="", server_default="")

    #: Set where it was taken back before it began: it was never in force.
    withdrawal: Mapped[PolicyWithdrawal | None] = relationship(
        primaryjoin="foreign(PolicyWithdrawal.version_id) == PolicyVersion.id", viewonly=True, lazy="joined"
    )


class PolicyWithdrawal(Base):
    """A version that was taken back before it began, by whom and why. Never altered, as the version itself is not."""

    __tablename__ = "policy_withdrawal"

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    #: No foreign key here or below: the database lets nobody lock a row of the versions, which never change.
    version_id: Mapped[UUID] = mapped_column(unique=True)
    by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str]
    why: Mapped[str]
    written_at: Mapped[Written]


class DraftState(StrEnum):
    """Where a draft is."""

    OPEN = "open"  # it can be changed
    ASKED = "asked"  # a second person is asked to publish it
    PUBLISHED = "published"
    DROPPED = "dropped"


class PolicyDraft(Base):
    """A policy in the making: the whole document, guarded against two people at once by `version`."""

    __tablename__ = "policy_draft"
    __table_args__ = (
        CheckConstraint("(state = 'published') = (published_as IS NOT NULL)", name="published"),
        Index("ix_policy_draft_state", "commissioner_id", "state", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    #: The version it began from, or was brought up to; none: the policy that comes with the software.
    base_id: Mapped[UUID | None]
    state: Mapped[DraftState] = mapped_column(default=DraftState.OPEN)
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    digest: Mapped[str] = mapped_column(String(64))  # of what it says, without the version's name
    summary: Mapped[str] = mapped_column(default="")
    begun_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    begun_by_name: Mapped[str]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    starts_on: Mapped[date | None]  # from when its drafter would like it to be in force
    returned_words: Mapped[str] = mapped_column(default="")
    returned_by_name: Mapped[str] = mapped_column(default="")
    published_as: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[Written]
    changed_at: Mapped[Written]


class PolicyChange(Base):
    """One change to a draft: the place, what it was in words, who made it and why. Never altered."""

    __tablename__ = "policy_change"
    __table_args__ = (Index("ix_policy_change_draft", "draft_id", "id"),)

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("policy_draft.id"))
    path: Mapped[str]
    sentence: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str]
    written_at: Mapped[Written]


class SimulationState(StrEnum):
    """How far trying a draft on past purchases is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PolicySimulation(Base):
    """What a draft would have changed about the last months' purchases. It holds counts, no one's purchase."""

    __tablename__ = "policy_simulation"
    __table_args__ = (
        CheckConstraint("months BETWEEN 1 AND 12", name="months"),
        Index("ix_policy_simulation_draft", "draft_id", "id"),
        Index(
            "uq_policy_simulation_going",
            "draft_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("policy_draft.id"))
    digest: Mapped[str] = mapped_column(String(64))  # of the draft it is about
    base_digest: Mapped[str] = mapped_column(String(64))  # of the policy it is compared with
    months: Mapped[int]
    state: Mapped[SimulationState] = mapped_column(default=SimulationState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_by_name: Mapped[str]
    written_at: Mapped[Written]
    finished_at: Mapped[datetime | None]
