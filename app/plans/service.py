"""Writing plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.audit import service as audit
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.ledger.rules import Stream
from app.plans.models import Outcome, OutcomeFunding, Per, Plan, PlanState


@dataclass(frozen=True, slots=True)
class OutcomeInput:
    """One outcome as it was agreed."""

    words: str
    indicative_pence: int
    funding: dict[Stream, int]  # whole-number shares
    per: Per = Per.MONTH
    examples: Sequence[str] = ()
    categories: Sequence[str] = ()
    risks: str = ""


def agree_plan(
    actor: Actor,
    person: Person,
    *,
    about_me: str,
    starts_on: date,
    ends_on: date,
    review_due_on: date,
    agreed_with: str,
    outcomes: Sequence[OutcomeInput],
) -> Plan:
    """Enter the plan that person and coordinator agreed.

    :raises NotAllowedError: when the actor is no coordinator of the person's commissioner.
    :raises InvalidError: when an outcome has no funding.
    """
    if not actor.is_system and not may(actor, Permission.DECIDE, CommissionerSubject(person.commissioner_id)):
        raise NotAllowedError("Only a coordinator can agree a plan.")
    if any(not outcome.funding for outcome in outcomes):
        raise InvalidError({"funding": "Say who pays for each outcome"})
    plan = Plan(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        state=PlanState.AGREED,
        about_me=about_me,
        starts_on=starts_on,
        ends_on=ends_on,
        review_due_on=review_due_on,
        agreed_with=agreed_with,
        outcomes=[
            Outcome(
                position=position,
                words=outcome.words,
                indicative_pence=outcome.indicative_pence,
                per=outcome.per,
                examples=list(outcome.examples),
                categories=list(outcome.categories),
                risks=outcome.risks,
                funding=[
                    OutcomeFunding(stream=stream, share=outcome.funding[stream], position=index)
                    for index, stream in enumerate(Stream)
                    if outcome.funding.get(stream)
                ],
            )
            for position, outcome in enumerate(outcomes)
        ],
    )
    db.session.add(plan)
    db.session.flush()
    audit.record(
        actor,
        "plans.agree_plan",
        f"Agreed the plan with {len(outcomes)} outcomes",
        subject_kind="plan",
        subject_id=plan.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
    )
    return plan
