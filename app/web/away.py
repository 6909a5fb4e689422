"""Who of the team is away, and who answers meanwhile."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from app.core import clock
from app.core.errors import InvalidError
from app.identity import absences
from app.identity import queries as identity
from app.identity.rules import Permission
from app.purchases.covering import cover_absences
from app.web.context import current_actor
from app.web.forms import DateField, Form, Required, choices, show
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("away", __name__)


class AwayForm(Form):
    """Who, from when until when, and who answers."""

    account = SelectField("Who is away?", [Required("Choose who is away")])
    starts_on = DateField("First day away", [Required("Enter the first day")], it="The first day")
    ends_on = DateField("Last day away", [Required("Enter the last day")], it="The last day")
    cover = SelectField("Who answers meanwhile?")


@bp.get("/staff/away")
@requires(Permission.DECIDE, audited=True)
def index() -> ResponseReturnValue:
    """Who is away now, and who will be."""
    scope = scope_of(Permission.DECIDE, reading=True)
    return render_template(
        "away/index.jinja",
        scope=scope,
        absences=absences.absences_in(current_actor(), scope.place.id),
        leads=absences.leads(current_actor(), scope.place.id),
    )


@bp.route("/staff/away/new", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def new() -> ResponseReturnValue:
    """Note an absence. One that has begun hands over what is open at once."""
    actor, scope = current_actor(), scope_of(Permission.DECIDE)
    team = identity.coordinators(scope.place.id)
    leads = absences.leads(actor, scope.place.id)
    form = AwayForm(data={"account": next((one.ref for one in team if one.id == actor.account_id), "")})
    form.account.choices = choices((one.ref, one.name) for one in team if leads or one.id == actor.account_id)
    form.cover.choices = choices([("", "Whoever has least to do"), *((one.ref, one.name) for one in team)])
    if form.validate_on_submit() and form.starts_on.data and form.ends_on.data:
        try:
            absence = absences.note_absence(
                actor,
                scope.place.id,
                account_ref=form.account.data or "",
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                cover_ref=form.cover.data or None,
            )
        except InvalidError as error:
            form.take(error)
        else:
            moved = cover_absences() if absence.starts_on <= clock.today() else 0
            flash(f"Noted. {moved} that were open went to a colleague." if moved else "Noted.")
            return redirect(url_for("away.index", **scope.query), 303)
    return show("away/new.jinja", form, scope=scope)


@bp.post("/staff/away/<absence_ref>/back")
@requires(Permission.DECIDE)
def back(absence_ref: str) -> ResponseReturnValue:
    """Not away after all, or back early."""
    absences.take_back_absence(current_actor(), absence_ref)
    flash("Noted. What was handed over stays with the colleague; new requests come to their own coordinator again.")
    return redirect(url_for("away.index"), 303)
