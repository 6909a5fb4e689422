"""*Check your answers*: what the policy says of each line, and what sending would lead to. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.budgets.rules import BudgetState
from app.core import clock
from app.core.db import db
from app.identity.limits import Beyond
from app.identity.rules import Actor, Permission
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing
from app.marketplace.rules import say_price
from app.policy.rules import Action, Decision, Finding
from app.purchases.alone import beyond_of
from app.purchases.benefit_queries import missing_statement
from app.purchases.changing import require
from app.purchases.delegating import simple_rule_for
from app.purchases.facts import Weighed, weigh
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.quoting import missing_quotes
from app.purchases.rules import State, Way
from app.purchases.what_changes import is_same


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What the policy says of one line."""

    line: PurchaseLine
    decision: Decision


@dataclass(frozen=True, slots=True)
class PurchaseCheck:
    """*Check your answers*: what would happen if it were sent now."""

    purchase: Purchase
    decision: Decision
    lines: tuple[LineCheck, ...]
    purchase_findings: tuple[Finding, ...]  # of the whole, not of one line
    total_pence: int
    safe_now_pence: int
    safe_after_pence: int
    period: date
    result: State  # what sending it leads to
    coordinator_name: str | None  # who would answer, where somebody must
    answer_by: date | None
    missing: dict[str, str]  # what is still to be filled in, by field
    blocked_refs: tuple[str, ...]  # lines that are stopped
    beyond: Beyond | None = None  # why somebody else says yes first

    @property
    def only_some_blocked(self) -> bool:
        """The rest could go on if the stopped lines were taken out."""
        whole = any(finding.action is Action.BLOCK for finding in self.purchase_findings)
        return 0 < len(self.blocked_refs) < len(self.lines) and not whole


def check(actor: Actor, purchase: Purchase) -> PurchaseCheck:
    """What sending a draft would do. Writes nothing and promises nothing: sending asks the policy again."""
    require(actor, Permission.VIEW_BUDGET, purchase)
    weighed = weigh(purchase)
    return check_of(actor, purchase, weighed, result_of(actor, purchase, weighed))


def check_of(actor: Actor, purchase: Purchase, weighed: Weighed, result: State) -> PurchaseCheck:
    """The same of what was weighed already."""
    who = by = None
    if result is State.AWAITING_APPROVAL:
        account = approval_queries.coordinator_for(
            purchase.person_id,
            purchase.commissioner_id,
            actor.account_id or purchase.requested_by,
            sellers_in(purchase),
        )
        who = account.name if account else "Your coordinator's team"
        by = approvals.due_day(purchase.commissioner_id)
    lines = tuple(LineCheck(line, weighed.decision.for_line(index)) for index, line in enumerate(purchase.lines))
    return PurchaseCheck(
        purchase=purchase,
        decision=weighed.decision,
        lines=lines,
        purchase_findings=weighed.decision.for_purchase().findings,
        total_pence=purchase.total_pence,
        safe_now_pence=weighed.safe_now_pence,
        safe_after_pence=weighed.safe_now_pence - purchase.total_pence,
        period=clock.period_of(clock.today()),
        result=result,
        coordinator_name=who,
        answer_by=by,
        missing=missing_in(purchase) | missing_statement(actor, purchase),
        blocked_refs=tuple(item.line.ref for item in lines if item.decision.action is Action.BLOCK),
        beyond=beyond_of(actor, purchase) if result is State.AWAITING_HOLDER else None,
    )


def result_of(actor: Actor, purchase: Purchase, weighed: Weighed, sent_with_pence: int = 0) -> State:
    """The state that sending leads to. What is stopped is stopped at once; only then may the holder be asked.

    :param sent_with_pence: the sum of all that is sent with it, where that is more: a limit is held against it.
    """
    state = state_for(weighed.decision)
    if state is State.AWAITING_APPROVAL and simple_rule_for(purchase, weighed):
        state = State.APPROVED
    if state is State.BLOCKED:
        return state
    if beyond_of(actor, purchase, sent_with_pence) is not None:
        return State.AWAITING_HOLDER
    if state is State.APPROVED and purchase.way.is_paid_already:
        return State.PAID
    return state


def state_for(decision: Decision) -> State:
    """What the policy's word comes to."""
    if decision.action is Action.BLOCK:
        return State.BLOCKED
    return State.AWAITING_APPROVAL if decision.action is Action.REFER else State.APPROVED


def sellers_in(purchase: Purchase) -> tuple[UUID, ...]:
    """The accounts of whom it is bought from: they never decide about it."""
    return marketplace.members_of(purchase.provider_id) if purchase.provider_id else ()


def missing_in(purchase: Purchase) -> dict[str, str]:
    """What is still to be filled in before it can be sent, by field."""
    missing = {}
    budget, today = purchase.budget, clock.today()
    if budget.state is not BudgetState.AGREED:
        missing["budget"] = "This budget is not open. Ask your coordinator which one to buy from"
    elif purchase.way is Way.LISTING and not budget.starts_on <= today <= budget.ends_on:
        missing["budget"] = f"This budget's time was until {clock.say_day(budget.ends_on, year=True)}. Start again"
    if not purchase.lines:
        missing["lines"] = "Add what you want to buy"
    if not purchase.payee_name:
        missing["payee"] = "Enter who is paid, like Northside Leisure"
    if purchase.way.is_paid_already and purchase.bought_on is None:
        missing["bought_on"] = "Enter the day it was bought"
    for line in purchase.lines:
        missing |= missing_in_line(purchase, line)
    return missing | missing_quotes(purchase)


def missing_in_line(purchase: Purchase, line: PurchaseLine) -> dict[str, str]:
    """The same of one line.

    What was only begun is sent at today's price, and while it is offered; what was sent already, kept by a quote, or
    agreed before and left alone by a change stays as it was.
    """
    missing = {}
    if line.outcome_id is None:
        missing["outcome"] = f"Choose which outcome {line.description} is for"
    listing = db.session.get(Listing, line.listing_id) if line.listing_id else None
    if listing is None:
        return missing
    if not line.amount_pence and listing.price_pence is None:  # a free one says so
        missing["amount"] = f"Enter the price you were told for {line.description}"
    if purchase.state is not State.DRAFT or line.quote_id is not None or is_same(line):
        return missing
    if not listing.offered:
        missing["offered"] = f"{line.description} is not offered any more. Take it out, and find something like it"
    elif listing.price_pence is not None and listing.price_pence != line.unit_price_pence:
        price = say_price(listing.price_pence, listing.unit)
        missing["amount"] = f"The price of {line.description} has changed: it is {price} now. Look at it once more"
    return missing
