"""Reading what changed in a life, for staff and for the person's side."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Commissioner, Person
from app.identity.rules import Actor, AuthorityKind, CommissionerSubject, Permission, PersonSubject, may, may_read
from app.purchases.models import Purchase
from app.stewardship import keys
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_models import CapacityRecord, ChangeTask, LifeChange
from app.stewardship.changes_rules import CHANGE_WORDS, ChangeKind, ChangeState
from app.stewardship.gate_rules import KeyKind, Sight
from app.stewardship.openings import Key, note

OPEN = (ChangeState.NOTED, ChangeState.DONE)


def decides_about(viewer: Actor, person: Person) -> bool:
    """Whether the viewer is a coordinator of the person's commissioner, and nobody who acts for them."""
    return identity.is_staff_for(viewer, person, Permission.DECIDE)


def require_coordinator(viewer: Actor, person: Person) -> None:
    """Stop everybody else.

    :raises NotFoundError: then.
    """
    if not decides_about(viewer, person):
        raise NotFoundError


def require_reader(viewer: Actor, person: Person) -> None:
    """Stop everybody but a coordinator there and an auditor: for what changes nothing.

    :raises NotFoundError: then.
    """
    if not identity.is_staff_for(viewer, person, Permission.DECIDE, reading=True):
        raise NotFoundError


def open_change(person_id: UUID, kind: ChangeKind | None = None) -> LifeChange | None:
    """The change of a person that is under way, if there is one. The caller has checked who may see it."""
    query = select(LifeChange).where(LifeChange.person_id == person_id, LifeChange.state.in_(OPEN))
    return db.session.scalar(query.where(LifeChange.kind == kind) if kind else query)


def latest_change(viewer: Actor, person: Person, kind: ChangeKind) -> LifeChange | None:
    """The newest change of a kind, for staff to read.

    :raises NotFoundError: when the viewer neither decides about this person nor audits.
    """
    require_reader(viewer, person)
    return db.session.scalar(
        select(LifeChange)
        .options(selectinload(LifeChange.tasks), joinedload(LifeChange.to_commissioner))
        .where(LifeChange.person_id == person.id, LifeChange.kind == kind)
        .order_by(LifeChange.id.desc())
        .limit(1)
    )


def changes_for_side(viewer: Actor, person: Person) -> Sequence[LifeChange]:
    """What changed, as the person's side reads it: nothing that was taken back.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return db.session.scalars(
        select(LifeChange)
        .where(LifeChange.person_id == person.id, LifeChange.state != ChangeState.TAKEN_BACK)
        .order_by(LifeChange.id.desc())
    ).all()


def is_anything_recorded(person_id: UUID) -> bool:
    """Whether a change in a life, or something about capacity, was ever written down of somebody: of most, nothing was.

    It tells nothing of what, so it asks nobody's right; who reads more asks the readings beside this.
    """
    change = select(LifeChange.id).where(LifeChange.person_id == person_id)
    capacity = select(CapacityRecord.id).where(CapacityRecord.person_id == person_id)
    return bool(db.session.scalar(select(or_(change.exists(), capacity.exists()))))


def change_for(viewer: Actor, person: Person, ref: str) -> LifeChange:
    """One change of a person, for staff, with what there is to do.

    :raises NotFoundError: when there is none, or the viewer does not decide about this person.
    """
    require_coordinator(viewer, person)
    found = db.session.scalar(
        select(LifeChange).where(LifeChange.ref == tidy_ref(ref), LifeChange.person_id == person.id)
    )
    if found is None:
        raise NotFoundError
    return found


def task_for(viewer: Actor, person: Person, ref: str) -> tuple[LifeChange, ChangeTask]:
    """One thing to do after a change, locked for whoever does it.

    :raises NotFoundError: when there is none, or the viewer does not decide about this person.
    """
    require_coordinator(viewer, person)
    task = db.session.scalar(select(ChangeTask).where(ChangeTask.ref == tidy_ref(ref)).with_for_update())
    change = db.session.get(LifeChange, task.change_id) if task is not None else None
    if task is None or change is None or change.person_id != person.id:
        raise NotFoundError
    return change, task


def open_to_put_back(viewer: Actor, person: Person, change: LifeChange) -> dict[UUID, Purchase]:
    """What was written down for a day after a change, by id: to put it back. That it was looked at is written down.

    :raises NotFoundError: when the viewer neither decides about this person nor audits.
    """
    require_reader(viewer, person)
    late = [task.subject_id for task in change.tasks if task.kind is TaskKind.PUT_BACK and task.subject_id is not None]
    found = db.session.scalars(select(Purchase).where(Purchase.id.in_(late)).order_by(Purchase.id)).all()
    key = _key_after(viewer, person, change, "to put it right")
    for row in found:
        note(viewer, person, key, Sight.PURCHASE, row.title, row.id)
    return {row.id: row for row in found}


def note_what_is_left(viewer: Actor, person: Person, change: LifeChange, verb: str = "do") -> None:
    """Write down, for the person's side, that somebody on the staff opens what is left after a change.

    Before there is something to do a page tells kinds and counts alone; but what was kept when it still told sums does.
    """
    tells_sums = any("£" in str(item["sentence"]) for item in change.said)
    if change.tasks or tells_sums:
        what = f"what is left to {verb} after {CHANGE_WORDS[change.kind]}"
        note(viewer, person, _key_after(viewer, person, change, "to settle it"), Sight.SPENDING, what)


def _key_after(viewer: Actor, person: Person, change: LifeChange, why: str) -> Key:
    if may(viewer, Permission.READ_AUDIT, CommissionerSubject(person.commissioner_id)):
        return keys.audit_key(person)
    return Key(KeyKind.CHANGE, change.id, change.ref, f"{why} after {CHANGE_WORDS[change.kind]}")


def handovers_to(viewer: Actor, commissioner_id: UUID) -> Sequence[LifeChange]:
    """Who moves here and waits for somebody to say yes, the nearest day first; and who was taken over lately.

    :raises NotFoundError: when the viewer neither decides nor audits there.
    """
    if not may_read(viewer, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    return db.session.scalars(
        select(LifeChange)
        .options(joinedload(LifeChange.person), joinedload(LifeChange.commissioner))
        .where(LifeChange.to_commissioner_id == commissioner_id, LifeChange.state != ChangeState.TAKEN_BACK)
        .order_by(LifeChange.accepted_at.is_not(None), LifeChange.happens_on, LifeChange.id)
        .limit(50)
    ).all()


def handover_for(viewer: Actor, ref: str) -> LifeChange:
    """One person who moves to a commissioner of the viewer's.

    :raises NotFoundError: when there is none, or the viewer does not decide there.
    """
    found = db.session.scalar(
        select(LifeChange)
        .where(LifeChange.ref == tidy_ref(ref), LifeChange.state != ChangeState.TAKEN_BACK)
        .with_for_update(of=LifeChange)
    )
    if found is None or found.to_commissioner_id is None:
        raise NotFoundError
    acts = viewer.grant_for(found.person_id) is not None
    if acts or not may(viewer, Permission.DECIDE, CommissionerSubject(found.to_commissioner_id)):
        raise NotFoundError
    return found


def other_commissioners(commissioner_id: UUID) -> list[Commissioner]:
    """The other organisations that are here, by name."""
    return list(
        db.session.scalars(select(Commissioner).where(Commissioner.id != commissioner_id).order_by(Commissioner.name))
    )


def capacity_records(viewer: Actor, person: Person) -> Sequence[CapacityRecord]:
    """Everything that was found about a person's capacity, the newest first: for their coordinator, an auditor and
    their own side.

    :raises NotFoundError: for everybody else.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        require_reader(viewer, person)
    grant = viewer.grant_for(person.id)
    if grant is not None and grant.kind is AuthorityKind.BROKER:
        return ()  # it is about somebody's health
    return db.session.scalars(
        select(CapacityRecord).where(CapacityRecord.person_id == person.id).order_by(CapacityRecord.id.desc())
    ).all()
