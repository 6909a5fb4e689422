"""Somebody lost their phone and their codes: an administrator, a coordinator or a colleague helps them back in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField

from app.core import clock
from app.core.errors import InvalidError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Account
from app.identity.rules import Permission
from app.purchases import lost_steps
from app.signing_in import resets
from app.signing_in.models import StepReset
from app.signing_in.queries import resets_of
from app.web.context import current_actor, current_provider
from app.web.forms import Form, Required, choices, show
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("step_resets", __name__)


class ColleagueForm(Form):
    """Why."""

    why = TextAreaField("How do you know that it is really them?", [Required("Say how you know that it is them")])


class ActingForm(ColleagueForm):
    """Who, and why."""

    account = RadioField("Who lost it?", [Required("Choose who lost it")])


class MemberForm(ColleagueForm):
    """Their address, and why."""

    email = StringField("E-mail address with which they sign in", [Required("Enter their e-mail address")])


@bp.route("/staff/team/<account_ref>/second-step", methods=["GET", "POST"])
@requires(Permission.RESET_COLLEAGUE, fresh=True)
def colleague(account_ref: str) -> ResponseReturnValue:
    """Take a colleague's second step away."""
    actor, scope = current_actor(), scope_of(Permission.RESET_COLLEAGUE)
    account = resets.colleague(actor, scope.place.id, tidy_ref(account_ref))
    form = ColleagueForm()
    if form.validate_on_submit():
        try:
            resets.reset_colleague(actor, scope.place.id, account.ref, form.why.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"Done. {account.name} is told, and sets up another second step when they sign in.")
            return redirect(url_for("staff.people", **scope.query), 303)
    return show("step_resets/colleague.jinja", form, scope=scope, account=account)


@bp.route("/staff/people/<person_ref>/second-step", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def acting(person_ref: str) -> ResponseReturnValue:
    """Ask that the second step of somebody who acts for a person is taken away."""
    actor = current_actor()
    person = identity.person_of_commissioner(actor, person_ref, Permission.DECIDE)
    form = ActingForm()
    everybody = [account for account, _ in identity.acting_accounts(person.id)]
    them = [account for account in everybody if account.has_second_step]
    form.account.choices = choices((account.ref, account.name) for account in them)
    if them and form.validate_on_submit():
        try:
            found = resets.ask(actor, person.ref, tidy_ref(form.account.data or ""), form.why.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(_told(found))
            return redirect(url_for("staff_people.show", person_ref=person.ref), 303)
    return show("step_resets/acting.jinja", form, person=person, rows=_asked_for(everybody))


@bp.route("/provider/<provider_ref>/second-step", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS, fresh=True)
def provider() -> ResponseReturnValue:
    """Ask that the second step of somebody who keeps the same provider's page is taken away."""
    actor, place, form = current_actor(), current_provider(), ActingForm()
    others = lost_steps.others_who_keep(actor, place)
    form.account.choices = choices((one.ref, one.name) for one in others if one.has_second_step)
    if form.account.choices and form.validate_on_submit():
        try:
            found = lost_steps.ask_for_other(actor, place, tidy_ref(form.account.data or ""), form.why.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(_told(found))
            return redirect(url_for("step_resets.provider"), 303)
    return show("step_resets/provider.jinja", form, provider=place, rows=_asked_for(others))


@bp.route("/staff/team/provider-second-step", methods=["GET", "POST"])
@requires(Permission.RESET_COLLEAGUE, fresh=True)
def member() -> ResponseReturnValue:
    """Ask it for somebody who keeps the page of a provider known here."""
    actor, scope, form = current_actor(), scope_of(Permission.RESET_COLLEAGUE), MemberForm()
    if form.validate_on_submit():
        typed = form.email.data or "", form.why.data or ""
        try:
            account, found = lost_steps.ask_for_member(actor, scope.place.id, *typed)
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{account.name}: {_told(found)}")
            return redirect(url_for("staff.people", **scope.query), 303)
    return show("step_resets/member.jinja", form, scope=scope)


def _told(found: StepReset) -> str:
    day = clock.say_day(clock.london(found.due_at).date())
    return f"They are told. It happens on {day} unless they stop it."


def _asked_for(accounts: Sequence[Account]) -> list[tuple[Account, StepReset]]:
    """What became of what was asked for, of these accounts."""
    found = {item.account_id: item for item in resets_of([account.id for account in accounts])}
    return [(account, found[account.id]) for account in accounts if account.id in found]
