"""Money at the end of a purchase: paid by a rail, set free, delivered."""

from __future__ import annotations

from datetime import date

from app.budgets import service as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.core.words import one_line
from app.identity.rules import Actor, Permission
from app.marketplace.models import Provider
from app.marketplace.rules import RegisterStatus
from app.payments import service as payments
from app.payments.rails import OUTSIDE
from app.payments.rules import IntentState
from app.purchases.changing import move, record, require, require_state
from app.purchases.ending_problems import end_problem
from app.purchases.facts import is_regulated_care
from app.purchases.models import Purchase
from app.purchases.reaching import refuse_elsewhere
from app.purchases.rules import MAX_WORDS, State, Verb, Way, fine_state
from app.purchases.what_changes import refuse_while_changing


def mark_paid(actor: Actor, purchase: Purchase, paid_on: date, how: str) -> Purchase:
    """The person has paid for it from their own account: what was held is now spent.

    :param how: the evidence in words, such as "by card from my budget account".
    :raises InvalidError: fields ``paid_on`` and ``how``.
    :raises StateError: when it is not approved, or paid already.
    """
    require(actor, Permission.BUY, purchase)
    require_state(purchase, State.APPROVED)
    refuse_elsewhere(actor, purchase)
    how = one_line(how)
    errors = {}
    if paid_on > clock.today():
        errors["paid_on"] = "Enter a day that is not in the future"
    elif not purchase.budget.starts_on <= paid_on <= purchase.budget.ends_on:
        errors["paid_on"] = "Enter a day in your budget's time"
    if not how:
        errors["how"] = "Say how it was paid, like by card"
    elif len(how) > MAX_WORDS:
        errors["how"] = f"Say it in {MAX_WORDS} characters or fewer"
    if errors:
        raise InvalidError(errors)
    refuse_unregistered(purchase)
    refuse_while_changing(purchase)
    return _pay(actor, purchase, paid_on, how)


def settle_outside(actor: Actor, purchase: Purchase) -> Purchase:
    """Something bought elsewhere was approved: the money left on the day it was bought, so it is paid at once.

    Until then it was held, so that the same money could not be promised twice while somebody looked.
    """
    paid_on = purchase.bought_on or clock.today()
    how = f"Bought before it was recorded, by {purchase.requested_by_name}"
    if purchase.way is Way.REGULAR:
        how = "By standing order, written down by CarePurse on its day"
    return _pay(actor, purchase, paid_on, how)


def settle_owed(actor: Actor, purchase: Purchase, how: str) -> Purchase:
    """Pay what is owed because a life has changed, on the day it was written down. The caller has checked the right."""
    return _pay(actor, purchase, purchase.bought_on or clock.today(), how)


def confirm_delivery(actor: Actor, purchase: Purchase, delivered_on: date | None = None) -> Purchase:
    """It came, or it was done.

    :raises InvalidError: field ``delivered_on``.
    """
    require(actor, Permission.BUY, purchase)
    day = delivered_on or purchase.said_delivered_on or clock.today()
    if day > clock.today():
        raise InvalidError({"delivered_on": "Enter a day that is not in the future"})
    move(purchase, Verb.CONFIRM_DELIVERY, fine_state(purchase.refunded_pence), delivered_on=day)
    end_problem(actor, purchase)
    record(actor, purchase, "confirm_delivery", "Got")
    return purchase


def refuse_unregistered(purchase: Purchase) -> None:
    """A provider that left the care register since the purchase was sent is not paid for regulated care.

    :raises StateError: naming them.
    """
    provider = db.session.get(Provider, purchase.provider_id) if purchase.provider_id else None
    if provider is None or provider.status is not RegisterStatus.DEREGISTERED:
        return
    if any(is_regulated_care(line, provider) for line in purchase.lines):
        raise StateError(f"{provider.name} is not on the care register any more. This money cannot pay them for care.")


def release(actor: Actor, purchase: Purchase) -> int:
    """Let go of everything held for a purchase, and count its regular payment as due again.

    :returns: pence set free.
    """
    subjects = [line.id for line in purchase.lines]
    if purchase.changes_id is not None:
        subjects.append(purchase.id)  # what a change needs beside what is held for what it would replace
    freed = sum(budgets.release_held(actor, key, memo=f"Purchase {purchase.ref}") for key in subjects)
    if purchase.regular_payment_id is not None:
        budgets.unmark_regular(purchase.id)
    return freed


def _pay(actor: Actor, purchase: Purchase, paid_on: date, how: str) -> Purchase:
    move(purchase, Verb.PAY)
    intent = payments.pay(
        actor,
        purchase.id,
        purchase.total_pence,
        commissioner_id=purchase.commissioner_id,
        person_id=purchase.person_id,
        payee_name=purchase.payee_name,
        paid_on=paid_on,
        evidence=how,
        rail=OUTSIDE,
    )
    if intent.state is IntentState.FAILED:
        move(purchase, Verb.FAIL, end_reason=intent.failure)
        record(actor, purchase, "pay", "Could not pay for", why=intent.failure)
    elif intent.state is IntentState.SETTLED:
        for line in purchase.lines:
            budgets.spend_held(actor, line.id, memo=f"Purchase {purchase.ref}", counts_on=paid_on)
            line.moved_on = paid_on
        move(purchase, Verb.SETTLE, paid_on=paid_on, paid_how=how, rail=intent.rail, end_reason="")
        db.session.flush()
        # a coordinator's yes to what was bought already settles it, and nobody should read that they paid
        own_side = any(grant.person_id == purchase.person_id for grant in actor.grants)
        record(actor, purchase, "pay", "Paid for" if own_side else "Noted the payment for", rail=intent.rail)
    return purchase
