"""Sealing the audit, a day at a time, so that a changed, missing or added entry is found and named.

After midnight :func:`seal_due` closes every London day that is over. For each entry of the day it keeps digests in
``audit_digest``: of the whole entry, of all but its words, and, where the name is to stay when the words go, of the
name. Over those of a day goes the seal's digest, and the seal's *head* is ``sha256(previous head, day, how many,
digest)``. Changing anything in the past therefore changes every head after it. Days sealed before names had a digest
hold as they are: an empty one adds nothing.

A chain finds edits and holes, not a tail that was cut off and written anew. So the newest head is published every day
where whoever holds the database cannot reach: the job prints it, the auditors get it by e-mail (``messages/heads.py``)
and their page shows it. ``flask audit verify --head HASH --on DAY`` holds the chain against it. A secret key would add
nothing: it would lie on the machine it is to guard against.

For **retention**: words of an entry may go (``sentence``, ``why``, ``actor_name``, ``details``) if in the same update
``removed_digest`` becomes ``audit_entry_digest(entry)`` as it was before, and ``sentence, why, details`` become
:data:`REMOVED`, ``''``, ``{}``. :mod:`app.audit.proof` then compares the digest that was kept with the one that was
sealed; who, when, whose and what for with the digest of the facts; the name, unless it became :data:`SOMEBODY`, with
its own; and asks whether words might go at all: somebody's time is over, and the entry was older than a year when the
run that is named began. Anything else is a change. Only entries whose day is sealed may lose their words.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select, text

from app.audit.models import AuditEntry, AuditSeal
from app.core import clock
from app.core.db import db

#: What stands in the place of a sentence that was removed in time.
REMOVED: Final = "Removed"
#: What stands in the place of a name that was removed in time.
SOMEBODY: Final = "Somebody"
#: In what quality people acted whose names go with the words; staff answer for their work in their own.
NAMES_GO: Final = "('self', 'representative', 'nominee', 'broker', 'provider', 'account')"
#: The head before the first day.
BEGINNING: Final = "0" * 64
_LONGEST_WAIT = 60.0  # seconds

# As `audit_entry_digest` in the database has it; spelt out so that nothing rests on a function that could be replaced.
WHOLE: Final = """sha256(convert_to(jsonb_build_array(
    e.id, (extract(epoch FROM e.written_at) * 1000000)::bigint, e.commissioner_id, e.actor_id, e.actor_name,
    e.actor_role, e.person_id, e.verb, e.subject_kind, e.subject_id, e.sentence, e.why, e.details
)::text, 'UTF8'))"""
FACTS: Final = """sha256(convert_to(jsonb_build_array(
    e.id, (extract(epoch FROM e.written_at) * 1000000)::bigint, e.commissioner_id, e.actor_id,
    e.actor_role, e.person_id, e.verb, e.subject_kind, e.subject_id
)::text, 'UTF8'))"""
NAME: Final = "sha256(convert_to(jsonb_build_array(e.id, e.actor_name)::text, 'UTF8'))"

# None of a name that is to go: whoever has the entry's id would only have to try names.
_KEEP_DIGESTS = text(f"""
    INSERT INTO audit_digest (day, entry_id, whole, facts, actor)
    SELECT :day, e.id, {WHOLE}, {FACTS}, CASE WHEN e.actor_role NOT IN {NAMES_GO} THEN {NAME} END
    FROM audit_entry e WHERE e.written_at >= :start AND e.written_at < :stop
""")  # noqa: S608 - put together from the constants above, nothing typed by anybody
#: Over a day's digests as they are kept; an empty day has the digest of nothing.
OVER_A_DAY: Final = """encode(sha256(coalesce(
    string_agg(entry_id::text::bytea || whole || facts || coalesce(actor, ''), ''::bytea ORDER BY entry_id),
    '')), 'hex')"""
_OVER_DIGESTS = text(f"SELECT count(*), {OVER_A_DAY} FROM audit_digest WHERE day = :day")  # noqa: S608 - constants
_WRITERS = text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'audit_entry'::regclass AND mode = 'RowExclusiveLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
""")


class StillWritingError(Exception):
    """Something that began before midnight is still writing: the day cannot be closed yet."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is published of a sealed day."""

    day: date
    entries: int
    head: str


def seal_due(longest_wait: float = _LONGEST_WAIT) -> list[Head]:
    """Seal every London day that is over and has no seal yet.

    Entries get their time before they are committed. So it waits until everything that is writing to the audit now
    has ended: what starts later belongs to a later day. It is meant to run some time after midnight.

    :param longest_wait: seconds to wait for whoever is still writing.
    :returns: the new seals, oldest first; none when there is nothing to seal, or another process does it.
    :raises StillWritingError: when somebody is still writing after that time; try again later.
    """
    if not db.session.scalar(text("SELECT pg_try_advisory_xact_lock(726801)")):
        return []
    last = db.session.scalars(select(AuditSeal).order_by(AuditSeal.day.desc()).limit(1)).first()
    if last is None:
        first = db.session.scalar(select(func.min(AuditEntry.written_at)))
        if first is None:
            return []
        day, head = clock.london(first).date(), BEGINNING
    else:
        day, head = last.day + timedelta(days=1), last.head
    if day >= clock.today():
        return []
    _wait_for_writers(longest_wait)
    sealed = []
    while day < clock.today():
        sealed.append(_seal(day, head))
        day, head = day + timedelta(days=1), sealed[-1].head
    return sealed


def head_after(previous: str, day: date, entries: int, digest: str) -> str:
    """The head of a day: anybody can work it out again with ``sha256sum``."""
    return hashlib.sha256(f"{previous}\n{day.isoformat()}\n{entries}\n{digest}\n".encode()).hexdigest()


def _seal(day: date, previous: str) -> Head:
    start, stop = clock.start_of(day), clock.start_of(day + timedelta(days=1))
    db.session.execute(_KEEP_DIGESTS, {"day": day, "start": start, "stop": stop})
    entries, digest = db.session.execute(_OVER_DIGESTS, {"day": day}).one()
    head = head_after(previous, day, entries, digest)
    db.session.add(AuditSeal(day=day, entries=entries, digest=digest, previous=previous, head=head))
    db.session.flush()
    return Head(day, entries, head)


def _wait_for_writers(longest: float) -> None:
    until = time.monotonic() + longest
    writing = set(db.session.scalars(_WRITERS))
    while writing:
        if time.monotonic() > until:
            raise StillWritingError(f"{len(writing)} transactions are still writing to the audit")
        time.sleep(0.05)
        writing &= set(db.session.scalars(_WRITERS))
