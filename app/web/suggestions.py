"""Suggesting a provider that is missing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from app.core.errors import InvalidError
from app.identity.rules import Permission, PersonSubject, may
from app.marketplace import suggestion_queries
from app.marketplace import suggestions as service
from app.marketplace.suggestions import Missing
from app.messages import service as messages
from app.messages.rules import About
from app.web import forms
from app.web.context import current_actor, current_person
from app.web.forms import Form, NotTooLong, Required
from app.web.marks import requires

bp = Blueprint("suggestions", __name__)


class SuggestForm(Form):
    """Whom somebody misses."""

    name = StringField("What are they called?", [Required("Enter what they are called"), NotTooLong(120)])
    area = StringField("Where are they?", [Required("Enter a postcode or the name of a place"), NotTooLong(80)])
    does = TextAreaField("What do they do?", [Required("Say what they do, like music lessons"), NotTooLong(500)])
    website = StringField("Website")
    phone = StringField("Phone number", [NotTooLong(40)])


@bp.route("/p/<person_ref>/suggest", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def suggest() -> ResponseReturnValue:
    """Describe them; what is like them here is shown before it is sent."""
    person = current_person()
    form = SuggestForm(data={"name": request.args.get("name", "")[:120], "area": person.postcode})
    if form.validate_on_submit():
        missing = Missing(**{name: form[name].data or "" for name in ("name", "area", "does", "website", "phone")})
        alike = suggestion_queries.like(missing.name, missing.area, missing.phone, missing.website)
        if alike and not request.form.get("sure"):
            # a question in between: nothing is written yet
            return render_template("suggestions/alike.jinja", form=form, alike=alike)
        try:
            made = service.suggest(current_actor(), person, missing)
        except InvalidError as error:
            form.take(error)
        else:
            flash("Thank you. Somebody checks it, and you get a notice.")
            return redirect(url_for("suggestions.show", suggestion_ref=made.ref), 303)
    return forms.show("suggestions/suggest.jinja", form)


@bp.app_template_global()
def may_suggest() -> bool:
    """Whether the reader may suggest somebody for this page's person."""
    return may(current_actor(), Permission.PREPARE_PURCHASE, PersonSubject(current_person().id))


@bp.get("/p/<person_ref>/suggestions/<suggestion_ref>")
@requires(Permission.VIEW_BUDGET)
def show(suggestion_ref: str) -> ResponseReturnValue:
    """What became of it."""
    found = suggestion_queries.suggestion_for(current_actor(), current_person(), suggestion_ref)
    messages.mark_read_about(current_actor(), About.SUGGESTION, found.ref)
    return render_template("suggestions/show.jinja", suggestion=found)
