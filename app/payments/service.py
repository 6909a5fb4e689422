"""Asking a rail to pay."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.payments.models import PaymentIntent
from app.payments.rails import OUTSIDE, RAILS
from app.payments.rules import IntentState, Order, payment_key


def pay(
    actor: Actor,
    purchase_id: UUID,
    amount_pence: int,
    *,
    commissioner_id: UUID,
    person_id: UUID,
    payee_name: str,
    paid_on: date | None = None,
    evidence: str = "",
    rail: str = OUTSIDE,
) -> PaymentIntent:
    """Pay for a purchase by a rail. The caller holds the purchase's row, so attempts cannot be numbered twice.

    :returns: the attempt; look at its ``state`` and, when it failed, at ``failure``.
    :raises KeyError: when there is no such rail.
    """
    attempts = db.session.scalar(
        select(func.count())
        .select_from(PaymentIntent)
        .where(PaymentIntent.commissioner_id == commissioner_id, PaymentIntent.purchase_id == purchase_id)
    )
    attempt = int(attempts or 0) + 1
    key = payment_key(purchase_id, "pay", attempt)
    intent = PaymentIntent(
        commissioner_id=commissioner_id,
        purchase_id=purchase_id,
        rail=rail,
        attempt=attempt,
        idempotency_key=key,
        state=IntentState.STARTED,
        amount_pence=amount_pence,
        evidence=evidence,
    )
    db.session.add(intent)
    db.session.flush()  # the key is taken before the rail is asked
    outcome = RAILS[rail].pay(Order(key, purchase_id, amount_pence, payee_name, paid_on, evidence))
    intent.state = outcome.state
    intent.rail_reference = outcome.rail_reference
    intent.failure = outcome.sentence
    if outcome.state is IntentState.SETTLED:
        intent.settled_at = clock.now()
    db.session.flush()
    audit.record(
        actor,
        "payments.pay",
        f"Payment of {format_pounds(amount_pence)} to {payee_name}: {outcome.state}",
        subject_kind="purchase",
        subject_id=purchase_id,
        person_id=person_id,
        commissioner_id=commissioner_id,
        details={"rail": rail, "attempt": attempt},
    )
    return intent
