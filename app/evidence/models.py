"""Receipts, papers that show a right to act, files that go with messages.

The files are outside the database, under names nobody can guess.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.messages.models import Conversation


class KeptFile:
    """What is known of every file; the file itself is in the store."""

    filename: Mapped[str] = mapped_column(String(120))  # as given, cleaned: for showing only
    content_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_name: Mapped[str] = mapped_column(String(80), unique=True)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[Written]


class Receipt(KeptFile, Base):
    """A picture or PDF that shows what was paid."""

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size"),
        Index("ix_receipt_purchase", "commissioner_id", "purchase_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    purchase_id: Mapped[UUID] = mapped_column(ForeignKey("purchase.id"))
    pages: Mapped[int] = mapped_column(default=1)
    uploaded_by_name: Mapped[str] = mapped_column(String(120))


class AuthorityPaper(KeptFile, Base):
    """A picture or PDF that shows that somebody may act for another: an order, a power of attorney, a consent form."""

    __tablename__ = "authority_paper"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size"),
        Index("ix_authority_paper_authority", "authority_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    pages: Mapped[int] = mapped_column(default=1)
    uploaded_by_name: Mapped[str] = mapped_column(String(120))


class Attachment(KeptFile, Base):
    """A picture or PDF that goes with a message to, or from, a coordinator."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size"),
        Index("ix_attachment_conversation", "conversation_id", "message_id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))

    conversation: Mapped[Conversation] = relationship(viewonly=True)
