"""The files of downloads, and removing files whose row is gone.

Downloads are in a folder of their own beside the receipts, so that whoever serves the page finds what a worker made.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from app.config import Settings
from app.core import clock
from app.core.db import Base, db
from app.evidence import store
from app.records.rules import ORPHAN_DAYS

_FOLDER = "downloads"


def begin_file() -> tuple[str, Path]:
    """A place for a new download, under a name nobody can guess.

    :returns: the name for its row, and where to write it.
    """
    token = secrets.token_hex(24)
    name = f"{_FOLDER}/{token[:2]}/{token[2:]}.zip"
    target = store.path_of(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return name, target


def remove_files(names: Iterable[str]) -> int:
    """Remove files for good; what is gone already is no matter.

    :returns: how many were there.
    """
    gone = 0
    for name in names:
        try:
            store.path_of(name).unlink()
        except FileNotFoundError:
            continue
        gone += 1
    return gone


def orphans() -> list[str]:
    """Files that no row names, older than a day: something failed after they were written, or before they went."""
    known = _named()
    before = (clock.now() - timedelta(days=ORPHAN_DAYS)).timestamp()
    root = _root()
    return sorted(
        name
        for path in root.rglob("*")
        if path.is_file() and (name := path.relative_to(root).as_posix()) not in known
        if path.stat().st_mtime < before
    )


def _named() -> set[str]:
    """Every file that a row of any table names."""
    return set(_every_name())


def _every_name() -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        if "stored_name" in table.columns:
            yield from (name for name in db.session.scalars(select(table.c.stored_name)) if name)


def _root() -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.receipts
