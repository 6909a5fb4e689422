"""A regular purchase as life goes on: change from a day, end. What was made is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.approvals import queries as approval_queries
from app.approvals.rules import OPEN
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.budgets.rhythm import RHYTHM_WORDS, Rhythm
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.core.money import MAX_PENCE
from app.core.words import storable
from app.identity.authority_queries import hold
from app.identity.rules import Actor, Permission
from app.messages.rules import NoticeKind
from app.policy.rules import Action
from app.purchases.benefit_rules import words_of
from app.purchases.declaring import asked_of, declare_regular
from app.purchases.reaching import refuse_beyond
from app.purchases.regular_posting import Posted, post_occurrence
from app.purchases.regular_starting import withdraw_request
from app.purchases.regular_things import ChangeInput
from app.purchases.regular_weighing import WeighedRegular, weigh_regular
from app.purchases.regular_writing import (
    ask_coordinator,
    begin_own_work,
    budget_of,
    carry_on,
    is_dearer,
    is_own_work,
    lock,
    person_of,
    record,
    require_own_work,
    require_running,
    require_to_change,
    say_terms,
    tell,
)
from app.purchases.rules import MAX_NOTE, MAX_QUANTITY, line_amount


@dataclass(frozen=True, slots=True)
class ChangeCheck:
    """What a change would come to. Nothing of it is kept."""

    terms: RegularTerms
    before: RegularTerms
    dearer: bool
    weighed: WeighedRegular
    result: TermsState | None  # None: the rules stop it, and everything stays as it is


def write_down_now(actor: Actor, payment: RegularPayment, due_on: date) -> Posted:
    """Write an occurrence down that did not go through by itself.

    :returns: what became of it; the reason, where it did not go through again, is with the occurrence.
    """
    require_own_work(actor, Permission.BUY, payment)
    lock(payment)
    refuse_beyond(actor, payment, due_on)
    return post_occurrence(actor, payment.id, due_on, it_happened=True)


def end(actor: Actor, payment: RegularPayment, on: date, reason: str = "") -> None:
    """End it: the last day on which it may fall due. What waits about it waits no more.

    :raises InvalidError: field ``on``.
    """
    begin_own_work(actor, payment)
    if on < clock.today() - timedelta(days=1):
        raise InvalidError({"on": "Enter today or a day to come"})
    if payment.ends_on is not None and on > payment.ends_on:
        raise InvalidError({"on": f"It ends on {clock.say_day(payment.ends_on)} already"})
    payment.ends_on = max(on, payment.starts_on)
    if on < payment.starts_on:  # it never began
        payment.state = RegularState.CANCELLED
    drop_waiting(actor, payment)
    payment.end_reason = storable(reason)[:MAX_NOTE]
    db.session.flush()
    record(actor, payment, "end", f"Ended {payment.words} on {clock.say_day(on)}", why=reason)
    tell(actor, payment, NoticeKind.REGULAR, f"{actor.name} ended {payment.words} on {clock.say_day(on)}.")


def set_posted_by(actor: Actor, payment: RegularPayment, by: PostedBy) -> None:
    """Say who writes each occurrence down from today on."""
    budget = begin_own_work(actor, payment)
    refuse_beyond(hold(actor, budget.person_id), payment)
    payment.posted_by = by
    payment.posts_from = clock.today() if by is PostedBy.CAREPURSE else None
    if payment.asked_by is None:  # it was agreed in the plan: what is written down is written in somebody's name
        payment.asked_by, payment.asked_by_name = actor.account_id, actor.name
        payment.asked_as = actor.quality_for(budget.person_id, budget.commissioner_id)
    db.session.flush()
    who = "CarePurse writes" if by is PostedBy.CAREPURSE else "The person writes"
    record(actor, payment, "set_posted_by", f"{who} down {payment.words} from today")


def check_change(actor: Actor, payment: RegularPayment, wanted: ChangeInput) -> ChangeCheck:
    """What a change would lead to. Writes nothing.

    :raises InvalidError: fields ``from_on rhythm quantity amount``, and of a broker ``gets`` and what goes with it.
    """
    budget = require_to_change(actor, payment)
    require_running(payment)
    said = asked_of(actor, budget.person_id, payment.provider_id, wanted.benefit)
    before = payment.terms_on(wanted.from_on)
    terms = _new_terms(actor, payment, budget, before, wanted)
    gets = words_of(actor.name, said) if said else None
    weighed = weigh_regular(payment, terms, budget, person_of(budget), changing=True, broker_gets=gets)
    dearer = is_dearer(before, terms)
    # of what the own side has a broker only prepares a change
    alone = is_own_work(actor, payment, budget.person_id) and not weighed.beyond(actor, payment, budget.person_id)
    result: TermsState | None = TermsState.AGREED
    if dearer and weighed.decision.action is Action.BLOCK:
        result = None
    elif not alone:
        result = TermsState.PREPARED
    elif dearer and weighed.decision.action is Action.REFER:
        result = TermsState.ASKED
    return ChangeCheck(terms, before, dearer, weighed, result)


def change(actor: Actor, payment: RegularPayment, wanted: ChangeInput) -> RegularTerms:
    """Change it from a day on. What is dearer is judged again, what is not holds at once; earlier ones are untouched.

    :returns: the new terms: they hold, or wait for the person's own side or for a coordinator.
    :raises StateError: when another change waits, or the rules stop this one.
    """
    lock(payment)
    actor = hold(actor, budget_of(payment).person_id)
    found = check_change(actor, payment, wanted)
    if payment.waiting_terms is not None:
        raise StateError("Another change of this is waiting. Answer or take back that one first.")
    if found.result is None:
        raise StateError(f"{found.weighed.decision.findings[0].sentence} Everything stays as it was.")
    said = asked_of(actor, budget_of(payment).person_id, payment.provider_id, wanted.benefit)
    if said is not None:
        declare_regular(actor, payment, budget_of(payment).person_id, said)
    return keep_terms(actor, payment, found.terms, found.result, found.weighed)


def keep_terms(
    actor: Actor,
    payment: RegularPayment,
    terms: RegularTerms,
    state: TermsState,
    weighed: WeighedRegular,
    doing: str = "Changed",
) -> RegularTerms:
    """Write changed terms down in the state they go into, and tell and ask whom that concerns.

    :param doing: what the actor did, before what is changed, for the audit.
    """
    terms.state = state
    terms.findings = [item.to_dict() for item in weighed.decision.findings]
    if terms not in db.session:
        payment.every_terms.append(terms)
    db.session.flush()
    db.session.refresh(payment, ["every_terms"])
    if state is TermsState.AGREED:
        carry_on(payment, terms)
    said = f"{payment.words}: {say_terms(terms)} from {clock.say_day(terms.from_on)}"
    if state is TermsState.ASKED:
        asked_by = terms.asked_by or actor.account_id
        assert asked_by is not None  # the system never asks for anything
        title = f"{payment.words} {RHYTHM_WORDS[terms.rhythm]} from {clock.say_day(terms.from_on)}"
        ask_coordinator(actor, payment, weighed.decision, asked_by, terms.amount_pence, title)
    elif state is TermsState.PREPARED:
        tell(actor, payment, NoticeKind.TO_CONFIRM, f"{actor.name} prepared a change of {said}. Say yes or no.")
    else:
        tell(actor, payment, NoticeKind.REGULAR, f"{actor.name} changed {said}.")
    record(actor, payment, "change", f"{doing} {said}", state=state.value, pence=terms.amount_pence)
    return terms


def drop_waiting(actor: Actor, payment: RegularPayment) -> None:
    """The change that waits, if there is one, waits no more."""
    waiting = payment.waiting_terms
    if waiting is None:
        return
    waiting.state = TermsState.DROPPED
    db.session.flush()
    request = approval_queries.latest_for(payment.id)
    if request is not None and request.state in OPEN:
        withdraw_request(actor, payment)


def take_back_change(actor: Actor, payment: RegularPayment) -> None:
    """Take back a change that waits: everything stays as it was. A provider's dearer price is not taken back so.

    Whoever may buy takes back any; whoever prepared one for the own side takes that one back.

    :raises StateError: when no change waits.
    """
    require_to_change(actor, payment)
    lock(payment)
    waiting = payment.waiting_terms
    if waiting is None or waiting.state is not TermsState.PREPARED or waiting.asked_by != actor.account_id:
        require_own_work(actor, Permission.BUY, payment)
    require_running(payment)
    if waiting is None or waiting.state is TermsState.RISE:
        raise StateError("There is no change to take back.")
    drop_waiting(actor, payment)
    record(actor, payment, "take_back_change", f"Took back a change of {payment.words}")


def _new_terms(
    actor: Actor, payment: RegularPayment, budget: Budget, before: RegularTerms, wanted: ChangeInput
) -> RegularTerms:
    errors = {}
    today = clock.today()
    last = min(budget.ends_on, payment.ends_on or budget.ends_on)
    if not max(today, payment.starts_on) <= wanted.from_on <= last:
        errors["from_on"] = f"Enter a day from today to {clock.say_day(last, year=True)}"
    if wanted.rhythm is not None and wanted.rhythm not in set(Rhythm):
        errors["rhythm"] = "Choose how often"
    quantity = before.quantity_hundredths if wanted.quantity_hundredths is None else wanted.quantity_hundredths
    if not 0 < quantity <= MAX_QUANTITY:
        errors["quantity"] = "Enter how many, more than 0 and up to 10,000"
    unit_price, amount = before.unit_price_pence, before.amount_pence
    if wanted.amount_pence is not None:
        amount, unit_price = wanted.amount_pence, wanted.amount_pence * 100 // max(1, quantity)
    elif quantity != before.quantity_hundredths:
        amount = line_amount(unit_price, quantity)
    if not 0 < amount <= MAX_PENCE:
        errors["amount"] = "Enter how much it is each time, more than £0"
    if errors:
        raise InvalidError(errors)
    return RegularTerms(
        payment_id=payment.id,
        state=TermsState.AGREED,
        from_on=wanted.from_on,
        rhythm=Rhythm(wanted.rhythm) if wanted.rhythm else before.rhythm,
        first_on=wanted.from_on,
        day_of_month=wanted.from_on.day,
        quantity_hundredths=quantity,
        unit_price_pence=unit_price,
        amount_pence=amount,
        asked_by=actor.account_id,
        asked_by_name=actor.name,
    )
