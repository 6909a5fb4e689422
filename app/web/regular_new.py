"""*Buy this again and again*: one question a page. The answers stand in the address until the last page sends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.budgets.regular_rules import PostedBy, RegularState
from app.core import clock
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity.rules import Permission
from app.plans import queries as plans
from app.plans.models import Outcome
from app.purchases import regular
from app.purchases.benefit_rules import BenefitInput
from app.purchases.regular import RegularInput, Thing
from app.purchases.rules import FAMILY_WORDS, Family
from app.web.buying_forms import BenefitForm, FamilyForm, OutcomeForm
from app.web.buying_shared import ASKS_FAMILY
from app.web.context import current_actor, current_person
from app.web.forms import Form, choices, show
from app.web.marks import requires
from app.web.regular_forms import (
    AmountForm,
    BudgetForm,
    FirstForm,
    ManyForm,
    OftenForm,
    SendForm,
    UntilForm,
    WrittenForm,
    parse_day,
    rhythm_of,
)
from app.web.regular_shared import pages

_NEW = "/p/<person_ref>/regular/new"
_BENEFIT = ("gets", "gets_amount", "gets_what", "gets_from")
_ANSWERS = ("budget", "rhythm", "first", "until", "quantity", "amount", "outcome", "family", "by", *_BENEFIT)
_KEPT = ("listing", "purchase", "line", *_ANSWERS)


@dataclass(frozen=True)
class Asked:
    """What the address says so far."""

    args: dict[str, str]
    thing: Thing
    budgets: list[Budget]
    outcomes: list[Outcome]
    by_broker: bool

    @property
    def budget(self) -> Budget | None:
        """The budget that was chosen; the only one where there is one."""
        if len(self.budgets) == 1:
            return self.budgets[0]
        return next((item for item in self.budgets if item.ref == self.args.get("budget")), None)

    @property
    def steps(self) -> list[str]:
        """The questions to be asked, in order."""
        family = ["family"] if self.thing.category in ASKS_FAMILY else []
        which = ["budget"] if len(self.budgets) > 1 else []
        benefit = ["benefit"] if self.by_broker else []
        return [*which, "often", "first", "until", "many", "outcome", *family, "written", *benefit, "check"]

    @property
    def missing(self) -> str | None:
        """The first question that is not answered yet."""
        known = {
            "budget": self.budget is not None,
            "often": rhythm_of(self.args.get("rhythm", "")) is not None,
            "first": parse_day(self.args.get("first", "")) is not None,
            "until": self.until is not False,
            "many": self._number("amount" if self.thing.price_pence is None else "quantity") is not None,
            "outcome": any(item.ref == self.args.get("outcome") for item in self.outcomes),
            "family": self.args.get("family") in set(Family),
            "written": self.args.get("by") in set(PostedBy),
            "benefit": self.args.get("gets") in {"yes", "no"},
        }
        return next((step for step in self.steps if not known.get(step, True)), None)

    @property
    def until(self) -> date | bool | None:
        """The last day; None for no end; False where it was not asked yet."""
        typed = self.args.get("until", "")
        return None if typed == "none" else parse_day(typed) or False

    def _number(self, name: str) -> int | None:
        typed = self.args.get(name, "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else None

    def wanted(self, note: str = "") -> RegularInput:
        """The answers, once none is missing."""
        until = self.until
        priced = self.thing.price_pence is not None
        quantity = self._number("quantity") if priced else self.thing.quantity_hundredths
        return RegularInput(
            rhythm=self.args["rhythm"],
            first_on=parse_day(self.args["first"]) or clock.today(),
            until=until if isinstance(until, date) else None,
            outcome_ref=self.args["outcome"],
            quantity_hundredths=quantity or 100,
            amount_pence=None if priced else self._number("amount"),
            family_member=self.args.get("family"),
            posted_by=self.args["by"],
            note=note,
            benefit=self.benefit,
        )

    @property
    def benefit(self) -> BenefitInput:
        """What a broker says they get."""
        gets = {"yes": True, "no": False}.get(self.args.get("gets", ""))
        what, from_whom = self.args.get("gets_what", ""), self.args.get("gets_from", "")
        return BenefitInput(gets, self._number("gets_amount"), what, from_whom)

    def to(self, step: str, **changes: str) -> str:
        """The address of a question."""
        query: dict[str, Any] = {**self.args, **changes}
        return url_for("regular.ask", step=step, **query)


def _asked() -> Asked:
    actor, person = current_actor(), current_person()
    args = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    if "listing" in args:
        thing = regular.thing_from_listing(args["listing"])
    elif "purchase" in args:
        thing = regular.thing_from_purchase(actor, person, args["purchase"], args.get("line"))
    else:
        raise NotFoundError
    running = budgets.budgets_in_force(actor, person)
    if not running:
        raise StateError("There is no budget to buy from today. Ask your coordinator.")
    plan = plans.plan_in_force(actor, person)
    today = clock.today()
    outcomes = [item for item in plan.outcomes if item.ended_on is None or item.ended_on >= today] if plan else []
    return Asked(args, thing, running, outcomes, actor.brokers_for(person.id))


@pages.get(_NEW)
@requires(Permission.PREPARE_PURCHASE)
def new() -> ResponseReturnValue:
    """Begin: from a listing, or from something bought before."""
    asked = _asked()
    return redirect(asked.to(asked.steps[0]), 303)


@pages.route(f"{_NEW}/<step>", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def ask(step: str) -> ResponseReturnValue:
    """One question, or the last page with all of them."""
    asked = _asked()
    if step not in asked.steps:
        raise NotFoundError
    if step == "check":
        missing = asked.missing
        return redirect(asked.to(missing), 303) if missing else _check(asked)
    form, read = _QUESTIONS[step](asked)
    if form.validate_on_submit():
        answers = {name: value for name, value in read().items() if value}
        later = asked.steps[asked.steps.index(step) + 1]
        return redirect(asked.to("check" if request.args.get("then") == "check" else later, **answers), 303)
    before = asked.steps[max(0, asked.steps.index(step) - 1)]
    if request.args.get("then") == "check":
        back = asked.to("check")
    elif before == step:
        back = _where_from(asked)
    else:
        back = asked.to(before)
    return show("regular/ask.jinja", form, step=step, asked=asked, thing=asked.thing, back=back)


def _where_from(asked: Asked) -> str:
    if "listing" in asked.args:
        return url_for("marketplace.listing", listing_ref=asked.args["listing"])
    return url_for("purchases.show", purchase_ref=asked.args["purchase"])


Question = tuple[Form, Callable[[], dict[str, str]]]


def _budget(asked: Asked) -> Question:
    form = BudgetForm(data={"budget": asked.args.get("budget") or asked.budgets[0].ref})
    form.budget.choices = choices((item.ref, item.name) for item in asked.budgets)
    return form, lambda: {"budget": form.budget.data}


def _often(asked: Asked) -> Question:
    form = OftenForm(data={"rhythm": asked.args.get("rhythm")})
    return form, lambda: {"rhythm": form.rhythm.data}


def _first(asked: Asked) -> Question:
    form = FirstForm(data={"first_on": parse_day(asked.args.get("first", ""))})
    return form, lambda: {"first": form.first_on.data.isoformat() if form.first_on.data else ""}


def _until(asked: Asked) -> Question:
    form = UntilForm(data={"until": asked.until or None})
    return form, lambda: {"until": form.until.data.isoformat() if form.until.data else "none"}


def _many(asked: Asked) -> Question:
    thing = asked.thing
    if thing.price_pence is None:
        paying = AmountForm(data={"amount": asked._number("amount") or thing.amount_pence})
        return paying, lambda: {"amount": str(paying.amount.data)}
    form = ManyForm(data={"quantity": asked._number("quantity") or thing.quantity_hundredths})
    return form, lambda: {"quantity": str(form.quantity.data)}


def _outcome(asked: Asked) -> Question:
    form = OutcomeForm(data={"outcome": asked.args.get("outcome") or asked.thing.outcome_ref})
    form.outcome.choices = choices((item.ref, item.words) for item in asked.outcomes)
    return form, lambda: {"outcome": form.outcome.data}


def _family(asked: Asked) -> Question:
    form = FamilyForm(data={"family_member": asked.args.get("family") or asked.thing.family_member})
    return form, lambda: {"family": form.family_member.data}


def _written(asked: Asked) -> Question:
    form = WrittenForm(data={"posted_by": asked.args.get("by") or PostedBy.CAREPURSE.value})
    return form, lambda: {"by": form.posted_by.data}


def _benefit(asked: Asked) -> Question:
    said = asked.benefit
    now = {"gets": asked.args.get("gets"), "gets_amount": said.amount_pence}
    form = BenefitForm(data={**now, "gets_what": said.what, "gets_from": said.from_whom})

    def read() -> dict[str, str]:
        pence = form.gets_amount.data
        found = {name: str(getattr(form, name).data or "") for name in _BENEFIT}
        return {**found, "gets_amount": "" if pence is None else str(pence)}

    return form, read


_QUESTIONS: dict[str, Callable[[Asked], Question]] = {
    "budget": _budget,
    "often": _often,
    "first": _first,
    "until": _until,
    "many": _many,
    "outcome": _outcome,
    "family": _family,
    "written": _written,
    "benefit": _benefit,
}
#: Where something that cannot be is asked again.
_AT = {"rhythm": "often", "first_on": "first", "until": "until", "quantity": "many", "amount": "many"}
_AT |= {"outcome": "outcome", "family_member": "family", **dict.fromkeys(_BENEFIT, "benefit")}


def _check(asked: Asked) -> ResponseReturnValue:
    actor, person, budget = current_actor(), current_person(), asked.budget
    assert budget is not None  # nothing is missing
    form = SendForm()
    wanted = asked.wanted(form.note.data or "")
    problems: dict[str, str] = {}
    found: Any = None
    try:
        if form.validate_on_submit():
            payment = regular.start(actor, person, budget, asked.thing, wanted)
            if payment.state is RegularState.RUNNING:
                flash(f"{payment.words} is set up.")
            return redirect(url_for("regular.show", regular_ref=payment.ref), 303)
        found = regular.check(actor, person, budget, asked.thing, wanted)
    except InvalidError as error:
        problems = {asked.to(_AT.get(name, "often"), then="check"): words for name, words in error.errors.items()}
    return show(
        "regular/check.jinja",
        form,
        asked=asked,
        thing=asked.thing,
        found=found,
        problems=problems,
        budget=budget,
        outcome=next(item for item in asked.outcomes if item.ref == asked.args["outcome"]),
        family=FAMILY_WORDS[Family(asked.args["family"])] if "family" in asked.steps else "",
    )
