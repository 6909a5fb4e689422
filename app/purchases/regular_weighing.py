"""What the spending policy says of something bought again and again: of one of it, and of what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from app.budgets import carrying, regular_queries
from app.budgets.models import Budget
from app.budgets.regular import Due, Forecast, forecast
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import RegularState
from app.budgets.rhythm import Rhythm, Term, occurrences
from app.core import clock
from app.core.db import db
from app.core.ids import new_id
from app.core.money import format_pounds
from app.identity.limits import Beyond
from app.identity.models import Person
from app.identity.rules import Actor
from app.policy import queries as policies
from app.policy.findings import finding
from app.policy.rules import Action, Decision, Door, Finding, Group
from app.purchases.alone import beyond
from app.purchases.benefit_queries import gets_of_regular
from app.purchases.facts import weigh
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import MAX_WORDS, Family, State, Way

#: Coming round is the point of it: neither a second one nor its sum over some days is what these rules look for.
_NOT_OF_ONE = frozenset({"duplicate", "split-purchase"})
#: About the money there is today, which says nothing of what begins when more has come.
_OF_TODAY = frozenset({"over-available", "over-safe", "stream-short"})
_SOURCE = "How the budget was worked out: what comes in each month, what is kept, and what else comes round"


@dataclass(frozen=True, slots=True)
class WeighedRegular:
    """What the policy says, and what the months ahead look like."""

    decision: Decision
    forecast: Forecast

    def state_for(self, actor: Actor, payment: RegularPayment, person_id: UUID) -> RegularState:
        """Where asking for it leads, or a yes to what somebody asked for."""
        if self.decision.action is Action.BLOCK:
            return RegularState.STOPPED
        if self.beyond(actor, payment, person_id, payment.asked_by) is not None:
            return RegularState.AWAITING_HOLDER
        return RegularState.AWAITING_APPROVAL if self.decision.action is Action.REFER else RegularState.RUNNING

    def beyond(
        self, actor: Actor, payment: RegularPayment, person_id: UUID, asked_by: UUID | None = None
    ) -> Beyond | None:
        """Why somebody cannot agree to it by themself: its dearest month counts.

        :param asked_by: whose yes it has already.
        """
        highest = self.forecast.highest_pence
        return beyond(actor, person_id, highest, [payment.outcome_id], agreed=(asked_by,), regular=payment)


def weigh_regular(
    payment: RegularPayment,
    terms: RegularTerms,
    budget: Budget,
    person: Person,
    *,
    changing: bool = False,
    broker_gets: str | None = None,
) -> WeighedRegular:
    """Ask the policy in force. Writes nothing.

    :param terms: those to weigh, from their day on.
    :param changing: they take the place of what was agreed.
    :param broker_gets: what a broker says they get; what was said of it last when left out.
    """
    today = clock.today()
    due = _due_days(payment, terms, budget, max(terms.from_on, payment.starts_on, today))
    old: list[Due] = []
    if changing:
        counted = payment.due_in(max(terms.from_on, today), budget.ends_on, _school(payment, terms, budget))
        old = [(day, held.amount_pence) for day, held in counted]
    ahead = forecast(carrying.outlook(budget), terms.beat, terms.amount_pence, due, old)
    gets = gets_of_regular(payment) if broker_gets is None else broker_gets
    one = weigh(occurrence_purchase(payment, terms, budget, None, person), broker_gets=gets).decision
    starts_now = bool(due) and clock.period_of(due[0][0]) == clock.period_of(today)
    passed_over = _NOT_OF_ONE if starts_now and not changing else _NOT_OF_ONE | _OF_TODAY
    found = [item for item in one.findings if item.rule not in passed_over]
    found += _of_the_sum(budget, terms, ahead, found)
    return WeighedRegular(Decision.of(found, one.policy_version), ahead)


def _due_days(payment: RegularPayment, terms: RegularTerms, budget: Budget, since: date) -> list[Due]:
    until = budget.ends_on if payment.ends_on is None else min(budget.ends_on, payment.ends_on)
    days = occurrences(terms.beat, since, until, _school(payment, terms, budget))
    return [(day, terms.amount_pence) for day in days if not payment.paused_on(day)]


def _school(payment: RegularPayment, terms: RegularTerms, budget: Budget) -> tuple[Term, ...]:
    if terms.rhythm is Rhythm.TERM_TIME:
        return regular_queries.school_terms(budget.commissioner_id)
    return regular_queries.school_for(budget.commissioner_id, [payment])


def _of_the_sum(budget: Budget, terms: RegularTerms, ahead: Forecast, found: list[Finding]) -> list[Finding]:
    """What is to be said of a month's sum, beside what was said of one."""
    more: list[Finding] = []
    policy = policies.policy_in_force(budget.commissioner_id)
    threshold = policy.thresholds.item_threshold_pence
    month, limit = format_pounds(ahead.usual_pence), format_pounds(threshold)
    if ahead.usual_pence > threshold and not any(item.rule == "over-item-threshold" for item in found):
        said = finding(policy, "over-item-threshold", Door.OUTSIDE, f"{month} a month", threshold=limit)
        more.append(
            replace(said, sentence=f"It comes to {month} a month. A person looks at what is over {limit}, with you.")
        )
    if ahead.short is not None:
        lacking = format_pounds(-ahead.short.left_pence)
        when = clock.say_month(ahead.short.period)
        sentence = f"With everything else that comes round, the money is {lacking} short in {when}."
        next_step = "A person looks at the budget with you. You could also begin later, or have fewer each time."
        more.append(_own("regular-short", Action.REFER, sentence, next_step, f"{lacking} short in {when}"))
    elif ahead.income_pence and ahead.usual_pence + ahead.others_pence > ahead.income_pence:
        sentence = "What comes round is now more than what comes in each month. What was saved carries it for now."
        more.append(_own("regular-over-income", Action.WARN, sentence, "Have another look in a few months.", month))
    return more


def _own(rule: str, action: Action, sentence: str, next_step: str, evidence: str) -> Finding:
    return Finding(rule, Group.CARE, action, rule, sentence, next_step, _SOURCE, evidence)


def occurrence_purchase(
    payment: RegularPayment, terms: RegularTerms, budget: Budget, day: date | None, person: Person | None = None
) -> Purchase:
    """One of it as a purchase that is not kept yet.

    :param day: the day it falls due; None to weigh it as if it were bought today.
    :param person: whose it is, where it is only to be weighed.
    """
    same = {"commissioner_id": budget.commissioner_id, "person_id": budget.person_id}
    line = PurchaseLine(
        id=new_id(),
        position=0,
        description=payment.words[:MAX_WORDS],
        category=payment.category or None,
        listing_id=payment.listing_id,
        quantity_hundredths=terms.quantity_hundredths,
        unit=payment.unit,
        unit_price_pence=terms.unit_price_pence,
        amount_pence=terms.amount_pence,
        outcome_id=payment.outcome_id,
        family_member=Family(payment.family_member) if payment.family_member else None,
        **same,
    )
    purchase = Purchase(
        id=new_id(),
        budget_id=budget.id,
        state=State.DRAFT,
        way=Way.REGULAR,
        title=payment.words[:MAX_WORDS],
        payee_name=payment.payee[:MAX_WORDS],
        provider_id=payment.provider_id,
        regular_payment_id=payment.id if day else None,
        regular_due_on=day,
        bought_on=day,
        total_pence=terms.amount_pence,
        note=payment.note,
        requested_by=payment.asked_by,
        requested_by_name=payment.asked_by_name,
        requested_as=payment.asked_as,
        broker_id=payment.asked_by if payment.asked_as == "broker" else None,
        lines=[line],
        **same,
    )
    if person is not None:
        set_committed_value(purchase, "person", person)
    assert purchase not in db.session  # the caller keeps it, or nobody does
    return purchase
