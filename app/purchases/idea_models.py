"""Ideas: "Could I use my budget for…", before there is anything to buy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.models import Person
from app.plans.models import Outcome
from app.policy.rules import Action
from app.purchases.idea_rules import IDEA_WORDS, MAX_IDEA, HowOften, IdeaState


class Idea(Base):
    """Something that is not in the plan, and that might help with one of its outcomes.

    Once agreed it makes purchases for that outcome on plan, up to a sum in all and until a day.
    """

    __tablename__ = "idea"
    __table_args__ = (
        CheckConstraint("amount_pence >= 0 AND up_to_pence > 0", name="amounts"),
        CheckConstraint("state <> 'agreed' OR (until IS NOT NULL AND up_to_pence IS NOT NULL)", name="agreed"),
        Index("ix_idea_person", "commissioner_id", "person_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.id"))
    words: Mapped[str] = mapped_column(String(MAX_IDEA))  # "Pottery class"
    why: Mapped[str] = mapped_column(default="")  # how it would help, in the person's words
    amount_pence: Mapped[Pence]  # about how much, each time
    how_often: Mapped[HowOften]
    state: Mapped[IdeaState] = mapped_column(default=IdeaState.WAITING)
    action: Mapped[Action]  # the policy's quick word when it was sent
    findings: Mapped[list[Any]] = mapped_column(default=list)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[Written]
    decided_at: Mapped[datetime | None]
    until: Mapped[date | None]  # the last day; what the coordinator would agree to, or did
    up_to_pence: Mapped[Pence | None]  # in all, until then

    person: Mapped[Person] = relationship(viewonly=True)
    outcome: Mapped[Outcome] = relationship(viewonly=True)

    @property
    def state_words(self) -> str:
        return IDEA_WORDS[self.state]
