"""Published versions of each commissioner's spending policy. The engine itself is pure and knows no database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Key, Written


class PolicyVersion(Base):
    """One version of the document: never changed once published; decisions name it."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("commissioner_id", "version"),)

    id: Mapped[Key]
    commissioner_id: Mapped[UUID] = mapped_column(ForeignKey("commissioner.id"))
    version: Mapped[str] = mapped_column(String(40))
    in_force_from: Mapped[date]
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]]
    published_by: Mapped[str]
    written_at: Mapped[Written]
