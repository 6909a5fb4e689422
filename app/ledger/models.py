"""Accounts and transfers. The database keeps them right: see the triggers in ``migrations/versions/0001``."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, Pence, Written
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind


class LedgerAccount(Base):
    """One pot of money.

    Only budget accounts keep running totals: a funder's would be one row that every payment of a commissioner fights
    over. The totals are written by the trigger on transfers alone, and the check refuses to overspend.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "owner_kind", "owner_id", "stream"),
        CheckConstraint(
            "owner_kind <> 'budget' OR credits_posted - debits_posted - debits_pending >= 0", name="not_overspent"
        ),
        CheckConstraint(
            "least(debits_pending, debits_posted, credits_pending, credits_posted) >= 0", name="not_negative"
        ),
        Index("ix_ledger_account_owner", "owner_id"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    owner_kind: Mapped[OwnerKind]
    owner_id: Mapped[UUID]
    stream: Mapped[Stream]
    debits_pending: Mapped[Pence] = mapped_column(default=0, server_default="0")
    debits_posted: Mapped[Pence] = mapped_column(default=0, server_default="0")
    credits_pending: Mapped[Pence] = mapped_column(default=0, server_default="0")
    credits_posted: Mapped[Pence] = mapped_column(default=0, server_default="0")


class LedgerTransfer(Base):
    """Money moving from the debit account to the credit account. Append-only.

    ``subject_id`` is what it is for (a purchase line, an allocation run), ``tag_id`` the outcome it serves.
    ``period`` is the London month it counts in. ``unique_key`` makes a replay post nothing.
    """

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        CheckConstraint("amount_pence > 0", name="amount_positive"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        CheckConstraint("(phase IN ('post', 'void')) = (pending_id IS NOT NULL)", name="resolves"),
        CheckConstraint("extract(day from period) = 1", name="period_is_month"),
        # a pending transfer is resolved once
        Index(
            "uq_ledger_transfer_pending_id", "pending_id", unique=True, postgresql_where="pending_id IS NOT NULL"
        ),
        Index(
            "uq_ledger_transfer_unique_key", "unique_key", unique=True, postgresql_where="unique_key IS NOT NULL"
        ),
        Index("ix_ledger_transfer_debit", "debit_account_id", "period", "id"),
        Index("ix_ledger_transfer_credit", "credit_account_id", "period", "id"),
        Index("ix_ledger_transfer_subject", "subject_id"),
        Index("ix_ledger_transfer_commissioner", "commissioner_id", "id"),
        # money that left without a hold (taken back, put right): few among many, and Spending shows them
        Index("ix_ledger_transfer_direct", "debit_account_id", "counts_on", postgresql_where="phase = 'posted'"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    debit_account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"))
    credit_account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"))
    amount_pence: Mapped[Pence]
    kind: Mapped[TransferKind]
    phase: Mapped[Phase]
    # No foreign key: it would need the right to lock, and so to update, rows nobody may update. The trigger checks it.
    pending_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    tag_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    memo: Mapped[str] = mapped_column(String(300))
    period: Mapped[date]
    counts_on: Mapped[date]  # the London day it counts for
    written_at: Mapped[Written]
    unique_key: Mapped[str | None] = mapped_column(String(160))


class LedgerMonth(Base):
    """What one budget account did in one month for one outcome: a roll-up kept by the same trigger.

    It lets a home page with a hundred thousand movements cost what a page with a hundred costs. It can be made again
    from the transfers at any time, and ``flask ledger verify`` does so to compare.
    """

    __tablename__ = "ledger_month"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    #: The outcome, or the nil UUID where a movement has none (money in).
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    money_in: Mapped[Pence] = mapped_column(default=0, server_default="0")
    refunded: Mapped[Pence] = mapped_column(default=0, server_default="0")
    spent: Mapped[Pence] = mapped_column(default=0, server_default="0")
    taken_back: Mapped[Pence] = mapped_column(default=0, server_default="0")
    promised: Mapped[Pence] = mapped_column(default=0, server_default="0")
