"""Something bought again and again, or a change of it, as something to decide."""

from __future__ import annotations

from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, SubjectKind
from app.budgets import queries as budgets
from app.budgets.regular import Forecast
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.budgets.rhythm import say_when
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.marketplace.models import Provider
from app.marketplace.rules import RegisterStatus
from app.messages.rules import About
from app.plans.models import Outcome
from app.purchases.benefit_queries import statements_about
from app.purchases.regular_posting import enqueue_due
from app.purchases.regular_prices import follow_prices
from app.purchases.regular_weighing import weigh_regular
from app.purchases.regular_writing import (
    budget_of,
    carry_on,
    is_rise,
    lock,
    move,
    move_terms,
    person_of,
    record,
    refuse_over,
)
from app.purchases.rules import FAMILY_WORDS, Family, Verb
from app.purchases.subjects import Fact, Place, Shown, register


class RegularSubject:
    """What was referred when it was asked for, changed, or got dearer."""

    def place(self, request: ApprovalRequest) -> Place:
        return Place(About.REGULAR, _payment(request).ref, request.subject_id)

    def refuse(self, actor: Actor, request: ApprovalRequest) -> None:
        payment = _payment(request)
        if payment.provider_id is not None and payment.provider_id in actor.provider_ids:
            raise NotAllowedError(
                "You would be paid for this one, so somebody else in your team decides it. Hand it over."
            )

    def step(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> None:
        payment = _payment(request)
        lock(payment)
        if verb is Verb.APPROVE:
            _refuse_unregistered(payment)
            refuse_over(payment)
        if verb in (Verb.ASK, Verb.ANSWER):
            return  # it goes on waiting; whose turn it is stands in the request
        try:
            if payment.state is RegularState.AWAITING_APPROVAL:
                _step_start(payment, verb)
            else:
                _step_change(payment, verb)
        except StateError:
            raise approvals.already(request) from None

    def settle(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> str:
        payment = _payment(request)
        doing = {Verb.APPROVE: "Approved", Verb.DECLINE: "Declined", Verb.ASK: "Asked about", Verb.ANSWER: "Answered"}
        record(actor, payment, verb.value, f"{doing[verb]} {request.title}", why=request.reason)
        if verb is Verb.APPROVE:
            follow_prices(payment)
            enqueue_due(payment_id=payment.id)
        if verb is Verb.DECLINE and payment.state is RegularState.RUNNING:
            return "It goes on as it was agreed before."
        return ""

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        payment = _payment(request)
        budget = budget_of(payment)
        change = payment.waiting_terms
        terms = change or payment.terms_on(payment.starts_on)
        waits = request.state in OPEN
        ahead = weigh_regular(payment, terms, budget, person_of(budget), changing=change is not None).forecast
        facts = [
            Fact("What", payment.words),
            Fact("From", payment.payee),
            Fact("Helps with", db.session.get_one(Outcome, payment.outcome_id).words),
            *_terms_facts(payment, terms, change is not None),
            Fact("A month", _month_words(ahead.usual_pence, ahead.highest_pence)),
            *(_budget_facts(ahead) if waits else ()),
        ]
        if payment.family_member and payment.family_member != Family.NO:
            facts.append(Fact("Family", FAMILY_WORDS[Family(payment.family_member)]))
        if payment.note:
            facts.append(Fact("In their words", payment.note))
        asked = request.opened_at
        facts.append(Fact("Asked by", f"{_asked_by(payment, change)}, {clock.say_day(clock.london(asked).date())}"))
        said = [f"{item.by_name} {item.words}, {clock.say_day(item.day)}" for item in statements_about(payment.id)]
        if said:
            facts.append(Fact("The broker gets", "\n".join(said)))
        if not waits:
            return Shown(facts=facts)
        this_month = ahead.months[0].sum_pence if ahead.months else 0
        safe = budgets.balance(budget).safe_to_spend
        return Shown(facts=facts, safe_now_pence=safe, safe_after_pence=safe - this_month)


def _budget_facts(ahead: Forecast) -> list[Fact]:
    """What the budget carries today: for deciding, and nobody's afterwards."""
    facts = [Fact("Comes in each month", format_pounds(ahead.income_pence))]
    if ahead.others_pence:
        facts.append(Fact("Other regular things", f"{format_pounds(ahead.others_pence)} in the dearest month"))
    fits = "Yes, to its end, if nothing else is bought"
    if ahead.short:
        lacking, when = format_pounds(-ahead.short.left_pence), clock.say_month(ahead.short.period)
        fits = f"{lacking} short in {when} if nothing else is bought"
    return [*facts, Fact("Does it fit?", fits)]


def _terms_facts(payment: RegularPayment, terms: RegularTerms, is_change: bool) -> list[Fact]:
    many = f"{terms.quantity_words} {payment.unit}{'' if terms.quantity_hundredths == 100 else 's'}"
    each = format_pounds(terms.amount_pence)
    if payment.unit:
        each += f" ({many} at {format_pounds(terms.unit_price_pence)})"
    facts = [Fact("How often", f"{say_when(terms.beat)[0].upper()}{say_when(terms.beat)[1:]}"), Fact("Each time", each)]
    if is_change:
        before = payment.terms_on(terms.from_on)
        facts.append(Fact("Until now", f"{format_pounds(before.amount_pence)} {say_when(before.beat)}"))
    first = terms.from_on if is_change else payment.starts_on
    facts.append(Fact("From", clock.say_day(first, year=True)))
    facts.append(Fact("Until", clock.say_day(payment.ends_on, year=True) if payment.ends_on else "The budget's end"))
    by = "CarePurse, on its day" if payment.posted_by is PostedBy.CAREPURSE else "The person, when they have paid"
    return [*facts, Fact("Written down by", by)]


def _month_words(usual: int, highest: int) -> str:
    if highest > usual:
        return f"{format_pounds(usual)}, and {format_pounds(highest)} in a month with one more"
    return format_pounds(usual)


def _asked_by(payment: RegularPayment, change: RegularTerms | None) -> str:
    return (change.asked_by_name if change else "") or payment.asked_by_name


def _payment(request: ApprovalRequest) -> RegularPayment:
    return db.session.get_one(RegularPayment, request.subject_id)


def _refuse_unregistered(payment: RegularPayment) -> None:
    provider = db.session.get(Provider, payment.provider_id) if payment.provider_id else None
    if provider is not None and provider.status is RegisterStatus.DEREGISTERED:
        raise StateError(f"{provider.name} is not on the care register any more.")


def _step_start(payment: RegularPayment, verb: Verb) -> None:
    if verb is Verb.APPROVE:
        # what fell due before the yes was never agreed
        values = {"starts_on": max(payment.starts_on, clock.today())}
        move(payment, RegularState.AWAITING_APPROVAL, RegularState.RUNNING, **values)
    else:
        move(payment, RegularState.AWAITING_APPROVAL, RegularState.DECLINED)


def _step_change(payment: RegularPayment, verb: Verb) -> None:
    waiting = payment.waiting_terms
    if waiting is None:
        raise StateError("This has moved on.")
    end = TermsState.AGREED if verb is Verb.APPROVE else TermsState.DROPPED
    # nothing went through at a dearer price before the yes; whatever else was to change went on as it was
    from_on = waiting.from_on if is_rise(payment, waiting) else max(waiting.from_on, clock.today())
    move_terms(waiting, TermsState.ASKED, end, from_on=from_on)
    db.session.refresh(payment, ["every_terms"])
    if verb is Verb.APPROVE:
        carry_on(payment, waiting)


register(SubjectKind.REGULAR, RegularSubject())
