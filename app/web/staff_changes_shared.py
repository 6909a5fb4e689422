"""What the staff pages about changes in a life share: the person, what may be begun, the way there."""

from __future__ import annotations

from typing import Any

from flask import url_for
from wtforms import StringField

from app.core import clock
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.stewardship.changes_follows import TASK_WORDS, TaskKind, kept_by_area
from app.stewardship.changes_models import ChangeTask, LifeChange
from app.stewardship.changes_queries import (
    decides_about,
    latest_change,
    note_what_is_left,
    open_change,
    open_to_put_back,
    require_coordinator,
    task_for,
)
from app.stewardship.changes_rules import ChangeKind, ChangeState
from app.stewardship.changes_settling import settlement_of
from app.stewardship.sixteen_rules import is_near
from app.web.context import current_actor
from app.web.forms import Form


def person_of(ref: str) -> Person:
    """The person a page is about, for a coordinator of their commissioner.

    :raises NotFoundError: for everybody else, and whoever acts for the person.
    """
    person = identity.person_of_commissioner(current_actor(), ref, Permission.DECIDE)
    require_coordinator(current_actor(), person)
    return person


class DoneForm(Form):
    """What was done."""

    words = StringField("What was done?")


def left_to_do(person: Person, change: LifeChange) -> dict[str, Any]:
    """What the page of a change shows, of a death and of a move alike: what was done, and what is left to do."""
    note_what_is_left(current_actor(), person, change)
    tasks = [(words, [task for task in change.tasks if task.kind is kind]) for kind, words in TASK_WORDS.items()]
    return {
        "person": person,
        "change": change,
        "areas": kept_by_area(change.said),
        "tasks": [(words, found) for words, found in tasks if found],
        "purchases": open_to_put_back(current_actor(), person, change),
        "TaskKind": TaskKind,
        "is_open": change.state is ChangeState.DONE,
        "can_change": decides_about(current_actor(), person),
    }


def open_task(person: Person, ref: str) -> tuple[LifeChange, ChangeTask]:
    """One thing to do, with its words and sum: that it is opened is written down."""
    change, task = task_for(current_actor(), person, ref)
    note_what_is_left(current_actor(), person, change)
    return change, task


def ways_of_changes(actor: Actor, person: Person) -> list[tuple[str, str, str]]:
    """What a coordinator, and finance, may do about a change in this person's life, and what an auditor may read of it:
    title, address, a line about it.
    """
    found = _ways_of_coordinator(person) if decides_about(actor, person) else _ways_of_auditor(actor, person)
    settles = identity.is_staff_for(actor, person, Permission.PAY_ALLOCATIONS, reading=True)
    if settles and settlement_of(actor, person, reading=True):
        words = "After a death or a move: what is in the budgets, and how it was settled."
        found.append(("What is left to settle", "settle", words))
    ref = person.ref
    return [(title, url_for(f"staff_changes_{page}.show", person_ref=ref), about) for title, page, about in found]


def _ways_of_auditor(actor: Actor, person: Person) -> list[tuple[str, str, str]]:
    """What was written down; nothing where nothing was, so that nobody is told of a look at a death that was none."""
    if not identity.is_staff_for(actor, person, Permission.READ_AUDIT):
        return []
    found = [("Capacity", "capacity", "What was found, by whom, and why.")]
    if is_near(person.date_of_birth, clock.today()):
        found.append(("Turning sixteen", "sixteen", "What changes on the day, what is done and what is missing."))
    if latest_change(actor, person, ChangeKind.MOVE):
        found.append(("Moving away", "move", "What was noted, and what was done."))
    if latest_change(actor, person, ChangeKind.DEATH):
        found.append(("A death", "death", "What was recorded, and what was done."))
    return found


def _ways_of_coordinator(person: Person) -> list[tuple[str, str, str]]:
    change = open_change(person.id)
    found = []
    if is_near(person.date_of_birth, clock.today()):
        found.append(("Turning sixteen", "sixteen", "What changes on the day, what is done and what is missing."))
    if change is None or change.kind is not ChangeKind.DEATH:
        found.append(("Capacity", "capacity", "Write down that somebody can, or cannot, decide about their money."))
    if change is None or change.kind is ChangeKind.MOVE:
        found.append(("Moving away", "move", "They will live with another commissioner: what goes on, and what ends."))
    if change is None or change.kind is ChangeKind.DEATH:
        words = "What is left to do." if change else "They have died. Record it, and see what happens then."
        found.append(("A death", "death", words))
    return found
