"""What providers keep about what they offer: prices by date, and the days on which they are away."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.marketplace.models import Listing


class ListingPrice(Base):
    """A listing's price from a day on, until the next one. What has begun is history and stays.

    ``Listing.price_pence`` is always today's: :func:`app.marketplace.prices.turn` brings it up to date.
    """

    __tablename__ = "listing_price"
    __table_args__ = (
        CheckConstraint("price_pence >= 0", name="price"),
        Index("ix_listing_price_coming", "starts_on", postgresql_where=text("NOT turned")),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    price_pence: Mapped[Pence | None]  # 0: free; None: ask for a price
    set_by_name: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[Written]
    turned: Mapped[bool] = mapped_column(default=False)  # it has become the listing's price


class Holiday(Base):
    """Days on which a provider, or one of the things they offer, cannot be had: both ends are away."""

    __tablename__ = "holiday"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_holiday_provider", "provider_id", "ends_on"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))  # None: everything they offer
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    written_at: Mapped[Written]

    listing: Mapped[Listing | None] = relationship(viewonly=True)
