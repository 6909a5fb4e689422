"""What may be done with what is held on a person, where that is theirs to choose. Each choice stands alone.

A choice is a row that is never changed: the wording it was shown with, who chose for whom, when. The newest counts.
What is needed to run a budget is no choice and is not asked here (the privacy page says on what ground it is held).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from app.audit import service as audit
from app.core.db import Base, Key, Written, db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may


class Choice(StrEnum):
    """What may be chosen."""

    ENQUIRIES = "enquiries"  # providers one writes to read one's first name and the first half of the postcode
    PRECEDENT = "precedent"  # answers are shown, without names, beside like requests of others


@dataclass(frozen=True, slots=True)
class Wording:
    """How a choice is put. A changed wording has a new version: who chose before is asked again."""

    version: int
    title: str
    words: str
    without: str  # what a no means


WORDINGS: dict[Choice, Wording] = {
    Choice.ENQUIRIES: Wording(
        1,
        "Show my first name and area to providers I write to",
        "When you ask a provider something, they see your first name and the first half of your postcode. "
        "They never see your budget or your plan.",
        "You can look at providers, but not write to them here. You can still phone them.",
    ),
    Choice.PRECEDENT: Wording(
        1,
        "Let my answers help others",
        "When someone asks for a thing like yours, their coordinator can see the month, the price and the answer you "
        "got. They do not see who you are.",
        "Your answers are left out. Nothing changes for you.",
    ),
}


class Consent(Base):
    """One choice, as it was made on the day. Written once."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person", "person_id", "choice", "id"),)

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[Choice]
    version: Mapped[int]  # of the wording
    given: Mapped[bool]
    chosen_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    chosen_by_name: Mapped[str] = mapped_column(String(120))
    chosen_as: Mapped[str] = mapped_column(String(24))  # self, representative, nominee
    chosen_at: Mapped[Written]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one choice stands. ``given`` is None until somebody has chosen (with the wording of today)."""

    choice: Choice
    given: bool | None
    by_name: str = ""
    chosen_as: str = ""
    at: datetime | None = None

    @property
    def wording(self) -> Wording:
        return WORDINGS[self.choice]


def choose(actor: Actor, person: Person, choice: str, given: bool) -> Consent | None:
    """Say yes or no to one thing, or change one's mind.

    :returns: what was written; None when it stood so already.
    :raises NotFoundError: for whoever is not the person's own side.
    :raises NotAllowedError: when the actor may only look.
    :raises InvalidError: field ``choice``, when there is no such choice.
    """
    if actor.account_id is None or not may(actor, Permission.OWN_RECORDS, PersonSubject(person.id)):
        raise NotFoundError
    if not may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)):
        raise NotAllowedError("You can look at this, but only somebody who decides for them can choose.")
    try:
        which = Choice(choice)
    except ValueError:
        raise InvalidError({"choice": "Choose one of these"}) from None
    before = next(item for item in standing_of(person.id) if item.choice is which)
    if before.given is given:
        return None
    wording = WORDINGS[which]
    made = Consent(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        choice=which,
        version=wording.version,
        given=given,
        chosen_by=actor.account_id,
        chosen_by_name=actor.name,
        chosen_as=actor.quality_for(person.id, person.commissioner_id),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor,
        "identity.choose",
        f"Said {'yes' if given else 'no'} to: {wording.title}",
        subject_kind="consent",
        subject_id=made.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        details={"choice": which.value, "version": wording.version, "given": given},
    )
    return made


def standing_of(person_id: UUID) -> list[Standing]:
    """How every choice of a person stands. The caller has checked who may read it."""
    newest: dict[Choice, Consent] = {
        row.choice: row
        for row in db.session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    }
    return [
        Standing(choice, row.given, row.chosen_by_name, row.chosen_as, row.chosen_at)
        if (row := newest.get(choice)) and row.version == wording.version
        else Standing(choice, None)
        for choice, wording in WORDINGS.items()
    ]


def history_of(person_id: UUID) -> Sequence[Consent]:
    """Every choice that was made for a person, the newest first. The caller has checked who may read it."""
    return db.session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc()).limit(100)
    ).all()


def said_no(person_id: UUID, choice: Choice) -> bool:
    """Whether the last word on this was a no. Who was never asked has not said no."""
    last = select(Consent.given).where(Consent.person_id == person_id, Consent.choice == choice)
    return db.session.scalar(last.order_by(Consent.id.desc()).limit(1)) is False


def nobody_said_no(person_id: Any, choice: Choice) -> ColumnElement[bool]:
    """The same for a query: true for the rows whose person has not said no last.

    :param person_id: the column.
    """
    last = (
        select(Consent.person_id, Consent.given)
        .ext(distinct_on(Consent.person_id))
        .where(Consent.choice == choice)
        .order_by(Consent.person_id, Consent.id.desc())
        .subquery()
    )
    return ~select(last.c.person_id).where(last.c.person_id == person_id, ~last.c.given).exists()
