"""A regular purchase rests for some days, is taken up again, or one occurrence is left out."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.dialects.postgresql import insert

from app.budgets import regular_queries
from app.budgets.regular_models import RegularPause, RegularPayment, RegularPaymentMade
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import storable
from app.identity.authority_queries import hold
from app.identity.rules import Actor
from app.purchases.reaching import refuse_beyond
from app.purchases.regular_writing import begin_own_work, record
from app.purchases.rules import MAX_NOTE


def pause(
    actor: Actor, payment: RegularPayment, from_on: date, until_on: date | None, reason: str = ""
) -> RegularPause:
    """Let it rest for some days: nothing falls due meanwhile, both ends included.

    :param until_on: None until it is taken up again.
    :raises InvalidError: fields ``from_on`` and ``until_on``.
    """
    begin_own_work(actor, payment)
    errors = {}
    if from_on < clock.today():
        errors["from_on"] = "Enter today or a day to come"
    if until_on is not None and until_on < from_on:
        errors["until_on"] = "Enter a last day that is not before the first"
    if errors:
        raise InvalidError(errors)
    resting = RegularPause(
        payment_id=payment.id,
        from_on=from_on,
        until_on=until_on,
        reason=storable(reason)[:MAX_NOTE],
        by_name=actor.name,
    )
    payment.pauses.append(resting)
    db.session.flush()
    until = f" until {clock.say_day(until_on)}" if until_on else ""
    record(actor, payment, "pause", f"Paused {payment.words} from {clock.say_day(from_on)}{until}", why=reason)
    return resting


def resume(actor: Actor, payment: RegularPayment) -> None:
    """Take it up again from today: every rest that is not over ends, and one that has not begun is dropped.

    :raises NotAllowedError: for whoever may not buy it: money moves again by it.
    """
    budget = begin_own_work(actor, payment)
    refuse_beyond(hold(actor, budget.person_id), payment)
    today = clock.today()
    for resting in list(payment.pauses):
        if resting.from_on >= today:
            payment.pauses.remove(resting)
        elif resting.until_on is None or resting.until_on >= today:
            resting.until_on = today - timedelta(days=1)
    db.session.flush()
    record(actor, payment, "resume", f"Took up {payment.words} again")


def skip(actor: Actor, payment: RegularPayment, due_on: date) -> None:
    """Leave one occurrence out.

    :raises NotFoundError: when nothing falls due that day.
    :raises StateError: when it is taken care of already.
    """
    budget = begin_own_work(actor, payment)
    school = regular_queries.school_for(budget.commissioner_id, [payment])
    if not payment.due_in(due_on, due_on, school):
        raise NotFoundError
    done = db.session.scalar(
        insert(RegularPaymentMade)
        .values(payment_id=payment.id, due_on=due_on, skipped_by_name=actor.name)
        .on_conflict_do_nothing()
        .returning(RegularPaymentMade.payment_id)
    )
    if done is None:
        raise StateError("This one is taken care of already.")
    record(actor, payment, "skip", f"Left out {payment.words} of {clock.say_day(due_on)}")
