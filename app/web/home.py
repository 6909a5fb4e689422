"""The person's own pages: what is safe to spend, how it was worked out, what it is for, who did what."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app.audit import queries as audit
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.core import clock
from app.identity import consents
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.ledger.rules import Stream
from app.plans import queries as plans
from app.plans.models import Plan
from app.policy import queries as policies
from app.policy.engine import describe
from app.policy.rules import Group
from app.purchases import queries as purchases
from app.purchases import saying_yes
from app.stewardship import openings
from app.web import words
from app.web.context import current_actor, current_person
from app.web.forms import Form, NotTooLong, PoundsField, Required
from app.web.home_answer import answer
from app.web.home_page import Stage, choose_budget, home_page, stage_of
from app.web.marks import requires
from app.web.who_did_what import by_day

bp = Blueprint("home", __name__)

_FIRST = 3  # things that wait and are seen at once; the others are one tap away


@bp.get("/p/<person_ref>/")
@requires(Permission.VIEW_BUDGET)
def show() -> ResponseReturnValue:
    """Home: the four questions, answered without scrolling on a phone."""
    actor, person = current_actor(), current_person()
    found = budgets.budgets_of(actor, person)
    budget = choose_budget(found, request.args.get("budget"), clock.today())
    rights = {right: may(actor, right, PersonSubject(person.id)) for right in Permission}
    page = home_page(budget, _plan_of(budget), request.args.get("month", "")) if budget else None
    return render_template(
        "home/show.jinja",
        page=page,
        budgets=[(item, stage_of(item, clock.today())) for item in found],
        asked=budget.ref if budget and len(found) > 1 else None,
        running=any(stage_of(item, clock.today()) is Stage.RUNNING for item in found),
        waiting=saying_yes.mark_answerers(actor, person, purchases.waiting_for(actor, person)),
        first=_FIRST,
        rights=rights,
        Permission=Permission,
        coordinator=identity.coordinator_of(person.id),
        help=identity.settings_of(person.commissioner_id),
        choices_open=sum(item.given is None for item in consents.standing_of(person.id)),
    )


def _plan_of(budget: Budget | None) -> Plan | None:
    """The plan a budget pays for, or the one in force."""
    if budget is not None and budget.plan_id:
        return plans.plan_by_id(budget.plan_id)
    return plans.plan_in_force(current_actor(), current_person())


@bp.get("/p/<person_ref>/budget")
@requires(Permission.VIEW_BUDGET)
def working() -> ResponseReturnValue:
    """How the budget was worked out: lines that add up, who pays, how it is held, what is kept."""
    actor, person = current_actor(), current_person()
    found = budgets.budgets_of(actor, person)
    budget = choose_budget(found, request.args.get("budget"), clock.today())
    return render_template(
        "home/working.jinja",
        budget=budget,
        stage=stage_of(budget, clock.today()) if budget else None,
        budgets=[(item, stage_of(item, clock.today())) for item in found],
        asked=budget.ref if budget and len(found) > 1 else None,
        total=sum(line.amount_pence for line in budget.working) if budget else 0,
        funders=words.FUNDERS,
        held=words.HELD,
        contribution=Stream.CLIENT_CONTRIBUTION,
        coordinator=identity.coordinator_of(person.id),
    )


class AskForm(Form):
    """ "Can I buy…?" """

    q = StringField("What would you like to buy?", [Required("Enter what you would like to buy"), NotTooLong(200)])
    amount = PoundsField("How much is it? (if you know)")


@bp.get("/p/<person_ref>/allowed")
@requires(Permission.VIEW_BUDGET)
def allowed() -> ResponseReturnValue:
    """What the money can be used for, from the policy in force, and an answer to "Can I buy…?"."""
    actor, person = current_actor(), current_person()
    form = AskForm(request.args if "q" in request.args else None)
    policy = policies.policy_in_force(person.commissioner_id)
    plan = plans.plan_in_force(actor, person)
    said = None
    if "q" in request.args and form.validate():
        budget = budgets.budget_in_force(actor, person)
        safe = budgets.balance(budget).safe_to_spend if budget and form.amount.data else None
        said = answer(policy, plan, form.q.data or "", form.amount.data, safe)
    return render_template(
        "home/allowed.jinja",
        form=form,
        said=said,
        plan=plan,
        sections=[section for section in describe(policy) if section.group is not Group.CARD],
        threshold=policy.thresholds.item_threshold_pence,
        help=identity.settings_of(person.commissioner_id),
        coordinator=identity.coordinator_of(person.id),
        can_prepare=may(actor, Permission.PREPARE_PURCHASE, PersonSubject(person.id)),
    )


@bp.get("/p/<person_ref>/who")
@requires(Permission.VIEW_BUDGET)
def who() -> ResponseReturnValue:
    """Who did what in this person's affairs, the newest first."""
    text = request.args.get("before", "")
    before, note = None, ""
    if text:
        try:
            before = UUID(text)
        except ValueError:
            note = "We could not read that part of the address, so this is the newest."
    actor, person = current_actor(), current_person()
    own_only = actor.account_id if actor.brokers_for(person.id) else None
    hidden = openings.kept_from(actor, person)
    entries = audit.entries_about(person.id, before, without=hidden, only_work_of=own_only)
    return render_template(
        "home/who.jinja",
        entries=entries,
        days=by_day(entries.entries),
        older=before is not None,
        note=note,
        qualities=words.QUALITIES,
        own_only=own_only,
    )
