"""What came back of a purchase, and what went wrong with one."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.models import Account
from app.purchases.models import Purchase
from app.purchases.refund_rules import BACK_NOW, HowBack, ProblemEnd
from app.purchases.rules import MAX_WORDS


class PurchaseRefund(Base):
    """Money back for a purchase, or a credit note for it. Never changed, but for what is left of a credit note."""

    __tablename__ = "purchase_refund"
    __table_args__ = (
        CheckConstraint("amount_pence > 0 AND used_pence BETWEEN 0 AND amount_pence", name="amounts"),
        CheckConstraint("(how IN ('credit_used', 'credit_paid')) = (credit_id IS NOT NULL)", name="credit"),
        Index("ix_purchase_refund_purchase", "purchase_id", "id"),
        Index("ix_purchase_refund_person", "commissioner_id", "person_id", "counts_on", "id"),
        Index(
            "ix_purchase_refund_credit",
            "person_id",
            "payee_id",
            postgresql_where=text("how = 'credit_note' AND used_pence < amount_pence"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchase.id"))
    payee_id: Mapped[UUID]  # the ledger's name for whoever was paid
    how: Mapped[HowBack]
    amount_pence: Mapped[Pence]
    used_pence: Mapped[Pence] = mapped_column(default=0)  # of a credit note: what has come back of it
    counts_on: Mapped[date]
    why: Mapped[str] = mapped_column(default="")
    credit_id: Mapped[UUID | None] = mapped_column(ForeignKey("purchase_refund.id"))  # the note that was used
    for_purchase_id: Mapped[UUID | None] = mapped_column(ForeignKey("purchase.id"))  # whose payment it made smaller
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(120))
    recorded_as: Mapped[str] = mapped_column(String(24))
    written_at: Mapped[Written]

    parts: Mapped[list[PurchaseRefundLine]] = relationship(cascade="all, delete-orphan")
    purchase: Mapped[Purchase] = relationship(foreign_keys=[purchase_id], viewonly=True)
    for_purchase: Mapped[Purchase | None] = relationship(foreign_keys=[for_purchase_id], viewonly=True)

    @property
    def left_pence(self) -> int:
        """Of a credit note: what the payee still owes."""
        return self.amount_pence - self.used_pence if self.how is HowBack.CREDIT_NOTE else 0

    @property
    def is_back(self) -> bool:
        """Whether the money is in the budget again."""
        return self.how in BACK_NOW


class PurchaseRefundLine(Base):
    """What of a refund was for one line."""

    __tablename__ = "purchase_refund_line"
    __table_args__ = (
        CheckConstraint("amount_pence > 0", name="amount"),
        Index("ix_purchase_refund_line_line", "line_id"),
    )

    refund_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_refund.id"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_line.id"), primary_key=True)
    amount_pence: Mapped[Pence]


class PurchaseProblem(Base):
    """ "It never came", or something else went wrong: until it is put right."""

    __tablename__ = "purchase_problem"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (how IS NULL)", name="ended"),
        # one at a time
        Index("uq_purchase_problem_open", "purchase_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_purchase_problem_team", "commissioner_id", "opened_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchase.id"))
    words: Mapped[str]
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: anyone in the team
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opened_by_name: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[Written]
    ended_at: Mapped[datetime | None]
    how: Mapped[ProblemEnd | None]
    end_words: Mapped[str] = mapped_column(default="")
    ended_by_name: Mapped[str] = mapped_column(String(MAX_WORDS), default="")

    purchase: Mapped[Purchase] = relationship(viewonly=True)
    assignee: Mapped[Account | None] = relationship(foreign_keys=[assigned_to], viewonly=True)

    @property
    def assigned_name(self) -> str:
        """Who helps: a name, or the team."""
        return self.assignee.name if self.assignee else "Your coordinator's team"
