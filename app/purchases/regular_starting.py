"""Asking for something to be bought again and again: from a listing, or from something bought before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import RegularState
from app.budgets.rhythm import RHYTHM_WORDS
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.core.money import format_pounds
from app.core.words import storable
from app.identity.authority_queries import hold
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.marketplace import queries as marketplace
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.alone import says_yes, tell_if_nobody_agrees
from app.purchases.benefit_rules import words_of
from app.purchases.declaring import asked_of, declare_regular
from app.purchases.regular_things import RegularInput, Thing, build
from app.purchases.regular_weighing import WeighedRegular, weigh_regular
from app.purchases.regular_writing import (
    ask_coordinator,
    budget_of,
    lock,
    move,
    person_of,
    record,
    refuse_over,
    require,
    require_own_work,
    say_terms,
    tell,
)
from app.purchases.rules import MAX_NOTE
from app.purchases.telling import doer


@dataclass(frozen=True, slots=True)
class RegularCheck:
    """*Check your answers*: what would happen if it were sent now. Nothing of it is kept."""

    payment: RegularPayment
    terms: RegularTerms
    weighed: WeighedRegular
    result: RegularState
    coordinator_name: str | None
    answer_by: date | None
    gets: str = ""  # what the broker who asks says they get, in words


def check(actor: Actor, person: Person, budget: Budget, thing: Thing, wanted: RegularInput) -> RegularCheck:
    """What starting it would do. Writes nothing and promises nothing: starting asks the policy again.

    :raises InvalidError: fields ``rhythm first_on until quantity amount outcome family_member``, and of a broker
        ``gets`` and what goes with it.
    """
    require(actor, Permission.PREPARE_PURCHASE, person.id)
    payment = build(actor, person, budget, thing, wanted)
    said = asked_of(actor, person.id, payment.provider_id, wanted.benefit)
    terms = payment.every_terms[0]
    gets = words_of(actor.name, said) if said else ""
    weighed = weigh_regular(payment, terms, budget, person, broker_gets=gets)
    result = weighed.state_for(actor, payment, person.id)
    who = by = None
    if result is RegularState.AWAITING_APPROVAL and actor.account_id:
        sellers = marketplace.members_of(payment.provider_id) if payment.provider_id else ()
        account = approval_queries.coordinator_for(person.id, budget.commissioner_id, actor.account_id, sellers)
        who = account.name if account else "Your coordinator's team"
        by = approvals.due_day(budget.commissioner_id)
    return RegularCheck(payment, terms, weighed, result, who, by, gets)


def start(actor: Actor, person: Person, budget: Budget, thing: Thing, wanted: RegularInput) -> RegularPayment:
    """Ask for it: it then runs, waits for a coordinator or for the person's own side, or is stopped.

    :raises InvalidError: as :func:`check`.
    """
    actor = hold(actor, person.id)
    found = check(actor, person, budget, thing, wanted)
    payment, decision = found.payment, found.weighed.decision
    payment.state = found.result
    payment.findings = [item.to_dict() for item in decision.findings]
    payment.policy_version = decision.policy_version
    db.session.add(payment)
    db.session.flush()
    said = asked_of(actor, person.id, payment.provider_id, wanted.benefit)
    if said is not None:
        declare_regular(actor, payment, person.id, said)
    record(actor, payment, "start", f"Asked for {payment.words}, {say_terms(found.terms)}", **_sum(found.weighed))
    if payment.state is RegularState.AWAITING_APPROVAL:
        _ask(actor, payment, found.weighed)
    elif payment.state is RegularState.AWAITING_HOLDER:
        title = f"{actor.name} prepared {payment.words}, {say_terms(found.terms)}. Say yes or no."
        tell(actor, payment, NoticeKind.TO_CONFIRM, title)
        tell_if_nobody_agrees(actor, person, found.weighed.beyond(actor, payment, person.id), ())
    elif payment.state is RegularState.RUNNING:
        title = f"{actor.name} started {payment.words}, {say_terms(found.terms)}."
        tell(actor, payment, NoticeKind.REGULAR, title)
    return payment


def confirm(actor: Actor, payment: RegularPayment) -> RegularPayment:
    """The person's own side says yes to what was prepared.

    Where two representatives agree and none has yet, it is from now on asked for by whoever said yes first.

    :raises NotAllowedError: for a broker, whoever prepared it, or somebody who may not buy for this.
    """
    budget = budget_of(payment)
    require(actor, Permission.CONFIRM_PURCHASE, budget.person_id)
    lock(payment)
    refuse_over(payment)
    if actor.account_id == payment.asked_by:
        raise NotAllowedError("Someone else on the person's own side says yes or no to this.")
    actor, person = hold(actor, budget.person_id), person_of(budget)
    require(actor, Permission.CONFIRM_PURCHASE, budget.person_id)
    weighed = weigh_regular(payment, payment.every_terms[0], budget, person)
    beyond = weighed.beyond(actor, payment, person.id, payment.asked_by)
    if payment.state is RegularState.AWAITING_HOLDER and not says_yes(
        actor, person, weighed.forecast.highest_pence, payment.asked_as, beyond
    ):
        payment.asked_by, payment.asked_by_name, payment.asked_as = actor.account_id, actor.name, "representative"
        db.session.flush()
        record(actor, payment, "agree", f"Was the first to say yes to {payment.words}")
        title = f"{actor.name} said yes to {payment.words}. Another representative says yes or no too."
        tell(actor, payment, NoticeKind.TO_CONFIRM, title)
        tell_if_nobody_agrees(actor, person, beyond, ())
        return payment
    decision = weighed.decision
    move(
        payment,
        RegularState.AWAITING_HOLDER,
        weighed.state_for(actor, payment, budget.person_id),
        findings=[item.to_dict() for item in decision.findings],
        policy_version=decision.policy_version,
        starts_on=max(payment.starts_on, clock.today()),
    )
    record(actor, payment, "confirm", f"Said yes to {payment.words}", **_sum(weighed))
    if payment.state is RegularState.AWAITING_APPROVAL:
        _ask(actor, payment, weighed)
    tell(actor, payment, NoticeKind.CONFIRMED, f"{actor.name} said yes to {payment.words}.")
    return payment


def turn_down(actor: Actor, payment: RegularPayment, reason: str = "") -> RegularPayment:
    """The person's own side says no to what was prepared."""
    require(actor, Permission.CONFIRM_PURCHASE, budget_of(payment).person_id)
    reason = storable(reason)[:MAX_NOTE]
    move(payment, RegularState.AWAITING_HOLDER, RegularState.CANCELLED, end_reason=reason)
    record(actor, payment, "turn_down", f"Said no to {payment.words}", why=reason)
    tell(actor, payment, NoticeKind.CONFIRMED, f"{actor.name} said no to {payment.words}.", reason)
    return payment


def take_back(actor: Actor, payment: RegularPayment) -> RegularPayment:
    """Take back what does not run yet, or throw away what was stopped. What runs is ended instead.

    :raises StateError: when it runs, or is over.
    """
    was = payment.state
    early = was in (RegularState.AWAITING_HOLDER, RegularState.STOPPED)
    require_own_work(actor, Permission.PREPARE_PURCHASE if early else Permission.BUY, payment)
    if was not in (RegularState.AWAITING_HOLDER, RegularState.AWAITING_APPROVAL, RegularState.STOPPED):
        raise StateError("This cannot be taken back any more. You can end it.")
    record(actor, payment, "take_back", f"Took back {payment.words}")
    move(payment, was, RegularState.CANCELLED)
    if was is RegularState.AWAITING_APPROVAL:
        withdraw_request(actor, payment)
    return payment


def withdraw_request(actor: Actor, payment: RegularPayment) -> None:
    """Nobody has to decide about it any more: the coordinator is told."""
    request = approval_queries.latest_for(payment.id)
    if request is None:
        return
    approvals.withdraw(actor, request)
    person = person_of(budget_of(payment))
    by = doer(person, actor.name, actor.quality_for(person.id, person.commissioner_id))
    messages.notify(
        actor,
        [request.assigned_to] if request.assigned_to else [],
        NoticeKind.TAKEN_BACK,
        f"{by.who} took back {request.title}{by.for_whom}.",
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=request.person_id,
    )


def _ask(actor: Actor, payment: RegularPayment, weighed: WeighedRegular) -> None:
    asked_by = payment.asked_by or actor.account_id
    assert asked_by is not None  # the system never asks for anything
    terms = payment.every_terms[0]
    title = f"{payment.words} {RHYTHM_WORDS[terms.rhythm]}"
    ask_coordinator(actor, payment, weighed.decision, asked_by, terms.amount_pence, title)


def _sum(weighed: WeighedRegular) -> dict[str, Any]:
    decision = weighed.decision
    month = format_pounds(weighed.forecast.usual_pence)
    return {"action": decision.action.value, "policy": decision.policy_version, "a_month": month}
