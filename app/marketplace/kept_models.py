"""What people keep of the marketplace: what they saved, and searches that are watched for them.

Unlike the rest of the marketplace these belong to one person's affairs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category

#: Each thing once in one list: the person's own (without a broker), and each broker's.
_ONCE = ("person_id", "broker_id")


def _in(column: str) -> dict[str, Any]:
    return {"unique": True, "postgresql_nulls_not_distinct": True, "postgresql_where": text(f"{column} IS NOT NULL")}


class SavedItem(Base):
    """A listing or a provider that somebody saved for a person. A broker has a list of their own beside the person's.

    The person's own side sees all of them.
    """

    __tablename__ = "saved_item"
    __table_args__ = (
        CheckConstraint("(listing_id IS NULL) <> (provider_id IS NULL)", name="one"),
        Index("ix_saved_item_person", "commissioner_id", "person_id", "id"),
        Index("uq_saved_item_listing", *_ONCE, "listing_id", **_in("listing_id")),
        Index("uq_saved_item_provider", *_ONCE, "provider_id", **_in("provider_id")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    price_pence: Mapped[Pence | None]  # on the day it was saved
    note: Mapped[str] = mapped_column(String(500), default="")
    broker_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # whose list; empty: the person's own
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    saved_by_name: Mapped[str] = mapped_column(String(120))
    saved_at: Mapped[Written]

    listing: Mapped[Listing | None] = relationship(viewonly=True)
    provider: Mapped[Provider | None] = relationship(viewonly=True)

    @property
    def words(self) -> str:
        """What it is: a listing's title and whose it is, or a provider's name."""
        if self.listing is not None:
            return f"{self.listing.title}, {self.listing.who}"
        return self.provider.name if self.provider is not None else ""

    @property
    def is_offered(self) -> bool:
        """Whether it can still be had."""
        if self.listing is not None:
            return self.listing.offered
        return self.provider is not None and self.provider.status != "deregistered"

    @property
    def risen_by(self) -> int | None:
        """By how many pence the price changed since it was saved, below nought when it fell; None without prices."""
        if self.listing is None or self.price_pence is None or self.listing.price_pence is None:
            return None
        return self.listing.price_pence - self.price_pence


class Watch(Base):
    """A search that is done anew each day, to tell whoever made it what is new.

    ``asked`` is the address of the search, the one truth of what is looked for. The columns beside it are the rough
    half of it (kind, price, a box of degrees): with them one statement finds which new listings could be meant.
    """

    __tablename__ = "watch"
    __table_args__ = (
        CheckConstraint("num_nonnulls(south, north, west, east) IN (0, 4)", name="box"),
        Index("ix_watch_person", "commissioner_id", "person_id", "id"),
        Index("ix_watch_running", "id", postgresql_where=text("paused_at IS NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(80))
    asked: Mapped[dict[str, Any]]
    category: Mapped[Category | None]
    max_pence: Mapped[Pence | None]
    south: Mapped[float | None]
    north: Mapped[float | None]
    west: Mapped[float | None]
    east: Mapped[float | None]
    made_at: Mapped[Written]
    since: Mapped[Written]  # what came after this is new
    looked_at: Mapped[Written]
    told_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class WatchTold(Base):
    """That a watch told of a listing: it never does so twice."""

    __tablename__ = "watch_told"

    watch_id: Mapped[UUID] = mapped_column(ForeignKey("watch.id", ondelete="CASCADE"), primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    told_at: Mapped[Written]
