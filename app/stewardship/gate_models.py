"""Reviews, concerns, what safeguarding leads decided, and everything that was opened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.identity.models import Account, Person
from app.stewardship.gate_rules import ConcernKind, ConcernState, KeyKind, Sight
from app.stewardship.review_rules import ReviewKind, ReviewState, Risk


class PlanReview(Base):
    """A look at money and plan together that was announced to the person."""

    __tablename__ = "plan_review"
    __table_args__ = (
        CheckConstraint("closes_on >= starts_on", name="window"),
        CheckConstraint("look_until >= look_from", name="looked_at"),
        CheckConstraint("state <> 'held' OR (ended_at IS NOT NULL AND next_on IS NOT NULL)", name="held"),
        Index("uq_plan_review_announced", "person_id", unique=True, postgresql_where=text("state = 'announced'")),
        Index("ix_plan_review_person", "person_id", "starts_on"),
        Index("ix_plan_review_commissioner", "commissioner_id", "state", "starts_on"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[ReviewKind]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.ANNOUNCED)
    held_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # the coordinator who holds it
    with_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # a finance officer who looks too
    announced_at: Mapped[Written]
    starts_on: Mapped[date]
    closes_on: Mapped[date]  # the last day on which the transactions are open for it
    look_from: Mapped[date]
    look_until: Mapped[date]
    what: Mapped[str]  # what it entails, as the person reads it
    # another day was asked for
    wish: Mapped[str] = mapped_column(default="")
    wish_by_name: Mapped[str] = mapped_column(String(120), default="")
    wished_at: Mapped[datetime | None]
    # how it ended
    agreed: Mapped[str] = mapped_column(default="")  # or why it was called off; the person reads it
    risk: Mapped[Risk | None]
    next_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(String(120), default="")
    # by the clock
    reminded_on: Mapped[date | None]  # the person, shortly before
    opened_on: Mapped[date | None]  # the coordinator was told that it is open
    unwritten_on: Mapped[date | None]  # and that nothing is written down though it is over

    person: Mapped[Person] = relationship(viewonly=True)
    holder: Mapped[Account] = relationship(foreign_keys=[held_by])
    colleague: Mapped[Account | None] = relationship(foreign_keys=[with_id])


class ReviewCycle(Base):
    """When a person's next review is due. Made when their first budget runs; each review moves it on."""

    __tablename__ = "review_cycle"
    __table_args__ = (Index("ix_review_cycle_next", "next_on"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    next_on: Mapped[date]
    risk: Mapped[Risk | None]  # None: the first review sets it
    reminded_on: Mapped[date | None]  # the coordinator was told that it is overdue


class Concern(Base):
    """Why somebody of the staff had to look at a person's transactions without a review.

    Either the person was told, or there is a day on which they are: the database holds no third kind.
    """

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint("state = 'waiting' OR told_at IS NOT NULL OR tell_on IS NOT NULL", name="told"),
        CheckConstraint("state IN ('waiting', 'lapsed') OR opened_at IS NOT NULL", name="opened"),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("second_id <> recorded_by", name="second"),
        Index("ix_concern_person", "person_id", "id"),
        Index("ix_concern_commissioner", "commissioner_id", "state", "id"),
        Index("ix_concern_to_tell", "tell_on", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[ConcernKind]
    state: Mapped[ConcernState]
    words: Mapped[str]  # never shown to the person's side
    told_words: Mapped[str]  # what we tell them
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[Written]
    second_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # the second person, told at once
    second_name: Mapped[str] = mapped_column(String(120))
    delay_why: Mapped[str] = mapped_column(default="")  # why telling them at once may put somebody at risk
    opened_at: Mapped[datetime | None]
    opens_until: Mapped[date | None]  # the last day; it may be renewed in writing
    renewals: Mapped[list[Any]] = mapped_column(default=list)  # on, by, until, why
    tell_on: Mapped[date | None]
    told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_name: Mapped[str] = mapped_column(String(120), default="")
    outcome: Mapped[str] = mapped_column(default="")  # for staff
    told_outcome: Mapped[str] = mapped_column(default="")  # what we tell them of it
    over_on: Mapped[date | None]  # whoever recorded it was told that it is over and not closed

    person: Mapped[Person] = relationship(viewonly=True)
    recorder: Mapped[Account] = relationship(foreign_keys=[recorded_by])


class TellingDecision(Base):
    """When a person is told of a concern, as a safeguarding lead decided in writing. Written once."""

    __tablename__ = "telling_decision"
    __table_args__ = (Index("ix_telling_decision_concern", "concern_id", "id"),)

    id: Mapped[Key]
    concern_id: Mapped[UUID] = mapped_column(ForeignKey("concern.id"))
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[Written]
    tell_on: Mapped[date]  # the day itself: they are told at once
    why: Mapped[str]


class Opening(Base):
    """Something of a person's that somebody on the staff opened. One row for a thing, a day and a key."""

    __tablename__ = "opening"
    __table_args__ = (
        UniqueConstraint("person_id", "day", "account_id", "sight", "subject_id", "key_id", name="uq_opening_once"),
        Index("ix_opening_person", "person_id", "first_at"),
        Index("ix_opening_commissioner", "commissioner_id", "first_at"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    account_name: Mapped[str] = mapped_column(String(120))
    account_role: Mapped[str] = mapped_column(String(24))
    sight: Mapped[Sight]
    subject_id: Mapped[UUID]  # the purchase, the receipt …; the person where it is a list
    what: Mapped[str] = mapped_column(String(300))  # "the spending from 1 July to 30 September"
    key_kind: Mapped[KeyKind]
    key_id: Mapped[UUID]  # the review, the concern, the request; the commissioner for an auditor
    key_words: Mapped[str] = mapped_column(String(200))  # "for the review of Tuesday 1 December"
    #: What would tell of a concern is not shown to the person's side before they were told of it.
    concern_id: Mapped[UUID | None] = mapped_column(ForeignKey("concern.id"))
    day: Mapped[date]
    first_at: Mapped[datetime]  # exact
