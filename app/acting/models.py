"""Invitations to act for a person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.acting.rules import InvitationState
from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.models import Account, Authority, Person
from app.identity.rules import AuthorityKind, EvidenceKind, Scope


class Invitation(Base):
    """A single-use link, bound to an address, that lets somebody begin to act for a person.

    The link's token is made when the e-mail leaves and is kept nowhere: here is only its hash.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("(state = 'accepted') = (authority_id IS NOT NULL)", name="accepted"),
        CheckConstraint("outcome_ids IS NULL OR cardinality(outcome_ids) > 0", name="outcomes"),
        Index("ix_invitation_inviter", "invited_by", "written_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str] = mapped_column(String(254))
    kind: Mapped[AuthorityKind]
    scope: Mapped[Scope]
    buy_limit_pence: Mapped[Pence | None]
    month_limit_pence: Mapped[Pence | None]
    outcome_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    sees_messages: Mapped[bool]
    ends_on: Mapped[date | None]  # until when they may act
    evidence: Mapped[EvidenceKind | None]
    state: Mapped[InvitationState]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # None until the e-mail has left
    sendings: Mapped[int]
    expires_at: Mapped[datetime]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    invited_by_name: Mapped[str] = mapped_column(String(120))
    invited_as: Mapped[str] = mapped_column(String(24))
    settled_at: Mapped[datetime | None]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    written_at: Mapped[Written]

    person: Mapped[Person] = relationship()
    inviter: Mapped[Account] = relationship()
    authority: Mapped[Authority | None] = relationship()  # what came of it


#: Of two who invite the same person for somebody at once, one does.
Index(
    "uq_invitation_waiting",
    Invitation.person_id,
    func.lower(Invitation.email),
    unique=True,
    postgresql_where="state = 'waiting'",
)
