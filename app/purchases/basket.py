"""The basket: things from several providers that are asked for together.

It holds drafts from the marketplace, one for each provider, all of one budget. Sending it is in ``basket_sending``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.budgets.models import Budget
from app.core.errors import NotFoundError, StateError
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.marketplace import queries as marketplace
from app.purchases.basket_check import check_basket
from app.purchases.basket_queries import MAX_PROVIDERS, basket_of
from app.purchases.changing import record, require, require_state, write
from app.purchases.drafting import drop_lines, put_line, remove_line, set_details, start_draft
from app.purchases.making_lines import LINE_FIELDS
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import DetailsInput, LineInput, State, Way, title_of
from app.purchases.taking_back import cancel

OTHER_BUDGET = "The basket is for {name}. Send or empty it first, or ask to buy this by itself."


def put_in_basket(
    actor: Actor, person: Person, line: LineInput, needed_from: date | None, budget_ref: str | None = None
) -> Purchase:
    """Add something that is offered: to the draft of its provider, or to a new one.

    :param line: with its ``listing_ref``.
    :param needed_from: from when; it counts for everything from that provider.
    :param budget_ref: which budget, where several run; the basket's own, or the first, when left out.
    :returns: the draft it is in.
    :raises InvalidError: fields ``amount quantity outcome family_member needed_from lines``.
    :raises StateError: when it is not offered, there is no budget, or the basket is for another one, or full.
    :raises NotFoundError: when the listing or the budget is unknown.
    """
    listing = marketplace.listing(line.listing_ref or "")
    budget = budget_to_use(actor, person, budget_ref)
    budget_service.lock(budget)  # two tabs that begin with the same provider make one draft
    drafts = basket_of(actor, person)
    purchase = next((item for item in drafts if item.provider_id == listing.provider_id), None)
    if purchase is None:
        _refuse_if_full(drafts)
        purchase = start_draft(actor, person, budget, listing_ref=listing.ref)
        first = purchase.lines[0].ref
        put_line(actor, purchase, first, line)
        write(purchase, in_basket=True)
    else:
        put_line(actor, purchase, None, line)
    set_details(actor, purchase, DetailsInput(needed_from=needed_from))
    return purchase


def budget_to_use(actor: Actor, person: Person, budget_ref: str | None = None) -> Budget:
    """The budget the basket is for: what is in it says so; else the one asked for, or the first that runs.

    :raises StateError: when there is none, it has ended, or another one is asked for.
    :raises NotFoundError: when the person has none of that reference.
    """
    running = budgets.budgets_in_force(actor, person)
    asked = next((item for item in running if item.ref == budget_ref), None)
    if budget_ref and asked is None:
        raise NotFoundError
    drafts = basket_of(actor, person)
    if not drafts:
        if not running:
            raise StateError("There is no budget to buy from today. Ask your coordinator.")
        return asked or running[0]
    budget = drafts[0].budget
    if asked is not None and asked.id != budget.id:
        raise StateError(OTHER_BUDGET.format(name=budget.name))
    if budget.id not in {item.id for item in running}:
        raise StateError(f"The basket is for {budget.name}, which is not open today. Empty it first.")
    return budgets.budget_by_id(budget.id)


def put_draft_in(actor: Actor, purchase: Purchase) -> None:
    """Put a draft that was begun by itself into the basket, a price somebody keeps for the person included.

    :raises StateError: when it is no plain draft from the marketplace, there is something of that provider in the
        basket already, or the basket is for another budget or full.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    require_state(purchase, State.DRAFT)
    if not may_go_in(actor, purchase):
        raise StateError("This cannot go into the basket. Send it by itself.")
    budget_service.lock(budgets.budget_by_id(purchase.budget_id))
    drafts = [item for item in basket_of(actor, purchase.person) if item.id != purchase.id]
    if drafts and drafts[0].budget_id != purchase.budget_id:
        raise StateError(OTHER_BUDGET.format(name=drafts[0].budget.name))
    if any(item.provider_id == purchase.provider_id for item in drafts):
        raise StateError(f"There is something from {purchase.payee_name} in the basket already. Send this by itself.")
    _refuse_if_full(drafts)
    write(purchase, in_basket=True)
    record(actor, purchase, "put_in_basket", "Put into the basket")


def may_go_in(actor: Actor, purchase: Purchase) -> bool:
    """Whether a draft is one that can be sent with others: from the marketplace, new, and of their own side."""
    special = (purchase.changes_id, purchase.regular_payment_id, purchase.idea_id)
    if actor.brokers_for(purchase.person_id) != (purchase.broker_id is not None):
        return False
    return purchase.way is Way.LISTING and purchase.provider_id is not None and special == (None, None, None)


def take_out(actor: Actor, purchase: Purchase, line_ref: str) -> None:
    """Take one thing out of the basket for good; with the last one of a provider its draft is taken back.

    :raises NotFoundError: when there is no such line.
    :raises StateError: when it is not in the basket any more.
    """
    _in_basket(actor, purchase)
    line = _line(purchase, line_ref)
    if len(purchase.lines) > 1:
        remove_line(actor, purchase, line.ref)
    else:
        cancel(actor, purchase)


def buy_by_itself(actor: Actor, purchase: Purchase, line_ref: str) -> Purchase:
    """Move one thing out of the basket into a draft of its own: it is sent, or waits, by itself.

    :returns: the draft it is in now.
    :raises NotFoundError: when there is no such line.
    :raises StateError: when it is not in the basket any more.
    """
    _in_basket(actor, purchase)
    line = _line(purchase, line_ref)
    if len(purchase.lines) == 1:
        return leave_by_itself(actor, purchase)
    alone = start_draft(actor, purchase.person, budgets.budget_by_id(purchase.budget_id), Way.LISTING)
    values = {name: getattr(line, name) for name in LINE_FIELDS}
    alone.lines.append(
        PurchaseLine(commissioner_id=line.commissioner_id, person_id=line.person_id, position=0, **values)
    )
    write(
        alone,
        payee_name=purchase.payee_name,
        provider_id=purchase.provider_id,
        needed_from=purchase.needed_from,
        needed_until=purchase.needed_until,
        note=purchase.note,
        total_pence=line.amount_pence,
        title=title_of([line.description]),
    )
    drop_lines(purchase, {line.id})
    record(actor, purchase, "buy_by_itself", "Changed")
    return alone


def leave_by_itself(actor: Actor, purchase: Purchase) -> Purchase:
    """Move all of one provider out of the basket: it stays a draft by itself.

    :raises StateError: when it is not in the basket any more.
    """
    _in_basket(actor, purchase)
    write(purchase, in_basket=False)
    record(actor, purchase, "leave_basket", "Changed")
    return purchase


def take_out_stopped(actor: Actor, purchase: Purchase) -> None:
    """Take out what cannot be paid for: the lines that the policy stops, or all of it where no single line is it.

    :raises StateError: when it is not in the basket, or nothing of it is stopped any more.
    """
    _in_basket(actor, purchase)
    judged = next(item for item in check_basket(actor, purchase.person).items if item.purchase.id == purchase.id)
    if not judged.is_stopped:
        raise StateError("Nothing in this is stopped any more. Look once more.")
    if judged.check.only_some_blocked and not judged.short:
        drop_lines(purchase, {line.id for line in purchase.lines if line.ref in judged.check.blocked_refs})
        record(actor, purchase, "take_out_blocked_lines", "Took something out of")
    else:
        cancel(actor, purchase)


def empty(actor: Actor, person: Person) -> int:
    """Take everything in the basket back.

    :returns: how many things it were.
    """
    drafts = basket_of(actor, person)
    for purchase in drafts:
        cancel(actor, purchase)
    return sum(len(item.lines) for item in drafts)


def _refuse_if_full(drafts: Sequence[Purchase]) -> None:
    if len(drafts) >= MAX_PROVIDERS:
        raise StateError(f"One basket holds things from {MAX_PROVIDERS} providers. Send it, then begin another.")


def _in_basket(actor: Actor, purchase: Purchase) -> None:
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if purchase.state is not State.DRAFT or not purchase.in_basket:
        raise StateError("This is not in the basket any more. Look once more.")


def _line(purchase: Purchase, ref: str) -> PurchaseLine:
    found = next((line for line in purchase.lines if line.ref == ref), None)
    if found is None:
        raise NotFoundError
    return found
