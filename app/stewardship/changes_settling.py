"""The last thing after a death or a move: finance settles what is left, and writes down how."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFoundError, StateError
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.stewardship.changes_after import finish
from app.stewardship.changes_facts import left_of
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_models import ChangeTask, LifeChange
from app.stewardship.changes_rules import ChangeState, check_words


@dataclass(frozen=True, slots=True)
class Settlement:
    """What there is to settle.

    :param task: with what was said on the day, and once it is done by whom and how.
    """

    change: LifeChange
    task: ChangeTask

    @property
    def left_pence(self) -> int:
        """What is in the budgets today."""
        return left_of(self.change.person_id)


def settlement_of(viewer: Actor, person: Person, *, reading: bool = False) -> Settlement | None:
    """What finance settles for a person, once a death or a move has happened; None while nothing has, or if it was
    taken back.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: for everybody who is not of finance there.
    """
    if not identity.is_staff_for(viewer, person, Permission.PAY_ALLOCATIONS, reading=reading):
        raise NotFoundError
    found = db.session.execute(
        select(LifeChange, ChangeTask)
        .join(ChangeTask, ChangeTask.change_id == LifeChange.id)
        .where(
            LifeChange.person_id == person.id,
            LifeChange.state.in_((ChangeState.DONE, ChangeState.CLOSED)),
            ChangeTask.kind == TaskKind.SETTLE,
        )
        .order_by(LifeChange.id.desc(), ChangeTask.id.desc())
        .limit(1)
    ).first()
    return Settlement(*found) if found else None


def settle(actor: Actor, person: Person, words: str) -> ChangeTask:
    """Write down that what was left is settled, and how. No money moves by it: that happens at the bank.

    :param words: what was done, like *£412.10 came back from the holding account*.
    :raises NotFoundError: for everybody who is not of finance there, or when there is nothing to settle.
    :raises InvalidError: field ``words``.
    :raises StateError: while the coordinator has not closed the rest, or when it is settled already.
    """
    found = settlement_of(actor, person)
    if found is None:
        raise NotFoundError
    said = check_words(words, "Enter what was done, like the money came back on 3 May")
    db.session.refresh(found.task, with_for_update=True)
    if found.task.done_at is not None:
        raise StateError(f"{found.task.done_by_name} did this already.")
    if found.change.state is not ChangeState.CLOSED:
        raise StateError("The coordinator has not closed the rest yet. Until then the sum can change.")
    finish(actor, found.change, found.task, said)
    return found.task
