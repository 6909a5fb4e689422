"""Whose time is over, and what goes then: everything but the figures.

The person becomes "Somebody" with a reference. What was said, shown and told is deleted; of plans, budgets, purchases
and the ledger the sums, dates and kinds stay, without a word that somebody wrote. The database lets the words of rows
that are written once go only here (``migrations/sql/records_doors.sql``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.audit import service as audit
from app.core import clock
from app.core.db import Base, db
from app.core.errors import NotAllowedError
from app.identity.rules import Actor
from app.identity.settings import CommissionerSettings
from app.records import rules
from app.records.held import Held, Then
from app.records.holdings import HOLDINGS

_AT_ONCE: Final = 25
_WORDS_AT_ONCE: Final = 5_000

#: A person, as ``person`` in the query, of whom something is open: nothing of theirs goes.
HELD_BACK: Final = """(
    EXISTS (SELECT FROM record_hold k WHERE k.person_id = person.id AND k.ended_at IS NULL)
    OR EXISTS (SELECT FROM approval_request a WHERE a.person_id = person.id AND a.decided_at IS NULL)
    OR EXISTS (SELECT FROM purchase_problem w WHERE w.person_id = person.id AND w.ended_at IS NULL)
    OR EXISTS (
        SELECT FROM concern q
        WHERE q.person_id = person.id
            -- whoever could be told of it would have been within a year
            AND (q.state IN ('waiting', 'open') OR q.told_at IS NULL AND q.tell_on > now()::date - 366)
    )
    OR EXISTS (SELECT FROM correction o WHERE o.person_id = person.id AND o.state = 'waiting')
)"""
_OVER: Final = f"""
    SELECT person.id FROM person
    WHERE person.commissioner_id = :place AND person.removed_at IS NULL AND NOT {HELD_BACK}
        AND COALESCE(
            (SELECT max(b.ends_on) FROM budget b WHERE b.person_id = person.id),
            (person.created_at AT TIME ZONE 'Europe/London')::date
        ) < :before
    ORDER BY person.id LIMIT {_AT_ONCE}
"""


def only_software(actor: Actor) -> None:
    """Removing for good is done by the clock, never by hand.

    :raises NotAllowedError: when an account asks.
    """
    if not actor.is_system:
        raise NotAllowedError("Only the software itself may do this.")


def remove_people(
    actor: Actor, run_id: UUID, place: UUID, settings: CommissionerSettings, moment: datetime
) -> Iterator[tuple[Counter[str], list[str]]]:
    """Remove what is held on everybody whose time is over, some people at a time.

    :param place: the commissioner.
    """
    only_software(actor)
    years = max(settings.keep_records_years, rules.LEAST_RECORDS_YEARS)
    before = rules.gone_before(clock.london(moment).date(), years)
    while ids := list(db.session.scalars(text(_OVER), {"place": place, "before": before})):
        gone = _remove(ids, run_id, moment)
        for person_id in ids:
            audit.record(
                actor,
                "records.remove",
                "Removed what was held: its time was over",
                subject_kind="person",
                subject_id=person_id,
                person_id=person_id,
                commissioner_id=place,
                details={"run": str(run_id)},
            )
        db.session.flush()
        yield gone


def _remove(ids: Sequence[UUID], run_id: UUID, moment: datetime) -> tuple[Counter[str], list[str]]:
    counts, names = Counter[str](), list[str]()
    values = {"people": list(ids), "moment": moment}
    # first the person: the doors of what is written once open for nobody else
    blanked = [held for held in HOLDINGS.values() if held.then is Then.BLANK and held.person]
    for held in sorted(blanked, key=lambda one: one.table != "person"):
        if held.table != "audit_entry":
            counts[held.table] += _run(_blanking(held), values)
    counts["audit_entry"] += words_go(run_id, moment, HOLDINGS["audit_entry"].goes, values)
    for held in _children_first():
        where = held.goes or held.person
        if "stored_name" in Base.metadata.tables[held.table].columns:
            found = db.session.scalars(text(f"SELECT t.stored_name FROM {held.table} t WHERE {where}"), values)
            names += [name for name in found if name]
        counts[held.table] += _run(f"DELETE FROM {held.table} t WHERE {where}", values)
    return +counts, names


def _blanking(held: Held) -> str:
    changes = ", ".join(f"{column} = {how}" for column, how in held.blank.items())
    return f"UPDATE {held.table} t SET {changes} WHERE {held.goes or held.person}"


def _run(query: str, values: dict[str, Any]) -> int:
    gone = db.session.execute(text(query), {name: value for name, value in values.items() if f":{name}" in query})
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a cursor's


def _children_first() -> list[Held]:
    order = {table.name: at for at, table in enumerate(Base.metadata.sorted_tables)}
    going = [held for held in HOLDINGS.values() if held.then is Then.DELETE and held.person]
    return sorted(going, key=lambda held: -order[held.table])


def remove_old_words(run_id: UUID, place: UUID, moment: datetime) -> Iterator[tuple[Counter[str], list[str]]]:
    """What the audit says of people whose time was over before and that has come of age since."""
    ids = "SELECT id FROM person WHERE commissioner_id = :place AND removed_at IS NOT NULL"
    where = f"t.person_id IN ({ids})"
    while gone := words_go(run_id, moment, where, {"place": place}):
        yield Counter({"audit_entry": gone}), []


def words_go(run_id: UUID, moment: datetime, where: str, values: dict[str, Any]) -> int:
    """Take the words out of audit entries that are old enough, leaving the digest of what was there.

    Only of those that are sealed: a seal over words that are gone could not be checked.
    """
    held = HOLDINGS["audit_entry"]
    changes = ", ".join(f"{column} = {how}" for column, how in held.blank.items())
    limit = "" if "people" in values else f"LIMIT {_WORDS_AT_ONCE}"
    query = f"""
        UPDATE audit_entry t SET {changes}, removed_in = :run, removed_digest = audit_entry_digest(t)
        WHERE t.id IN (SELECT t.id FROM audit_entry t
            WHERE {where} AND t.removed_in IS NULL AND t.written_at < :old
                AND EXISTS (SELECT FROM audit_digest d
            WHERE d.day = (t.written_at AT TIME ZONE 'Europe/London')::date AND d.entry_id = t.id) {limit})
    """
    return _run(query, {**values, "run": run_id, "old": moment - timedelta(days=rules.AUDIT_DAYS + 1)})
