"""What a broker says they get from what they prepare for somebody."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, Key, Pence, Written
from app.purchases.benefit_rules import say


class BenefitStatement(Base):
    """One answer to "Do you get anything from this?". Never changed: a correction is a new one beside it."""

    __tablename__ = "benefit_statement"
    __table_args__ = (
        CheckConstraint("num_nonnulls(purchase_id, regular_payment_id) = 1", name="about"),
        CheckConstraint("gets OR (amount_pence IS NULL AND what = '' AND from_whom = '')", name="nothing"),
        CheckConstraint("NOT gets OR (from_whom <> '' AND (what <> '' OR amount_pence > 0))", name="something"),
        Index("ix_benefit_statement_purchase", "purchase_id", "id"),
        Index("ix_benefit_statement_regular", "regular_payment_id", "id"),
        Index("ix_benefit_statement_account", "account_id", "person_id", "id"),
    )

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purchase_id: Mapped[UUID | None] = mapped_column(ForeignKey("purchase.id"))
    regular_payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("regular_payment.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # the broker
    by_name: Mapped[str] = mapped_column(String(120))
    gets: Mapped[bool]
    amount_pence: Mapped[Pence | None]  # where it is money; each time, of something bought again and again
    what: Mapped[str] = mapped_column(String(200), default="")
    from_whom: Mapped[str] = mapped_column(String(120), default="")
    written_at: Mapped[Written]

    @property
    def words(self) -> str:
        """What it says, to follow a name: "gets £20.00 from Swim Together: a fee for each new client"."""
        return say(self.gets, self.amount_pence, self.what, self.from_whom)

    @property
    def day(self) -> date:
        """On which day it was said."""
        return clock.london(self.written_at).date()
