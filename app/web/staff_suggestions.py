"""Providers that people missed: an officer looks beside each what we have, and decides."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from app.core.errors import InvalidError
from app.identity.rules import Permission
from app.marketplace import queries, review_queries, suggestion_queries, suggestions
from app.marketplace.places import tidy_postcode
from app.marketplace.rules import Category, Unit
from app.marketplace.suggestion_models import Suggestion
from app.marketplace.suggestions import Entry
from app.web import forms
from app.web.auditing import can_change
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, choices
from app.web.marks import requires
from app.web.paging import page_number
from app.web.staff_scope import scope_of

bp = Blueprint("staff_suggestions", __name__)
_ONE = "/staff/suggestions/<suggestion_ref>"


class AddForm(Form):
    """How it will stand in the marketplace."""

    name = StringField("Name", [Required("Enter the provider's name"), NotTooLong(120)])
    title = StringField("What they offer", [Required("Enter what they offer, like music lessons"), NotTooLong(120)])
    category = SelectField(
        "Kind of support", choices=choices([("", "Choose one"), *((kind.value, kind.label) for kind in Category)])
    )
    unit = SelectField("A price would be", choices=choices([(unit.value, unit.per) for unit in Unit]))
    where = SelectMultipleField(
        "Where does it happen?",
        choices=choices(
            {"at_home": "At the person's home", "at_venue": "At their place", "remote": "By phone or video"}
        ),
    )
    regulated = RadioField(
        "Do they give care that only a registered provider may give?",
        [Required("Choose yes or no")],
        choices=choices({"no": "No", "yes": "Yes: personal care, or nursing"}),
    )
    postcode = StringField("Postcode", [NotTooLong(10)])
    website = StringField("Website")
    phone = StringField("Phone number", [NotTooLong(40)])


class LeaveOutForm(Form):
    """Why it is not added."""

    reason = TextAreaField("Why?", [Required("Say why. The person reads it"), NotTooLong(500)])


@bp.get("/staff/suggestions")
@requires(Permission.LOOK_AFTER_MARKET, audited=True)
def index() -> ResponseReturnValue:
    """What waits; or, with ``?show=decided``, what was answered."""
    scope = scope_of(Permission.LOOK_AFTER_MARKET, reading=True)
    decided = request.args.get("show") == "decided"
    page = suggestion_queries.waiting(current_actor(), scope.place.id, page_number(request.args), decided=decided)
    reviews = review_queries.waiting_count(current_actor())
    return render_template("staff_suggestions/index.jinja", scope=scope, page=page, decided=decided, reviews=reviews)


@bp.get(_ONE)
@requires(Permission.LOOK_AFTER_MARKET, audited=True)
def show(suggestion_ref: str) -> ResponseReturnValue:
    """What they say, beside what is like it."""
    found = suggestion_queries.to_check(current_actor(), suggestion_ref, reading=True)
    return render_template(
        "staff_suggestions/show.jinja",
        suggestion=found,
        can_change=can_change(Permission.LOOK_AFTER_MARKET, found.commissioner_id),
        alike=suggestion_queries.like(found.name, found.area, found.phone, found.website),
        register_on=queries.register_as_of(),
    )


@bp.post(f"{_ONE}/there")
@requires(Permission.LOOK_AFTER_MARKET)
def there(suggestion_ref: str) -> ResponseReturnValue:
    """It is one of those."""
    made = suggestions.already_there(current_actor(), suggestion_ref, request.form.get("provider", ""))
    return _done(made, "They were told where to find it.")


@bp.route(f"{_ONE}/add", methods=["GET", "POST"])
@requires(Permission.LOOK_AFTER_MARKET)
def add(suggestion_ref: str) -> ResponseReturnValue:
    """Put it into the marketplace."""
    found = suggestion_queries.to_check(current_actor(), suggestion_ref)
    form = AddForm(
        data={
            "name": found.name,
            "title": found.does[:120],
            "postcode": tidy_postcode(found.area) or "",
            "website": found.website,
            "phone": found.phone,
            "unit": Unit.SESSION.value,
        }
    )
    if form.validate_on_submit():
        wheres = form.where.data or []
        entry = Entry(
            name=form.name.data or "",
            title=form.title.data or "",
            category=form.category.data or "",
            unit=form.unit.data or "",
            regulated=form.regulated.data == "yes",
            at_home="at_home" in wheres,
            at_venue="at_venue" in wheres,
            remote="remote" in wheres,
            postcode=form.postcode.data or "",
            website=form.website.data or "",
            phone=form.phone.data or "",
        )
        try:
            made = suggestions.add(current_actor(), found.ref, entry)
        except InvalidError as error:
            form.take(error)
        else:
            return _done(made, "It is in the marketplace now, and they were told.")
    return forms.show("staff_suggestions/add.jinja", form, suggestion=found)


@bp.route(f"{_ONE}/leave-out", methods=["GET", "POST"])
@requires(Permission.LOOK_AFTER_MARKET)
def leave_out(suggestion_ref: str) -> ResponseReturnValue:
    """Do not add it, and say why."""
    found = suggestion_queries.to_check(current_actor(), suggestion_ref)
    form = LeaveOutForm()
    if form.validate_on_submit():
        try:
            made = suggestions.leave_out(current_actor(), found.ref, form.reason.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            return _done(made, "They were told why.")
    return forms.show("staff_suggestions/leave_out.jinja", form, suggestion=found)


def _done(made: Suggestion, words: str) -> ResponseReturnValue:
    flash(f"{made.name}: {made.state_words.lower()}. {words}")
    return redirect(url_for("staff_suggestions.index"), 303)
