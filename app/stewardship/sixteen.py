"""Sixteen: telling in time, and passing the right to decide on the day.

The right passes with the mark that it did, in one transaction for each young person: twice, late, or two workers at
once come to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, text, true
from sqlalchemy.dialects.postgresql import insert

from app.acting.inviting import set_their_scope
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.jobs import enqueue_many, task
from app.identity.models import Authority, Person
from app.identity.rules import Actor, AuthorityKind, EvidenceKind, Scope
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.stewardship.changes_doing import carry_out
from app.stewardship.changes_follows import Follow, and_names
from app.stewardship.changes_models import SixteenStep
from app.stewardship.changes_telling import everybody_of, staff_of
from app.stewardship.sixteen_queries import facts_of, steps_of
from app.stewardship.sixteen_rules import AGE, SixteenFacts, Step, birthday, day_follows, step_due

TURN_SIXTEEN, TURN_ONE = "stewardship.turn_sixteen", "stewardship.turn_one_sixteen"
_SYSTEM = Actor.system("Sixteenth birthdays")
_AHEAD = timedelta(days=190)  # a little more than six months: the rules say the day
_LATE = timedelta(days=90)  # for how long a page asks whether the job has run


@dataclass(frozen=True, slots=True)
class Turned:
    """What one run did."""

    told: int = 0
    passed: int = 0


# 00:25 UTC is the same day in London, in summer and in winter
@task(TURN_SIXTEEN, cron="25 0 * * *")
def turn_sixteen_today(timestamp: int) -> None:
    """Every night: a job for each young person for whom something is due.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    enqueue_many(TURN_ONE, [{"person_id": str(key)} for key in coming()])


@task(TURN_ONE)
def turn_one_sixteen(person_id: str) -> None:
    """Do what is due for one young person, in a transaction of its own."""
    turn(UUID(person_id))


def turn_sixteen() -> Turned:
    """Do what is due for everybody. Whoever calls it commits, and calls it as often as they like."""
    done = [turn(key) for key in coming()]
    return Turned(sum(step is not None for step in done), sum(step is Step.DAY for step in done))


def turn_if_late(person: Person) -> bool:
    """Do what the night's job has not done yet: nobody acts as for a child after the birthday because a job is late.

    Whoever opens one of the person's pages calls it, and commits.

    :returns: whether something was done.
    """
    day, today = birthday(person.date_of_birth), clock.today()
    if not day <= today < day + _LATE or Step.DAY in steps_of(person.id) or not coming(person.id):
        return False
    return turn(person.id) is not None


def coming(only: UUID | None = None) -> Sequence[UUID]:
    """Young people whose birthday is near or past and has not been dealt with: somebody has acted for them as for a
    child, or they have a sign-in of their own that only looks, such as after a move. Whoever began to act after the
    birthday does so for another reason.

    :param only: ask about this one.
    """
    latest = clock.today() + _AHEAD
    born = latest.replace(year=latest.year - AGE, day=min(latest.day, 28)) + timedelta(days=3)
    by_parents = and_(
        Authority.kind == AuthorityKind.REPRESENTATIVE,
        or_(Authority.evidence.is_(None), Authority.evidence == EvidenceKind.PARENTAL_RESPONSIBILITY),
    )
    looking = and_(Authority.kind == AuthorityKind.SELF, Authority.scope == Scope.VIEW)
    as_for_a_child = exists().where(
        Authority.person_id == Person.id,
        Authority.ended_at.is_(None),
        or_(by_parents, looking),
        Authority.starts_on < Person.date_of_birth + text(f"interval '{AGE} years'"),
    )
    dealt_with = exists().where(SixteenStep.person_id == Person.id, SixteenStep.step == Step.DAY)
    return db.session.scalars(
        select(Person.id)
        .where(Person.date_of_birth <= born, Person.closed_on.is_(None), as_for_a_child, ~dealt_with)
        .where(Person.id == only if only else true())
        .order_by(Person.id)
    ).all()


def turn(person_id: UUID) -> Step | None:
    """Do what is due today for one young person, once.

    :returns: what was done; None when nothing is due, somebody else does it, or they died or moved away.
    """
    # what is chosen or recorded at the same moment comes before, or after, and never in between
    person = db.session.scalars(select(Person).where(Person.id == person_id).with_for_update(key_share=True)).one()
    today = clock.today()
    step = step_due(person.date_of_birth, today, steps_of(person_id))
    if person.closed_on is not None or step is None or not _mark(person, step, today):
        return None
    facts = facts_of(person)
    follows = day_follows(facts)
    if step is Step.DAY:
        carry_out(_SYSTEM, person, follows, why="Sixteenth birthday")
        if not facts.lacks:
            set_their_scope(person_id, Scope.BUY)
    told = _tell(person, facts, follows, step)
    mark = db.session.get_one(SixteenStep, (person_id, step))
    mark.told, mark.said = told, [item.to_dict() for item in follows]
    db.session.flush()
    return step


def _mark(person: Person, step: Step, today: date) -> bool:
    done = db.session.scalar(
        insert(SixteenStep)
        .values(person_id=person.id, step=step, done_on=today, told=0, said=[])
        .on_conflict_do_nothing()
        .returning(SixteenStep.person_id)
    )
    return done is not None


def _tell(person: Person, facts: SixteenFacts, follows: Sequence[Follow], step: Step) -> int:
    """Tell everybody on the person's side, and the coordinator, each in their own words."""
    them, day = person.given_name, birthday(person.date_of_birth)
    said = clock.say_day(day, year=day.year != clock.today().year)
    acting = [item for item in facts.acting if item.kind is AuthorityKind.REPRESENTATIVE]
    if step is Step.DAY:
        title, yours = f"{them} is sixteen. From today {them} decides.", "You are sixteen. From today you decide."
        staff = f"{them} {person.family_name} is sixteen. See what changed, and what is still to do."
        if facts.lacks:
            title = f"{them} is sixteen. For now nothing changes in who decides."
            yours = "You are sixteen. For now nothing changes in who decides. You can say if that is wrong."
    else:
        title = f"{them} will be sixteen on {said}. Who decides changes then."
        yours = f"You will be sixteen on {said}. From then on you decide about your money."
        staff = f"{them} {person.family_name} will be sixteen on {said}. See what to do before."
    when = [] if step is Step.DAY else [f"On {said}:"]
    body = "\n".join([*when, *(item.sentence for item in follows)])
    others = everybody_of(person.id)
    own = [item.account_id for item in facts.acting if item.kind is AuthorityKind.SELF]
    notices = messages.notify(
        _SYSTEM,
        [key for key in others if key not in own],
        NoticeKind.LIFE,
        title,
        body,
        about=About.LIFE,
        about_ref="sixteen",
        person_id=person.id,
    )
    notices += messages.notify(
        _SYSTEM, own, NoticeKind.LIFE, yours, body, about=About.LIFE, about_ref="sixteen", person_id=person.id
    )
    notices += messages.notify(
        _SYSTEM,
        staff_of(person),
        NoticeKind.LIFE,
        staff,
        about=About.STAFF_LIFE,
        about_ref="sixteen",
        person_id=person.id,
    )
    audit.record(
        _SYSTEM,
        f"stewardship.sixteen_{step}",
        f"Told {and_names(item.name for item in acting)} and the coordinator what changes when {them} is sixteen",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        details={"step": step.value, "told": len(notices)},
    )
    return len(notices)
