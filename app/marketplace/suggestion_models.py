"""Providers that somebody missed here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.marketplace.models import Provider


class SuggestionState(StrEnum):
    """What became of a suggestion."""

    WAITING = "waiting"
    THERE = "there"  # it was here already
    ADDED = "added"
    NOT_ADDED = "not_added"


SUGGESTION_WORDS: Mapping[SuggestionState, str] = {
    SuggestionState.WAITING: "Someone is looking at it",
    SuggestionState.THERE: "Was here already",
    SuggestionState.ADDED: "Added",
    SuggestionState.NOT_ADDED: "Not added",
}


class Suggestion(Base):
    """A provider that a person missed, as they described it."""

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state NOT IN ('there', 'added') OR provider_id IS NOT NULL", name="provider"),
        Index("ix_suggestion_person", "person_id", "id"),
        Index("ix_suggestion_waiting", "commissioner_id", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    suggested_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(120))
    area: Mapped[str] = mapped_column(String(80))  # a postcode or the name of a place
    does: Mapped[str]
    website: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[SuggestionState] = mapped_column(default=SuggestionState.WAITING)
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    written_at: Mapped[Written]

    provider: Mapped[Provider | None] = relationship(viewonly=True)

    @property
    def state_words(self) -> str:
        return SUGGESTION_WORDS[self.state]
