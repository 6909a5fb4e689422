"""Every table that says something about somebody is in their download, and has an end; or says why not."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import Table

from app.core.db import Base
from app.records.held import Held, Then
from app.records.holdings import HOLDINGS, NOT_HELD

#: Columns that name somebody without a foreign key.
NAMES = {"person_id", "account_id", "purchase_id", "actor_id"}
#: What a column that must not go out may be called. Each that is one has a reason under ``leave_out``.
SECRETS = re.compile(r"hash|secret|token|passphrase|stored_name|credential|public_key|barred|idempotency")
#: A look-alike that is none: the digest of a receipt is the person's own proof that it is the same file.
HARMLESS = {"sha256"}


def told_of() -> dict[str, Table]:
    """Every table that names a person, an account or a purchase, or belongs to one that does."""
    tables = Base.metadata.tables
    found = {"person", "account"}
    while True:
        more = {
            name
            for name, table in tables.items()
            if name not in found
            and (NAMES & set(table.columns.keys()) or any(key.column.table.name in found for key in table.foreign_keys))
        }
        if not more:
            return {name: tables[name] for name in found}
        found |= more


def test_every_table_about_somebody_is_held_or_says_why_not(app: Flask) -> None:
    missing = sorted(told_of().keys() - HOLDINGS.keys() - NOT_HELD.keys())
    assert not missing, f"add to app/records/holdings*.py (it says how): {', '.join(missing)}"


def test_the_registry_speaks_of_tables_and_columns_that_are_there(app: Flask) -> None:
    tables = Base.metadata.tables
    assert not [name for name in (*HOLDINGS, *NOT_HELD) if name not in tables]
    assert not HOLDINGS.keys() & NOT_HELD.keys()
    for held in HOLDINGS.values():
        unknown = ({*held.leave_out, *held.blank} - set(tables[held.table].columns.keys())) - {""}
        assert not unknown, f"{held.table}: {unknown}"


def test_sections_have_one_name_each() -> None:
    names = [held.section for held in HOLDINGS.values() if held.section]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("held", HOLDINGS.values(), ids=lambda held: held.table)
def test_a_row_of_the_registry_is_whole(held: Held) -> None:
    assert held.person or held.account, "whose is it?"
    assert bool(held.section) == bool(held.what), "a section is said in plain words"
    assert held.section or held.why, "why does it not go out?"
    assert (held.then is Then.BLANK) == bool(held.blank), "what is blanked?"
    assert held.then is not Then.STAY or held.why, "why does it stay?"


def test_no_secret_goes_out(app: Flask) -> None:
    out = [
        f"{held.table}.{column}"
        for held in HOLDINGS.values()
        if held.section
        for column in Base.metadata.tables[held.table].columns.keys()  # noqa: SIM118 (a collection of columns, no dict)
        if SECRETS.search(column) and column not in HARMLESS and column not in held.leave_out
    ]
    assert not out
