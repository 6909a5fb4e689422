"""Every movement of the money: searched, filtered, a page at a time, or as a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.core import clock
from app.core.errors import InvalidError, NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.plans import queries as plans
from app.plans.models import Outcome
from app.purchases import spending as movements
from app.purchases.rules import STATE_WORDS, State
from app.purchases.spending import SpendingFilter
from app.web.context import current_actor, current_person
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("spending", __name__)

_LONGEST = 100  # letters searched for
_MOST_MONTHS = 60
#: What a person may filter by; a draft was never sent, so it is no movement.
_STATES = {state: words for state, words in STATE_WORDS.items() if state is not State.DRAFT}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter that the address asks for, and what in it could not be used."""

    wanted: SpendingFilter
    outcome: Outcome | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        return self.wanted != SpendingFilter()

    @property
    def query(self) -> dict[str, str]:
        """The same filter as an address."""
        wanted = self.wanted
        parts = {
            "words": wanted.words,
            "month": f"{wanted.period:%Y-%m}" if wanted.period else "",
            "outcome": wanted.outcome_ref or "",
            "state": wanted.state.value if wanted.state else "",
        }
        return {name: text for name, text in parts.items() if text}


def read_filter(actor: Actor, person: Person) -> Asked:
    """Read the filter from the address: what cannot be used is left out and said in a sentence."""
    args, problems, outcome = request.args, dict[str, str](), None
    wanted = SpendingFilter(words=" ".join(args.get("words", "").split()))
    if len(wanted.words) > _LONGEST:
        problems["words"] = f"Search for {_LONGEST} letters or fewer. We used the first {_LONGEST}."
        wanted = replace(wanted, words=wanted.words[:_LONGEST])
    if args.get("month"):
        try:
            wanted = replace(wanted, period=clock.parse_period(args["month"]))
        except ValueError:
            problems["month"] = "Choose a month from the list. We could not read the one in the address."
    if args.get("state"):
        if args["state"] in set(_STATES):
            wanted = replace(wanted, state=State(args["state"]))
        else:
            problems["state"] = "Choose a state from the list. We do not know the one in the address."
    if args.get("outcome"):
        try:
            outcome = plans.outcome_for(actor, person, args["outcome"])
            wanted = replace(wanted, outcome_ref=outcome.ref)
        except NotFoundError:
            problems["outcome"] = "Choose an outcome from the list. The one in the address is not in your plan."
    return Asked(wanted, outcome, problems)


@bp.get("/p/<person_ref>/spending")
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """The movements, newest first."""
    actor, person = current_actor(), current_person()
    asked = read_filter(actor, person)
    plan = plans.plan_in_force(actor, person)
    outcomes = list(plan.outcomes) if plan else []
    if asked.outcome and asked.outcome.id not in {outcome.id for outcome in outcomes}:
        outcomes.append(asked.outcome)
    return render_template(
        "spending/index.jinja",
        page=movements.spending(actor, person, asked.wanted, page_number(request.args)),
        asked=asked,
        months=_months(actor, person, asked.wanted.period),
        outcomes=outcomes,
        states=_STATES,
    )


def _months(actor: Actor, person: Person, chosen: date | None) -> list[date]:
    """The months that can be chosen, newest first: those with a budget, and the one that is chosen."""
    this = clock.period_of(clock.today())
    starts = [clock.period_of(budget.starts_on) for budget in budgets.budgets_of(actor, person)]
    first = min([*starts, this])
    found = [clock.add_months(this, -back) for back in range(_MOST_MONTHS)]
    return sorted({month for month in found if month >= first} | ({chosen} if chosen else set()), reverse=True)


@bp.get("/p/<person_ref>/spending.csv")
@requires(Permission.VIEW_BUDGET)
def download() -> ResponseReturnValue:
    """The same movements as a file for a spreadsheet, sent as it is read.

    :raises InvalidError: when a part of the filter cannot be used: a file must never hold more than was asked for.
    """
    actor, person = current_actor(), current_person()
    asked = read_filter(actor, person)
    if asked.problems:
        raise InvalidError(asked.problems)
    name = f"spending-{asked.wanted.period:%Y-%m}.csv" if asked.wanted.period else "spending.csv"
    return Response(
        stream_with_context(movements.spending_csv(actor, person, asked.wanted)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
