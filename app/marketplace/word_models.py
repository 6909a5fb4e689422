"""The words of what is offered, by which the search corrects spelling."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SearchWord(Base):
    """A word of what is offered, as it is written: what a misspelt one may have meant."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(String(24), primary_key=True)
    listings: Mapped[int]  # how many have it
    named: Mapped[int]  # how many of these have it in who offers it


class SearchWordbook(Base):
    """When the words were last gathered: a process that holds them knows by the version that they are old."""

    __tablename__ = "search_wordbook"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]
    words: Mapped[int]
