"""Threads, messages and notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.identity.models import Person
from app.messages.rules import About, NoticeKind


class Thread(Base):
    """A conversation about one thing."""

    __tablename__ = "thread"
    __table_args__ = (
        Index("uq_thread_subject", "subject_id", "subject_kind", unique=True),
        Index("ix_thread_person", "commissioner_id", "person_id"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    subject_kind: Mapped[About]
    subject_id: Mapped[UUID]


class Message(Base):
    """Something somebody wrote, as they wrote it."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_thread", "thread_id", "id"),)

    id: Mapped[Key]
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str] = mapped_column(String(120))
    author_role: Mapped[str] = mapped_column(String(24))  # self, representative, coordinator …
    body: Mapped[str]
    written_at: Mapped[Written]


class Notice(Base):
    """Something one account is told, in the application and by e-mail."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_account", "account_id", "id"),
        Index("ix_notice_unread", "account_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[NoticeKind]
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(default="")
    about: Mapped[About]
    about_ref: Mapped[str] = mapped_column(String(16), default="")
    written_at: Mapped[Written]
    read_at: Mapped[datetime | None]
    emailed_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(viewonly=True)
