"""Ideas: asked before there is anything to buy, agreed up to a sum and until a day, and then used."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState, SubjectKind, may_decide
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.money import MAX_PENCE, format_pounds
from app.core.words import one_line, storable, tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.plans import queries as plans
from app.plans.models import Outcome, Plan
from app.policy import queries as policies
from app.policy.engine import check_text
from app.policy.rules import Action, Decision
from app.purchases.changing import require, require_state, write
from app.purchases.drafting import put_line, start_draft
from app.purchases.idea_cover import left_of
from app.purchases.idea_models import Idea
from app.purchases.idea_queries import idea_for
from app.purchases.idea_rules import OPEN_IDEAS, HowOften, IdeaInput, IdeaState, check_idea, proposed_sum
from app.purchases.models import Purchase
from app.purchases.rules import LineInput, State
from app.purchases.telling import doer


def quick_word(person: Person, words: str, amount_pence: int | None) -> Decision:
    """What the policy says of the words alone, at once. It promises nothing and is kept nowhere."""
    return check_text(policies.policy_in_force(person.commissioner_id), words, amount_pence=amount_pence)


def check_idea_of(actor: Actor, person: Person, typed: IdeaInput) -> Outcome:
    """See that an idea can be sent as it is typed.

    :returns: the outcome it would serve.
    :raises InvalidError: fields ``words outcome amount how_often why``.
    """
    _require(actor, person)
    errors = check_idea(typed)
    outcome = None
    try:
        outcome = plans.outcome_for(actor, person, typed.outcome_ref)
    except NotFoundError:
        errors["outcome"] = "Choose what it would help with"
    if outcome is not None and outcome.ended_on is not None and outcome.ended_on < clock.today():
        errors["outcome"] = "This outcome has ended. Choose another one"
    if errors or outcome is None:
        raise InvalidError(errors)
    return outcome


def ask_idea(actor: Actor, person: Person, typed: IdeaInput, *, all_the_same: bool = False) -> Idea:
    """Ask a coordinator whether the budget could be used for something.

    :param all_the_same: the policy's word is that it cannot, and the person wants a person to look.
    :raises InvalidError: as :func:`check_idea_of`; field ``words`` with the policy's sentence when it stops them.
    """
    outcome = check_idea_of(actor, person, typed)
    if actor.account_id is None:
        raise NotFoundError
    words, amount = one_line(typed.words), typed.amount_pence or 0
    said = quick_word(person, words, amount)
    if said.action is Action.BLOCK and said.first is not None and not all_the_same:
        raise InvalidError({"words": said.first.sentence})
    plan = db.session.get_one(Plan, outcome.plan_id)
    until = max(plan.ends_on, clock.today())
    often = HowOften(typed.how_often)
    idea = Idea(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        outcome_id=outcome.id,
        words=words,
        why=storable(typed.why),
        amount_pence=amount,
        how_often=often,
        state=IdeaState.WAITING,
        action=said.action,
        findings=[item.to_dict() for item in said.findings],
        asked_by=actor.account_id,
        asked_by_name=actor.name,
        until=until,
        up_to_pence=proposed_sum(amount, often, clock.today(), until),
    )
    db.session.add(idea)
    db.session.flush()
    to = approval_queries.coordinator_for(person.id, person.commissioner_id, actor.account_id)
    request = approvals.open_request(
        actor,
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        subject_kind=SubjectKind.IDEA,
        subject_id=idea.id,
        line_ids=(),
        title=words,
        amount_pence=amount,
        rules=list(dict.fromkeys(item.rule for item in said.findings)) or ["off-plan"],
        reason_asked=said.first.sentence if said.first else "",
        asked_by=actor.account_id,
        assigned_to=to,
        needs_reason=said.action is Action.BLOCK,
    )
    record_idea(actor, idea, "ask_idea", "Asked about the idea")
    team = [to] if to else identity.coordinators(person.commissioner_id)
    by = doer(person, actor.name, actor.quality_for(person.id, person.commissioner_id))
    messages.notify(
        actor,
        [account.id for account in team],
        NoticeKind.TO_DECIDE,
        f"{by.who} has an idea{by.for_whom.removeprefix(',')}: {words}. Answer by {clock.say_day(request.due_on)}.",
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=person.id,
    )
    return idea


def take_back_idea(actor: Actor, idea: Idea) -> None:
    """The person's side does not want an answer any more.

    :raises StateError: when it was answered already.
    """
    _require(actor, db.session.get_one(Person, idea.person_id))
    move_idea(idea, OPEN_IDEAS, IdeaState.WITHDRAWN, decided_at=clock.now())
    request = approval_queries.latest_for(idea.id)
    if request is not None:
        approvals.withdraw(actor, request)
        messages.notify(
            actor,
            [request.assigned_to] if request.assigned_to else [],
            NoticeKind.TAKEN_BACK,
            f"The idea {idea.words} was taken back.",
            about=About.REQUEST,
            about_ref=request.ref,
            person_id=idea.person_id,
        )
    record_idea(actor, idea, "take_back_idea", "Took back the idea")


def set_terms(actor: Actor, request_ref: str, until: date | None, up_to_pence: int | None) -> Idea:
    """A coordinator sets until when and up to how much in all they would say yes. Before they do.

    :raises InvalidError: fields ``until`` and ``up_to``.
    :raises StateError: when it was answered already.
    """
    request = approval_queries.request_by_ref(actor, tidy_ref(request_ref))
    idea = idea_of(request)
    if not may_decide(actor, request.commissioner_id, request.person_id, request.asked_by):
        raise NotAllowedError("You cannot decide this one: somebody else in your team will.")
    if request.state is not RequestState.WAITING:
        raise approvals.already(request)
    errors = {}
    if until is None or until < clock.today():
        errors["until"] = "Enter a day that is not in the past"
    if up_to_pence is None or not 0 < up_to_pence <= MAX_PENCE:
        errors["up_to"] = "Enter how much in all, more than £0"
    if errors:
        raise InvalidError(errors)
    move_idea(idea, (IdeaState.WAITING,), IdeaState.WAITING, until=until, up_to_pence=up_to_pence)
    record_idea(actor, idea, "set_terms", "Set the terms of the idea", until=str(until), up_to_pence=up_to_pence)
    return idea


def start_from_idea(actor: Actor, person: Person, idea: Idea) -> Purchase:
    """Begin a purchase of what was agreed: the first line is filled in, and it is on plan within the idea's terms.

    :raises StateError: when nothing of the idea is left.
    """
    _require(actor, person)
    left = left_of(idea, clock.today())
    if not left:
        raise StateError("This idea is used up, or its time is over. You can ask again.")
    purchase = start_draft(actor, person)
    outcome = db.session.get_one(Outcome, idea.outcome_id)
    line = LineInput(description=idea.words, amount_pence=min(idea.amount_pence, left), outcome_ref=outcome.ref)
    put_line(actor, purchase, None, line)
    write(purchase, idea_id=idea.id)
    return purchase


def use_idea(actor: Actor, person: Person, purchase: Purchase, idea_ref: str) -> Purchase:
    """Say that a draft is for an agreed idea.

    :raises NotFoundError: when the person has no such idea.
    :raises StateError: when it was sent already, or nothing of the idea is left.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    require_state(purchase, State.DRAFT)
    idea = idea_for(actor, person, idea_ref)
    if not left_of(idea, clock.today()):
        raise StateError("This idea is used up, or its time is over. You can ask again.")
    write(purchase, idea_id=idea.id)
    return purchase


def idea_of(request: ApprovalRequest) -> Idea:
    """The idea a request is about.

    :raises NotFoundError: when it is about something else.
    """
    if request.subject_kind is not SubjectKind.IDEA:
        raise NotFoundError
    return db.session.get_one(Idea, request.subject_id)


def move_idea(idea: Idea, start: tuple[IdeaState, ...], end: IdeaState, **values: Any) -> None:
    """Take an idea to another state, guarded in the statement.

    :raises StateError: when somebody was faster.
    """
    done = db.session.scalar(
        update(Idea)
        .where(Idea.id == idea.id, Idea.state.in_(start))
        .values(state=end, **values)
        .returning(Idea.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(idea)
    if done is None:
        raise StateError(f"This has moved on. It says now: {idea.state_words}.")


def record_idea(actor: Actor, idea: Idea, verb: str, doing: str, why: str = "", **details: Any) -> None:
    """Write the audit entry of something done about an idea."""
    audit.record(
        actor,
        f"purchases.{verb}",
        f"{doing} {idea.words}, about {format_pounds(idea.amount_pence)}",
        subject_kind="idea",
        subject_id=idea.id,
        person_id=idea.person_id,
        commissioner_id=idea.commissioner_id,
        why=why,
        details={"ref": idea.ref, **details},
    )


def _require(actor: Actor, person: Person) -> None:
    subject = PersonSubject(person.id)
    if not may(actor, Permission.VIEW_BUDGET, subject):
        raise NotFoundError
    if not may(actor, Permission.PREPARE_PURCHASE, subject):
        raise NotAllowedError("You may look at this budget, but not ask for something from it.")
