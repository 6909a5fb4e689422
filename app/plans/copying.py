"""The words of a plan, taken along as a draft: what matters to a person moves with them, the money does not."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.identity.models import Person
from app.identity.rules import Actor
from app.plans.models import Outcome, Plan, PlanState
from app.plans.queries import newest_plan


def copy_as_draft(actor: Actor, old: Person, new: Person, starts_on: date) -> Plan | None:
    """Copy the words and outcomes of a person's newest plan into a draft of the same person elsewhere.

    No sums and no funders go along: they are agreed anew. The caller has checked that the person agrees.

    :returns: the draft; None when there is no plan.
    """
    plan = newest_plan(old.id)
    if plan is None:
        return None
    last = clock.last_day(clock.add_months(clock.period_of(starts_on), 11))
    draft = Plan(
        commissioner_id=new.commissioner_id,
        person_id=new.id,
        state=PlanState.DRAFT,
        about_me=plan.about_me,
        starts_on=starts_on,
        ends_on=last,
        review_due_on=clock.last_day(clock.add_months(clock.period_of(starts_on), 2)),
        agreed_with="",
        outcomes=[
            Outcome(
                position=item.position,
                words=item.words,
                indicative_pence=0,
                per=item.per,
                examples=list(item.examples),
                categories=list(item.categories),
                risks=item.risks,
            )
            for item in plan.outcomes
            if item.ended_on is None
        ],
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(
        actor,
        "plans.copy_as_draft",
        "Took the words of the plan along, as a draft",
        subject_kind="plan",
        subject_id=draft.id,
        person_id=new.id,
        commissioner_id=new.commissioner_id,
    )
    return draft


def throw_drafts_away(actor: Actor, person: Person) -> int:
    """Let nothing stay of the plans that were never agreed. The caller has checked the right.

    :returns: how many there were.
    """
    drafts = db.session.scalars(
        select(Plan).where(Plan.person_id == person.id, Plan.state == PlanState.DRAFT)
    ).all()
    for draft in drafts:
        for outcome in list(draft.outcomes):
            db.session.delete(outcome)
        db.session.flush()
        db.session.delete(draft)
    db.session.flush()
    if drafts:
        audit.record(
            actor,
            "plans.throw_away",
            "Threw away a draft of a plan",
            subject_kind="person",
            subject_id=person.id,
            person_id=person.id,
            commissioner_id=person.commissioner_id,
        )
    return len(drafts)
