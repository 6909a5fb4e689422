"""Removing what is past its time, a batch at a time: the shell keeps each batch, or, to see what would go, none.

A run that is cut off has done whole batches; the next one goes on. What was removed is counted by table, never named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.jobs import enqueue_many, task
from app.identity import queries as identity
from app.identity.models import Commissioner
from app.identity.rules import Actor
from app.records import accounts_over, files, past_time, people_over
from app.records.models import RetentionRun

WHO = "Tidying"
_REMOVE_FILES, _PART = "records.remove_files", "records.tidy_part"
_BATCHES_A_JOB = 20  # one job is one transaction


@dataclass(slots=True)
class Removed:
    """What one batch removed: how many rows of each table, and the files to be removed once that is kept."""

    counts: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)

    def __iadd__(self, other: Removed) -> Removed:
        self.counts += other.counts
        self.files += other.files
        return self

    def __bool__(self) -> bool:
        return bool(self.counts or self.files)


def begin_run(actor: Actor, commissioner_id: UUID | None) -> RetentionRun:
    """Put a run on record.

    :param commissioner_id: whose people; None for sign-ins and files, which belong to no commissioner.
    """
    run = RetentionRun(commissioner_id=commissioner_id, by_name=actor.name, started_at=clock.now())
    db.session.add(run)
    db.session.flush()
    return run


def tidy(actor: Actor, run: RetentionRun) -> Iterator[Removed]:
    """Remove batch after batch. The shell commits after each and then removes its files; or, for a rehearsal, rolls
    everything back at the end.

    :raises NotAllowedError: when an account asks: only the software may.
    """
    people_over.only_software(actor)
    run_id, commissioner_id, moment = run.id, run.commissioner_id, clock.now()
    for removed in _batches(actor, run_id, commissioner_id, moment):
        if removed:
            run = db.session.get_one(RetentionRun, run_id)
            run.counts = dict(Counter(run.counts) + removed.counts)
            db.session.flush()
            yield removed


def _batches(actor: Actor, run_id: UUID, commissioner_id: UUID | None, moment: datetime) -> Iterator[Removed]:
    if commissioner_id is None:
        for gone in (*past_time.EVERYWHERE, accounts_over.close_accounts, accounts_over.remove_old_words):
            yield from _made(gone(run_id, moment))
        lost = files.orphans()
        yield Removed(Counter({"file": len(lost)}), lost)
        return
    settings = identity.settings_of(commissioner_id)
    for step in past_time.OF_COMMISSIONER:
        yield from _made(step(commissioner_id, settings, moment))
    yield from _made(people_over.remove_people(actor, run_id, commissioner_id, settings, moment))
    yield from _made(people_over.remove_old_words(run_id, commissioner_id, moment))


def _made(batches: Iterator[tuple[Counter[str], list[str]]]) -> Iterator[Removed]:
    for counts, names in batches:
        yield Removed(Counter({**counts}), names)


def end_run(actor: Actor, run: RetentionRun) -> None:
    """Say in the audit what a run removed: with the next seal nobody can change that either."""
    run.finished_at = clock.now()
    total = sum(run.counts.values())
    audit.record(
        actor,
        "records.tidy",
        f"Removed what was past its time: {total:,} {'record' if total == 1 else 'records'}",
        subject_kind="retention_run",
        subject_id=run.id,
        commissioner_id=run.commissioner_id,
        details={"counts": run.counts},
    )
    db.session.flush()


@task("records.tidy", cron="20 2 * * *")
def tidy_all(timestamp: int) -> None:
    """Every night: ask for each commissioner's, and for what belongs to none."""
    ids = [str(key) for key in db.session.scalars(select(Commissioner.id))]
    enqueue_many(_PART, [{"commissioner_id": key} for key in (*ids, None)])


@task(_PART, attempts=3)
def tidy_part(commissioner_id: str | None) -> None:
    """Some batches of one commissioner; what is left is asked for again."""
    allow_long_statements()
    actor = Actor.system(WHO)
    run = begin_run(actor, UUID(commissioner_id) if commissioner_id else None)
    names: list[str] = []
    for count, removed in enumerate(tidy(actor, run), 1):
        names += removed.files
        if count == _BATCHES_A_JOB:
            enqueue_many(_PART, [{"commissioner_id": commissioner_id}])
            break
    end_run(actor, run)
    # after this transaction: a file is gone only when its row is
    enqueue_many(_REMOVE_FILES, [{"names": names[at : at + 500]} for at in range(0, len(names), 500)])


@task(_REMOVE_FILES)
def remove_files(names: list[str]) -> None:
    """Remove files whose rows are gone."""
    files.remove_files(names)
