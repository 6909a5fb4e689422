"""The personalised care and support plan and the outcomes it is meant to achieve."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.ledger.rules import Stream


class PlanState(StrEnum):
    DRAFT = "draft"
    AGREED = "agreed"
    ENDED = "ended"


class Per(StrEnum):
    """How often an outcome's indicative amount comes round."""

    MONTH = "month"
    PLAN = "plan"  # once in the life of the plan


class Plan(Base):
    """What matters to the person, in their words, agreed for a period."""

    __tablename__ = "plan"
    __table_args__ = (
        Index("ix_plan_person", "person_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="period"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[PlanState]
    about_me: Mapped[str]  # "what matters to me", in the person's words
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    review_due_on: Mapped[date]
    agreed_with: Mapped[str]  # the coordinator's name on the day
    written_at: Mapped[Written]

    outcomes: Mapped[list[Outcome]] = relationship(order_by="Outcome.position", back_populates="plan")


class Outcome(Base):
    """One thing the plan is meant to achieve."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_plan", "plan_id", "position"),
        CheckConstraint("indicative_pence >= 0", name="indicative"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    position: Mapped[int]
    words: Mapped[str]  # the person's own
    indicative_pence: Mapped[Pence]
    per: Mapped[Per]
    examples: Mapped[list[Any]] = mapped_column(default=list)  # what may be bought, as sentences
    #: Marketplace categories that are on plan for this outcome; anything else is worth a second look.
    categories: Mapped[list[Any]] = mapped_column(default=list)
    risks: Mapped[str] = mapped_column(default="")  # and how they are lived with
    ended_on: Mapped[date | None]

    plan: Mapped[Plan] = relationship(back_populates="outcomes")
    funding: Mapped[list[OutcomeFunding]] = relationship(order_by="OutcomeFunding.position")


class OutcomeFunding(Base):
    """How an outcome's cost splits over the streams: whole-number shares, such as 2 to 1."""

    __tablename__ = "outcome_funding"
    __table_args__ = (CheckConstraint("share > 0", name="share"),)

    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    stream: Mapped[Stream] = mapped_column(primary_key=True)
    position: Mapped[int]
    share: Mapped[int]
