"""Reading everything that is held: the rows of each table as they are, without what does not go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, text

from app.core.db import Base, db
from app.identity.models import Account
from app.identity.rules import Actor, AuthorityKind, PersonSubject, may
from app.records.held import Held
from app.records.holdings import HOLDINGS

#: The same in every row: said once, at the top.
_SAID_ONCE = ("person_id", "commissioner_id")
_THEIRS = "this is about somebody's budget, so the words belong to them"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that goes with the rows: where it is kept, and its path in the download."""

    stored_name: str
    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is held, by section, with the files that belong to it."""

    sections: Mapping[str, list[dict[str, Any]]]
    files: list[KeptFile] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each section has, those with none left out."""
        return {name: len(rows) for name, rows in self.sections.items() if rows}


def gather_person(viewer: Actor, person_id: UUID) -> Gathered:
    """Everything held on one person that goes out to ``viewer``. Whether any may is checked by ``downloads``."""
    sections: dict[str, list[dict[str, Any]]] = {}
    files: list[KeptFile] = []
    for held in HOLDINGS.values():
        if held.section and held.person and (held.needs is None or may(viewer, held.needs, PersonSubject(person_id))):
            found = _rows(held, held.person, {"people": [person_id]})
            sections[held.section] = [_tidy(held, row) for row in found]
            files += _files(held, found if not held.own_files else _given_by(viewer, person_id, found))
    _name_accounts(sections)
    return Gathered(sections, files)


def gather_account(account_id: UUID) -> Gathered:
    """Everything that an account itself holds. What it did in somebody's affairs is told without their words."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for held in HOLDINGS.values():
        if held.section and held.account:
            found = _rows(held, held.account, {"accounts": [account_id]})
            sections[held.section] = [_tidy(held, _without_theirs(held, row)) for row in found]
    _name_accounts(sections)
    return Gathered(sections)


def _rows(held: Held, condition: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    table = _table(held)
    order = ", ".join(f"t.{column.name}" for column in table.primary_key)
    query = f"SELECT to_jsonb(t) FROM {held.table} t WHERE {condition} ORDER BY {order}"
    return list(db.session.scalars(text(query), values))


def _tidy(held: Held, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in held.leave_out and name not in _SAID_ONCE}


def _without_theirs(held: Held, row: dict[str, Any]) -> dict[str, Any]:
    """A row of an account's own that tells of another person's affairs, without the words that tell it."""
    if row.get("person_id") is None:
        return row
    hidden = {"notice": ("title", "body"), "audit_entry": ("sentence", "why", "details", "subject_id")}
    return {name: _THEIRS if name in hidden.get(held.table, ()) else value for name, value in row.items()}


def _given_by(viewer: Actor, person_id: UUID, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    grant = viewer.grant_for(person_id)
    if grant is not None and grant.kind is AuthorityKind.SELF:
        return rows
    return [row for row in rows if row["uploaded_by"] == str(viewer.account_id)]


def _files(held: Held, rows: Iterable[Mapping[str, Any]]) -> list[KeptFile]:
    return [
        KeptFile(row["stored_name"], f"files/{held.section}/{row['ref']}-{row['filename']}", row["size_bytes"])
        for row in rows
        if row.get("stored_name") and "filename" in row
    ]


def _name_accounts(sections: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put names where the tables have accounts' numbers: others' addresses are theirs."""
    columns = {
        held.section: [
            column.name
            for column in _table(held).columns
            if any(key.column.table.name == "account" for key in column.foreign_keys)
        ]
        for held in HOLDINGS.values()
        if held.section
    }
    wanted = {
        row[name] for section, rows in sections.items() for row in rows for name in columns[section] if row.get(name)
    }
    names = {
        str(key): name
        for key, name in db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    }
    for section, rows in sections.items():
        for row in rows:
            for name in columns[section]:
                if row.get(name):
                    row[name] = names.get(row[name], "")


def _table(held: Held) -> Table:
    return Base.metadata.tables[held.table]
