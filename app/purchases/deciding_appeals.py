"""An appeal as something to decide: the same purchase, looked at by somebody who has not decided it."""

from __future__ import annotations

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState, SubjectKind
from app.core import clock
from app.core.errors import InsufficientFundsError, NotAllowedError, StateError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.messages.rules import About
from app.policy.rules import Action
from app.purchases.appealing import deciders_before, note_regular
from app.purchases.changing import move, record, require_state, write
from app.purchases.deciding_purchases import is_paid_by, purchase_of, purchase_with_lines, shown
from app.purchases.holding import hold_lines, is_held
from app.purchases.models import Purchase
from app.purchases.rules import State, Verb
from app.purchases.settling import refuse_unregistered, release, settle_outside
from app.purchases.subjects import Fact, Place, Shown, register


class AppealSubject:
    """A second look at a purchase that was declined or stopped."""

    def place(self, request: ApprovalRequest) -> Place:
        return Place(About.PURCHASE, purchase_of(request).ref, request.subject_id)

    def refuse(self, actor: Actor, request: ApprovalRequest) -> None:
        purchase = purchase_of(request)
        if is_paid_by(actor, purchase):
            raise NotAllowedError(
                "You would be paid for this one, so somebody else in your team decides it. Hand it over."
            )
        if actor.account_id in deciders_before(purchase) and request.decided_by is None:
            raise NotAllowedError("You decided this before, so somebody else looks at it now.")

    def step(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> None:
        purchase = purchase_of(request)
        try:
            require_state(purchase, State.UNDER_APPEAL)
            if verb in (Verb.ASK, Verb.ANSWER):
                write(purchase)  # it stays where it is; of two who act at once one gets through all the same
                return
            if verb is Verb.APPROVE:
                refuse_unregistered(purchase)
                _make_sure_of_the_money(actor, purchase)
            move(purchase, verb, decided_at=clock.now())
        except StateError as error:
            if purchase.state is State.UNDER_APPEAL and verb is Verb.APPROVE:
                raise error from None
            raise approvals.already(request) from None

    def settle(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> str:
        purchase = purchase_of(request)
        if verb is Verb.APPROVE:
            record(actor, purchase, "approve", "Approved, at the second look,", why=request.reason)
            if purchase.way.is_paid_already:
                settle_outside(actor, purchase)
        elif verb is Verb.DECLINE:
            freed = release(actor, purchase)
            record(actor, purchase, "decline", "Declined, at the second look,", why=request.reason, freed_pence=freed)
            free = f"{format_pounds(freed)} is free again. " if freed else ""
            return f"{free}This was the second look."
        elif verb is Verb.ASK:
            record(actor, purchase, "ask", "Asked a question about")
        else:
            record(actor, purchase, "answer", "Answered about")
        return ""

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        purchase = purchase_with_lines(request.subject_id)
        found = shown(purchase, held=purchase.state is State.UNDER_APPEAL and is_held(purchase))
        facts = [Fact("This is", "A second look. Nobody who decided it before can decide it now")]
        facts += [Fact("Why they ask", purchase.appeal_why), *_before(purchase)]
        if purchase.state is State.UNDER_APPEAL and not found.held:
            facts.append(Fact("Not set aside", "The budget could not carry it then. It has to when you say yes"))
        return Shown(purchase, facts, found.safe_now_pence, found.safe_after_pence, found.held)


def _before(purchase: Purchase) -> list[Fact]:
    """What was said the first time: by a coordinator, or by the rule."""
    said = [
        Fact(f"{item.decided_by_name} said no", item.reason)
        for item in approval_queries.requests_about(purchase.id)
        if item.subject_kind is SubjectKind.PURCHASE and item.state is RequestState.DECLINED
    ]
    decision = purchase.decision
    for found in decision.findings if decision else ():
        if found.action is Action.BLOCK:
            said.append(Fact("Stopped by a rule", f"{found.sentence} What was noticed: {found.evidence}"))
    return said


def _make_sure_of_the_money(actor: Actor, purchase: Purchase) -> None:
    """A yes needs the money: where it could not be set aside before, it is now.

    :raises StateError: when the budget cannot carry it.
    """
    if is_held(purchase):
        return
    try:
        release(actor, purchase)
        note_regular(purchase)  # it was counted as due again just now
        hold_lines(actor, purchase)
    except InsufficientFundsError:
        raise StateError(
            "There is not enough money left in this budget for it. Nothing was decided: ask the person, or wait for "
            "the next money in."
        ) from None


register(SubjectKind.APPEAL, AppealSubject())
