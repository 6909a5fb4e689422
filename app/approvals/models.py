"""Requests that wait for a named coordinator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.approvals.rules import REQUEST_WORDS, RequestState, SubjectKind
from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.models import Account, Person


class ApprovalRequest(Base):
    """One thing that one coordinator is asked to decide, by a day."""

    __tablename__ = "approval_request"
    __table_args__ = (
        CheckConstraint("(state IN ('waiting', 'asked')) = (decided_at IS NULL)", name="decided"),
        Index("ix_approval_request_queue", "commissioner_id", "assigned_to", "state", "due_on"),
        Index("ix_approval_request_team", "commissioner_id", "state", "due_on", "id"),
        Index("ix_approval_request_late", "due_on", postgresql_where=text("state = 'waiting'")),
        Index("ix_approval_request_rule", "commissioner_id", "rule", "state"),
        Index("ix_approval_request_subject", "subject_id", "id"),
        # one open request a subject, whatever happens
        Index(
            "uq_approval_request_open",
            "subject_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'asked')"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    subject_kind: Mapped[SubjectKind]
    subject_id: Mapped[UUID]
    line_ids: Mapped[list[Any]] = mapped_column(default=list)  # the lines that were referred, as text
    title: Mapped[str] = mapped_column(String(240))
    amount_pence: Mapped[Pence]
    rule: Mapped[str] = mapped_column(String(60))  # the finding that referred it
    rules: Mapped[list[Any]] = mapped_column(default=list)  # all of them
    reason_asked: Mapped[str] = mapped_column(default="")  # the finding's sentence
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: anyone in the team
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    state: Mapped[RequestState] = mapped_column(default=RequestState.WAITING)
    due_on: Mapped[date]  # the day that was promised
    new_due_on: Mapped[date | None]  # the honest day after that one went by
    reminded_on: Mapped[date | None]  # the coordinator
    lead_told_on: Mapped[date | None]
    opened_at: Mapped[Written]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(120), default="")
    #: Accounts that never decide this one, as text: on an appeal whoever decided it before.
    barred: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    needs_reason: Mapped[bool] = mapped_column(default=False, server_default=false())  # a yes too is given a reason
    reason_code: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(default="")  # as the person reads it

    person: Mapped[Person] = relationship(viewonly=True)
    assignee: Mapped[Account | None] = relationship(foreign_keys=[assigned_to], viewonly=True)

    @property
    def state_words(self) -> str:
        return REQUEST_WORDS[self.state]

    @property
    def answer_by(self) -> date:
        """The day by which the person may count on an answer."""
        return self.new_due_on or self.due_on

    @property
    def assigned_name(self) -> str:
        """Who answers: a name, or the team."""
        return self.assignee.name if self.assignee else "Your coordinator's team"
