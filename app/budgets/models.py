"""Budgets, their streams and parts, and how they were worked out. Regular payments are in ``regular_models``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.budgets.regular_models import RegularPayment, RegularPaymentMade
from app.budgets.rules import BudgetState, Cycle, HeldAs
from app.core.db import Base, Key, Pence, Ref, Written
from app.ledger.rules import Stream

__all__ = [
    "Budget",
    "BudgetPart",
    "BudgetStream",
    "BudgetWorkingLine",
    "RegularPayment",
    "RegularPaymentMade",
]


class Budget(Base):
    """An agreed sum for a period."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("contingency_pence >= 0 AND indicative_pence >= 0 AND agreed_pence >= 0", name="sums"),
        CheckConstraint("state = 'indicative' OR agreed_pence IS NOT NULL", name="agreed"),
        Index("ix_budget_person", "person_id", "starts_on"),
        Index("ix_budget_commissioner", "commissioner_id", "state", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan.id"))
    name: Mapped[str]  # "Health and care budget", "Wheelchair budget"
    state: Mapped[BudgetState]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    indicative_pence: Mapped[Pence]  # for the whole period, told up front
    agreed_pence: Mapped[Pence | None]  # for the whole period
    agreed_at: Mapped[datetime | None]
    contingency_pence: Mapped[Pence] = mapped_column(default=0)
    contingency_name: Mapped[str] = mapped_column(default="Kept for bad weeks")
    written_at: Mapped[Written]

    streams: Mapped[list[BudgetStream]] = relationship(order_by="BudgetStream.position", back_populates="budget")
    parts: Mapped[list[BudgetPart]] = relationship(order_by="BudgetPart.position")
    working: Mapped[list[BudgetWorkingLine]] = relationship(order_by="BudgetWorkingLine.position")


class BudgetStream(Base):
    """What one funder pays into a budget, and when."""

    __tablename__ = "budget_stream"
    __table_args__ = (CheckConstraint("amount_pence > 0", name="amount"),)

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"), primary_key=True)
    stream: Mapped[Stream] = mapped_column(primary_key=True)
    position: Mapped[int]
    cycle: Mapped[Cycle]
    amount_pence: Mapped[Pence]  # a month, or once
    ledger_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_account.id"))

    budget: Mapped[Budget] = relationship(back_populates="streams")


class BudgetPart(Base):
    """How (a part of) the budget is held. Several parts are a mix."""

    __tablename__ = "budget_part"

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    held_as: Mapped[HeldAs]
    amount_pence: Mapped[Pence]
    held_by: Mapped[str]  # in words: "Paid to your own account, 4 working days before the month"


class BudgetWorkingLine(Base):
    """One line of how the budget was worked out. The lines add up to the agreed sum (the indicative one before)."""

    __tablename__ = "budget_working_line"

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]  # "12 hours a week of a personal assistant at £17.20"
    amount_pence: Mapped[Pence]  # may be below nought: "Less: what you pay towards it"
