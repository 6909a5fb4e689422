"""Reading the audit. Who may read which part is checked by the caller's permission on the subject."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.audit.models import AuditEntry, AuditSeal
from app.audit.rules import GATED
from app.core import clock
from app.core.db import db

PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of entries, newest first."""

    entries: Sequence[AuditEntry]
    before: UUID | None  # ask for the next page with it


#: They are about an account or a whole person: having done one says nothing of whose work the rest is.
_NOBODYS_WORK = ("account", "authority", "budget", "person", "plan")


def entries_about(
    person_id: UUID, before: UUID | None = None, *, without: Collection[UUID], only_work_of: UUID | None = None
) -> AuditPage:
    """What was done in one person's affairs, for their own "Who did what".

    :param without: subjects of which nothing is said: concerns that the reader was not told of yet
        (``stewardship.openings.kept_from``). Every caller has to ask, so it has no default.
    :param only_work_of: a broker's account: what they did themselves, and what others did with what is their work.
        It is theirs if they have an entry about it: what they began, asked or prepared.
    """
    where: list[ColumnElement[bool]] = [AuditEntry.person_id == person_id]
    if without:
        where.append(or_(AuditEntry.subject_id.is_(None), AuditEntry.subject_id.not_in(without)))
    if only_work_of is not None:
        by_them = AuditEntry.actor_id == only_work_of
        a_thing = AuditEntry.subject_kind.not_in(_NOBODYS_WORK)
        work = select(AuditEntry.subject_id).where(*where, by_them, a_thing, AuditEntry.subject_id.is_not(None))
        where.append(or_(by_them, AuditEntry.subject_id.in_(work) & a_thing))
    return _page(where, before)


def entries_of(person_id: UUID, subject_id: UUID, verbs: Collection[str], since: datetime) -> Sequence[AuditEntry]:
    """What was done with one thing of a person's since a moment, the first before the others."""
    query = select(AuditEntry).where(
        AuditEntry.person_id == person_id,
        AuditEntry.subject_id == subject_id,
        AuditEntry.verb.in_(verbs),
        AuditEntry.written_at >= since,
    )
    return db.session.scalars(query.order_by(AuditEntry.id)).all()


def newest_by(actor_id: UUID, verb: str, subject_id: UUID) -> AuditEntry | None:
    """What somebody did last with a thing, of one kind."""
    return db.session.scalar(
        select(AuditEntry)
        .where(AuditEntry.actor_id == actor_id, AuditEntry.verb == verb, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def entries_in(
    commissioner_ids: Sequence[UUID],
    before: UUID | None = None,
    *,
    without: Collection[UUID],
    verb: str = "",
    actor: str = "",
    words: str = "",
    on: date | None = None,
) -> AuditPage:
    """What was done within commissioners, for the auditor.

    :param without: people for whom the reader acts: of them they read what their own side reads, where it reads it.
    :param verb: the beginning of a verb, such as ``purchases.``.
    :param actor: part of the name of who did it.
    :param words: part of the sentence; what somebody bought is not searched (``rules.staff_sentence``).
    :param on: a London day.
    """
    where: list[ColumnElement[bool]] = [AuditEntry.commissioner_id.in_(commissioner_ids)]
    if without:
        for column in (AuditEntry.person_id, AuditEntry.subject_id):
            where.append(or_(column.is_(None), column.not_in(without)))
    if verb:
        where.append(AuditEntry.verb.startswith(verb, autoescape=True))
    if actor:
        where.append(AuditEntry.actor_name.icontains(actor, autoescape=True))
    if words:
        where.append(AuditEntry.sentence.icontains(words, autoescape=True))
        where += [~AuditEntry.verb.startswith(gated, autoescape=True) for gated in GATED]
    if on:
        where.append(AuditEntry.written_at >= clock.start_of(on))
        where.append(AuditEntry.written_at < clock.start_of(date.fromordinal(on.toordinal() + 1)))
    return _page(where, before)


def seal_of(day: date) -> AuditSeal | None:
    """The seal of one London day, if it has one."""
    return db.session.get(AuditSeal, day)


def newest_seals(most: int = 60) -> Sequence[AuditSeal]:
    """The newest seals, the newest first. A head says nothing of what is in the entries."""
    return db.session.scalars(select(AuditSeal).order_by(AuditSeal.day.desc()).limit(most)).all()


def _page(where: list[ColumnElement[bool]], before: UUID | None) -> AuditPage:
    if before is not None:
        where = [*where, AuditEntry.id < before]
    rows = db.session.scalars(select(AuditEntry).where(*where).order_by(AuditEntry.id.desc()).limit(PAGE + 1)).all()
    return AuditPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)
