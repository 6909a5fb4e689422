"""Questions to providers, and the quotes they answer with. What is said stands in the thread of ``messages``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.marketplace.enquiry_rules import MAX_WHAT, QuoteState, Side, state_of
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, Unit, say_price

_LIVE = "withdrawn_at IS NULL AND replaced_at IS NULL AND used_at IS NULL"


class Enquiry(Base):
    """One person asks one provider something.

    ``first_name`` and ``area`` (an outcode) are all that the provider learns of the person beside the words: copies,
    so that the provider's pages never read the person.
    """

    __tablename__ = "enquiry"
    __table_args__ = (
        CheckConstraint("quantity_hundredths > 0", name="quantity"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
        Index("ix_enquiry_person", "commissioner_id", "person_id", "last_at"),
        Index("ix_enquiry_provider", "provider_id", "last_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    first_name: Mapped[str] = mapped_column(String(80))
    area: Mapped[str] = mapped_column(String(4))
    about: Mapped[str] = mapped_column(String(MAX_WHAT))  # the listing's title then, or the provider's name
    wants_price: Mapped[bool] = mapped_column(default=False)
    quantity_hundredths: Mapped[int | None]
    wanted_from: Mapped[date | None]
    opened_at: Mapped[Written]
    last_at: Mapped[Written]  # of the last message or quote
    last_side: Mapped[Side] = mapped_column(default=Side.PERSON)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Side | None]

    provider: Mapped[Provider] = relationship(viewonly=True)
    listing: Mapped[Listing | None] = relationship(viewonly=True)
    quotes: Mapped[list[Quote]] = relationship(order_by="Quote.id.desc()", viewonly=True)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def how_many(self) -> str:
        """``4 hours``, ``2.5``; nothing when they have not said."""
        if self.quantity_hundredths is None:
            return ""
        unit = self.listing.unit if self.listing else None
        return say_quantity(self.quantity_hundredths, unit)


class Quote(Base):
    """A price for one person, kept until a day whatever the listing's price does meanwhile."""

    __tablename__ = "quote"
    __table_args__ = (
        CheckConstraint("unit_price_pence > 0 AND quantity_hundredths > 0", name="amounts"),
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used"),
        # a newer one replaces the older
        Index("uq_quote_live", "enquiry_id", unique=True, postgresql_where=text(_LIVE)),
        Index("ix_quote_enquiry", "enquiry_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))
    what: Mapped[str] = mapped_column(String(MAX_WHAT))
    category: Mapped[Category]
    unit: Mapped[Unit]
    unit_price_pence: Mapped[Pence]
    quantity_hundredths: Mapped[int]
    valid_until: Mapped[date]  # the last day on which it can be asked for
    note: Mapped[str] = mapped_column(default="")
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[Written]
    withdrawn_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None]  # the purchase that was asked for at this price

    enquiry: Mapped[Enquiry] = relationship(viewonly=True)

    @property
    def total_pence(self) -> int:
        """Price times quantity, half a penny up."""
        return (self.unit_price_pence * self.quantity_hundredths + 50) // 100

    @property
    def price(self) -> str:
        """``£21 an hour``."""
        return say_price(self.unit_price_pence, self.unit)

    @property
    def how_many(self) -> str:
        """``4 hours``."""
        return say_quantity(self.quantity_hundredths, self.unit)

    def state(self, today: date) -> QuoteState:
        """Whether it can be used on a day, and if not, why."""
        return state_of(
            withdrawn=self.withdrawn_at is not None,
            replaced=self.replaced_at is not None,
            used=self.used_at is not None,
            valid_until=self.valid_until,
            today=today,
        )


def say_quantity(hundredths: int, unit: Unit | None) -> str:
    """``4 hours``, ``2.5 hours``, ``1 night``; only the number without a unit."""
    whole, part = divmod(hundredths, 100)
    number = f"{whole}.{part:02d}".rstrip("0") if part else f"{whole}"
    if unit is None:
        return number
    return f"{number} {unit.value}{'' if number == '1' else 's'}"
