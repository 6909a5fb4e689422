"""Providers and personal assistants, their places, what they offer, and where outcodes are.

The marketplace is one for all commissioners: it is filled from the public register, and a provider serves people of
several. Nothing here says who bought what.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.marketplace.rules import (
    Category,
    Employment,
    PaChecks,
    ProviderKind,
    Rating,
    RegisterStatus,
    Unit,
    say_price,
    say_times,
)
from app.marketplace.search_sql import LOOKED_AT, SEARCH_VECTOR, SLOTS


class Provider(Base):
    """An organisation, or a personal assistant who works for themself or wants to be employed."""

    __tablename__ = "provider"
    __table_args__ = (
        # A service that introduces PAs and rates them may have to register (policy facts): ratings of PAs are off.
        CheckConstraint("kind <> 'pa' OR (cqc_id IS NULL AND rating IS NULL)", name="pa_unrated"),
        CheckConstraint("kind = 'pa' OR employment IS NULL", name="employment"),
        CheckConstraint("references_seen >= 0", name="references"),
        # nor is an average of what people say of a PA ever kept; where a commissioner lets its people rate PAs, only
        # they see it
        CheckConstraint("kind <> 'pa' OR (review_count = 0 AND review_tenths IS NULL)", name="pa_unreviewed"),
        CheckConstraint("(review_count = 0) = (review_tenths IS NULL)", name="reviews"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    kind: Mapped[ProviderKind]
    name: Mapped[str]  # a PA: first name and initial, "Marta K."
    cqc_id: Mapped[str | None] = mapped_column(String(20), unique=True)
    status: Mapped[RegisterStatus] = mapped_column(default=RegisterStatus.NOT_REGISTERED)
    is_regulated: Mapped[bool] = mapped_column(default=False)  # gives care that only a registered provider may give
    rating: Mapped[Rating | None]  # the one that all its rated places share; where they differ, see the places
    rating_on: Mapped[date | None]
    website: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    # a personal assistant's
    employment: Mapped[Employment | None]
    gender: Mapped[str | None] = mapped_column(String(24))  # as they say it, if they do
    dbs_checked_on: Mapped[date | None]
    right_to_work_on: Mapped[date | None]
    references_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    insured_until: Mapped[date | None]
    outcode: Mapped[str] = mapped_column(String(4), default="", server_default="")  # where they set out from
    # what holds of everything they offer
    languages: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default=text("'{}'"))
    accessibility: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default=text("'{}'"))
    # what people who bought say; kept by ``marketplace.reviews`` alone
    review_count: Mapped[int] = mapped_column(default=0, server_default="0")
    review_tenths: Mapped[int | None]  # the average times ten
    written_at: Mapped[Written]
    changed_at: Mapped[Written]

    locations: Mapped[list[Location]] = relationship(order_by="Location.name", back_populates="provider")

    @property
    def checks(self) -> PaChecks:
        """A personal assistant's papers; ``.missing(today)`` says what is still wanted."""
        return PaChecks(
            self.employment,
            self.dbs_checked_on,
            self.right_to_work_on,
            self.references_seen,
            self.insured_until,
        )

    @property
    def is_pa(self) -> bool:
        return self.kind is ProviderKind.PA


class Location(Base):
    """A place a provider works from; mostly a line of the Care Quality Commission's register."""

    __tablename__ = "location"
    __table_args__ = (Index("ix_location_provider", "provider_id"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    cqc_id: Mapped[str | None] = mapped_column(String(20), unique=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(String(8), default="")
    outcode: Mapped[str] = mapped_column(String(4), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    service_types: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    specialisms: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    activities: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)  # regulated activities
    local_authority: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    status: Mapped[RegisterStatus] = mapped_column(default=RegisterStatus.NOT_REGISTERED)
    rating: Mapped[Rating | None]
    registered_on: Mapped[date | None]
    checked_on: Mapped[date | None]  # the Commission's latest check
    register_url: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]  # a place of their own that they gave up
    written_at: Mapped[Written]
    changed_at: Mapped[Written]

    provider: Mapped[Provider] = relationship(back_populates="locations")


class Listing(Base):
    """Something a provider offers.

    A registered place that has not told us its prices has a listing without one (``price_pence`` is None, "ask for a
    price"), made by the register import: so the search covers the whole register, and a person can buy at the price
    they were told.

    ``who``, ``rating_rank``, ``lat``, ``lon`` and ``offered`` are copies, so that a search reads one table; only
    :mod:`app.marketplace.bulk` writes them.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("price_pence >= 0", name="price"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="point"),
        CheckConstraint("radius_miles > 0", name="radius"),
        CheckConstraint("at_home OR at_venue OR remote", name="where"),
        CheckConstraint("NOT from_register OR location_id IS NOT NULL", name="register"),
        Index("ix_listing_provider", "provider_id"),
        Index(
            "uq_listing_register",
            "location_id",
            "category",
            unique=True,
            postgresql_where=text("from_register"),
        ),
        Index("ix_listing_location", "location_id"),
        Index("ix_listing_search", "search", postgresql_using="gin", postgresql_where=text("offered")),
        Index("ix_listing_category", "category", "price_pence", postgresql_where=text("offered")),
        Index(
            "ix_listing_point",  # all that a search without words looks at
            "lat",
            "lon",
            postgresql_include=LOOKED_AT,
            postgresql_where=text("offered"),
        ),
        Index(
            "ix_listing_price",  # what comparable ones near cost
            "category",
            "unit",
            "lat",
            postgresql_include=["lon", "price_pence"],
            postgresql_where=text("offered AND price_pence > 0"),
        ),
        Index("ix_listing_remote", "category", postgresql_where=text("offered AND remote")),
        Index("ix_listing_written", "written_at", postgresql_where=text("offered")),  # what is new
        Index("ix_listing_reopened", "reopened_at", postgresql_where=text("offered AND reopened_at IS NOT NULL")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    from_register: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    category: Mapped[Category]
    unit: Mapped[Unit]
    price_pence: Mapped[Pence | None]  # 0: free; None: ask for a price
    priced_from: Mapped[date | None]  # the day from which the price holds
    at_home: Mapped[bool] = mapped_column(default=False)
    at_venue: Mapped[bool] = mapped_column(default=False)
    remote: Mapped[bool] = mapped_column(default=False)
    radius_miles: Mapped[int | None]  # how far they travel; None: they have not said
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    languages: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    accessibility: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    times: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)  # rules.SLOTS; empty: any time
    #: the same for the search, a bit for each slot
    slots: Mapped[int] = mapped_column(Computed(SLOTS, persisted=True))
    takes_new_people: Mapped[bool] = mapped_column(default=True)
    #: washing, dressing, help on the toilet: only here may a woman or a man be asked for
    personal_care: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True)  # the provider's own switch
    offered: Mapped[bool] = mapped_column(default=True)  # active, and nobody in it is deregistered
    who: Mapped[str] = mapped_column(default="")
    rating_rank: Mapped[int] = mapped_column(default=0)  # rules.RATING_RANKS
    keywords: Mapped[str] = mapped_column(default="")
    review_count: Mapped[int] = mapped_column(default=0, server_default="0")  # as on the provider
    review_tenths: Mapped[int | None]
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCH_VECTOR, persisted=True), deferred=True)
    written_at: Mapped[Written]
    changed_at: Mapped[Written]
    reopened_at: Mapped[datetime | None]  # when it was last offered again after it had not been

    provider: Mapped[Provider] = relationship()
    location: Mapped[Location | None] = relationship()

    @property
    def price(self) -> str:
        """``£22 an hour``, ``Free``, ``Ask for a price``."""
        return say_price(self.price_pence, self.unit)

    @property
    def when(self) -> str:
        """``Tuesday and Thursday afternoons``; nothing when any time will do."""
        return say_times(self.times)


class ProviderMember(Base):
    """An account that keeps a provider's page. It says nothing about anyone's budget."""

    __tablename__ = "provider_member"
    __table_args__ = (Index("ix_provider_member_provider", "provider_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), primary_key=True)


class Outcode(Base):
    """The middle of an outcode: near enough to search by, and says little about where someone lives."""

    __tablename__ = "outcode"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    lat: Mapped[float]
    lon: Mapped[float]
    town: Mapped[str] = mapped_column(default="")


class RegisterReading(Base):
    """One reading of a register file: from when the register's words on a page are."""

    __tablename__ = "register_reading"
    __table_args__ = (Index("ix_register_reading_read", "read_at"),)

    id: Mapped[Key]
    layout: Mapped[str] = mapped_column(String(24))
    digest: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[date]
    counts: Mapped[dict[str, Any]]
    read_at: Mapped[datetime]
