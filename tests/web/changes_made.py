"""A move that is noted, with something to do, for the addresses that name one."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.core.db import db
from app.identity.models import Account, Person
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_models import ChangeTask, LifeChange
from app.stewardship.changes_rules import ChangeKind, ChangeState


def make_changes(person: Person, coordinator: Account) -> dict[str, str]:
    """One of each of a person's, by the names that addresses use. The move is far ahead: all goes on meanwhile."""
    on = clock.today() + timedelta(days=300)
    change = LifeChange(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        kind=ChangeKind.MOVE,
        state=ChangeState.NOTED,
        happens_on=on,
        access_until=on,
        words="Leeds City Council",
        noted_by=coordinator.id,
        noted_by_name=coordinator.name,
    )
    db.session.add(change)
    db.session.flush()
    task = ChangeTask(change_id=change.id, kind=TaskKind.EMPLOYER, words="Agree who pays Marta.")
    db.session.add(task)
    db.session.flush()
    return {"change_ref": change.ref, "task_ref": task.ref}
