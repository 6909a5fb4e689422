"""Threads, messages and notices."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.identity.models import Account, Person
from app.messages.rules import MAX_TOPIC, About, ConversationState, NoticeKind


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


class Conversation(Base):
    """Something the person's side and a coordinator talk about: anything. Its messages are on a thread."""

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("(state = 'with_staff') = (due_on IS NOT NULL)", name="clock"),
        Index("ix_conversation_person", "person_id", "moved_at"),
        Index("ix_conversation_staff", "commissioner_id", "state", "due_on", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str] = mapped_column(String(MAX_TOPIC))
    state: Mapped[ConversationState] = mapped_column(default=ConversationState.WITH_STAFF)
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: anyone in the team
    due_on: Mapped[date | None]  # the day that was promised, while it waits for staff
    new_due_on: Mapped[date | None]  # the honest day after that one went by
    reminded_on: Mapped[date | None]
    lead_told_on: Mapped[date | None]
    opened_at: Mapped[Written]
    moved_at: Mapped[datetime]  # the last message, or its closing

    person: Mapped[Person] = relationship(viewonly=True)
    assignee: Mapped[Account | None] = relationship(foreign_keys=[assigned_to], viewonly=True)

    @property
    def assigned_name(self) -> str:
        """Who answers: a name, or the team."""
        return self.assignee.name if self.assignee else "Your coordinator's team"

    @property
    def answer_by(self) -> date | None:
        """The day by which the person may count on an answer; None when nothing is waiting for one."""
        return self.new_due_on or self.due_on


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
