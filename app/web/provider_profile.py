"""A provider's page about themselves, and their places."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import InvalidError
from app.identity.rules import Permission
from app.marketplace import profiles, queries
from app.marketplace.profiles import LocationInput, ProfileInput
from app.marketplace.rules import Employment
from app.web.context import current_actor, current_provider
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.provider_forms import AreaForm, PlaceForm, ProfileForm

bp = Blueprint("provider_profile", __name__)
_PLACES = "/provider/<provider_ref>/places"


@bp.get("/provider/<provider_ref>/profile")
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """All that people read about them, and a way to change each."""
    provider = current_provider()
    return render_template(
        "provider_profile/show.jinja",
        provider=provider,
        places=provider.locations[: queries.MOST_SHOWN],
        missing=provider.checks.missing(clock.today()) if provider.is_pa else [],
        register_on=queries.register_as_of() if provider.is_regulated else None,
    )


@bp.route("/provider/<provider_ref>/profile/change", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def change() -> ResponseReturnValue:
    """Name, words, contact, languages, getting in."""
    provider = current_provider()
    form = ProfileForm(
        data={
            "name": provider.name,
            "description": provider.description,
            "phone": provider.phone,
            "website": provider.website,
            "languages": ", ".join(provider.languages),
            "accessibility": provider.accessibility,
            "gender": provider.gender or "",
            "employment": provider.employment.value if provider.employment else None,
        }
    )
    form.fit(provider)
    if form.validate_on_submit():
        typed = {name: field.data for name, field in form._fields.items() if name not in {"gender", "employment"}}
        employment = form.employment.data if "employment" in form else None
        gender = form.gender.data if "gender" in form else None
        new = ProfileInput(
            name=typed.pop("name", provider.name) or "",
            gender=gender or None,
            employment=Employment(employment) if employment else None,
            **{name: value or "" for name, value in typed.items()},
        )
        try:
            notes = profiles.change_profile(current_actor(), provider, new)
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your page is changed.")
            for note in notes:
                flash(note, "note")
            return redirect(url_for(".show"), 303)
    return show_form("provider_profile/change.jinja", form, provider=provider)


@bp.route("/provider/<provider_ref>/area", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def area() -> ResponseReturnValue:
    """Near where somebody without a place sets out."""
    provider = current_provider()
    form = AreaForm(data={"area": provider.outcode})
    if form.validate_on_submit():
        try:
            place = profiles.set_area(current_actor(), provider, form.area.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"People now find you near {place.label}.")
            return redirect(url_for(".show"), 303)
    return show_form("provider_profile/area.jinja", form, provider=provider)


@bp.route(f"{_PLACES}/add", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def add_place() -> ResponseReturnValue:
    """Add a place of their own."""
    provider, form = current_provider(), PlaceForm()
    if form.validate_on_submit():
        try:
            place = profiles.add_location(current_actor(), provider, _typed(form))
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{place.name} is added.")
            return redirect(url_for(".show"), 303)
    return show_form("provider_profile/place.jinja", form, provider=provider, place=None)


@bp.route(f"{_PLACES}/<location_ref>", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def place(location_ref: str) -> ResponseReturnValue:
    """One place: to read when it is the register's or closed, to change when it is their own."""
    provider = current_provider()
    found = profiles.location_of(provider, location_ref)
    form = PlaceForm(obj=found)
    if form.validate_on_submit():
        try:
            profiles.change_location(current_actor(), provider, location_ref, _typed(form))
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{found.name} is changed.")
            return redirect(url_for(".show"), 303)
    if found.cqc_id is not None or found.closed_on is not None:
        return render_template("provider_profile/place_read.jinja", provider=provider, place=found)
    return show_form("provider_profile/place.jinja", form, provider=provider, place=found)


@bp.route(f"{_PLACES}/<location_ref>/close", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def close(location_ref: str) -> ResponseReturnValue:
    """Close a place, after a look at what goes with it."""
    provider, form = current_provider(), PlaceForm()
    found = profiles.location_of(provider, location_ref)
    if form.is_submitted():
        off = profiles.close_location(current_actor(), provider, location_ref)
        flash(f"{found.name} is closed." + (f" {off} of your listings are hidden now." if off else ""))
        return redirect(url_for(".show"), 303)
    here = [each for each in queries.listings_of(provider, all_of_them=True) if each.location_id == found.id]
    return render_template("provider_profile/close.jinja", provider=provider, place=found, here=here)


def _typed(form: PlaceForm) -> LocationInput:
    return LocationInput(**{name: field.data or "" for name, field in form._fields.items()})
