"""Moving what is planned from one outcome to another, and using what is kept for bad weeks.

No money leaves the budget: what is planned changes, and each outcome's funders pay as before. The person's side does it
freely up to the commissioner's limit a month; beyond it, and between outcomes that other funders pay for, a coordinator
is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.audit import service as audit
from app.budgets import moves
from app.budgets import service as budget_service
from app.budgets.models import Budget
from app.budgets.move_models import MoveState, OutcomeMove
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.money import MAX_PENCE, format_pounds
from app.core.words import storable, tidy_ref
from app.identity import queries as identity
from app.identity.authority_queries import hold
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.plans.models import Outcome, Per
from app.purchases.alone import beyond
from app.purchases.planned import KEPT, End, ends_of
from app.purchases.rules import MAX_NOTE
from app.purchases.telling import doer


@dataclass(frozen=True, slots=True)
class MoveInput:
    """A move as typed: references of outcomes, or ``kept``."""

    from_ref: str
    to_ref: str
    amount_pence: int | None
    every_month: bool
    why: str


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """What a move would come to.

    :param refer: why a coordinator is asked; empty when the person's side does it freely.
    """

    source: End
    target: End
    amount_pence: int
    first_month: date
    last_month: date
    why: str
    refer: str
    coordinator_name: str
    answer_by: date

    @property
    def is_once(self) -> bool:
        return self.first_month == self.last_month


def check_move(actor: Actor, person: Person, budget: Budget, typed: MoveInput) -> MoveCheck:
    """What a move would come to. Writes nothing.

    :raises NotAllowedError: for somebody who may not buy for the person: planning the money is theirs.
    :raises InvalidError: fields ``source target amount every_month why``.
    """
    ends = {end.ref: end for end in ends_of(actor, person, budget)}
    if not may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)):
        raise NotAllowedError("Someone on the person's own side decides what the money is planned for.")
    source, target = ends.get(_ref(typed.from_ref)), ends.get(_ref(typed.to_ref))
    errors = {}
    if source is None:
        errors["source"] = "Choose where it comes from"
    if target is None:
        errors["target"] = "Choose what it is for now"
    elif target is source:
        errors["target"] = "Choose something else than where it comes from"
    pence = typed.amount_pence
    if pence is None or not 0 < pence <= MAX_PENCE:
        errors["amount"] = "Enter an amount, like 20 or 20.50"
    elif source is not None and pence > max(0, source.left_pence):
        errors["amount"] = f"Only {format_pounds(max(0, source.left_pence))} is left there"
    monthly = all(end is not None and end.outcome and end.outcome.per is Per.MONTH for end in (source, target))
    if typed.every_month and source is not None and target is not None and not monthly:
        errors["every_month"] = "Only what is planned by the month can be moved every month"
    why = storable(typed.why)
    if source is not None and source.outcome is None and not why:
        errors["why"] = "Say what it is needed for"
    elif len(why) > MAX_NOTE:
        errors["why"] = f"Say it in {MAX_NOTE:,} characters or fewer"
    if errors or source is None or target is None or pence is None:
        raise InvalidError(errors)
    first = clock.period_of(clock.today())
    coordinator = approval_queries.coordinator_for(person.id, person.commissioner_id, actor.account_id or person.id)
    return MoveCheck(
        source=source,
        target=target,
        amount_pence=pence,
        first_month=first,
        last_month=max(first, clock.period_of(budget.ends_on)) if typed.every_month else first,
        why=why,
        refer=_why_refer(actor, person, budget, source, target, pence, typed.every_month),
        coordinator_name=coordinator.name if coordinator else "Your coordinator's team",
        answer_by=identity.answer_day(person.commissioner_id),
    )


def move(actor: Actor, person: Person, budget: Budget, typed: MoveInput) -> OutcomeMove:
    """Move it, or ask the coordinator. The budget is locked first, so two moves at once see each other.

    :raises InvalidError: as :func:`check_move`.
    """
    budget_service.lock(budget)
    db.session.refresh(budget, ["contingency_pence"])
    actor = hold(actor, person.id)
    check = check_move(actor, person, budget, typed)
    if actor.account_id is None:
        raise NotFoundError
    made = OutcomeMove(
        commissioner_id=budget.commissioner_id,
        person_id=person.id,
        budget_id=budget.id,
        from_outcome_id=check.source.outcome.id if check.source.outcome else None,
        to_outcome_id=check.target.outcome.id if check.target.outcome else None,
        amount_pence=check.amount_pence,
        first_month=check.first_month,
        last_month=check.last_month,
        why=check.why,
        asked_by=actor.account_id,
        asked_by_name=actor.name,
    )
    db.session.add(made)
    db.session.flush()
    title = title_of(check.source.words, check.target.words)
    if check.refer:
        _ask(actor, person, made, check, title)
        record(actor, made, "ask_to_move", f"Asked to move {format_pounds(made.amount_pence)}: {title}")
    else:
        change_move(made, MoveState.AGREED)
        apply_kept(budget, made)
        record(actor, made, "move", f"Moved {format_pounds(made.amount_pence)}: {title}")
    return made


def take_back(actor: Actor, person: Person, ref: str) -> OutcomeMove:
    """Do not ask for it any more.

    :raises NotFoundError: when there is none of this person.
    :raises StateError: when it was answered already.
    """
    made = _of(person, ref)
    if not may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)):
        raise NotFoundError
    change_move(made, MoveState.TAKEN_BACK)
    request = approval_queries.latest_for(made.id)
    if request is not None:
        approvals.withdraw(actor, request)
    record(actor, made, "take_back_move", "Took back what was asked to be moved")
    return made


def request_of(viewer: Actor, person: Person, ref: str) -> ApprovalRequest:
    """The request about a move, for the person's side.

    :raises NotFoundError: when there is none of this person.
    """
    request = approval_queries.latest_for(_of(person, ref).id)
    if request is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return request


def _of(person: Person, ref: str) -> OutcomeMove:
    found = db.session.scalar(
        select(OutcomeMove).where(OutcomeMove.ref == tidy_ref(ref), OutcomeMove.person_id == person.id)
    )
    if found is None:
        raise NotFoundError
    return found


def title_of(source: str, target: str) -> str:
    """``Swim every week → Rest for Mum``."""
    return f"{source} → {target}"[:240]


def apply_kept(budget: Budget, made: OutcomeMove) -> None:
    """What is kept for bad weeks is less, or more, from now on."""
    if made.from_outcome_id is None:
        moves.change_kept(budget, -made.amount_pence)
    elif made.to_outcome_id is None:
        moves.change_kept(budget, made.amount_pence)


def change_move(made: OutcomeMove, to: MoveState, **values: date) -> None:
    """Take a waiting move to its end. Of two at once one gets through.

    :param values: what else is so from now on: the months it counts in.
    :raises StateError: when it was answered or taken back already.
    """
    done = db.session.scalar(
        update(OutcomeMove)
        .where(OutcomeMove.id == made.id, OutcomeMove.state == MoveState.WAITING)
        .values(state=to, ended_at=clock.now(), **values)
        .returning(OutcomeMove.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(made)
    if done is None:
        raise StateError("This has been answered already. Look at it again.")


def record(actor: Actor, made: OutcomeMove, verb: str, sentence: str, why: str = "") -> None:
    """Write the audit entry of a verb."""
    audit.record(
        actor,
        f"purchases.{verb}",
        sentence,
        subject_kind="outcome_move",
        subject_id=made.id,
        person_id=made.person_id,
        commissioner_id=made.commissioner_id,
        why=why or made.why,
        details={"ref": made.ref, "pence": made.amount_pence},
    )


def _why_refer(
    actor: Actor, person: Person, budget: Budget, source: End, target: End, pence: int, every_month: bool
) -> str:
    settings = identity.settings_of(person.commissioner_id)
    from_kept = source.outcome is None
    free = settings.free_kept_pence if from_kept else settings.free_move_pence
    outcomes = [end.outcome.id for end in (source, target) if end.outcome]
    if beyond(actor, person.id, pence, outcomes) is not None:
        return "it is more than you may decide alone"
    if source.outcome and target.outcome and _shares(source.outcome) != _shares(target.outcome):
        return "other funders pay for the one than for the other"
    if every_month:
        return "it changes every month that is to come"
    if moves.moved_freely(budget.id, from_kept=from_kept) + pence > free:
        return f"it is more than {format_pounds(free, whole=True)} in a month"
    return ""


def _shares(outcome: Outcome) -> list[tuple[str, float]]:
    whole = sum(item.share for item in outcome.funding)
    return sorted((item.stream.value, item.share / whole) for item in outcome.funding)


def _ref(typed: str) -> str:
    return KEPT if typed == KEPT else tidy_ref(typed)


def _ask(actor: Actor, person: Person, made: OutcomeMove, check: MoveCheck, title: str) -> ApprovalRequest:
    coordinator = approval_queries.coordinator_for(person.id, person.commissioner_id, made.asked_by)
    request = approvals.open_request(
        actor,
        commissioner_id=made.commissioner_id,
        person_id=person.id,
        subject_kind=SubjectKind.MOVE,
        subject_id=made.id,
        line_ids=[],
        title=title,
        amount_pence=made.amount_pence,
        rules=["move-kept" if made.from_outcome_id is None else "move-outcomes"],
        reason_asked=f"Somebody looks at this because {check.refer}.",
        asked_by=made.asked_by,
        assigned_to=coordinator,
    )
    team = [coordinator] if coordinator else identity.coordinators(made.commissioner_id)
    day = clock.say_day(request.due_on)
    by = doer(person, actor.name, actor.quality_for(person.id, person.commissioner_id))
    messages.notify(
        actor,
        [account.id for account in team],
        NoticeKind.TO_DECIDE,
        f"{by.who} asks to move {format_pounds(made.amount_pence)}{by.for_whom}. Answer by {day}.",
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=person.id,
    )
    return request
