"""What people who bought say of a provider, the provider's reply, and who asked for another look at it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.marketplace.models import Listing, Provider
from app.marketplace.review_rules import ReviewState

_TO_LOOK_AT = "state = 'held' OR reply_state = 'held' OR reported_at IS NOT NULL"


class Review(Base):
    """One person's words about one provider. Nobody but their own side learns whose they are."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("person_id", "provider_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("(reply = '') = (reply_state IS NULL)", name="reply"),
        Index("ix_review_provider", "provider_id", "written_at"),
        Index("ix_review_listing", "listing_id", postgresql_where=text("listing_id IS NOT NULL")),
        Index("ix_review_to_look_at", "commissioner_id", "changed_at", postgresql_where=text(_TO_LOOK_AT)),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))  # the writer's
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))  # what was bought, where it was one
    purchase_id: Mapped[UUID]  # purchases know the marketplace, not the other way round
    written_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    received_on: Mapped[date]  # shown as a month
    stars: Mapped[int]
    words: Mapped[str]
    state: Mapped[ReviewState]
    held_for: Mapped[str] = mapped_column(String(200), default="")  # why somebody looks first, in words
    written_at: Mapped[Written]
    changed_at: Mapped[Written]
    reported_at: Mapped[datetime | None]  # the first report nobody has answered yet
    reply: Mapped[str] = mapped_column(default="")
    reply_state: Mapped[ReviewState | None]
    replied_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # the officer's, as both sides read it

    provider: Mapped[Provider] = relationship(viewonly=True)
    listing: Mapped[Listing | None] = relationship(viewonly=True)

    @property
    def is_shown(self) -> bool:
        return self.state is ReviewState.SHOWN

    @property
    def as_read(self) -> str:
        """A mark of what stands in it now: an officer's decision is about the words they read, not about later ones."""
        return hashlib.sha256(f"{self.stars}\0{self.words}\0{self.reply}".encode()).hexdigest()[:16]


class ReviewReport(Base):
    """Somebody thinks that a review should be looked at."""

    __tablename__ = "review_report"
    __table_args__ = (UniqueConstraint("review_id", "reported_by"),)

    id: Mapped[Key]
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id"))
    reported_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    why: Mapped[str]
    written_at: Mapped[Written]
    answered_at: Mapped[datetime | None]
