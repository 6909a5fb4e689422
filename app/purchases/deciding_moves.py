"""Money to be moved as something to decide."""

from __future__ import annotations

from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.budgets.move_models import MoveState, OutcomeMove
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.messages.rules import About
from app.plans.models import Outcome
from app.purchases.moving import apply_kept, change_move, record
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
        if verb is Verb.APPROVE:
            budget = budgets.budget_by_id(made.budget_id)
            budget_service.lock(budget)
            try:
                apply_kept(budget, made)
            except InvalidError as error:
                raise StateError(f"{error.sentence}.") from None
        try:
            change_move(made, _ENDS[verb])
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
        return ""

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        made = _move_of(request)
        budget = budgets.budget_by_id(made.budget_id)
        kept = f"{budget.contingency_name} ({format_pounds(budget.contingency_pence)} now)"
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


def _move_of(request: ApprovalRequest) -> OutcomeMove:
    return db.session.get_one(OutcomeMove, request.subject_id)


register(SubjectKind.MOVE, MoveSubject())
