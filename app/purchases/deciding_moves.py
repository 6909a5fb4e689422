"""Money to be moved as something to decide."""

from __future__ import annotations

from datetime import date

from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, SubjectKind
from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.budgets.models import Budget
from app.budgets.move_models import MoveState, OutcomeMove
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.messages.rules import About
from app.plans.models import Outcome
from app.purchases.moving import apply_kept, change_move, record
from app.purchases.planned import planned_in
from app.purchases.rules import Verb
from app.purchases.subjects import Fact, Place, Shown, register

_ENDS = {Verb.APPROVE: MoveState.AGREED, Verb.DECLINE: MoveState.DECLINED}


class MoveSubject:
    """From one outcome to another, or out of what is kept. Nothing is held: no money leaves the budget."""

    def place(self, request: ApprovalRequest) -> Place:
        return Place(About.MOVE, "", request.subject_id)

    def refuse(self, actor: Actor, request: ApprovalRequest) -> None:
        """Nobody is paid by it: who may decide for the person may decide this."""

    def step(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> None:
        if verb not in _ENDS:
            return  # a question and its answer change the request alone
        made = _move_of(request)
        months: dict[str, date] = {}
        if verb is Verb.APPROVE:
            budget = budgets.budget_by_id(made.budget_id)
            months = _months(made, budget)
            budget_service.lock(budget)
            _check_planned(budget, made, **months)
            try:
                apply_kept(budget, made)
            except InvalidError as error:
                raise StateError(f"{error.sentence}.") from None
        try:
            change_move(made, _ENDS[verb], **months)
        except StateError:
            raise approvals.already(request) from None

    def settle(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> str:
        doing = {
            Verb.APPROVE: "Agreed to move",
            Verb.DECLINE: "Did not agree to move",
            Verb.ASK: "Asked a question about moving",
            Verb.ANSWER: "Answered about moving",
        }[verb]
        made = _move_of(request)
        record(actor, made, f"{verb}_move", f"{doing} {format_pounds(made.amount_pence)}", request.reason)
        if verb is Verb.APPROVE and made.first_month > clock.period_of(clock.london(made.asked_at).date()):
            return f"It counts {'in' if made.is_once else 'from'} {clock.say_month(made.first_month)}."
        return ""

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        made = _move_of(request)
        budget = budgets.budget_by_id(made.budget_id)
        kept = budget.contingency_name
        if request.state in OPEN:
            kept += f" ({format_pounds(budget.contingency_pence)} now)"
        ends = [
            db.session.get_one(Outcome, key).words if key else kept
            for key in (made.from_outcome_id, made.to_outcome_id)
        ]
        when = clock.say_month(made.first_month)
        if not made.is_once:
            when = f"Every month, {when} to {clock.say_month(made.last_month)}"
        facts = [Fact("From", ends[0]), Fact("To", ends[1]), Fact("When", when)]
        if made.why:
            facts.append(Fact("In their words", made.why))
        return Shown(facts=facts)


def _months(made: OutcomeMove, budget: Budget) -> dict[str, date]:
    """In which months it counts, agreed today: a month that is over has no use for it.

    :raises StateError: when there is none left.
    """
    this = clock.period_of(clock.today())
    last = this if made.is_once else made.last_month
    if clock.period_of(budget.ends_on) < this or last < this:
        raise StateError("The time this was asked for is over: it cannot be moved any more. Say no, with a word why.")
    return {"first_month": max(made.first_month, this), "last_month": last}


def _check_planned(budget: Budget, made: OutcomeMove, first_month: date, last_month: date) -> None:
    """Nothing is planned below nought: more may have been moved away while this waited.

    :raises StateError: when less is planned there now.
    """
    source = db.session.get(Outcome, made.from_outcome_id) if made.from_outcome_id else None
    month = first_month
    while source is not None and month <= last_month:
        planned = planned_in(budget, [source], month)[source.id]
        if planned < made.amount_pence:
            left, when = format_pounds(max(0, planned)), clock.say_month(month)
            raise StateError(f"Only {left} is planned for “{source.words}” in {when} now.")
        month = clock.add_months(month, 1)


def _move_of(request: ApprovalRequest) -> OutcomeMove:
    return db.session.get_one(OutcomeMove, request.subject_id)


register(SubjectKind.MOVE, MoveSubject())
