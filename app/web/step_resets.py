"""Somebody lost their phone and their codes: an administrator or a coordinator helps them back in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField

from app.core import clock
from app.core.errors import InvalidError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.rules import Permission
from app.signing_in import resets
from app.web.context import current_actor
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
    them = [account for account, _ in identity.acting_accounts(person.id) if account.has_second_step]
    form.account.choices = choices((account.ref, account.name) for account in them)
    if them and form.validate_on_submit():
        try:
            found = resets.ask(actor, person.ref, tidy_ref(form.account.data or ""), form.why.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            day = clock.say_day(clock.london(found.due_at).date())
            flash(f"They are told. It happens on {day} unless they stop it.")
            return redirect(url_for("staff_people.show", person_ref=person.ref), 303)
    return show("step_resets/acting.jinja", form, person=person)
