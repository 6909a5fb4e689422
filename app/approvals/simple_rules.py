"""Kinds of purchase that a team says yes to in advance: "gym memberships under £400 for exercise outcomes".

Only for a second look at something ordinary (``rules.DELEGABLE``). A rule is never changed: it is ended and another
made, so that what it answered stays explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from app.approvals.models import ApprovalRequest, SimpleRule
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.core.words import one_line, storable, tidy_ref
from app.identity import absences
from app.identity.rules import Actor, CommissionerSubject, Permission, may, may_read

MAX_NAME = 120
MAX_WHY = 2000
MOST_WORDS = 20
MOST_PENCE = 500_000  # more than £5,000 is nobody's idea of simple
MOST_TIMES = 60
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class RuleInput:
    """A simple rule as typed."""

    name: str
    category: str | None
    words: str  # separated by commas or lines
    outcome_words: str
    most_pence: int | None
    times_a_year: int | None
    why: str


def make_rule(actor: Actor, commissioner_id: UUID, typed: RuleInput, categories: set[str]) -> SimpleRule:
    """Say yes in advance.

    :param categories: the marketplace's, which this package does not know.
    :raises NotFoundError: when the actor does not decide there.
    :raises NotAllowedError: for somebody who does not lead the team.
    :raises InvalidError: fields ``name category words outcome_words most times why``.
    """
    _require_lead(actor, commissioner_id)
    name, why = one_line(typed.name), storable(typed.why)
    words, outcome_words = split_words(typed.words), split_words(typed.outcome_words)
    errors = {}
    if not name or len(name) > MAX_NAME:
        errors["name"] = f"Give it a name of up to {MAX_NAME} characters, like Gym memberships under £400"
    if typed.category and typed.category not in categories:
        errors["category"] = "Choose one of the kinds"
    if not typed.category and not words:
        errors["words"] = "Choose a kind, or say which words must be in it: a rule for everything is not simple"
    elif len(words) > MOST_WORDS:
        errors["words"] = f"Use {MOST_WORDS} words or fewer"
    if len(outcome_words) > MOST_WORDS:
        errors["outcome_words"] = f"Use {MOST_WORDS} words or fewer"
    if typed.most_pence is None or not 0 < typed.most_pence <= MOST_PENCE:
        errors["most"] = "Enter a sum of up to £5,000"
    if typed.times_a_year is None or not 0 < typed.times_a_year <= MOST_TIMES:
        errors["times"] = f"Enter how many times a year for one person, 1 to {MOST_TIMES}"
    if not why or len(why) > MAX_WHY:
        errors["why"] = "Say why nobody has to look at these"
    if errors:
        raise InvalidError(errors)
    rule = SimpleRule(
        commissioner_id=commissioner_id,
        name=name,
        category=typed.category or None,
        words=words,
        outcome_words=outcome_words,
        most_pence=typed.most_pence,
        times_a_year=typed.times_a_year,
        why=why,
        made_by=actor.account_id,
        made_by_name=actor.name,
    )
    db.session.add(rule)
    db.session.flush()
    _record(actor, rule, "make_rule", f"Made the simple rule “{rule.name}”", why)
    return rule


def end_rule(actor: Actor, ref: str, why: str = "") -> SimpleRule:
    """From now on a person looks at these again. What it answered stays answered.

    :raises NotFoundError: when there is none in force.
    """
    rule = db.session.scalar(select(SimpleRule).where(SimpleRule.ref == tidy_ref(ref)))
    if rule is None:
        raise NotFoundError
    _require_lead(actor, rule.commissioner_id)
    done = db.session.scalar(
        update(SimpleRule)
        .where(SimpleRule.id == rule.id, SimpleRule.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by_name=actor.name)
        .returning(SimpleRule.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        raise NotFoundError
    db.session.refresh(rule)
    _record(actor, rule, "end_rule", f"Ended the simple rule “{rule.name}”", storable(why)[:MAX_WHY])
    return rule


def rules_in_force(commissioner_id: UUID) -> Sequence[SimpleRule]:
    """What is said yes to in advance, for the software that asks."""
    return db.session.scalars(
        select(SimpleRule)
        .where(SimpleRule.commissioner_id == commissioner_id, SimpleRule.ended_at.is_(None))
        .order_by(SimpleRule.id)
    ).all()


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A simple rule with how often it answered."""

    rule: SimpleRule
    answered: int
    pence: int


def rules_of(viewer: Actor, commissioner_id: UUID) -> list[RuleUse]:
    """A team's simple rules, those in force first, with what they answered.

    :raises NotFoundError: when the viewer does not decide there.
    """
    if not may_read(viewer, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    used = (
        select(
            ApprovalRequest.simple_rule_id.label("rule"),
            func.count().label("answered"),
            func.sum(ApprovalRequest.amount_pence).label("pence"),
        )
        .where(ApprovalRequest.commissioner_id == commissioner_id, ApprovalRequest.simple_rule_id.is_not(None))
        .group_by(ApprovalRequest.simple_rule_id)
        .subquery()
    )
    rows = db.session.execute(
        select(SimpleRule, used.c.answered, used.c.pence)
        .outerjoin(used, used.c.rule == SimpleRule.id)
        .where(SimpleRule.commissioner_id == commissioner_id)
        .order_by(SimpleRule.ended_at.is_not(None), SimpleRule.id.desc())
    )
    return [RuleUse(rule, int(answered or 0), int(pence or 0)) for rule, answered, pence in rows]


def times_used(rule: SimpleRule, person_id: UUID) -> int:
    """How often it answered for a person in the last twelve months."""
    count = db.session.scalar(
        select(func.count())
        .select_from(ApprovalRequest)
        .where(
            ApprovalRequest.simple_rule_id == rule.id,
            ApprovalRequest.person_id == person_id,
            ApprovalRequest.opened_at >= clock.now() - _YEAR,
        )
    )
    return int(count or 0)


def split_words(typed: str) -> list[str]:
    """Words and phrases from what was typed, separated by commas or lines, each once."""
    parts = (one_line(part).casefold() for part in storable(typed).replace("\n", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))


def _require_lead(actor: Actor, commissioner_id: UUID) -> None:
    if not may(actor, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    if not absences.leads(actor, commissioner_id):
        raise NotAllowedError("Whoever leads the team makes and ends simple rules.")


def _record(actor: Actor, rule: SimpleRule, verb: str, sentence: str, why: str) -> None:
    audit.record(
        actor,
        f"approvals.{verb}",
        sentence,
        subject_kind="simple_rule",
        subject_id=rule.id,
        commissioner_id=rule.commissioner_id,
        why=why,
        details={
            "category": rule.category,
            "words": rule.words,
            "outcome_words": rule.outcome_words,
            "most_pence": rule.most_pence,
            "times_a_year": rule.times_a_year,
        },
    )
