"""Whole runs of tidying, and somebody whose time is over by now."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import text

from app.audit import sealing
from app.core import clock
from app.core.db import db
from app.identity.rules import Actor
from app.records import tidying
from tests import factories as make
from tests.records.lives import Life, begin, live

ACTOR = Actor.system(tidying.WHO)
LONG_AGO = datetime(2017, 6, 5, 9, tzinfo=UTC)


def seal() -> None:
    """The digests of every entry, as the nightly seal keeps them; day after day of nine years would take long."""
    query = f"""INSERT INTO audit_digest (day, entry_id, whole, facts, actor)
        SELECT (e.written_at AT TIME ZONE 'Europe/London')::date,
            e.id, {sealing.WHOLE}, {sealing.FACTS}, {sealing.NAME} FROM audit_entry e
        WHERE NOT EXISTS (SELECT FROM audit_digest d WHERE d.entry_id = e.id)"""
    db.session.flush()
    db.session.execute(text(query))


def tidy(commissioner_id, *, rehearse: bool = False) -> tuple[Counter[str], list[str]]:
    """A whole run; a rehearsal takes everything back."""
    point = db.session.begin_nested()
    run = tidying.begin_run(ACTOR, commissioner_id)
    counts, names = Counter[str](), list[str]()
    for removed in tidying.tidy(ACTOR, run):
        counts += removed.counts
        names += removed.files
    if rehearse:
        point.rollback()
        db.session.expire_all()
    else:
        tidying.end_run(ACTOR, run)
        point.commit()
    return counts, names


def old_life(mark: str = "Mangosteen") -> Life:
    """Somebody whose budget ended nine years ago."""
    with clock.at(LONG_AGO):
        life = begin(make.make_commissioner(), mark)
        live(life, ["buy", "talk", "draft", "choose", "buy"])
    seal()
    return life


def marks_left(mark: str) -> dict[str, int]:
    """In which tables a mark is still to be read."""
    found = {}
    for (table,) in db.session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
        if table.startswith("procrastinate"):
            continue
        rows = db.session.scalar(
            text(f"SELECT count(*) FROM {table} t WHERE strpos(lower(t::text), :mark) > 0"), {"mark": mark.lower()}
        )
        if rows:
            found[table] = rows
    return found
