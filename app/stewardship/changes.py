"""Recording a death, and a move to another commissioner: what the page said is done, in one transaction, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.acting.inviting import call_in
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.core.words import one_line
from app.identity import queries as identity
from app.identity.authorities import close_person
from app.identity.models import Commissioner, Person
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.stewardship.changes_before import snapshot
from app.stewardship.changes_doing import carry_out
from app.stewardship.changes_facts import gather
from app.stewardship.changes_follows import Deed, Follow, require_seen
from app.stewardship.changes_models import ChangeTask, LifeChange
from app.stewardship.changes_queries import open_change, require_coordinator
from app.stewardship.changes_rules import (
    CHANGE_WORDS,
    DIED,
    MOVED,
    ChangeKind,
    ChangeState,
    check_words,
    death_follows,
    move_follows,
)
from app.stewardship.changes_telling import everybody_of, staff_of, tell_finance, tell_side, tell_staff

_OLDEST = timedelta(days=3660)
_FURTHEST = timedelta(days=370)


def see_death(viewer: Actor, person: Person, died_on: date) -> tuple[Follow, ...]:
    """What follows from a death. Writes nothing.

    :raises NotFoundError: when the viewer is not a coordinator there, or acts for the person.
    :raises InvalidError: field ``day``.
    """
    require_coordinator(viewer, person)
    today = clock.today()
    if died_on > today:
        raise InvalidError({"day": "Enter a day that is not in the future"})
    if died_on < max(person.date_of_birth, today - _OLDEST):
        raise InvalidError({"day": "Enter a day in the last ten years"})
    return death_follows(gather(person, died_on, died_on))


def record_death(actor: Actor, person: Person, died_on: date, told_by: str, seen: str) -> LifeChange:
    """Record that a person has died, and do what the page said.

    :param told_by: who told us.
    :param seen: the sum of the list that was read (:func:`digest_of`).
    :raises InvalidError: fields ``day`` and ``words``.
    :raises StateError: when a change is recorded already, or something is different from what was read
        (:class:`ListChangedError`).
    """
    require_coordinator(actor, person)
    words = check_words(told_by, "Enter who told you, like his daughter Ann")
    _lock(person)
    follows = see_death(actor, person, died_on)
    _refuse_open(person)
    require_seen(follows, seen)
    acting = everybody_of(person.id)
    change = _add(actor, person, ChangeKind.DEATH, died_on, words, follows)
    change.state, change.done_on = ChangeState.DONE, clock.today()
    carry_out(actor, person, follows, why=DIED)
    call_in(person.id)
    close_person(person)
    _make_tasks(change, follows)
    _record(actor, change, "record_death", f"Recorded that {person.name} died on {clock.say_day(died_on, year=True)}")
    title = f"{person.given_name} has died. We are sorry. This page says what happens now, and whom you can ask."
    mine = everybody_of(person.id)  # not the one whose sign-in was closed
    tell_side(actor, person, "changes", title, (), [key for key in acting if key in mine])
    title = f"{person.name} has died. A balance is to be settled."
    tell_staff(actor, person, "death", title, staff_of(person))
    tell_finance(actor, person, title)
    return change


def see_move(viewer: Actor, person: Person, on: date, where_to: str, to: Commissioner | None) -> tuple[Follow, ...]:
    """What follows from a move. Writes nothing.

    :param on: the first day on which the other commissioner is responsible.
    :param to: the other commissioner, where it is on CarePurse.
    :raises NotFoundError: when the viewer is not a coordinator there, or acts for the person.
    :raises InvalidError: fields ``day`` and ``words``.
    """
    require_coordinator(viewer, person)
    today = clock.today()
    if not today - _FURTHEST <= on <= today + _FURTHEST:
        raise InvalidError({"day": "Enter a day within a year of today"})
    where = to.name if to else check_words(where_to, "Enter where they move to, like Leeds City Council")
    facts = gather(person, on, on - timedelta(days=1), where_to=where, handed_on=to is not None)
    return move_follows(facts)


def note_move(
    actor: Actor,
    person: Person,
    on: date,
    where_to: str,
    to: Commissioner | None,
    *,
    sends_plan: bool,
    seen: str,
) -> LifeChange:
    """Note that a person moves. Until the day all goes on; on the day a job does what the page said.

    :param sends_plan: the person agreed that the words of their plan go along.
    :param seen: the sum of the list that was read.
    :raises InvalidError: fields ``day`` and ``words``.
    :raises StateError: when a change is recorded already, or something is different from what was read
        (:class:`ListChangedError`).
    """
    require_coordinator(actor, person)
    _lock(person)
    follows = see_move(actor, person, on, where_to, to)
    _refuse_open(person)
    require_seen(follows, seen)
    where = to.name if to else one_line(where_to)
    change = _add(actor, person, ChangeKind.MOVE, on, where, follows)
    if to is not None:
        change.to_commissioner_id, change.sends_plan = to.id, sends_plan
    said = clock.say_day(on, year=True)
    _record(actor, change, "note_move", f"Noted that {person.name} moves to {where} on {said}")
    title = f"{person.given_name} moves to {where} on {said}. Read what happens to the money and the support."
    tell_side(actor, person, "changes", title, follows, everybody_of(person.id))
    if to is not None:
        _ask_to_take_over(actor, to, said)
    if on <= clock.today():
        move_now(actor, change)
    db.session.flush()
    return change


def move_now(actor: Actor, change: LifeChange) -> bool:
    """Do on the day of a move what follows, as things stand then. Once, whoever calls it.

    :returns: False when it was done or taken back already.
    """
    row = db.session.scalars(
        select(LifeChange)
        .where(LifeChange.id == change.id)
        .with_for_update(of=LifeChange)
        .execution_options(populate_existing=True)
    ).one()
    if row.state is not ChangeState.NOTED or row.happens_on > clock.today():
        return False
    person = db.session.get_one(Person, row.person_id)
    _lock(person)
    last = row.happens_on - timedelta(days=1)
    to = row.to_commissioner_id is not None
    follows = move_follows(gather(person, row.happens_on, last, where_to=row.words, handed_on=to))
    staff = staff_of(person)
    row.before = snapshot(follows)
    row.said = [item.to_dict() for item in follows]
    row.access_until = _until(follows, row.access_until)
    row.state, row.done_on = ChangeState.DONE, clock.today()
    carry_out(actor, person, follows, why=MOVED)
    call_in(person.id)
    close_person(person)
    _make_tasks(row, follows)
    _record(actor, row, "move", f"{person.name} has moved to {row.words}")
    title = f"{person.given_name} has moved to {row.words}. What was agreed here has ended."
    tell_side(actor, person, "changes", title, follows, everybody_of(person.id))
    title = f"{person.name} has moved. There are things to settle."
    tell_staff(actor, person, "move", title, staff)
    tell_finance(actor, person, title)
    return True


def _ask_to_take_over(actor: Actor, to: Commissioner, said: str) -> None:
    """Tell the other commissioner's coordinators, without a name: who it is they read on the page."""
    messages.notify(
        actor,
        [account.id for account in identity.coordinators(to.id)],
        NoticeKind.LIFE,
        f"Somebody moves to you on {said}. See who takes over.",
        about=About.STAFF_LIFE,
        about_ref="handovers",
    )


def _lock(person: Person) -> None:
    """One change at a time, and not while the sixteenth birthday is dealt with."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))


def _refuse_open(person: Person) -> None:
    there = open_change(person.id)
    if there is not None:
        raise StateError(f"{there.noted_by_name} recorded {CHANGE_WORDS[there.kind]} already. Look at that first.")


def _add(actor: Actor, person: Person, kind: ChangeKind, on: date, words: str, follows: Sequence[Follow]) -> LifeChange:
    assert actor.account_id is not None  # a coordinator
    change = LifeChange(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        kind=kind,
        state=ChangeState.NOTED,
        happens_on=on,
        access_until=_until(follows, on),
        words=words,
        said=[item.to_dict() for item in follows],
        before=snapshot(follows),
        noted_by=actor.account_id,
        noted_by_name=actor.name,
    )
    db.session.add(change)
    db.session.flush()
    return change


def _until(follows: Sequence[Follow], else_on: date) -> date:
    """Until when whoever acted may look."""
    return next((item.on for item in follows if item.deed is Deed.LET_LOOK_UNTIL and item.on), else_on)


def _make_tasks(change: LifeChange, follows: Sequence[Follow]) -> None:
    for item in follows:
        if item.task is None:
            continue
        for number, subject in enumerate(item.subjects or (None,)):
            pence = item.pence if subject is None else None  # of each thing its own page tells the sum
            words = item.words_of(number)
            db.session.add(
                ChangeTask(change_id=change.id, kind=item.task, words=words, pence=pence, subject_id=subject)
            )
    db.session.flush()


def _record(actor: Actor, change: LifeChange, verb: str, sentence: str, why: str = "") -> None:
    audit.record(
        actor,
        f"stewardship.{verb}",
        sentence,
        subject_kind="life_change",
        subject_id=change.id,
        person_id=change.person_id,
        commissioner_id=change.commissioner_id,
        why=why or change.words,
        details={"ref": change.ref, "follows": len(change.said)},
    )
