"""Regular purchases: what is bought again and again, on which terms from when, and what became of each occurrence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.budgets.rhythm import Beat, Rhythm, Term, occurrences, say_when
from app.core import clock
from app.core.db import Base, Key, Pence, Ref, Written


class RegularPayment(Base):
    """Something bought again and again, such as a PA's wages: each occurrence is *still due* until it is made."""

    __tablename__ = "regular_payment"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        Index("ix_regular_payment_budget", "budget_id"),
        Index("ix_regular_payment_listing", "listing_id", postgresql_where=text("listing_id IS NOT NULL")),
        Index(
            "ix_regular_payment_posted", "id", postgresql_where=text("state = 'running' AND posted_by = 'carepurse'")
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"))
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.id"))
    state: Mapped[RegularState] = mapped_column(default=RegularState.RUNNING, server_default="running")
    posted_by: Mapped[PostedBy] = mapped_column(default=PostedBy.PERSON, server_default="person")
    posts_from: Mapped[date | None]  # the first day that CarePurse writes down
    words: Mapped[str]  # "Wages for Marta"
    payee: Mapped[str]
    category: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"))
    unit: Mapped[str | None] = mapped_column(String(24))
    family_member: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(default="", server_default="")  # why it helps, in the person's words
    # who asked for it on the person's side; nobody where it was agreed in the plan
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    asked_as: Mapped[str] = mapped_column(String(24), default="", server_default="")
    findings: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))  # as Finding.to_dict
    policy_version: Mapped[str] = mapped_column(String(40), default="", server_default="")
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    written_at: Mapped[Written] = mapped_column(server_default=text("now()"))

    every_terms: Mapped[list[RegularTerms]] = relationship(
        order_by="(RegularTerms.from_on, RegularTerms.id)", cascade="all, delete-orphan"
    )
    pauses: Mapped[list[RegularPause]] = relationship(order_by="RegularPause.from_on", cascade="all, delete-orphan")

    @property
    def agreed_terms(self) -> list[RegularTerms]:
        """The terms that hold, each from its day on; of two from one day the later written."""
        by_day = {terms.from_on: terms for terms in self.every_terms if terms.state is TermsState.AGREED}
        return list(by_day.values())

    @property
    def waiting_terms(self) -> RegularTerms | None:
        """The change that waits for somebody, if there is one: there is never more than one."""
        return next((terms for terms in self.every_terms if terms.state in TermsState.waiting()), None)

    def terms_on(self, day: date) -> RegularTerms:
        """The terms that hold on a day; the first ones before they begin."""
        agreed = self.agreed_terms
        return next((terms for terms in reversed(agreed) if terms.from_on <= day), agreed[0])

    @property
    def amount_pence(self) -> int:
        """What one costs today."""
        return self.terms_on(clock.today()).amount_pence

    @property
    def day_of_month(self) -> int:
        """On which day of a month it falls due today, where it is monthly."""
        return self.terms_on(clock.today()).day_of_month

    def paused_on(self, day: date) -> bool:
        """Whether it rests on a day."""
        return any(p.from_on <= day and (p.until_on is None or day <= p.until_on) for p in self.pauses)

    def due_in(
        self, since: date, until: date, school: tuple[Term, ...], *, rests: bool = True
    ) -> list[tuple[date, RegularTerms]]:
        """The occurrences of some days with their terms, made or not; none while it rests or after its end.

        :param school: the school terms that a term-time one keeps to.
        :param rests: False as if it did not rest.
        """
        first = max(since, self.starts_on)
        last = until if self.ends_on is None else min(until, self.ends_on)
        found: list[tuple[date, RegularTerms]] = []
        agreed = self.agreed_terms
        for index, terms in enumerate(agreed):
            begins = first if index == 0 else max(first, terms.from_on)
            ends = last if index + 1 == len(agreed) else min(last, agreed[index + 1].from_on - timedelta(days=1))
            days = occurrences(terms.beat, begins, ends, school)
            found += [(day, terms) for day in days if not (rests and self.paused_on(day))]
        return found


class RegularTerms(Base):
    """On what terms it is bought from a day on: how often, how many, for how much."""

    __tablename__ = "regular_payment_terms"
    __table_args__ = (
        CheckConstraint("amount_pence > 0 AND unit_price_pence >= 0 AND quantity_hundredths > 0", name="amounts"),
        CheckConstraint("day_of_month BETWEEN 1 AND 31", name="day"),
        Index("ix_regular_payment_terms_payment", "payment_id", "from_on"),
        # one change at a time waits
        Index(
            "uq_regular_payment_terms_waiting",
            "payment_id",
            unique=True,
            postgresql_where=text("state IN ('prepared', 'asked', 'rise')"),
        ),
    )

    id: Mapped[Key]
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("regular_payment.id"))
    state: Mapped[TermsState] = mapped_column(default=TermsState.AGREED)
    from_on: Mapped[date]
    rhythm: Mapped[Rhythm]
    first_on: Mapped[date]  # the day the weeks are counted from
    day_of_month: Mapped[int]
    quantity_hundredths: Mapped[int] = mapped_column(default=100)
    unit_price_pence: Mapped[Pence]
    amount_pence: Mapped[Pence]  # each time
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120), default="")
    findings: Mapped[list[Any]] = mapped_column(default=list)
    written_at: Mapped[Written]

    @property
    def beat(self) -> Beat:
        return Beat(self.rhythm, self.first_on, self.day_of_month)

    @property
    def when(self) -> str:
        """``every Friday``."""
        return say_when(self.beat)

    @property
    def quantity_words(self) -> str:
        """``2.5`` without needless noughts."""
        whole, part = divmod(self.quantity_hundredths, 100)
        return f"{whole}.{part:02d}".rstrip("0") if part else f"{whole}"


class RegularPause(Base):
    """Days on which it rests: a stay in hospital, a holiday. Nothing falls due meanwhile."""

    __tablename__ = "regular_payment_pause"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
        Index("ix_regular_payment_pause_payment", "payment_id"),
    )

    id: Mapped[Key]
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("regular_payment.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[Written]


class RegularPaymentMade(Base):
    """That an occurrence was taken care of: by a purchase, or by leaving it out. One row, so never twice."""

    __tablename__ = "regular_payment_made"
    __table_args__ = (
        CheckConstraint("(purchase_id IS NULL) = (skipped_by_name IS NOT NULL)", name="how"),
        Index("ix_regular_payment_made_purchase", "purchase_id"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("regular_payment.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    purchase_id: Mapped[UUID | None]
    skipped_by_name: Mapped[str | None] = mapped_column(String(120))


class RegularPaymentTried(Base):
    """That an occurrence did not go through by itself, and why: told once, and still due."""

    __tablename__ = "regular_payment_tried"

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("regular_payment.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(40))  # regular_rules.Hindrance
    sentence: Mapped[str] = mapped_column(default="")  # as the person reads it
    tried_at: Mapped[datetime]
