"""Preparing a purchase: start, lines, details. Nothing here touches money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.budgets import queries as budgets
from app.budgets.models import Budget, RegularPayment
from app.budgets.regular_queries import nearest_day
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, storable
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing
from app.marketplace.rules import Category
from app.plans import queries as plans
from app.purchases.changing import record, require, write
from app.purchases.making_lines import LINE_FIELDS, check_line_from, line_from_listing, line_from_words
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.quoting import begin_from_quote, same_again
from app.purchases.rules import (
    MAX_LINES,
    MAX_NOTE,
    MAX_WORDS,
    DetailsInput,
    Family,
    LineInput,
    State,
    Way,
    check_line,
    title_of,
)


def start_draft(
    actor: Actor,
    person: Person,
    budget: Budget | None = None,
    way: Way = Way.OUTSIDE,
    *,
    listing_ref: str | None = None,
    regular_ref: str | None = None,
    regular_due_on: date | None = None,
    quote_ref: str | None = None,
) -> Purchase:
    """Begin a purchase.

    :param budget: from which to buy; the one in force today when left out.
    :param listing_ref: for ``Way.LISTING``: the first line (one of it) is there at once.
    :param regular_ref: a regular payment it takes care of: payee and line are filled in.
    :param regular_due_on: which occurrence of it; the nearest to today that is not taken care of when left out.
    :param quote_ref: a price that a provider kept for the person: its line is there at once, and stays as quoted.
    :raises StateError: when there is no budget to buy from, the listing is not offered or the quote not good any more.
    :raises NotFoundError: when the listing, the regular payment or the quote is unknown.
    """
    if actor.account_id is None:
        raise NotFoundError
    regular = budgets.regular_payment_for(actor, person, regular_ref) if regular_ref else None
    if regular is not None:
        budget = budgets.budget_by_id(regular.budget_id)
    budget = budget or budgets.budget_in_force(actor, person)
    if budget is None or budget.person_id != person.id:
        raise StateError("There is no budget to buy from today. Ask your coordinator.")
    purchase = Purchase(
        commissioner_id=budget.commissioner_id,
        person_id=person.id,
        budget_id=budget.id,
        way=Way.LISTING if listing_ref or quote_ref else way,
        state=State.DRAFT,
        title=title_of([]),
        requested_by=actor.account_id,
        requested_by_name=actor.name,
        requested_as=actor.quality_for(person.id, person.commissioner_id),
        broker_id=actor.account_id if actor.brokers_for(person.id) else None,
        lines=[],
    )
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if listing_ref:
        listing = _offered(listing_ref)
        purchase.payee_name = listing.provider.name[:MAX_WORDS]
        purchase.provider_id = listing.provider_id
        _add(purchase, line_from_listing(listing, LineInput()))
    if quote_ref:
        _add(purchase, begin_from_quote(actor, person, purchase, quote_ref))
    if regular is not None:
        purchase.payee_name = regular.payee[:MAX_WORDS]
        purchase.regular_payment_id = regular.id
        due_on = regular_due_on or nearest_day(regular, budget.commissioner_id, clock.today())
        purchase.regular_due_on = due_on
        terms = regular.terms_on(due_on)
        line = PurchaseLine(
            description=regular.words[:MAX_WORDS],
            category=regular.category or None,
            quantity_hundredths=100,
            unit_price_pence=terms.amount_pence,
            amount_pence=terms.amount_pence,
            outcome_id=regular.outcome_id,
        )
        _add(purchase, line)
    purchase.total_pence = sum(line.amount_pence for line in purchase.lines)
    purchase.title = title_of([line.description for line in purchase.lines])
    db.session.add(purchase)
    db.session.flush()
    record(actor, purchase, "start_draft", "Began")
    return purchase


def put_line(actor: Actor, purchase: Purchase, line_ref: str | None, line: LineInput) -> PurchaseLine:
    """Add a line, or change one.

    :param line_ref: which one to change; None adds one.
    :raises InvalidError: fields ``description amount quantity outcome category family_member lines``.
    :raises NotFoundError: when the line or its listing is unknown.
    """
    _draft(actor, purchase)
    old = _line(purchase, line_ref) if line_ref else None
    if old is None and len(purchase.lines) >= MAX_LINES:
        raise InvalidError({"lines": f"One purchase holds {MAX_LINES} things. Send it and start another."})
    listing = _listing_of(purchase, old, line)
    quoted = old if old is not None and old.quote_id is not None else None
    errors = check_line(line) if listing is None else check_line_from(listing, line)
    if quoted is not None:
        errors = {name: words for name, words in errors.items() if name == "family_member"}
    category = line.category or None
    if listing is None and category is not None and category not in set(Category):
        errors["category"] = "Choose one of the kinds, or say that you are not sure"
    outcome_id = None
    if line.outcome_ref:
        try:
            outcome_id = plans.outcome_for(actor, purchase.person, line.outcome_ref).id
        except NotFoundError:
            errors["outcome"] = "Choose one of the outcomes in the plan"
    if errors:
        raise InvalidError(errors)
    made = line_from_listing(listing, line) if listing else line_from_words(line, category)
    if quoted is not None:
        made = same_again(quoted)
    made.outcome_id = outcome_id
    made.family_member = Family(line.family_member) if line.family_member else None
    amounts = {item.ref: item.amount_pence for item in purchase.lines} | {line_ref or "": made.amount_pence}
    words = [made.description if item is old else item.description for item in purchase.lines]
    words += [] if old else [made.description]
    write(purchase, total_pence=sum(amounts.values()), title=title_of(words))
    if old is None:
        _add(purchase, made)
    else:
        for name in LINE_FIELDS:
            setattr(old, name, getattr(made, name))
        made = old
    db.session.flush()
    record(actor, purchase, "put_line", "Changed")
    return made


def remove_line(actor: Actor, purchase: Purchase, line_ref: str) -> None:
    """Take a line out.

    :raises NotFoundError: when there is no such line.
    """
    _draft(actor, purchase)
    drop_lines(purchase, {_line(purchase, line_ref).id})
    record(actor, purchase, "remove_line", "Changed")


def drop_lines(purchase: Purchase, gone: Iterable[UUID]) -> None:
    """Take lines out of a draft and count again."""
    left = [line for line in purchase.lines if line.id not in set(gone)]
    write(
        purchase,
        total_pence=sum(line.amount_pence for line in left),
        title=title_of([line.description for line in left]),
    )
    purchase.lines[:] = left
    db.session.flush()


def set_details(actor: Actor, purchase: Purchase, details: DetailsInput) -> None:
    """Set what concerns the whole purchase; None leaves what is there.

    :raises InvalidError: fields ``payee bought_on needed_from needed_until note``.
    """
    _draft(actor, purchase)
    errors: dict[str, str] = {}
    values: dict[str, str | date | None] = {}
    if details.payee_name is not None and purchase.provider_id is None:
        values["payee_name"] = name = one_line(details.payee_name)
        if not name:
            errors["payee"] = "Enter who is paid, like Northside Leisure"
        elif len(name) > MAX_WORDS:
            errors["payee"] = f"Enter the name in {MAX_WORDS} characters or fewer"
    if details.note is not None:
        values["note"] = note = storable(details.note)
        if len(note) > MAX_NOTE:
            errors["note"] = f"Write it in {MAX_NOTE:,} characters or fewer"
    if details.bought_on is not None:
        values["bought_on"] = details.bought_on
        errors |= _check_bought(purchase, details.bought_on)
        if purchase.regular_payment_id is not None:
            values["regular_due_on"] = _occurrence_of(purchase, details.bought_on)
    if details.needed_from is not None:
        values["needed_from"] = details.needed_from
        if not purchase.budget.starts_on <= details.needed_from <= purchase.budget.ends_on:
            errors["needed_from"] = _inside(purchase)
    if details.needed_until is not None:
        values["needed_until"] = details.needed_until
        start = details.needed_from or purchase.needed_from
        if start is not None and details.needed_until < start:
            errors["needed_until"] = "Enter an end that is not before the start"
        elif details.needed_until > purchase.budget.ends_on:
            errors["needed_until"] = _inside(purchase)
    if errors:
        raise InvalidError(errors)
    write(purchase, **values)
    record(actor, purchase, "set_details", "Changed")


def _check_bought(purchase: Purchase, day: date) -> dict[str, str]:
    if day > clock.today():
        return {"bought_on": "Enter a day that is not in the future"}
    if not purchase.budget.starts_on <= day <= purchase.budget.ends_on:
        return {"bought_on": _inside(purchase)}
    return {}


def _occurrence_of(purchase: Purchase, day: date) -> date | None:
    """The occurrence that was chosen, or the nearest one of the month in which it was paid."""
    chosen = purchase.regular_due_on
    if chosen is not None and clock.period_of(chosen) == clock.period_of(day):
        return chosen
    payment = db.session.get_one(RegularPayment, purchase.regular_payment_id)
    return nearest_day(payment, purchase.commissioner_id, day)


def _inside(purchase: Purchase) -> str:
    first, last = purchase.budget.starts_on, purchase.budget.ends_on
    return f"Enter a day from {clock.say_day(first, year=True)} to {clock.say_day(last, year=True)}: your budget's time"


def _draft(actor: Actor, purchase: Purchase) -> None:
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if purchase.state is not State.DRAFT:
        raise StateError(f"This was sent already and cannot be changed. It says now: {purchase.state_words}.")


def _line(purchase: Purchase, ref: str) -> PurchaseLine:
    found = next((line for line in purchase.lines if line.ref == ref), None)
    if found is None:
        raise NotFoundError
    return found


def _offered(ref: str) -> Listing:
    listing = marketplace.listing(ref)
    if not listing.offered:
        raise StateError("This is not offered any more. Find something like it near you.")
    return listing


def _listing_of(purchase: Purchase, old: PurchaseLine | None, line: LineInput) -> Listing | None:
    if old is not None and old.listing_id is not None:
        return db.session.get_one(Listing, old.listing_id)
    listing = _offered(line.listing_ref) if line.listing_ref else None
    if listing is not None and listing.provider_id != purchase.provider_id:
        raise NotFoundError  # one purchase has one payee
    return listing


def _add(purchase: Purchase, line: PurchaseLine) -> None:
    line.commissioner_id, line.person_id = purchase.commissioner_id, purchase.person_id
    line.position = max((item.position for item in purchase.lines), default=-1) + 1
    purchase.lines.append(line)
