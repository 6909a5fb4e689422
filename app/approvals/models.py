"""Requests that wait for a named coordinator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.approvals.rules import REQUEST_WORDS, Answer, RequestState, SubjectKind
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
        Index(
            "ix_approval_request_simple_rule",
            "simple_rule_id",
            "person_id",
            postgresql_where=text("simple_rule_id IS NOT NULL"),
        ),
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
    category: Mapped[str | None] = mapped_column(String(40))  # the kind of thing, of what is to be bought
    simple_rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("simple_rule.id"))  # which answered it at once
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


class ReasonTemplate(Base):
    """Words kept ready for an answer that is given often. Whoever uses them changes them as they need."""

    __tablename__ = "reason_template"
    __table_args__ = (UniqueConstraint("commissioner_id", "answer", "name"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    answer: Mapped[Answer]
    name: Mapped[str] = mapped_column(String(80))
    words: Mapped[str]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_by_name: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[Written]


class SimpleRule(Base):
    """A kind of purchase that a team has said yes to in advance. Never changed: ended, and another made."""

    __tablename__ = "simple_rule"
    __table_args__ = (
        CheckConstraint("category IS NOT NULL OR cardinality(words) > 0", name="what"),
        CheckConstraint("most_pence > 0 AND times_a_year > 0", name="limits"),
        Index("ix_simple_rule_in_force", "commissioner_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    name: Mapped[str] = mapped_column(String(120))  # "Gym memberships under £400"
    category: Mapped[str | None] = mapped_column(String(40))  # a marketplace category's slug; None: any
    words: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)  # one of them is in what is bought
    outcome_words: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)  # one of them is in the outcome
    most_pence: Mapped[Pence]  # the whole purchase
    times_a_year: Mapped[int]  # a person, in twelve months
    why: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[Written]
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(String(120), default="")
