"""Downloads, corrections, what is held back from removal, and what was removed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.identity.models import Account, Person
from app.records.rules import CorrectionKind, CorrectionState, DownloadState, HoldKind


class Download(Base):
    """Everything held on one person, or on one account, in one file, for whoever asked."""

    __tablename__ = "download"
    __table_args__ = (
        CheckConstraint("(state = 'ready') = (stored_name IS NOT NULL)", name="file"),
        # one at a time: pressing again while it is being made makes nothing twice
        Index(
            "uq_download_waiting",
            "account_id",
            "person_id",
            unique=True,
            postgresql_where="state = 'waiting'",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_download_account", "account_id", "id"),
        Index("ix_download_person", "person_id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # who asked, and alone may open it
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # None: what the account itself holds
    state: Mapped[DownloadState] = mapped_column(default=DownloadState.WAITING)
    asked_at: Mapped[Written]
    ready_at: Mapped[datetime | None]
    until: Mapped[datetime | None]  # the file is kept until then
    stored_name: Mapped[str | None] = mapped_column(String(80), unique=True)
    size_bytes: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rows by section, for the page

    person: Mapped[Person | None] = relationship(viewonly=True)


class Correction(Base):
    """Something that is to be put right and that somebody looks at first (UK GDPR, Article 16)."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_correction_person", "person_id", "id"),
        Index("ix_correction_waiting", "commissioner_id", "due_on", postgresql_where="state = 'waiting'"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CorrectionKind]
    was: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field → value on the day it was asked
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field → what it should be
    words: Mapped[str]  # what is wrong, in the person's words; stands beside the record if that stays
    state: Mapped[CorrectionState] = mapped_column(default=CorrectionState.WAITING)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[Written]
    due_on: Mapped[date]  # one month (Article 12(3))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")


class RecordHold(Base):
    """A person whose records stay although their time is over, while something is open."""

    __tablename__ = "record_hold"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index("uq_record_hold_open", "person_id", unique=True, postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[HoldKind]
    why: Mapped[str]
    placed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    placed_by_name: Mapped[str] = mapped_column(String(120))
    placed_at: Mapped[Written]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_by_name: Mapped[str] = mapped_column(String(120), default="")
    ended_at: Mapped[datetime | None]

    placer: Mapped[Account] = relationship(foreign_keys=[placed_by], viewonly=True)


class RetentionRun(Base):
    """One time that the software looked for what is past its time, and what it removed: counts, never names."""

    __tablename__ = "retention_run"
    __table_args__ = (Index("ix_retention_run_commissioner", "commissioner_id", "id"),)

    id: Mapped[Key]
    commissioner_id: Mapped[UUID | None] = mapped_column(ForeignKey("commissioner.id"))  # None: sign-ins and files
    started_at: Mapped[Written]
    finished_at: Mapped[datetime | None]  # None: it was cut off; the next run goes on where it stopped
    by_name: Mapped[str] = mapped_column(String(120))
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # kind of thing → how many
