"""Keeping a person's records longer than their time while something is open: placed and ended by a coordinator."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.ids import new_id
from app.core.words import storable
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.records.models import RecordHold
from app.records.rules import HOLD_WORDS, HoldKind

MAX_WHY = 1000


def hold_of(viewer: Actor, person: Person) -> RecordHold | None:
    """What keeps this person's records, if something does.

    :raises NotFoundError: for whoever is neither a coordinator there nor an auditor.
    """
    _check(viewer, person, reading=True)
    return db.session.scalar(select(RecordHold).where(RecordHold.person_id == person.id, RecordHold.ended_at.is_(None)))


def hold(actor: Actor, person: Person, kind: str, why: str) -> None:
    """Keep this person's records whatever their time says, until somebody ends it.

    :raises InvalidError: fields ``kind`` and ``why``.
    :raises StateError: when they are kept already.
    """
    _check(actor, person)
    words = storable(why)
    errors = {}
    if kind not in HOLD_WORDS:
        errors["kind"] = "Choose why they are kept"
    if not words:
        errors["why"] = "Say in a sentence what is open"
    elif len(words) > MAX_WHY:
        errors["why"] = f"Say it in {MAX_WHY:,} characters or fewer"
    if errors:
        raise InvalidError(errors)
    made = db.session.scalar(
        insert(RecordHold)
        .values(
            id=new_id(),
            commissioner_id=person.commissioner_id,
            person_id=person.id,
            kind=HoldKind(kind),
            why=words,
            placed_by=actor.account_id,
            placed_by_name=actor.name,
            placed_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(RecordHold.id)
    )
    if made is None:
        raise StateError("Somebody keeps these records already. Look at it again.")
    _record(actor, person, "hold", "Kept records longer than their time")


def let_go(actor: Actor, person: Person) -> None:
    """End it: from tonight their time counts again.

    :raises StateError: when nothing keeps them.
    """
    _check(actor, person)
    done = db.session.scalar(
        update(RecordHold)
        .where(RecordHold.person_id == person.id, RecordHold.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by=actor.account_id, ended_by_name=actor.name)
        .returning(RecordHold.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        raise StateError("Nothing keeps these records any more.")
    _record(actor, person, "let_go", "Let records have their own time again")


def _check(actor: Actor, person: Person, *, reading: bool = False) -> None:
    if actor.account_id is None or not identity.is_staff_for(actor, person, Permission.DECIDE, reading=reading):
        raise NotFoundError


def _record(actor: Actor, person: Person, verb: str, sentence: str) -> None:
    # no person: a concern may be something they are told of later. Their commissioner's auditor reads it.
    audit.record(
        actor,
        f"records.{verb}",
        sentence,
        subject_kind="person",
        subject_id=person.id,
        commissioner_id=person.commissioner_id,
    )
