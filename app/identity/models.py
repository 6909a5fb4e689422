"""Commissioners, accounts, people, authority and staff roles; sign-in sessions and throttles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    false,
    func,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Key, Pence, Ref, Written
from app.identity.proofs import Proof
from app.identity.rules import AuthorityKind, EvidenceKind, Scope, StaffRole


class Commissioner(Base):
    """The organisation whose money it is: the tenant."""

    __tablename__ = "commissioner"

    id: Mapped[Key]
    ref: Mapped[Ref]
    name: Mapped[str]
    #: Local settings; read through ``identity.settings_of`` which knows every key and its default.
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Account(Base):
    """A sign-in. Not a person with a budget: a parent, a broker and a finance officer have one too."""

    __tablename__ = "account"

    id: Mapped[Key]
    ref: Mapped[Ref]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    passphrase_hash: Mapped[str]
    created_at: Mapped[Written]
    closed_at: Mapped[datetime | None]
    #: It has a passkey or an authenticator; ``signing_in`` keeps this so that no page has to look for them.
    has_second_step: Mapped[bool] = mapped_column(default=False, server_default=false())
    step_put_off_until: Mapped[date | None]  # "Not now", said to the offer of a second step
    __table_args__ = (Index("uq_account_email", func.lower(email), unique=True),)


class SignInSession(Base):
    """A signed-in browser. The cookie holds a random token; only its hash is kept."""

    __tablename__ = "sign_in_session"

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    proven: Mapped[Proof]
    confirmed_at: Mapped[Written]  # when they last showed who they are
    device: Mapped[str] = mapped_column(String(80), default="")  # in plain words: "Firefox on a Mac"
    device_hash: Mapped[str | None] = mapped_column(String(64))  # of the browser's own cookie: was it here before?
    created_at: Mapped[Written]
    seen_at: Mapped[Written]
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """Failed sign-ins counted per key (an account's address, or a network address) and window."""

    __tablename__ = "sign_in_attempt"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)  # hash: no address is kept in the clear
    window_start: Mapped[datetime]
    failures: Mapped[int]


class Person(Base):
    """Whom a budget is for. May have no account (a child)."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_commissioner", "commissioner_id", "family_name", "id"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    date_of_birth: Mapped[date]
    postcode: Mapped[str] = mapped_column(String(8), default="")
    agree_over_pence: Mapped[Pence | None]  # over this sum two representatives agree; None: one is enough
    called: Mapped[str] = mapped_column(String(80), default="", server_default="")  # what they like to be called
    created_at: Mapped[Written]
    closed_on: Mapped[date | None]  # they died, or moved away: nobody is given a right any more
    #: When their time was over: what was held on them is gone, the figures stay (``records.tidying``).
    removed_at: Mapped[datetime | None]

    commissioner: Mapped[Commissioner] = relationship()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def age_on(self, day: date) -> int:
        """Whole years on ``day``. Someone born on 29 February has a birthday on 1 March in other years."""
        had_it = (day.month, day.day) >= (self.date_of_birth.month, self.date_of_birth.day)
        return day.year - self.date_of_birth.year - (not had_it)


class Authority(Base):
    """An account's right to act in a person's affairs, from a day until a day or until it is ended.

    ``scope`` is what was promised. Until its papers are checked it reaches no further than looking (``Grant.scope``).
    """

    __tablename__ = "authority"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        CheckConstraint("buy_limit_pence IS NULL OR (scope = 'buy' AND buy_limit_pence >= 0)", name="limit"),
        CheckConstraint("month_limit_pence IS NULL OR (scope = 'buy' AND month_limit_pence >= 0)", name="month_limit"),
        CheckConstraint("outcome_ids IS NULL OR cardinality(outcome_ids) > 0", name="outcomes"),
        CheckConstraint("(checked_at IS NULL) = (checked_by_name = '')", name="checked"),
        Index("uq_authority_open", "account_id", "person_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_authority_person", "person_id"),
        Index("ix_authority_look_again", "look_again_on", postgresql_where="ended_at IS NULL"),
        Index("ix_authority_unchecked", "person_id", postgresql_where="checked_at IS NULL AND ended_at IS NULL"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[AuthorityKind]
    scope: Mapped[Scope]
    buy_limit_pence: Mapped[Pence | None]  # for one purchase
    month_limit_pence: Mapped[Pence | None]  # for all that the account sends in a month
    #: Which outcomes; None is all. Outcomes belong to a plan: with a new plan nothing of this list is left, and what
    #: was narrow stays narrow until somebody chooses again.
    outcome_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    sees_messages: Mapped[bool] = mapped_column(default=True, server_default=true())
    evidence: Mapped[EvidenceKind | None]
    registration_number: Mapped[str] = mapped_column(String(60), default="")
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_by_name: Mapped[str] = mapped_column(String(120), default="")
    missing_words: Mapped[str] = mapped_column(default="")  # what a coordinator said is still wanted
    look_again_on: Mapped[date | None]
    reminded_on: Mapped[date | None]  # that it must be looked at again
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(String(120), default="")
    end_reason: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    person: Mapped[Person] = relationship()

    @property
    def is_checked(self) -> bool:
        """Whether it reaches as far as was promised: nobody needs papers to act for themself."""
        return self.kind is AuthorityKind.SELF or self.checked_at is not None


class StaffPost(Base):
    """A staff role within one commissioner, with dates: people move, and history must stay readable."""

    __tablename__ = "staff_post"
    __table_args__ = (
        UniqueConstraint("account_id", "commissioner_id", "role", "starts_on"),
        Index("ix_staff_post_commissioner", "commissioner_id", "role"),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    role: Mapped[StaffRole]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    leads: Mapped[bool] = mapped_column(default=False, server_default=false())  # the team: is told what is late
    safeguards: Mapped[bool] = mapped_column(default=False, server_default=false())  # a named safeguarding lead

    account: Mapped[Account] = relationship()
    commissioner: Mapped[Commissioner] = relationship()


class Caseload(Base):
    """Which coordinator looks after which person, from when until when."""

    __tablename__ = "caseload"
    __table_args__ = (
        Index("uq_caseload_open", "person_id", unique=True, postgresql_where="ends_on IS NULL"),
        Index("ix_caseload_account", "account_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    account: Mapped[Account] = relationship()


class Absence(Base):
    """When somebody on the staff is away, and who answers meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("cover_id <> account_id", name="cover"),
        Index("ix_absence_commissioner", "commissioner_id", "ends_on"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    cover_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: whoever has least to do
    noted_by_name: Mapped[str] = mapped_column(String(120))
    handed_over_on: Mapped[date | None]  # what was open went to the cover
    taken_back_at: Mapped[datetime | None]  # not away after all, or back early
    written_at: Mapped[Written]

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    cover: Mapped[Account | None] = relationship(foreign_keys=[cover_id])


class FormKey(Base):
    """A form that was sent: its hidden id, a hash of what it said, and where it led.

    The same form sent twice answers the same; a changed body under the same id is refused.
    """

    __tablename__ = "form_key"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    body_hash: Mapped[str] = mapped_column(String(64))
    location: Mapped[str]
    written_at: Mapped[Written]


class KeptForm(Base):
    """What somebody had typed when they were signed out: given back to that account alone, within the hour."""

    __tablename__ = "kept_form"
    __table_args__ = (Index("ix_kept_form_account", "account_id", "id"), Index("ix_kept_form_written", "written_at"))

    id: Mapped[Key]
    ref: Mapped[Ref]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sealed: Mapped[str]  # see ``core.sealing``: it may say anything about anybody
    written_at: Mapped[Written]
    taken_at: Mapped[datetime | None]  # they went back to it, or threw it away
