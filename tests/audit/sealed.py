"""Days of entries, sealed, and somebody with the database's own password behind the trigger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.audit import service
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from tests.factories import SYSTEM

FIRST = date(2026, 3, 2)


def moment(day: int, hour: int = 10) -> datetime:
    """An hour of the so-manieth day."""
    return clock.start_of(FIRST + timedelta(days=day)) + timedelta(hours=hour)


def write(day: int, count: int = 1, **more: object) -> list[UUID]:
    """Entries of one day."""
    with clock.at(moment(day)):
        made = [
            service.record(SYSTEM, "test.look", f"Looked at {n}", subject_kind="plan", details={"n": n, "x": ["é"]})
            for n in range(count)
        ]
    db.session.flush()
    return [entry.id for entry in made]


@contextmanager
def behind_the_trigger() -> Iterator[sa.orm.Session]:
    """As the database's owner could: the guards off for a moment."""
    for table in ("audit_entry", "audit_seal", "audit_digest"):
        db.session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.session.execute(sa.text(f"GRANT ALL ON {table} TO CURRENT_USER"))
    yield db.session
    for table in ("audit_entry", "audit_seal", "audit_digest"):
        db.session.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def all_ids() -> list[UUID]:
    return list(db.session.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id)))
