"""Payments asked of a rail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, Pence, Written
from app.payments.rules import IntentState


class PaymentIntent(Base):
    """One attempt to pay for one purchase. Its key is unique: a replay finds it instead of paying again."""

    __tablename__ = "payment_intent"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        CheckConstraint("amount_pence >= 0", name="amount"),
        Index("ix_payment_intent_purchase", "commissioner_id", "purchase_id", "attempt"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    purchase_id: Mapped[UUID]  # no foreign key: payments know nothing of purchases
    rail: Mapped[str] = mapped_column(String(24))
    attempt: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(String(120))
    state: Mapped[IntentState]
    amount_pence: Mapped[Pence]
    evidence: Mapped[str] = mapped_column(default="")
    rail_reference: Mapped[str] = mapped_column(String(120), default="")
    failure: Mapped[str] = mapped_column(default="")
    written_at: Mapped[Written]
    settled_at: Mapped[datetime | None]
