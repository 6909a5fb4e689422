"""What is to be bought again and again, and the answers about it: what they must be, and the rows they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_queries import school_terms
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.budgets.rhythm import Beat, Rhythm, occurrences
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.money import MAX_PENCE
from app.core.words import one_line, storable
from app.identity.models import Person
from app.identity.rules import Actor
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing
from app.plans import queries as plans
from app.purchases import queries
from app.purchases.benefit_rules import BenefitInput
from app.purchases.rules import MAX_NOTE, MAX_QUANTITY, MAX_WORDS, Family, line_amount

_FAR = 366 * 2  # days ahead in which a first day still makes sense


@dataclass(frozen=True, slots=True)
class Thing:
    """What is to be bought again and again."""

    words: str
    payee: str
    category: str
    listing: Listing | None = None
    price_pence: int | None = None  # for one unit, where the listing has a price
    amount_pence: int | None = None  # what it cost before
    quantity_hundredths: int = 100
    outcome_ref: str | None = None
    family_member: str | None = None


@dataclass(frozen=True, slots=True)
class RegularInput:
    """The answers. ``amount_pence`` is each time, where no listing has a price."""

    rhythm: str
    first_on: date
    until: date | None
    outcome_ref: str | None
    quantity_hundredths: int = 100
    amount_pence: int | None = None
    family_member: str | None = None
    posted_by: str = PostedBy.CAREPURSE.value
    note: str = ""
    benefit: BenefitInput | None = None  # what a broker gets from it; asked of nobody else


@dataclass(frozen=True, slots=True)
class ChangeInput:
    """What is to be different from a day on. None leaves what is there."""

    from_on: date
    rhythm: str | None = None
    quantity_hundredths: int | None = None
    amount_pence: int | None = None  # each time, where no listing has a price
    benefit: BenefitInput | None = None  # as of ``RegularInput``


def thing_from_listing(ref: str) -> Thing:
    """What a listing offers.

    :raises NotFoundError: when there is none.
    :raises StateError: when it is not offered any more.
    """
    listing = marketplace.listing(ref)
    if not listing.offered:
        raise StateError("This is not offered any more. Find something like it near you.")
    words = one_line(listing.title)[:MAX_WORDS]
    return Thing(words, listing.provider.name[:MAX_WORDS], listing.category.value, listing, listing.price_pence)


def thing_from_purchase(actor: Actor, person: Person, ref: str, line_ref: str | None = None) -> Thing:
    """What was bought before, one line of it.

    :raises NotFoundError: when there is no such purchase or line.
    """
    purchase = queries.purchase_for(actor, person, ref)
    line = next((item for item in purchase.lines if line_ref in (None, "", item.ref)), None)
    if line is None:
        raise NotFoundError
    listing = db.session.get(Listing, line.listing_id) if line.listing_id else None
    if listing is not None and not listing.offered:
        raise StateError("This is not offered any more. Find something like it near you.")
    return Thing(
        line.description,
        purchase.payee_name,
        line.category or "",
        listing,
        listing.price_pence if listing else None,
        line.amount_pence,
        line.quantity_hundredths,
        line.outcome.ref if line.outcome else None,
        line.family_member.value if line.family_member else None,
    )


def build(actor: Actor, person: Person, budget: Budget, thing: Thing, wanted: RegularInput) -> RegularPayment:
    """The row and its terms, not kept yet.

    :raises InvalidError: fields ``rhythm first_on until quantity amount outcome family_member``.
    """
    errors: dict[str, str] = {}
    today = clock.today()
    if budget.person_id != person.id:
        raise NotFoundError
    if wanted.rhythm not in set(Rhythm):
        errors["rhythm"] = "Choose how often"
    if not max(today, budget.starts_on) <= wanted.first_on <= budget.ends_on or (wanted.first_on - today).days > _FAR:
        errors["first_on"] = f"Enter a day from today to {clock.say_day(budget.ends_on, year=True)}, your budget's end"
    if wanted.until is not None and not wanted.first_on <= wanted.until <= budget.ends_on:
        until = clock.say_day(budget.ends_on, year=True)
        errors["until"] = f"Enter a day that is not before the first, and not after {until}, your budget's end"
    if wanted.rhythm == Rhythm.TERM_TIME and not errors:
        last = wanted.until or budget.ends_on
        terms = school_terms(budget.commissioner_id)
        if not occurrences(Beat(Rhythm.TERM_TIME, wanted.first_on), wanted.first_on, last, terms):
            errors["rhythm"] = "We know of no school term in that time. Choose another one, or ask your coordinator"
    if not 0 < wanted.quantity_hundredths <= MAX_QUANTITY:
        errors["quantity"] = "Enter how many, more than 0 and up to 10,000"
    amount, unit_price = _price(thing, wanted)
    if not 0 < amount <= MAX_PENCE:
        errors["amount" if thing.price_pence is None else "quantity"] = "Enter how much it is each time, more than £0"
    if wanted.family_member not in (None, *Family):
        errors["family_member"] = "Choose one of the answers"
    outcome = None
    try:
        outcome = plans.outcome_for(actor, person, wanted.outcome_ref or "")
    except NotFoundError:
        errors["outcome"] = "Choose what it helps with"
    if errors or outcome is None:
        raise InvalidError(errors)
    posted_by = PostedBy.PERSON if wanted.posted_by == PostedBy.PERSON else PostedBy.CAREPURSE
    return RegularPayment(
        budget_id=budget.id,
        outcome_id=outcome.id,
        state=RegularState.RUNNING,
        posted_by=posted_by,
        posts_from=wanted.first_on if posted_by is PostedBy.CAREPURSE else None,
        words=thing.words[:MAX_WORDS],
        payee=thing.payee,
        category=thing.category,
        starts_on=wanted.first_on,
        ends_on=wanted.until,
        provider_id=thing.listing.provider_id if thing.listing else None,
        listing_id=thing.listing.id if thing.listing else None,
        unit=thing.listing.unit.value if thing.listing else None,
        family_member=wanted.family_member or None,
        note=storable(wanted.note)[:MAX_NOTE],
        asked_by=actor.account_id,
        asked_by_name=actor.name,
        asked_as=actor.quality_for(person.id, person.commissioner_id),
        pauses=[],
        every_terms=[
            RegularTerms(
                state=TermsState.AGREED,
                from_on=wanted.first_on,
                rhythm=Rhythm(wanted.rhythm),
                first_on=wanted.first_on,
                day_of_month=wanted.first_on.day,
                quantity_hundredths=wanted.quantity_hundredths,
                unit_price_pence=unit_price,
                amount_pence=amount,
            )
        ],
    )


def _price(thing: Thing, wanted: RegularInput) -> tuple[int, int]:
    """Pence each time, and for one unit."""
    if thing.price_pence is not None:
        return line_amount(thing.price_pence, wanted.quantity_hundredths), thing.price_pence
    amount = wanted.amount_pence or 0
    return amount, amount * 100 // max(1, wanted.quantity_hundredths)
