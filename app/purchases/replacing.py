"""Changing something that is approved: what was approved stays so, with its money, until the change is agreed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.budgets import service as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.identity.rules import Actor, Permission
from app.purchases.changing import move, record, require, require_state, write
from app.purchases.holding import hold_lines, hold_sum
from app.purchases.making_lines import LINE_FIELDS
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.order_rules import OrderState
from app.purchases.own_work import require_known
from app.purchases.quoting import hand_over_quotes
from app.purchases.rules import State, Verb
from app.purchases.settling import release
from app.purchases.what_changes import change_of, changes_in

_COPIED = ("way", "payee_name", "provider_id", "regular_payment_id", "regular_due_on", "note", "idea_id")
_COPIED_TOO = ("needed_from", "needed_until", "bought_on", "title", "total_pence")
#: How a purchase stands, its provider's word included: read again before a change takes its place.
_STANDS = ("state", "version", "order_state", "order_by_name", "order_answered_at", "said_delivered_on")
#: What a provider goes by. What it helps with is the person's own affair.
_FOR_PROVIDER = ("description", "listing_id", "quantity_hundredths", "unit", "unit_price_pence", "amount_pence")


def start_change(actor: Actor, purchase: Purchase) -> Purchase:
    """Open a copy of something approved, to change it. A change that was begun before is gone on with.

    A line that is changed takes today's price of its listing; one that is left alone, or that a provider kept a price
    for, keeps what was agreed.

    :returns: a draft. Nothing is different before it is sent and agreed.
    :raises StateError: when it is not approved any more, is said to be done, or a change of it waits already.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    require_state(purchase, State.APPROVED)
    _refuse_if_done(purchase)
    going = change_of(purchase.id)
    if going is not None and going.state is State.DRAFT:
        require_known(actor, going)
        return going
    if going is not None:
        raise StateError(f"A change of this is on its way already. It says: {going.state_words}.")
    values: dict[str, Any] = {name: getattr(purchase, name) for name in (*_COPIED, *_COPIED_TOO)}
    copy = Purchase(
        commissioner_id=purchase.commissioner_id,
        person_id=purchase.person_id,
        budget_id=purchase.budget_id,
        state=State.DRAFT,
        changes_id=purchase.id,
        requested_by=actor.account_id,
        requested_by_name=actor.name,
        requested_as=actor.quality_for(purchase.person_id, purchase.commissioner_id),
        broker_id=purchase.broker_id,  # whoever changes it, it stays the work of whoever began it
        lines=[_copy(line) for line in purchase.lines],
        **values,
    )
    db.session.add(copy)
    db.session.flush()
    record(actor, copy, "start_change", "Began to change")
    return copy


def _copy(line: PurchaseLine) -> PurchaseLine:
    values = {name: getattr(line, name) for name in ("position", *LINE_FIELDS)}
    return PurchaseLine(
        commissioner_id=line.commissioner_id, person_id=line.person_id, copied_from_id=line.id, **values
    )


def hold(actor: Actor, purchase: Purchase, *, agreed: bool) -> None:
    """Set aside what a purchase that was sent needs. Of a change, only what it needs beside what is held already.

    :param agreed: nobody has to look at it: a change takes its place at once.
    :raises InsufficientFundsError: when a stream cannot pay its part.
    :raises StateError: when what a change would replace has moved on.
    """
    if purchase.changes_id is None:
        hold_lines(actor, purchase)
    elif agreed:
        put_in_place(actor, purchase)
    else:
        refuse_if_gone(db.session.get_one(Purchase, purchase.changes_id))
        _hold_difference(actor, purchase)


def _hold_difference(actor: Actor, purchase: Purchase) -> None:
    """What each outcome needs beyond what is held for it. It is held in the purchase's own name, not a line's."""
    changes = changes_in(purchase)
    was = dict(changes.was_by_outcome) if changes else {}
    now: dict[UUID, int] = {}
    for line in purchase.lines:
        if line.outcome_id:
            now[line.outcome_id] = now.get(line.outcome_id, 0) + line.amount_pence
    for outcome_id, pence in now.items():
        more = pence - was.get(outcome_id, 0)
        if more > 0:
            hold_sum(actor, purchase, outcome_id, more, purchase.id)


def put_in_place(actor: Actor, purchase: Purchase) -> None:
    """Let an agreed change take the place of what it changes: the old money is let go and the new held, in one moment.

    :raises StateError: when what it changes is not approved any more, or the money is not there.
    """
    if purchase.changes_id is None:
        return
    was = db.session.get_one(Purchase, purchase.changes_id)
    refuse_if_gone(was)
    accepted = was.order_state is OrderState.ACCEPTED and not _matters_to_provider(was, purchase)
    answered = {"order_state": was.order_state, "order_by_name": was.order_by_name} if accepted else {}
    budgets.move_regular_mark(was.id, purchase.id)
    hand_over_quotes(was, purchase)
    move(was, Verb.REPLACE, decided_at=clock.now(), end_reason="")
    release(actor, was)
    budgets.release_held(actor, purchase.id, memo=f"Purchase {purchase.ref}")
    try:
        hold_lines(actor, purchase)
    except InsufficientFundsError:
        raise StateError("There is not enough money left in this budget for the change. Nothing was decided.") from None
    if answered:
        write(purchase, **answered, order_answered_at=was.order_answered_at)
    record(actor, was, "replace", "Changed", to=purchase.ref)


def refuse_if_gone(was: Purchase) -> None:
    """A change can only take the place of what is still approved and not said to be done.

    It is locked with that: whoever pays it, takes it back or changes it holds its row before the budget's accounts, in
    this order always, so that nobody waits for another in a ring.

    :raises StateError: saying how that one stands.
    """
    db.session.refresh(was, _STANDS, with_for_update={"key_share": True})
    if was.state is not State.APPROVED:
        raise StateError(f"What this would change has moved on meanwhile. It says now: {was.state_words}.")
    _refuse_if_done(was)


def refuse_late_change(purchase: Purchase) -> None:
    """The same of a purchase that may be a change, before it is weighed.

    :raises StateError: as :func:`refuse_if_gone`.
    """
    if purchase.changes_id is not None:
        refuse_if_gone(db.session.get_one(Purchase, purchase.changes_id))


def _refuse_if_done(purchase: Purchase) -> None:
    if purchase.said_delivered_on is not None:
        raise StateError(f"{purchase.payee_name} says that this is done already, so it cannot be changed any more.")


def _matters_to_provider(was: Purchase, now: Purchase) -> bool:
    """Whether the provider would have to do something else than they said yes to."""

    def seen(purchase: Purchase) -> list[tuple[Any, ...]]:
        return sorted((tuple(getattr(line, name) for name in _FOR_PROVIDER) for line in purchase.lines), key=str)

    dates = (was.needed_from, was.needed_until) != (now.needed_from, now.needed_until)
    return dates or seen(was) != seen(now)
