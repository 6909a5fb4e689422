"""Moves on their day, and the end of looking: by the clock, once each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.jobs import enqueue_many, task
from app.identity.models import Authority, Person
from app.identity.rules import Actor
from app.stewardship.changes import move_now
from app.stewardship.changes_models import CapacityRecord, CapacityReminder, LifeChange
from app.stewardship.changes_rules import ChangeKind, ChangeState
from app.stewardship.changes_telling import staff_of, tell_staff

FOLLOW_CHANGES, MOVE_ONE = "stewardship.follow_changes", "stewardship.move_one"
_SYSTEM = Actor.system("Changes in a life")


@dataclass(frozen=True, slots=True)
class Followed:
    """What one run did."""

    moved: int
    ended: int


# 00:35 UTC is the same day in London, in summer and in winter
@task(FOLLOW_CHANGES, cron="35 0 * * *")
def follow_changes_today(timestamp: int) -> None:
    """Every night: a job for each move whose day has come, and the end of looking where its time is over.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    enqueue_many(MOVE_ONE, [{"change_id": str(key)} for key in _due()])
    end_looking()
    remind_of_capacity()


@task(MOVE_ONE)
def move_one(change_id: str) -> None:
    """Do what follows from one move, in a transaction of its own."""
    move_now(_SYSTEM, db.session.get_one(LifeChange, UUID(change_id)))


def follow_changes() -> Followed:
    """Everything that is due. Whoever calls it commits, and calls it as often as they like."""
    moved = sum(move_now(_SYSTEM, db.session.get_one(LifeChange, key)) for key in _due())
    return Followed(moved, end_looking())


def end_looking() -> int:
    """Note the end of every authority that could look until a day, once the day is over. The day itself ended it."""
    today = clock.today()
    over = select(LifeChange.person_id).where(
        LifeChange.state.in_((ChangeState.DONE, ChangeState.CLOSED)), LifeChange.access_until < today
    )
    ended = db.session.execute(
        update(Authority)
        .where(Authority.person_id.in_(over), Authority.ended_at.is_(None), Authority.ends_on < today)
        .values(ended_at=clock.now())
        .returning(Authority.id, Authority.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    for authority_id, person_id in ended:
        audit.record(
            _SYSTEM,
            "stewardship.end_looking",
            "The time for looking is over",
            subject_kind="authority",
            subject_id=authority_id,
            person_id=person_id,
        )
    return len(ended)


def remind_of_capacity() -> int:
    """Remind coordinators of findings that are to be looked at again today, or should have been. Once each.

    :returns: how many findings.
    """
    today = clock.today()
    newer = aliased(CapacityRecord)
    superseded = exists().where(
        newer.person_id == CapacityRecord.person_id,
        newer.about_money == CapacityRecord.about_money,
        newer.id > CapacityRecord.id,
    )
    due = (
        select(CapacityRecord.id, literal(today))
        .join(Person, Person.id == CapacityRecord.person_id)
        .where(CapacityRecord.look_again_on <= today, Person.closed_on.is_(None), ~superseded)
    )
    keys = db.session.scalars(
        insert(CapacityReminder)
        .from_select(["record_id", "told_on"], due)
        .on_conflict_do_nothing()
        .returning(CapacityReminder.record_id)
    ).all()
    for record in db.session.scalars(select(CapacityRecord).where(CapacityRecord.id.in_(keys))):
        person = db.session.get_one(Person, record.person_id)
        title = f"Look again at how {person.name} decides about their money."
        tell_staff(_SYSTEM, person, "capacity", title, staff_of(person))
    return len(keys)


def _due() -> list[UUID]:
    return list(
        db.session.scalars(
            select(LifeChange.id)
            .where(
                LifeChange.kind == ChangeKind.MOVE,
                LifeChange.state == ChangeState.NOTED,
                LifeChange.happens_on <= clock.today(),
            )
            .order_by(LifeChange.id)
        )
    )
