"""Sending the basket: each of its purchases, one after another in one transaction. All of it goes, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.core.money import format_pounds
from app.identity import queries as identity
from app.identity.authority_queries import hold
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.ahead import NOTHING_AHEAD
from app.purchases.alone import beyond_of, tell_if_nobody_agrees
from app.purchases.basket_check import Judged, as_seen, judge
from app.purchases.basket_queries import basket_of
from app.purchases.changing import named, require
from app.purchases.models import Purchase
from app.purchases.rules import State
from app.purchases.submitting import answer_now, leave_to_holder

CHANGED = "The basket has changed since you looked at it. Look once more, then send it."


def send(actor: Actor, person: Person, seen: str) -> list[Purchase]:
    """Send all of the basket: each purchase is judged once more and approved, or waits. All of it goes, or nothing.

    The budget is locked first and the order is fixed, so of two who send it at the same moment one does.

    :param seen: what was looked at (``BasketCheck.seen``).
    :returns: what was sent, in the order in which it was judged.
    :raises StateError: when the basket has changed, or one of it is stopped or not complete: the sentence says which
        and why. The caller undoes what was written.
    """
    before = basket_of(actor, person)
    if not before:
        raise StateError("There is nothing in the basket. Perhaps it was sent a moment ago.")
    require(actor, Permission.PREPARE_PURCHASE, before[0])
    budget_service.lock(budgets.budget_by_id(before[0].budget_id))
    actor = hold(actor, person.id)
    require(actor, Permission.PREPARE_PURCHASE, before[0])
    drafts = basket_of(actor, person)
    if as_seen(drafts) != seen or len({item.budget_id for item in drafts}) != 1:
        raise StateError(CHANGED)
    judged = list(judge(actor, drafts))
    for item in judged:
        if item.missing:
            raise StateError(f"{item.missing[0].words}. Nothing was sent.")
        if item.is_stopped:
            raise StateError(_cannot_go(item.purchase, item.stopped_because))
    at, grant = clock.now(), actor.grant_for(person.id)
    asks_holder = any(item.check.result is State.AWAITING_HOLDER for item in judged)
    for item in judged:
        if asks_holder:
            leave_to_holder(actor, item.purchase, item.weighed, at)
        else:
            _answer(actor, item, at)
        db.session.flush()  # the next one counts what this one used
    if asks_holder:
        words = f"{actor.name} prepared {_count(drafts)} from your basket. Say yes or no to each."
        _tell(actor, drafts, NoticeKind.TO_CONFIRM, words, [named(item) for item in drafts])
        total = sum(item.total_pence for item in drafts)
        tell_if_nobody_agrees(actor, person, beyond_of(actor, drafts[0], total), ())
    elif grant is not None and grant.kind is AuthorityKind.BROKER:
        words = f"{actor.name} asked for {_count(drafts)} from your basket."
        _tell(actor, drafts, NoticeKind.DECIDED, words, [f"{named(item)}: {item.state_words}" for item in drafts])
    return drafts


def _answer(actor: Actor, item: Judged, at: datetime) -> None:
    """Do what the policy said; what stood before it is written down by now, and no longer only thought."""
    try:
        answer_now(actor, item.purchase, replace(item.weighed, ahead=NOTHING_AHEAD), at, tell=False)
    except InsufficientFundsError as error:
        raise StateError(_cannot_go(item.purchase, error.sentence)) from None


def _cannot_go(purchase: Purchase, why: str) -> str:
    return f"{purchase.title} from {purchase.payee_name} cannot go now. {why} Nothing was sent."


def _count(drafts: Sequence[Purchase]) -> str:
    things = sum(len(item.lines) for item in drafts)
    total = format_pounds(sum(item.total_pence for item in drafts))
    return f"{things} {'thing' if things == 1 else 'things'}, {total} in all"


def _tell(actor: Actor, drafts: Sequence[Purchase], kind: NoticeKind, title: str, rows: Sequence[str]) -> None:
    """One notice about all of it to the person's own side."""
    messages.notify(
        actor,
        identity.holder_side_ids(drafts[0].person_id),
        kind,
        title,
        "\n".join(rows),
        about=About.BASKET,
        about_ref=drafts[0].ref,
        person_id=drafts[0].person_id,
    )
