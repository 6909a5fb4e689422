"""A person's transactions as staff see them: behind the privacy gate, with one of its keys, for reading only.

Everything that opens here is written down, and the person reads it under "Who has looked". Nothing can be done from
these pages, and what was stopped before anybody saw it stays with the person.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.approvals import queries as approvals
from app.budgets import queries as budgets
from app.core import clock
from app.evidence import queries as evidence
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import CommissionerSubject, Permission, may
from app.plans import queries as plans
from app.purchases import queries as purchases
from app.purchases import refunding, spending
from app.purchases.rules import STATE_WORDS, State
from app.stewardship import keys, openings, review_queries
from app.stewardship.gate_rules import KeyKind, Sight
from app.stewardship.keys import Opened
from app.web import words
from app.web.context import current_actor
from app.web.marks import requires
from app.web.paging import page_number
from app.web.receipts import send_strictly
from app.web.spending import read_filter

bp = Blueprint("staff_money", __name__)
_MONEY = "/staff/people/<person_ref>/money"
_STATES = {state: said for state, said in STATE_WORDS.items() if state not in (State.DRAFT, State.BLOCKED)}
_MOST_MONTHS = 60


def staff_person(person_ref: str, permission: Permission = Permission.LOOK_AT_MONEY) -> Person:
    """The person that a staff page is about.

    :raises NotFoundError: when there is none, they are elsewhere, or the reader acts for them.
    """
    return identity.person_of_commissioner(current_actor(), person_ref, permission)


def key_for(person: Person) -> Opened | None:
    """The key that the address names, or the first that opens."""
    return keys.open_with(current_actor(), person, request.args.get("key", ""))


def see(opened: Opened, person: Person, sight: Sight, what: str, subject_id: UUID | None = None) -> None:
    """Write down what is opened."""
    openings.note(current_actor(), person, opened.key, sight, what, subject_id)


def locked(person: Person) -> ResponseReturnValue:
    """No key: which there are, and how one comes by them."""
    actor, place = current_actor(), CommissionerSubject(person.commissioner_id)
    return render_template(
        "staff_money/locked.jinja",
        person=person,
        announced=review_queries.announced_for(person.id),
        may_hold=may(actor, Permission.HOLD_REVIEWS, place),
        may_record=may(actor, Permission.RECORD_CONCERNS, place),
        notice=identity.settings_of(person.commissioner_id).review_notice_days,
    ), 403


@bp.get(_MONEY)
@requires(Permission.LOOK_AT_MONEY)
def index(person_ref: str) -> ResponseReturnValue:
    """The movements, newest first, with what is in the budgets now."""
    person = staff_person(person_ref)
    opened = key_for(person)
    if opened is None:
        return locked(person)
    asked = read_filter(opened.actor, person)
    if asked.wanted.state is State.BLOCKED:
        asked.problems["state"] = "Choose a state from the list. What was stopped is the person's own."
        asked = replace(asked, wanted=replace(asked.wanted, state=None))
    asked = replace(asked, wanted=replace(asked.wanted, within=opened.key.within))
    see(opened, person, Sight.SPENDING, f"the spending{_days(opened)}")
    plan = plans.plan_in_force(opened.actor, person)
    running = budgets.budgets_in_force(opened.actor, person)
    return render_template(
        "staff_money/index.jinja",
        person=person,
        opened=opened,
        audits=opened.key.kind is KeyKind.AUDIT,
        keep={"key": opened.key.ref} if opened.key.ref else {},
        asked=asked,
        page=spending.spending(opened.actor, person, asked.wanted, page_number(request.args)),
        filtered=any(part for part in (asked.wanted.words, asked.wanted.period, asked.outcome, asked.wanted.state)),
        months=_months(opened, person),
        outcomes=plan.outcomes if plan else [],
        states=_STATES,
        balances=[(budget, budgets.balance(budget)) for budget in running],
    )


@bp.get(f"{_MONEY}/purchases/<purchase_ref>")
@requires(Permission.LOOK_AT_MONEY)
def purchase(person_ref: str, purchase_ref: str) -> ResponseReturnValue:
    """One purchase, its decisions and its receipts. What was written about it stays between the person and whoever
    they wrote to."""
    person = staff_person(person_ref)
    opened = key_for(person)
    if opened is None:
        return locked(person)
    found = keys.purchase_behind(opened, person, purchases.purchase_for(opened.actor, person, purchase_ref))
    see(opened, person, Sight.PURCHASE, found.title, found.id)
    return render_template(
        "staff_money/purchase.jinja",
        person=person,
        opened=opened,
        keep={"key": opened.key.ref} if opened.key.ref else {},
        purchase=found,
        requests=approvals.requests_about(found.id),
        refunds=refunding.refunds_of(found.id),
        receipts=evidence.receipts_of(opened.actor, found),
    )


@bp.get(f"{_MONEY}/receipts/<receipt_ref>")
@requires(Permission.LOOK_AT_MONEY)
def receipt(person_ref: str, receipt_ref: str) -> ResponseReturnValue:
    """A receipt itself."""
    person = staff_person(person_ref)
    opened = key_for(person)
    if opened is None:
        return locked(person)
    found = evidence.receipt_for(opened.actor, receipt_ref)
    of = keys.purchase_behind(opened, person, found.purchase)
    see(opened, person, Sight.RECEIPT, f"a receipt of {of.title}", found.receipt.id)
    return send_strictly(found.path, found.content_type, found.download_name)


@bp.get(f"{_MONEY}/plan")
@requires(Permission.LOOK_AT_MONEY)
def plan(person_ref: str) -> ResponseReturnValue:
    """The plan, which is looked at together with the money."""
    person = staff_person(person_ref)
    opened = key_for(person)
    if opened is None:
        return locked(person)
    see(opened, person, Sight.PLAN, "the plan")
    return render_template(
        "staff_money/plan.jinja",
        person=person,
        opened=opened,
        keep={"key": opened.key.ref} if opened.key.ref else {},
        plan=plans.plan_in_force(opened.actor, person),
        paid_by=words.paid_by,
    )


@bp.app_template_global()
def money_link(person: Person) -> str:
    """The way to a person's transactions."""
    return url_for("staff_money.index", person_ref=person.ref)


def _days(opened: Opened) -> str:
    within = opened.key.within
    if within is None:
        return ""
    first, last = (clock.say_day(day, year=True).split(" ", 1)[1] for day in within)
    return f" from {first} to {last}"


def _months(opened: Opened, person: Person) -> list[date]:
    """The months that can be chosen, newest first: those with a budget, and with days that may be looked at."""
    this = clock.period_of(clock.today())
    starts = [clock.period_of(budget.starts_on) for budget in budgets.budgets_of(opened.actor, person)]
    first = min([*starts, this])
    last = this
    if opened.key.within is not None:
        first, last = (clock.period_of(day) for day in opened.key.within)
    found = [clock.add_months(this, -back) for back in range(_MOST_MONTHS)]
    return [month for month in found if first <= month <= last]
