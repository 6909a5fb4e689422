"""Taking over a person who moves here from another commissioner: a new record, from a day, and no money."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.acting.inviting import call_in
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.identity import service as identity
from app.identity.authorities import close_person
from app.identity.models import Account, Authority, Commissioner, Person
from app.identity.rules import Actor, AuthorityKind, Scope
from app.plans.copying import copy_as_draft, throw_drafts_away
from app.plans.models import Plan
from app.plans.queries import newest_plan
from app.stewardship.changes_access import end_authority
from app.stewardship.changes_doing import end_caseload
from app.stewardship.changes_models import LifeChange
from app.stewardship.changes_queries import handover_for
from app.stewardship.changes_rules import ChangeState
from app.stewardship.changes_telling import everybody_of, staff_of, tell_side, tell_staff
from app.stewardship.gate_rules import KeyKind, Sight
from app.stewardship.openings import Key, note

#: Why a right ended that was given for the day of a move.
_NOT_MOVING = "They do not move after all"


def accept_handover(actor: Actor, ref: str) -> Person:
    """Say that somebody is looked after here from the day they move, by whoever says so.

    Their membership here is a record of its own that begins on that day; what is known of them elsewhere stays there.
    They see it with the sign-in they have. Who acts for them is invited anew: papers are checked by each commissioner.

    :raises NotFoundError: when nobody moves to a commissioner of the actor's under this reference.
    :raises StateError: when somebody has taken over already.
    """
    change = handover_for(actor, ref)
    if change.new_person_id is not None or change.state is ChangeState.TAKEN_BACK:
        raise StateError(f"{change.accepted_by_name or 'Somebody'} takes over already.")
    old = db.session.get_one(Person, change.person_id)
    here = db.session.get_one(Commissioner, change.to_commissioner_id)
    software = Actor.system(f"Handing over, accepted by {actor.name}"[:120])
    begins = max(change.happens_on, clock.today())
    person = identity.add_person(
        software,
        here,
        old.given_name,
        old.family_name,
        old.date_of_birth,
        "",  # the new address is theirs to give
        db.session.get_one(Account, actor.account_id),
        since=begins,
    )
    for account, scope in _their_own(change):
        identity.grant_authority(software, account, person, AuthorityKind.SELF, scope, starts_on=begins)
    if change.sends_plan:
        copy_as_draft(software, old, person, begins)
    change.new_person_id, change.accepted_by_name, change.accepted_at = person.id, actor.name, clock.now()
    db.session.flush()
    said = clock.say_day(change.happens_on, year=True)
    for who, where in ((old, old.commissioner_id), (person, here.id)):
        audit.record(
            actor,
            "stewardship.accept_handover",
            f"{here.name} looks after {person.name} from {said}",
            subject_kind="life_change",
            subject_id=change.id,
            person_id=who.id,
            commissioner_id=where,
        )
    title = f"{actor.name} at {here.name} looks after {old.given_name} from {said}."
    tell_side(actor, old, "changes", title, (), everybody_of(old.id))
    tell_staff(actor, old, "move", title, staff_of(old))
    return person


def close_taken_over(actor: Actor, change: LifeChange) -> None:
    """They do not move after all: what was begun where they were awaited ends, and the coordinators there are told.

    The caller has checked the right. Nothing of theirs can have been paid there: the day has not come.
    """
    person = db.session.get_one(Person, change.new_person_id)
    staff = staff_of(person)
    software = Actor.system(f"Not moving, noted by {actor.name}"[:120])
    open_ones = select(Authority.id).where(Authority.person_id == person.id, Authority.ended_at.is_(None))
    for authority_id in db.session.scalars(open_ones).all():
        end_authority(software, authority_id, _NOT_MOVING)
    call_in(person.id)
    throw_drafts_away(software, person)
    end_caseload(person, software)
    close_person(person)
    title = f"{person.name} does not move to you after all. The plan that came along is gone."
    tell_staff(software, person, "move", title, staff)


def _their_own(change: LifeChange) -> list[tuple[Account, Scope]]:
    """The person's own sign-in, and how far it reaches: as it did before the day of the move, on which it was lowered
    to looking, and some months after which it ended.
    """
    before = change.before.get("authorities", {}) if change.done_on else {}
    own = select(Authority).where(Authority.person_id == change.person_id, Authority.kind == AuthorityKind.SELF)
    if before:
        own = own.where(Authority.id.in_([UUID(key) for key in before]))
    else:
        own = own.where(Authority.ended_at.is_(None))
    return [
        (row.account, Scope(before[str(row.id)]["scope"]) if before else row.scope)
        for row in db.session.scalars(own)
        if row.account.closed_at is None
    ]


def plan_to_come(viewer: Actor, change: LifeChange) -> Plan | None:
    """The words of the plan that come along, for whoever takes over; the person sees who read them.

    The caller has checked who may see them.
    """
    if not change.sends_plan:
        return None
    key = Key(KeyKind.CHANGE, change.id, change.ref, f"to take over at {change.words}")
    note(viewer, change.person, key, Sight.PLAN, "the plan")
    return newest_plan(change.person_id)
