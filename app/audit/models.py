"""The audit: who did what to what, for whom and why. Written once, never changed (trigger and grant)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, Written

_OF_ACCOUNT = "subject_kind = 'account' AND person_id IS NULL AND removed_in IS NULL"


class AuditEntry(Base):
    """One thing that somebody did, or tried to do.

    No foreign keys on purpose: the record outlives what it speaks of. The names are kept as they were on the day.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_person", "person_id", "id"),
        Index("ix_audit_entry_commissioner", "commissioner_id", "id"),
        Index("ix_audit_entry_actor", "actor_id", "id"),
        # what was done to a sign-in: for its words to go a year after it was closed
        Index("ix_audit_entry_account", "subject_id", postgresql_where=text(_OF_ACCOUNT)),
        # entries come in the order of time: a few bytes for each hundred of them, and nothing to do while writing
        Index("ix_audit_entry_written", "written_at", postgresql_using="brin"),
    )

    id: Mapped[Key]
    written_at: Mapped[Written]
    commissioner_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]  # None: the software itself
    actor_name: Mapped[str]
    actor_role: Mapped[str]  # in what quality they acted: self, broker, coordinator, system …
    person_id: Mapped[UUID | None]  # on whose behalf, or whose affairs
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    sentence: Mapped[str]  # what happened, in words the person reads in "Who did what"
    why: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: When the person's time was over the words went, in this run; the digest of what was there stands in their place.
    removed_in: Mapped[UUID | None]
    removed_digest: Mapped[str | None] = mapped_column(String(64))


class AuditSeal(Base):
    """One London day of the audit, closed: a digest of all its entries, chained to the day before.

    Every day since the first entry has one, days without entries too. Append-only like the entries.
    """

    __tablename__ = "audit_seal"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    entries: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))  # over the digests of the day's entries, in the order of their ids
    previous: Mapped[str] = mapped_column(String(64))  # the head of the day before
    head: Mapped[str] = mapped_column(String(64))  # what is published
    sealed_at: Mapped[Written]


class AuditDigest(Base):
    """What one entry looked like when its day was sealed, so that the entry that changed can be named."""

    __tablename__ = "audit_digest"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    whole: Mapped[bytes] = mapped_column(LargeBinary)  # of the entry
    facts: Mapped[bytes] = mapped_column(LargeBinary)  # of all but its words, which may be removed in time
    #: Of the name, where it stays when the words go; none of other names, nor on days that were sealed before.
    actor: Mapped[bytes | None] = mapped_column(LargeBinary)
