"""Purchases, their lines, and every decision the spending policy made on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.budgets.models import Budget
from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.models import Person
from app.marketplace.enquiry_models import Quote
from app.plans.models import Outcome
from app.policy.rules import Action, Decision
from app.purchases.idea_models import Idea
from app.purchases.order_rules import OrderState
from app.purchases.rules import FAMILY_WORDS, MAX_WORDS, STATE_WORDS, Family, State, Way

_WAITING = (
    "state IN ('awaiting_holder', 'awaiting_approval', 'awaiting_information', 'approved', 'under_appeal', 'disputed')"
)
_CHANGING = (
    "changes_id IS NOT NULL AND state IN"
    " ('draft', 'awaiting_holder', 'awaiting_approval', 'awaiting_information', 'blocked')"
)


#: What came back, and what is still to come, is never more than was spent.
_BACK = "refunded_pence >= 0 AND credit_pence >= 0 AND refunded_pence + credit_pence <= {of}"


class Purchase(Base):
    """What the person wants to buy, or bought, from one payee."""

    __tablename__ = "purchase"
    __table_args__ = (
        CheckConstraint("total_pence >= 0", name="total"),
        CheckConstraint("receipt_count >= 0", name="receipts"),
        CheckConstraint("state <> 'paid' OR paid_on IS NOT NULL", name="paid"),
        CheckConstraint(_BACK.format(of="total_pence"), name="back"),
        Index("ix_purchase_person", "commissioner_id", "person_id", "submitted_at", "id"),
        Index("ix_purchase_budget", "commissioner_id", "budget_id", "submitted_at", "id"),
        Index("ix_purchase_waiting", "person_id", "submitted_at", postgresql_where=text(_WAITING)),
        Index("ix_purchase_basket", "person_id", "created_at", postgresql_where=text("in_basket AND state = 'draft'")),
        Index("ix_purchase_draft", "person_id", "created_at", postgresql_where=text("state = 'draft'")),
        Index(
            "ix_purchase_no_receipt",
            "person_id",
            "paid_on",
            postgresql_where=text("receipt_count = 0 AND state IN ('paid', 'delivered')"),
        ),
        Index("ix_purchase_provider", "provider_id", "submitted_at", postgresql_where=text("provider_id IS NOT NULL")),
        # one change at a time
        Index("uq_purchase_changes", "changes_id", unique=True, postgresql_where=text(_CHANGING)),
        Index("ix_purchase_broker", "broker_id", "person_id", "id", postgresql_where=text("broker_id IS NOT NULL")),
        Index("ix_purchase_idea", "idea_id", postgresql_where=text("idea_id IS NOT NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"))
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    way: Mapped[Way]
    title: Mapped[str] = mapped_column(String(240), default="")  # kept by the lines' verbs, for lists
    payee_name: Mapped[str] = mapped_column(String(MAX_WORDS), default="")
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    regular_payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("regular_payment.id"))
    regular_due_on: Mapped[date | None]  # the occurrence it takes care of
    total_pence: Mapped[Pence] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")  # why it helps, in the person's words

    requested_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    requested_by_name: Mapped[str] = mapped_column(String(120))
    requested_as: Mapped[str] = mapped_column(String(24))  # in what quality: self, representative, nominee, broker
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # the first of two yeses
    agreed_by_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    broker_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # who began it as a broker: their work
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Written]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]  # approved, declined, blocked or cancelled
    policy_version: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[Action | None]  # what the policy said of the whole, the last time it was asked
    findings: Mapped[list[Any]] = mapped_column(default=list)  # all of them, as Finding.to_dict

    needed_from: Mapped[date | None]
    needed_until: Mapped[date | None]
    bought_on: Mapped[date | None]  # outside purchases: when the money left
    paid_on: Mapped[date | None]
    paid_how: Mapped[str] = mapped_column(String(MAX_WORDS), default="")  # the evidence in words
    rail: Mapped[str | None] = mapped_column(String(24))
    delivered_on: Mapped[date | None]
    # what the provider says of it (orders.py)
    order_state: Mapped[OrderState] = mapped_column(default=OrderState.ASKED, server_default="asked")
    order_reason: Mapped[str] = mapped_column(default="", server_default="")  # why they cannot do it
    order_by_name: Mapped[str] = mapped_column(String(120), default="", server_default="")  # who of them answered
    order_answered_at: Mapped[datetime | None]
    said_delivered_on: Mapped[date | None]  # as the provider says; ``delivered_on`` as the person does
    end_reason: Mapped[str] = mapped_column(default="")  # why it was declined, turned down or taken back
    receipt_count: Mapped[int] = mapped_column(default=0, server_default="0")
    in_basket: Mapped[bool] = mapped_column(default=False, server_default=false())  # sent together with others
    # second looks
    appealed_at: Mapped[datetime | None]  # once only
    appeal_why: Mapped[str] = mapped_column(default="", server_default="")
    refunded_pence: Mapped[Pence] = mapped_column(default=0, server_default="0")  # in the budget again
    credit_pence: Mapped[Pence] = mapped_column(default=0, server_default="0")  # owed by the payee: credit notes
    changes_id: Mapped[UUID | None] = mapped_column(ForeignKey("purchase.id"))  # the approved one it would replace
    idea_id: Mapped[UUID | None] = mapped_column(ForeignKey("idea.id"))  # an agreed idea it belongs to
    #: Goes up with every change: a write that was prepared on an older one loses (two tabs).
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    lines: Mapped[list[PurchaseLine]] = relationship(
        order_by="PurchaseLine.position", back_populates="purchase", cascade="all, delete-orphan"
    )
    person: Mapped[Person] = relationship(viewonly=True)
    budget: Mapped[Budget] = relationship(viewonly=True)
    idea: Mapped[Idea | None] = relationship(viewonly=True)

    @property
    def state_words(self) -> str:
        if self.state is State.CANCELLED and self.order_state is OrderState.DECLINED:
            return "They cannot do it"
        return STATE_WORDS[self.state]

    @property
    def decision(self) -> Decision | None:
        """What the policy said the last time it was asked; None for a draft never sent."""
        if self.action is None:
            return None
        return Decision.from_dict(
            {"action": self.action, "findings": self.findings, "policy_version": self.policy_version or ""}
        )


class PurchaseLine(Base):
    """One thing, for one outcome."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        CheckConstraint("amount_pence >= 0 AND unit_price_pence >= 0 AND quantity_hundredths > 0", name="amounts"),
        CheckConstraint(_BACK.format(of="amount_pence"), name="back"),
        Index("ix_purchase_line_purchase", "purchase_id", "position"),
        Index(
            "ix_purchase_line_moved",
            "commissioner_id",
            "person_id",
            "moved_on",
            "id",
            postgresql_where=text("moved_on IS NOT NULL"),
        ),
        Index("ix_purchase_line_outcome", "outcome_id", "moved_on"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchase.id"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(MAX_WORDS))
    category: Mapped[str | None] = mapped_column(String(40))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey("quote.id"))  # the price the provider kept for them
    quantity_hundredths: Mapped[int] = mapped_column(default=100)
    unit: Mapped[str | None] = mapped_column(String(24))
    unit_price_pence: Mapped[Pence]
    amount_pence: Mapped[Pence]
    outcome_id: Mapped[UUID | None] = mapped_column(ForeignKey("outcome.id"))
    family_member: Mapped[Family | None]
    action: Mapped[Action | None]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    #: The day it shows on in Spending: asked for, then bought or paid. Empty until it is sent.
    moved_on: Mapped[date | None]
    refunded_pence: Mapped[Pence] = mapped_column(default=0, server_default="0")
    credit_pence: Mapped[Pence] = mapped_column(default=0, server_default="0")
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("purchase_line.id"))  # the line it would replace

    purchase: Mapped[Purchase] = relationship(back_populates="lines")
    copied_from: Mapped[PurchaseLine | None] = relationship(
        foreign_keys=[copied_from_id], remote_side="PurchaseLine.id", viewonly=True
    )
    outcome: Mapped[Outcome | None] = relationship(viewonly=True)
    quote: Mapped[Quote | None] = relationship(viewonly=True)

    @property
    def decision(self) -> Decision | None:
        """What the policy said of this line; None when it was never asked."""
        if self.action is None:
            return None
        version = self.purchase.policy_version or ""
        return Decision.from_dict({"action": self.action, "findings": self.findings, "policy_version": version})

    @property
    def quantity_words(self) -> str:
        """``2.5`` without needless noughts."""
        whole, part = divmod(self.quantity_hundredths, 100)
        return f"{whole}.{part:02d}".rstrip("0") if part else f"{whole}"

    @property
    def family_words(self) -> str:
        return FAMILY_WORDS[self.family_member] if self.family_member else ""


class PurchaseDecision(Base):
    """What the policy was told and what it said, each time it decided: kept, so that it can be replayed years later."""

    __tablename__ = "purchase_decision"
    __table_args__ = (
        Index("ix_purchase_decision_purchase", "commissioner_id", "purchase_id", "id"),
        Index("ix_purchase_decision_written", "commissioner_id", "written_at", "id"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchase.id"))
    policy_version: Mapped[str] = mapped_column(String(40))
    action: Mapped[Action]
    findings: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    written_at: Mapped[Written]
