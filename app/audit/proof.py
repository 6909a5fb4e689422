"""The proof that nobody touched the sealed audit: every entry against its digest, every day against the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, text

from app.audit.models import AuditSeal
from app.audit.sealing import (
    BEGINNING,
    FACTS,
    NAME,
    NAMES_GO,
    OVER_A_DAY,
    REMOVED,
    SOMEBODY,
    WHOLE,
    head_after,
)
from app.core import clock
from app.core.db import db


@dataclass(frozen=True, slots=True)
class Verification:
    """What ``flask audit verify`` found."""

    days: int
    entries: int  # that were sealed
    removed: int  # of them, how many lost their words in time
    until: date | None  # the last sealed day
    head: str
    problems: Sequence[str]


# Whether an entry's words might go, as ``audit_entry_words_go`` in the database has it; spelt out here too, so that it
# holds after the guards were off. A year is 365 days at the least: those who tidy leave a day more.
_MIGHT_GO = """(
    EXISTS (SELECT FROM retention_run r WHERE r.id = e.removed_in AND e.written_at < r.started_at - interval '365 days')
    AND CASE
        WHEN e.person_id IS NOT NULL
        THEN EXISTS (SELECT FROM person p WHERE p.id = e.person_id AND p.removed_at IS NOT NULL)
        ELSE EXISTS (SELECT FROM account a WHERE a.passphrase_hash = '' AND a.closed_at IS NOT NULL
            AND (a.id = e.actor_id OR (e.subject_kind = 'account' AND a.id = e.subject_id)))
    END
)"""
# A name that may stay is the sealed one; days sealed before names had a digest cannot tell.
_NAME_IS_RIGHT = f"""(
    e.actor_name = '{SOMEBODY}' OR (e.actor_role NOT IN {NAMES_GO} AND coalesce(d.actor = {NAME}, true))
)"""
# One pass over both tables. An entry without its words is right if they might go and what was kept of it is what was
# sealed.
_COMPARE = text(f"""
    SELECT day, id, what, count(*) OVER (PARTITION BY what) FROM (
        SELECT coalesce(d.day, (e.written_at AT TIME ZONE 'Europe/London')::date) AS day,
            coalesce(e.id, d.entry_id) AS id,
            CASE WHEN d.entry_id IS NULL THEN 'added' WHEN e.id IS NULL THEN 'missing' ELSE 'changed' END AS what
        FROM audit_entry e FULL JOIN audit_digest d ON d.entry_id = e.id
        WHERE CASE
            WHEN d.entry_id IS NULL THEN e.written_at < :stop
            WHEN e.id IS NULL THEN true
            WHEN e.removed_digest IS NULL THEN d.whole <> {WHOLE}
            ELSE e.removed_digest <> encode(d.whole, 'hex') OR d.facts <> {FACTS}
                OR (e.sentence, e.why, e.details) <> ('{REMOVED}', '', '{{}}'::jsonb)
                OR NOT {_NAME_IS_RIGHT} OR NOT {_MIGHT_GO}
        END
    ) x ORDER BY day, id
""")  # noqa: S608 - put together from constants, nothing typed by anybody
_DAYS = text(f"SELECT day, count(*), {OVER_A_DAY} FROM audit_digest GROUP BY day")  # noqa: S608 - constants
_REMOVED = text("SELECT count(*) FROM audit_entry WHERE removed_digest IS NOT NULL")


def verify(most: int = 20, published: tuple[date, str] | None = None) -> Verification:
    """Work out every digest again and compare.

    :param most: how many entries of each kind of problem to name.
    :param published: a day and the head that was published for it: only this finds that the newest days were cut off
        and sealed anew.
    """
    seals = list(db.session.scalars(select(AuditSeal).order_by(AuditSeal.day)))
    last = seals[-1] if seals else None
    problems = [*_chain(seals), *_against(seals, published)]
    if last:
        problems += _entries(clock.start_of(last.day + timedelta(days=1)), most)
    return Verification(
        days=len(seals),
        entries=sum(seal.entries for seal in seals),
        removed=db.session.scalar(_REMOVED) or 0,
        until=last.day if last else None,
        head=last.head if last else BEGINNING,
        problems=problems,
    )


def _chain(seals: Sequence[AuditSeal]) -> list[str]:
    """Whether the seals follow from each other, and each from the digests that were kept of its day."""
    kept = {row.day: (row[1], row[2]) for row in db.session.execute(_DAYS)}
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # sha256 of no bytes
    problems, before = [], None
    for seal in seals:
        if before is not None and seal.day != before.day + timedelta(days=1):
            problems.append(f"{seal.day}: the seals of the days before it are missing, back to {before.day}")
        elif seal.previous != (before.head if before else BEGINNING):
            problems.append(f"{seal.day}: the seal does not follow from the one before it")
        if seal.head != head_after(seal.previous, seal.day, seal.entries, seal.digest):
            problems.append(f"{seal.day}: the seal was changed")
        if kept.pop(seal.day, (0, nothing)) != (seal.entries, seal.digest):
            problems.append(f"{seal.day}: the digests kept of its entries are not those that were sealed")
        before = seal
    return problems + [f"{day}: digests without a seal" for day in sorted(kept)]


def _against(seals: Sequence[AuditSeal], published: tuple[date, str] | None) -> list[str]:
    if published is None:
        return []
    day, head = published
    found = next((seal.head for seal in seals if seal.day == day), None)
    if found == head:
        return []
    return [f"{day}: the head is {found or 'missing'}, published was {head}"]


def _entries(stop: object, most: int) -> list[str]:
    problems, told = [], dict[str, int]()
    for day, key, what, count in db.session.execute(_COMPARE, {"stop": stop}):
        told[what] = told.get(what, 0) + 1
        if told[what] <= most:
            problems.append(f"{day}: entry {key} was {what}" if what != "missing" else f"{day}: entry {key} is missing")
        elif told[what] == most + 1:
            problems.append(f"and {count - most} more {what}")
    return problems
