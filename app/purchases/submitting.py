"""Sending a purchase: the policy decides, money is set aside, people are told. One transaction, or nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.audit import service as audit
from app.budgets import service as budgets
from app.budgets.queries import budget_by_id
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, StateError
from app.core.words import storable
from app.identity.authority_queries import hold
from app.identity.limits import Beyond
from app.identity.rules import Actor, AuthorityKind, Permission
from app.messages.rules import NoticeKind
from app.policy.rules import Decision
from app.purchases.alone import beyond_of, says_yes, sent_together, tell_if_nobody_agrees
from app.purchases.benefit_queries import missing_statement
from app.purchases.changing import move, named, record, require, require_state, write
from app.purchases.checking import missing_in, result_of, state_for
from app.purchases.delegating import simple_rule_for
from app.purchases.facts import Weighed, weigh
from app.purchases.models import Purchase, PurchaseDecision
from app.purchases.quoting import use_quotes
from app.purchases.referring import answer_by_rule, ask_coordinator
from app.purchases.replacing import hold as hold_money
from app.purchases.replacing import refuse_late_change
from app.purchases.rules import MAX_NOTE, State, Verb, Way
from app.purchases.settling import settle_outside
from app.purchases.telling import tell_holders, tell_requester, tell_side
from app.purchases.what_changes import is_same


def submit(actor: Actor, purchase: Purchase) -> Purchase:
    """Send a draft.

    It is then approved (and paid, where the money had left already), waits for a coordinator, is stopped, or waits
    for the person's own side when a broker may not buy for so much.

    :raises InvalidError: when something is still to be filled in.
    :raises StateError: when it was sent already.
    :raises InsufficientFundsError: when the money went to something else a moment ago; nothing is changed.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    require_state(purchase, State.DRAFT)
    missing = missing_in(purchase) | missing_statement(actor, purchase)
    if missing:
        raise InvalidError(missing)
    refuse_late_change(purchase)
    weighed = weigh(purchase, to_act=True)
    actor = hold(actor, purchase.person_id)
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if result_of(actor, purchase, weighed) is not State.AWAITING_HOLDER:
        return answer_now(actor, purchase, weighed, clock.now())
    leave_to_holder(actor, purchase, weighed, clock.now())
    tell_holders(actor, purchase, NoticeKind.TO_CONFIRM, f"{actor.name} prepared {named(purchase)}. Say yes or no.")
    tell_if_nobody_agrees(actor, purchase.person, beyond_of(actor, purchase), ())
    return purchase


def answer_now(actor: Actor, purchase: Purchase, weighed: Weighed, at: datetime, *, tell: bool = True) -> Purchase:
    """Send a draft whose right, state and answers were checked, and do what the policy said.

    :param weighed: just now, to act.
    :param at: when it is sent: all of a basket at one moment.
    :param tell: the person's own side is told of what a broker does; the caller does it where this is False.
    """
    with db.session.no_autoflush:  # all that is new is written together, at the end
        return _answer(actor, purchase, Verb.SUBMIT, weighed, at, tell=tell)


def leave_to_holder(actor: Actor, purchase: Purchase, weighed: Weighed, at: datetime) -> None:
    """Send a draft on to the person's own side, to say yes or no. The caller tells them."""
    nobody_yet = {"agreed_by": None, "agreed_by_name": ""}  # a yes to what it was before is none to this
    values = {"submitted_at": at, "in_basket": False, **nobody_yet, **_asked_by(actor, purchase), **_said(weighed)}
    move(purchase, Verb.SUBMIT, State.AWAITING_HOLDER, **values)
    use_quotes(actor, purchase)
    _keep(purchase, weighed, clock.today())
    record(actor, purchase, "submit", "Prepared")


def confirm(actor: Actor, purchase: Purchase) -> Purchase:
    """The person's own side says yes to what was prepared: it goes on as if they had sent it.

    Where two representatives agree, the yes of the first is kept and it waits for the second.

    :raises NotAllowedError: for a broker, whoever prepared it or said yes before, or somebody who may not buy for this.
    """
    require(actor, Permission.CONFIRM_PURCHASE, purchase)
    if actor.account_id in (purchase.requested_by, purchase.agreed_by):
        raise NotAllowedError("Someone else on the person's own side says yes or no to this.")
    require_state(purchase, State.AWAITING_HOLDER)
    budgets.lock(budget_by_id(purchase.budget_id))
    actor = hold(actor, purchase.person_id)
    require(actor, Permission.CONFIRM_PURCHASE, purchase)
    found = beyond_of(actor, purchase)
    if not says_yes(actor, purchase.person, sent_together(purchase), purchase.requested_as, found):
        return _agree_first(actor, purchase)
    missing = missing_in(purchase)
    if missing:
        raise StateError(f"{next(iter(missing.values()))}.")
    refuse_late_change(purchase)
    _answer(actor, purchase, Verb.CONFIRM, weigh(purchase, to_act=True))
    title = f"{actor.name} said yes to {purchase.title}. {purchase.state_words}."
    tell_requester(actor, purchase, NoticeKind.CONFIRMED, title)
    return purchase


def _agree_first(actor: Actor, purchase: Purchase) -> Purchase:
    """The first of two representatives says yes; it waits for the second."""
    write(purchase, agreed_by=actor.account_id, agreed_by_name=actor.name)
    record(actor, purchase, "agree", "Was the first to say yes to")
    title = f"{actor.name} said yes to {named(purchase)}. Another representative says yes or no too."
    tell_side(actor, purchase, NoticeKind.TO_CONFIRM, title)
    tell_if_nobody_agrees(actor, purchase.person, Beyond.SECOND, ())
    return purchase


def turn_down(actor: Actor, purchase: Purchase, reason: str = "") -> Purchase:
    """The person's own side says no to what was prepared."""
    require(actor, Permission.CONFIRM_PURCHASE, purchase)
    reason = storable(reason)[:MAX_NOTE]
    move(purchase, Verb.TURN_DOWN, decided_at=clock.now(), confirmed_by=actor.account_id, end_reason=reason)
    record(actor, purchase, "turn_down", "Said no to", why=reason)
    tell_requester(actor, purchase, NoticeKind.CONFIRMED, f"{actor.name} said no to {named(purchase)}.", reason)
    return purchase


def post(actor: Actor, purchase: Purchase, weighed: Weighed) -> Purchase:
    """Send an occurrence of a regular purchase, in the name of whoever it was agreed with.

    The caller has noted the occurrence as taken care of and seen that the policy does not stop it.

    :raises InsufficientFundsError: when a stream cannot pay its part.
    """
    with db.session.no_autoflush:
        return _answer(actor, purchase, Verb.SUBMIT, weighed)


def _answer(
    actor: Actor, purchase: Purchase, verb: Verb, weighed: Weighed, at: datetime | None = None, *, tell: bool = True
) -> Purchase:
    decision, now = weighed.decision, at or clock.now()
    values: dict[str, Any] = _said(weighed)
    if verb is Verb.SUBMIT:
        values |= {
            "submitted_at": now,
            "in_basket": False,
            **({} if purchase.way is Way.REGULAR else _asked_by(actor, purchase)),
        }
    else:
        values["confirmed_by"] = actor.account_id
    rule = simple_rule_for(purchase, weighed)
    to = State.APPROVED if rule else state_for(decision)
    move(purchase, verb, to, decided_at=None if to is State.AWAITING_APPROVAL else now, **values)
    _keep(purchase, weighed, purchase.bought_on or clock.today())
    if to is State.BLOCKED:
        # What was stopped is the person's own affair: no title here, and no commissioner to find it by.
        _record_private(actor, purchase, verb, decision)
        return purchase
    use_quotes(actor, purchase)
    hold_money(actor, purchase, agreed=to is State.APPROVED)
    regular, due_on = purchase.regular_payment_id, purchase.regular_due_on
    # by whoever posts it, before anything else; a change takes over what it replaces
    noted = purchase.way is Way.REGULAR or purchase.changes_id is not None
    if regular and due_on and not noted and not budgets.mark_regular_made(regular, due_on, purchase.id):
        raise StateError("Another purchase takes care of this payment already.")
    doing = "Asked to buy" if verb is Verb.SUBMIT else "Said yes to"
    record(actor, purchase, verb.value, doing, action=decision.action.value, policy=decision.policy_version)
    if rule:
        answer_by_rule(actor, purchase, decision, rule)
    if to is State.AWAITING_APPROVAL:
        ask_coordinator(actor, purchase, decision)
    elif purchase.way.is_paid_already:
        settle_outside(actor, purchase)
    grant = actor.grant_for(purchase.person_id)
    if tell and grant is not None and grant.kind is AuthorityKind.BROKER:
        title = f"{actor.name} asked for {named(purchase)}. {purchase.state_words}."
        tell_holders(actor, purchase, NoticeKind.DECIDED, title)
    return purchase


def _record_private(actor: Actor, purchase: Purchase, verb: Verb, decision: Decision) -> None:
    """The audit of a stopped purchase: that it happened, to whom, and the rule; nothing of what it was."""
    audit.record(
        actor,
        f"purchases.{verb}",
        f"{'Sent' if verb is Verb.SUBMIT else 'Said yes to'} something that this money cannot be used for",
        subject_kind="purchase",
        subject_id=purchase.id,
        person_id=purchase.person_id,
        details={"action": decision.action.value, "policy": decision.policy_version},
    )


def _keep(purchase: Purchase, weighed: Weighed, day: date) -> None:
    """Keep what was decided: on the lines, and in the purchase's decisions for good."""
    for index, line in enumerate(purchase.lines):
        said = weighed.decision.for_line(index)
        line.action, line.findings = said.action, [finding.to_dict() for finding in said.findings]
        if line.copied_from is not None and is_same(line):
            line.action, line.findings = line.copied_from.action, line.copied_from.findings
        line.moved_on = day
    db.session.add(
        PurchaseDecision(
            commissioner_id=purchase.commissioner_id,
            purchase_id=purchase.id,
            policy_version=weighed.decision.policy_version,
            action=weighed.decision.action,
            findings=[finding.to_dict() for finding in weighed.decision.findings],
            facts=weighed.facts_as_dict(),
        )
    )


def _said(weighed: Weighed) -> dict[str, Any]:
    decision = weighed.decision
    findings = [finding.to_dict() for finding in decision.findings]
    return {"action": decision.action, "policy_version": decision.policy_version, "findings": findings}


def _asked_by(actor: Actor, purchase: Purchase) -> dict[str, Any]:
    """Who sends it asks for it, whoever began the draft: they never decide it."""
    quality = actor.quality_for(purchase.person_id, purchase.commissioner_id)
    return {"requested_by": actor.account_id, "requested_by_name": actor.name, "requested_as": quality}
