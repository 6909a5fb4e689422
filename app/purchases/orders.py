"""A provider answers what was agreed to be bought from them, and says when it is done. Nothing here commits.

Each verb is guarded by the purchase as it was read (:func:`app.purchases.changing.write`): of an accept, a payment and
a holder who takes it back at the same moment, one gets through and the others read what happened.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.errors import InvalidError, StateError
from app.core.money import format_pounds
from app.core.words import storable
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.changing import move, record, write
from app.purchases.models import Purchase
from app.purchases.order_queries import purchase_behind
from app.purchases.order_rules import MAX_REASON, OrderState, may_answer, may_say_delivered
from app.purchases.rules import State, Verb
from app.purchases.settling import release
from app.purchases.taking_back import drop_change
from app.purchases.telling import tell_side

#: Done before it was asked for is a slip of the finger; a week is left for what was agreed by word of mouth.
_EARLIEST = timedelta(days=7)
#: Ends what the provider may not know of.
SYSTEM = Actor.system("Orders")


def accept(actor: Actor, provider_id: UUID, ref: str) -> Purchase:
    """Say that they will do it.

    :raises NotFoundError: when the provider has no such order.
    :raises StateError: when it was answered, paid or taken back meanwhile.
    """
    purchase = purchase_behind(actor, provider_id, ref)
    if purchase.order_state is not OrderState.ASKED or purchase.state is not State.APPROVED:
        raise _too_late(purchase)
    write(purchase, order_state=OrderState.ACCEPTED, **_answer(actor))
    record(actor, purchase, "accept_order", "Will do")
    _dealt_with(actor, purchase)
    tell_side(actor, purchase, NoticeKind.ORDER, f"{purchase.payee_name} said yes to {purchase.title}.")
    return purchase


def decline(actor: Actor, provider_id: UUID, ref: str, reason: str) -> Purchase:
    """Say that they cannot do it: the purchase ends, what was held is free again, and the person reads the reason.

    :raises InvalidError: field ``reason``.
    :raises NotFoundError: when the provider has no such order.
    :raises StateError: when it is paid (then money goes back by a refund), done, or taken back meanwhile.
    """
    purchase = purchase_behind(actor, provider_id, ref)
    why = storable(reason)
    if not why:
        raise InvalidError({"reason": "Write why you cannot do it. The person reads it"})
    if len(why) > MAX_REASON:
        raise InvalidError({"reason": f"Use {MAX_REASON} letters or fewer. You have used {len(why)}."})
    if not may_answer(purchase.state, purchase.order_state) or purchase.said_delivered_on is not None:
        raise _too_late(purchase)
    move(
        purchase,
        Verb.CANCEL,
        decided_at=clock.now(),
        end_reason=f"{purchase.payee_name} cannot do it: {why}",
        order_state=OrderState.DECLINED,
        order_reason=why,
        **_answer(actor),
    )
    freed = release(actor, purchase)
    drop_change(SYSTEM, purchase, f"{purchase.payee_name} cannot do it")
    record(actor, purchase, "decline_order", "Cannot do", why=why, freed_pence=freed)
    _dealt_with(actor, purchase)
    title = f"{purchase.payee_name} cannot do {purchase.title}. {format_pounds(freed)} is free again."
    tell_side(actor, purchase, NoticeKind.ORDER, title, why)
    return purchase


def say_delivered(actor: Actor, provider_id: UUID, ref: str, day: date) -> Purchase:
    """Say that it is done; the person then says so too. Said again, it puts the day right.

    :param day: the last day of it, not after today.
    :raises InvalidError: field ``day``.
    :raises NotFoundError: when the provider has no such order.
    :raises StateError: when the person has said so already, or it ended.
    """
    purchase = purchase_behind(actor, provider_id, ref)
    asked_on = clock.london(purchase.submitted_at or purchase.created_at).date()
    if day > clock.today():
        raise InvalidError({"day": "Enter a day that is not in the future"})
    if day < asked_on - _EARLIEST:
        raise InvalidError({"day": f"Enter a day after they asked for it, on {clock.say_day(asked_on, year=True)}"})
    if not may_say_delivered(purchase.state, purchase.order_state):
        raise _too_late(purchase)
    # who does it has accepted it
    answered = {} if purchase.order_state is OrderState.ACCEPTED else _answer(actor)
    write(purchase, said_delivered_on=day, order_state=OrderState.ACCEPTED, **answered)
    record(actor, purchase, "say_delivered", "Says it is done:", day=day.isoformat())
    _dealt_with(actor, purchase)
    title = f"{purchase.payee_name} says that {purchase.title} was done on {clock.say_day(day)}. Is that right?"
    tell_side(actor, purchase, NoticeKind.ORDER, title)
    return purchase


def _answer(actor: Actor) -> dict[str, Any]:
    return {"order_by_name": actor.name, "order_answered_at": clock.now()}


def _dealt_with(actor: Actor, purchase: Purchase) -> None:
    """Whoever did something about an order need not read the notices about it."""
    messages.mark_read_about(actor, About.ORDER, purchase.ref)


def _too_late(purchase: Purchase) -> StateError:
    if purchase.order_state is OrderState.WITHDRAWN:
        return StateError(f"{purchase.person.given_name} does not need this any more.")
    if purchase.order_state is OrderState.DECLINED:
        return StateError("You have said already that you cannot do this.")
    if purchase.state is State.DELIVERED:
        return StateError(f"{purchase.person.given_name} has said that it is done.")
    if purchase.state is State.APPROVED and purchase.said_delivered_on is not None:
        return StateError("You have said that this is done, so it cannot be turned down any more.")
    if purchase.state is State.APPROVED:
        return StateError("You have accepted this already.")
    return StateError("This is paid already. If you cannot do it, the money goes back: write to the person's team.")
