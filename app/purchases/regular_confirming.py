"""The person's own side says yes or no to a change that somebody prepared for them."""

from __future__ import annotations

from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.identity.authority_queries import hold
from app.identity.limits import Beyond
from app.identity.rules import Actor, Permission
from app.messages.rules import NoticeKind
from app.policy.rules import Action
from app.purchases.alone import says_yes, tell_if_nobody_agrees
from app.purchases.regular_changing import drop_waiting, keep_terms
from app.purchases.regular_weighing import weigh_regular
from app.purchases.regular_writing import (
    budget_of,
    is_dearer,
    lock,
    person_of,
    record,
    refuse_over,
    require,
    require_running,
    tell,
)


def confirm_change(actor: Actor, payment: RegularPayment) -> RegularTerms:
    """Yes: it goes on as if they had asked for it.

    Where two representatives agree and none has yet, it waits for the second.

    :raises NotAllowedError: for a broker, whoever prepared it, or somebody who may not buy for this.
    :raises StateError: when none waits, or the rules stop it.
    """
    budget = budget_of(payment)
    require(actor, Permission.CONFIRM_PURCHASE, budget.person_id)
    lock(payment)
    require_running(payment)
    terms = _prepared(payment)
    refuse_over(payment)
    terms.from_on = max(terms.from_on, clock.today())  # what fell due before the yes went on as it was
    weighed = weigh_regular(payment, terms, budget, person_of(budget), changing=True)
    if actor.account_id == terms.asked_by:
        raise NotAllowedError("Someone else on the person's own side says yes or no to this.")
    actor, person = hold(actor, budget.person_id), person_of(budget)
    require(actor, Permission.CONFIRM_PURCHASE, budget.person_id)
    beyond = weighed.beyond(actor, payment, person.id, terms.asked_by)
    if not says_yes(actor, person, weighed.forecast.highest_pence, "representative", beyond):
        return agree_first(actor, payment, terms)
    dearer = is_dearer(payment.terms_on(terms.from_on), terms)
    if dearer and weighed.decision.action is Action.BLOCK:
        raise StateError(f"{weighed.decision.findings[0].sentence} Everything stays as it was.")
    state = TermsState.ASKED if dearer and weighed.decision.action is Action.REFER else TermsState.AGREED
    return keep_terms(actor, payment, terms, state, weighed, "Said yes to a change of")


def agree_first(actor: Actor, payment: RegularPayment, terms: RegularTerms) -> RegularTerms:
    """The first of two representatives says yes to other terms: they are asked for by them now, and wait on."""
    terms.asked_by, terms.asked_by_name = actor.account_id, actor.name
    db.session.flush()
    record(actor, payment, "agree_change", f"Was the first to say yes to a change of {payment.words}")
    title = f"{actor.name} said yes to a change of {payment.words}. Another representative says yes or no too."
    tell(actor, payment, NoticeKind.TO_CONFIRM, title)
    tell_if_nobody_agrees(actor, person_of(budget_of(payment)), Beyond.SECOND, ())
    return terms


def turn_down_change(actor: Actor, payment: RegularPayment) -> None:
    """No: everything stays as it was."""
    require(actor, Permission.CONFIRM_PURCHASE, budget_of(payment).person_id)
    lock(payment)
    _prepared(payment)
    drop_waiting(actor, payment)
    record(actor, payment, "turn_down_change", f"Said no to a change of {payment.words}")
    tell(actor, payment, NoticeKind.CONFIRMED, f"{actor.name} said no to a change of {payment.words}.")


def _prepared(payment: RegularPayment) -> RegularTerms:
    waiting = payment.waiting_terms
    if waiting is None or waiting.state is not TermsState.PREPARED:
        raise StateError("No change is waiting for a yes any more.")
    return waiting
