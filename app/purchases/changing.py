"""How every verb changes a purchase: one guarded statement, the right checked, an entry in the audit."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from app.audit import service as audit
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError, StateError
from app.core.money import format_pounds
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.purchases.models import Purchase
from app.purchases.order_rules import OrderState
from app.purchases.own_work import require_known
from app.purchases.rules import State, Verb, step
from app.purchases.telling_providers import GIVEN_UP, tell_of_step

#: What a purchase must still be for a write to be made.
_GUARD = ("commissioner_id", "id", "state", "version")
_MOVED = "Somebody, or another tab, changed this a moment ago. Look at it again."
_NOT_YOURS = {
    Permission.PREPARE_PURCHASE: "You may look at this budget, but not buy from it.",
    Permission.BUY: "You may get things ready for this person. Someone on their own side does the rest.",
    Permission.CONFIRM_PURCHASE: "Someone on the person's own side says yes or no to this.",
}


def require(actor: Actor, permission: Permission, purchase: Purchase) -> None:
    """Check a right over the purchase's person.

    :raises NotFoundError: when the actor has nothing to do with them, or it is not this broker's work: the purchase
        does not exist for this actor.
    :raises NotAllowedError: when they may see it but not do this.
    """
    subject = PersonSubject(purchase.person_id)
    if not may(actor, Permission.VIEW_BUDGET, subject):
        raise NotFoundError
    require_known(actor, purchase)
    if not may(actor, permission, subject):
        raise NotAllowedError(_NOT_YOURS[permission])


def require_state(purchase: Purchase, state: State) -> None:
    """Say kindly why a verb came too late, before work is done for nothing. The guard is in :func:`write`.

    :raises StateError: when the purchase is in another state.
    """
    if purchase.state is not state:
        raise StateError(f"This has moved on. It says now: {purchase.state_words}.")


def move(purchase: Purchase, verb: Verb, to: State | None = None, **values: Any) -> None:
    """Take a purchase to its next state, if it is still as it was read.

    The guard is in the statement, so of two tabs, two people or a double tap exactly one gets through.

    :param values: other columns to set with it.
    :raises StateError: when the table knows no such step, or somebody was faster.
    """
    was = purchase.state
    if was is State.APPROVED and verb in GIVEN_UP and purchase.provider_id is not None:
        values.setdefault("order_state", OrderState.WITHDRAWN)
    write(purchase, state=step(was, verb, to), **values)
    if values.get("order_state") is not OrderState.DECLINED:  # who declined it knows
        tell_of_step(purchase, was, verb)


def write(purchase: Purchase, **values: Any) -> None:
    """Set columns of a purchase, if it is still as it was read.

    :raises StateError: when somebody was faster.
    """
    values["version"] = purchase.version + 1
    was = {f"was_{name}": getattr(purchase, name) for name in _GUARD}
    done = db.session.scalar(_update(tuple(values)), {**was, **values})
    if done is None:
        before = purchase.state
        db.session.refresh(purchase)
        raise StateError(_MOVED if purchase.state is before else f"{_MOVED} It says now: {purchase.state_words}.")
    for name, value in values.items():
        set_committed_value(purchase, name, value)


@lru_cache(maxsize=64)  # the verbs set a handful of combinations
def _update(names: tuple[str, ...]) -> ReturningUpdate[tuple[UUID]]:
    table = cast("Table", Purchase.__table__)
    return (
        update(table)
        .where(*(table.c[name] == bindparam(f"was_{name}") for name in _GUARD))
        .values({name: bindparam(name) for name in names})
        .returning(table.c.id)
    )


def record(actor: Actor, purchase: Purchase, verb: str, doing: str, *, why: str = "", **details: Any) -> None:
    """Write the audit entry of a verb.

    What was never sent, or was stopped, is the person's own affair: the entry says that something was done and by
    whom, not what it was about.

    :param doing: what was done, before the title: "Asked to buy".
    """
    private = is_private(purchase)
    audit.record(
        actor,
        f"purchases.{verb}",
        f"{doing} something not sent yet" if private else f"{doing} {named(purchase)}",
        subject_kind="purchase",
        subject_id=purchase.id,
        person_id=purchase.person_id,
        commissioner_id=purchase.commissioner_id,
        why="" if private else why,
        details={"ref": purchase.ref} if private else {"ref": purchase.ref, "pence": purchase.total_pence, **details},
    )


def is_private(purchase: Purchase) -> bool:
    """Whether only the person's own side may know what this is."""
    return purchase.submitted_at is None or purchase.state is State.BLOCKED


def named(purchase: Purchase) -> str:
    """``Gym membership, £32.00``."""
    return f"{purchase.title}, {format_pounds(purchase.total_pence)}"
