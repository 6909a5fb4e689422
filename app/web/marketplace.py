"""Finding support: the search, one listing, one provider. What it would cost *me* stands beside every price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.core import clock
from app.identity.models import Person
from app.identity.rules import Permission, PersonSubject, may
from app.marketplace import asking, finding, narrowing, queries
from app.marketplace.asking import Asked
from app.marketplace.filters import next_free
from app.marketplace.hits import Hit
from app.marketplace.models import Listing
from app.marketplace.places import Place, miles_between
from app.marketplace.rules import Unit
from app.web.context import current_actor, current_person
from app.web.find_choices import filters
from app.web.find_map import sketch
from app.web.marks import requires

bp = Blueprint("marketplace", __name__)


@dataclass(frozen=True, slots=True)
class Cost:
    """What an example month of something costs, and what it leaves.

    :param example: ``4 hours a month``.
    :param leaves: pence safe to spend afterwards; below nought when it does not fit.
    """

    example: str
    pence: int
    leaves: int


def cost_of(price_pence: int | None, unit: Unit, safe: int | None, how_many: int | None = None) -> Cost | None:
    """What an example month costs; None without a price, for what is free, and without a budget to pay from.

    :param how_many: the person's own hours, visits or sessions a month, instead of the example's.
    """
    if not price_pence or safe is None:
        return None
    if how_many is None or unit not in BY_THE_WEEK:
        pence, example = price_pence * unit.monthly, unit.example
    else:
        pence, example = price_pence * how_many, f"{unit.many(how_many)} a month"
    return Cost(example, pence, safe - pence)


#: What comes so many times a month; a night, a thing and a month are counted in ones.
BY_THE_WEEK = {Unit.HOUR, Unit.VISIT, Unit.SESSION}


@bp.get("/p/<person_ref>/find")
@requires(Permission.VIEW_BUDGET)
def find() -> ResponseReturnValue:
    """Search. The address holds all that was asked, so that it can be shared and gone back to."""
    person = current_person()
    asked = _placed(asking.read(request.args, person.postcode))
    found = finding.find(asked.query, exact=asked.exact)
    page = found.page
    safe = _safe_to_spend(person)
    first = (page.page - 1) * asking.PAGE_SIZE + 1
    return render_template(
        "marketplace/find.jinja",
        asked=asked,
        query=asked.query,
        found=found,
        page=page,
        first=first,
        rows=_rows(page.hits, safe, asked.how_many),
        safe=safe,
        ways=narrowing.widen(asked) if not page.total else [],
        chips=narrowing.chips(asked),
        cleared=narrowing.cleared(asked),
        filters=filters(asked, page),
        priced=page.counts["priced"]["yes"],
        taking=page.counts["taking"]["yes"],
        more_open=bool({field for field, _ in asked.problems} - {"q", "near"}),
        sorts=list(asking.Sort),
        drawing=sketch(asked.query.place, page.hits, first) if asked.query.place else None,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One result as it is shown.

    :param next_free: ``Tuesday afternoon``; nothing when any time will do.
    """

    hit: Hit
    cost: Cost | None
    next_free: str


def _rows(hits: Sequence[Hit], safe: int | None, how_many: int | None) -> list[Row]:
    away = finding.away([hit.ref for hit in hits])
    now = clock.london(clock.now())
    return [
        Row(
            hit,
            cost_of(hit.price_pence, hit.unit, safe, how_many),
            next_free(hit.times, now, away.get(hit.ref, ())) if hit.takes_new_people else "",
        )
        for hit in hits
    ]


def _placed(asked: Asked) -> Asked:
    """Look up where the search is near. A place that we do not know is named, and the search is done without."""
    if not asked.near:
        return asked
    place = queries.place(asked.near)
    if place is None:
        without = replace(asked, near="")
        if "near" not in request.args:
            return replace(without, typed_near="")
        return without.with_problem("near", f"We do not know where “{asked.near}” is. Try a postcode near it.")
    return replace(asked, near=place.label, typed_near=place.label, query=replace(asked.query, place=place))


def _safe_to_spend(person: Person) -> int | None:
    """Pence; None when no budget is running."""
    budget = budgets.budget_in_force(current_actor(), person)
    return budgets.balance(budget).safe_to_spend if budget else None


@bp.get("/p/<person_ref>/find/<listing_ref>")
@requires(Permission.VIEW_BUDGET)
def listing(listing_ref: str) -> ResponseReturnValue:
    """One listing: what, who, when, where, what it costs and leaves, and the way to ask for it."""
    person = current_person()
    found = queries.listing(listing_ref)
    here = queries.place(person.postcode) if person.postcode else None
    return render_template(
        "marketplace/listing.jinja",
        listing=found,
        provider=found.provider,
        cost=cost_of(found.price_pence, found.unit, _safe_to_spend(person)),
        miles=_miles(found, here),
        near=queries.local_range(found.category, found.unit, here.lat, here.lon) if here else None,
        register_on=queries.register_as_of() if found.provider.is_regulated else None,
        may_ask=_may_ask(person),
    )


@bp.get("/p/<person_ref>/providers/<provider_ref>")
@requires(Permission.VIEW_BUDGET)
def provider(provider_ref: str) -> ResponseReturnValue:
    """One provider or personal assistant: what they offer, what it costs and leaves, where, and what was checked."""
    person = current_person()
    found = queries.provider(provider_ref)
    safe = _safe_to_spend(person)
    listings = queries.listings_of(found)
    return render_template(
        "marketplace/provider.jinja",
        provider=found,
        rows=[(each, cost_of(each.price_pence, each.unit, safe)) for each in listings],
        locations=queries.registered_locations(found)[: queries.MOST_SHOWN],
        missing=found.checks.missing(clock.today()) if found.is_pa else [],
        register_on=queries.register_as_of() if found.is_regulated else None,
        may_ask=_may_ask(person),
    )


def _may_ask(person: Person) -> bool:
    return may(current_actor(), Permission.PREPARE_PURCHASE, PersonSubject(person.id))


def _miles(found: Listing, here: Place | None) -> float | None:
    if here is None or found.lat is None or found.lon is None:
        return None
    return miles_between(here.lat, here.lon, found.lat, found.lon)
