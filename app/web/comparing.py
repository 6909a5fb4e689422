"""Up to four listings side by side, with what a month costs *me* and for how long my budget would carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.budgets import carrying
from app.budgets import queries as budgets
from app.budgets.carrying import Outlook
from app.core import clock
from app.core.words import tidy_ref
from app.identity.rules import Permission, PersonSubject, may
from app.marketplace import comparing, keeping, queries
from app.marketplace.comparing import MOST, Amounts
from app.marketplace.models import Listing
from app.marketplace.places import miles_between
from app.marketplace.rules import Unit
from app.web.context import current_actor, current_person, person_or_none
from app.web.marks import requires

bp = Blueprint("comparing", __name__)

_TRAY = "comparing"


@dataclass(frozen=True, slots=True)
class Column:
    """One listing of the table.

    :param amount: ``4 hours``, or ``1 of it, once``.
    :param cost: pence a month, or once; None without a price.
    :param leaves: pence safe to spend afterwards, below nought when it does not fit; None without a price or a budget.
    """

    listing: Listing
    amount: str
    cost: int | None
    leaves: int | None
    carried: str
    miles: float | None
    missing: list[str]
    without: list[str]  # the references of the others: the address when this one is taken out
    saved: bool


@bp.get("/p/<person_ref>/compare")
@requires(Permission.VIEW_BUDGET)
def show() -> ResponseReturnValue:
    """The table. The address holds what is compared and how much of each, so that it can be shared and gone back to."""
    person = current_person()
    if "l" not in request.args and (before := _tray()):
        return redirect(url_for("comparing.show", l=before), 303)
    found = keeping.chosen(request.args.getlist("l")[:50])
    listings, left_out = found[:MOST], found[MOST:]
    session[_TRAY] = [person.ref, [listing.ref for listing in listings]]
    units = [listing.unit for listing in listings]
    amounts = comparing.read_amounts(request.args, units)
    budget = budgets.budget_in_force(current_actor(), person)
    ahead = carrying.outlook(budget) if budget and listings else None
    return render_template(
        "comparing/show.jinja",
        columns=_columns(listings, amounts, ahead),
        left_out=left_out,
        most=MOST,
        amounts=amounts,
        fields=[(unit, comparing.FIELDS[unit]) for unit in dict.fromkeys(units) if unit in comparing.FIELDS],
        unlike=comparing.unlike(units),
        ahead=ahead,
        register_on=queries.register_as_of() if any(listing.provider.is_regulated for listing in listings) else None,
        may_ask=may(current_actor(), Permission.PREPARE_PURCHASE, PersonSubject(person.id)),
    )


def _columns(listings: Sequence[Listing], amounts: Amounts, ahead: Outlook | None) -> list[Column]:
    person = current_person()
    here = queries.place(person.postcode) if person.postcode and listings else None
    saved = keeping.saved_refs(current_actor(), person) if listings else {}
    columns = []
    for listing in listings:
        cost = None
        if listing.price_pence is not None:
            cost = comparing.cost_pence(listing.price_pence, amounts.of(listing.unit))
        known = here is not None and listing.lat is not None and listing.lon is not None
        columns.append(
            Column(
                listing,
                _amount(amounts, listing.unit),
                cost,
                ahead.safe_pence - cost if ahead and cost is not None else None,
                _carried(ahead, cost, listing.unit),
                miles_between(here.lat, here.lon, listing.lat, listing.lon) if known else None,  # type: ignore[arg-type, union-attr]  # known says so
                listing.provider.checks.missing(clock.today()) if listing.provider.is_pa else [],
                [other.ref for other in listings if other is not listing],
                listing.ref in saved,
            )
        )
    return columns


def _amount(amounts: Amounts, unit: Unit) -> str:
    if unit is Unit.MONTH:
        return "A month"
    return f"{amounts.words(unit)}, once" if unit is Unit.ITEM else f"{amounts.words(unit)} a month"


def _carried(ahead: Outlook | None, cost: int | None, unit: Unit) -> str:
    """For how long the budget carries a cost, in words."""
    if cost is None:
        return "We cannot say without a price"
    if ahead is None:
        return "No budget is running"
    if unit is Unit.ITEM:
        return "Yes, from what is safe now" if cost <= ahead.safe_pence else "Not this month"
    found = carrying.carry(ahead, cost)
    if found.until is None:
        return "Not this month"
    if found.whole:
        return f"Every month, until your budget ends in {clock.say_month(ahead.ends_on)}"
    if found.months == 1:
        return f"Only in {clock.say_month(found.until)}"
    return f"Until the end of {clock.say_month(found.until)}, {found.months} months"


def _tray() -> list[str]:
    """What was compared last for this person, as this browser remembers it."""
    person = person_or_none()
    kept = session.get(_TRAY)
    if person is None or not isinstance(kept, list) or len(kept) != 2 or kept[0] != person.ref:
        return []
    return [tidy_ref(str(ref)) for ref in kept[1]][:MOST]


@bp.app_template_global("comparing_now")
def comparing_now() -> list[str]:
    """The references whose boxes are ticked on a list of results."""
    if "comparing_now" not in g:
        g.comparing_now = _tray()
    return list(g.comparing_now)


@bp.app_template_global("comparing_elsewhere")
def comparing_elsewhere(refs: Sequence[str]) -> list[Listing]:
    """What is being compared and is not among the results of this page."""
    here = set(refs)
    return keeping.chosen([ref for ref in comparing_now() if ref not in here])
