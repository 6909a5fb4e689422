"""What an account proves itself with beside the passphrase, and the links that were mailed to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Ref, Written
from app.identity.models import Account
from app.signing_in.rules import MAX_PASSKEY_NAME, LinkKind


class Authenticator(Base):
    """The app that shows six figures, new ones every thirty seconds. One an account."""

    __tablename__ = "authenticator"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed_secret: Mapped[str]  # see ``core.sealing``
    last_step: Mapped[int] = mapped_column(BigInteger)  # the half minute of the last code that was used: none twice
    added_at: Mapped[Written]


class Passkey(Base):
    """A phone, computer or security key that knows its owner. It signs in alone."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_account", "account_id", "id"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(MAX_PASSKEY_NAME))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[Written]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper, for the day on which the phone is lost. Used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[Written]
    used_at: Mapped[datetime | None]


class SpentChallenge(Base):
    """A question to a passkey that was answered: its answer is worth nothing a second time."""

    __tablename__ = "spent_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    spent_at: Mapped[Written]


class MailedLink(Base):
    """A link that went out by e-mail. Only the hash of what makes it one is kept; it works once and not for long."""

    __tablename__ = "mailed_link"
    __table_args__ = (Index("ix_mailed_link_account", "account_id", "kind", "id"),)

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[LinkKind]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # None until it is mailed
    email: Mapped[str] = mapped_column(String(254))  # the address it is about; to the new one, to the old one
    bound_to: Mapped[str] = mapped_column(String(64), default="")  # hash of the passphrase it may replace
    written_at: Mapped[Written]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(viewonly=True)


class StepReset(Base):
    """A second step that a coordinator or an admin takes away, for somebody who lost it: told first, done later."""

    __tablename__ = "step_reset"
    __table_args__ = (
        Index("ix_step_reset_due", "due_at", postgresql_where=text("done_at IS NULL AND stopped_at IS NULL")),
        Index(
            "uq_step_reset_open", "account_id", unique=True,
            postgresql_where=text("done_at IS NULL AND stopped_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    why: Mapped[str]
    written_at: Mapped[Written]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class NhsLink(Base):
    """The NHS login that signs in to an account: one each way, known again by a hash alone."""

    __tablename__ = "nhs_link"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    subject_hash: Mapped[str] = mapped_column(String(64), unique=True)
    linked_at: Mapped[Written]
    used_at: Mapped[datetime | None]


class NhsAttempt(Base):
    """A visit to NHS login that has not come back. Its row goes when it does: nothing comes back twice."""

    __tablename__ = "nhs_attempt"
    __table_args__ = (Index("ix_nhs_attempt_written", "written_at"),)

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[str]  # what its return must fit, and where to go then; see ``core.sealing``
    written_at: Mapped[Written]
