"""What a broker gets from what they prepare: the question, and putting the answer right."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import InvalidError, NotFoundError
from app.identity.rules import Permission
from app.policy.care import BROKER_BENEFIT
from app.policy.rules import Finding
from app.purchases import declaring, queries
from app.purchases.basket_queries import basket_of
from app.purchases.benefit_models import BenefitStatement
from app.purchases.benefit_queries import missing_statement, statement_of, statements_of
from app.purchases.models import Purchase
from app.purchases.own_work import is_in_basket_of
from app.purchases.rules import State
from app.web.buying_forms import BenefitForm
from app.web.buying_shared import draft, pages
from app.web.context import actor_or_none, current_actor, current_person, person_or_none
from app.web.forms import show
from app.web.marks import requires

_BUY = "/p/<person_ref>/buy/<purchase_ref>/benefit"
_SENT = "/p/<person_ref>/purchases/<purchase_ref>/benefit"


def filled(statement: BenefitStatement | None) -> dict[str, Any]:
    """An answer that was given, for the form; nothing where there is none."""
    if statement is None:
        return {}
    return {
        "gets": "yes" if statement.gets else "no",
        "gets_amount": statement.amount_pence,
        "gets_what": statement.what,
        "gets_from": statement.from_whom,
    }


@pages.app_template_global()
def next_step_of(found: Finding) -> str:
    """What to do next. The rule about what a broker gets speaks to the person: the broker reads other words."""
    person, actor = person_or_none(), actor_or_none()
    if found.rule != BROKER_BENEFIT or person is None or actor is None or not actor.brokers_for(person.id):
        return found.next_step
    return f"Say in a message why this is right for {person.given_name}, or look for something else."


@pages.route(_BUY, methods=["GET", "POST"], endpoint="benefit")
@requires(Permission.PREPARE_PURCHASE)
def ask(purchase_ref: str) -> ResponseReturnValue:
    """Before it is sent: does the broker get anything from it? Nobody else is asked."""
    purchase, actor = draft(purchase_ref), current_actor()
    if not actor.brokers_for(purchase.person_id):
        return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)
    form = BenefitForm(data=filled(statement_of(purchase)))
    if form.validate_on_submit():
        try:
            declaring.declare(actor, purchase, form.benefit)
        except InvalidError as error:
            form.take(error)
        else:
            return redirect(_after(purchase), 303)
    return show("buying/benefit.jinja", form, purchase=purchase, back=_back(purchase))


def _after(purchase: Purchase) -> str:
    """In the basket the next thing that is not answered yet; else *Check your answers*."""
    actor = current_actor()
    if not is_in_basket_of(actor, purchase):
        return url_for("buying.check", purchase_ref=purchase.ref)
    others = (item for item in basket_of(actor, current_person()) if missing_statement(actor, item))
    following = next(others, None)
    if following is None:
        return url_for("basket.show")
    return url_for("buying.benefit", purchase_ref=following.ref)


def _back(purchase: Purchase) -> str:
    if is_in_basket_of(current_actor(), purchase):
        return url_for("basket.show")
    return url_for("buying.details", purchase_ref=purchase.ref)


@pages.route(_SENT, methods=["GET", "POST"], endpoint="correct_benefit")
@requires(Permission.VIEW_BUDGET)
def correct(purchase_ref: str) -> ResponseReturnValue:
    """Put right what was said: the new answer stands beside the one before, and the person is told."""
    actor, person = current_actor(), current_person()
    purchase = queries.purchase_for(actor, person, purchase_ref)
    if not actor.brokers_for(person.id):
        raise NotFoundError
    if purchase.state is State.DRAFT:
        return redirect(url_for("buying.benefit", purchase_ref=purchase.ref), 303)
    form = BenefitForm()
    if form.validate_on_submit():
        try:
            declaring.declare(actor, purchase, form.benefit)
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"It is put right. {person.given_name}\u2019s own side is told.")
            return redirect(url_for("purchases.show", purchase_ref=purchase.ref), 303)
    return show("purchases/benefit.jinja", form, purchase=purchase, statements=statements_of(purchase))
