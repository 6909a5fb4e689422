"""Reading plans and outcomes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.plans.models import Outcome, Plan, PlanState

_WHOLE = selectinload(Plan.outcomes).selectinload(Outcome.funding)


def plan_in_force(viewer: Actor, person: Person, on: date | None = None) -> Plan | None:
    """The agreed plan of a person on a day, with its outcomes and their funding.

    :param on: a London day; today when left out.
    :raises NotFoundError: when the viewer may not see it.
    """
    _check(viewer, person.id)
    day = on or clock.today()
    return db.session.scalar(
        select(Plan)
        .options(_WHOLE)
        .where(
            Plan.person_id == person.id, Plan.state == PlanState.AGREED, Plan.starts_on <= day, Plan.ends_on >= day
        )
        .order_by(Plan.starts_on.desc(), Plan.id)
        .limit(1)
    )


def outcomes_to_give(viewer: Actor, person: Person) -> list[Outcome]:
    """The outcomes of the plan in force that somebody may be asked to act for: also for a coordinator there.

    :raises NotFoundError: when the viewer neither acts for the person nor settles who does.
    """
    settles = identity.is_staff_for(viewer, person, Permission.CHECK_AUTHORITY, reading=True)
    plan = plan_in_force(Actor.system("Plans") if settles else viewer, person)
    today = clock.today()
    return [one for one in plan.outcomes if one.ended_on is None or one.ended_on >= today] if plan else []


def plan_by_id(plan_id: UUID) -> Plan:
    """A plan with its outcomes, for services that have checked the right already."""
    return db.session.execute(select(Plan).options(_WHOLE).where(Plan.id == plan_id)).scalar_one()


def newest_plan(person_id: UUID) -> Plan | None:
    """The plan of a person that was agreed last, for services that have checked the right already."""
    return db.session.scalar(
        select(Plan)
        .options(_WHOLE)
        .where(Plan.person_id == person_id, Plan.state == PlanState.AGREED)
        .order_by(Plan.starts_on.desc(), Plan.id.desc())
        .limit(1)
    )


def outcome_for(viewer: Actor, person: Person, ref: str) -> Outcome:
    """One outcome of a person's plans.

    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    _check(viewer, person.id)
    outcome = db.session.scalar(
        select(Outcome)
        .options(selectinload(Outcome.funding))
        .join(Plan)
        .where(Outcome.ref == tidy_ref(ref), Plan.person_id == person.id)
    )
    if outcome is None:
        raise NotFoundError
    return outcome


def _check(viewer: Actor, person_id: UUID) -> None:
    if not viewer.is_system and not may(viewer, Permission.READ_MONEY, PersonSubject(person_id)):
        raise NotFoundError
