"""A person's own details: what they change at once, and what somebody looks at first."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from app.core import clock
from app.core.errors import CarePurseError
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.records import correcting
from app.records.rules import CORRECTION_TOPICS, CORRECTION_WORDS, CorrectionKind, one_month_after
from app.web.context import current_actor, current_person
from app.web.forms import DateField, Form
from app.web.forms import show as show_form
from app.web.marks import requires

bp = Blueprint("details", __name__)


class DetailsForm(Form):
    """What counts at once."""

    called = StringField("What would you like to be called?")
    postcode = StringField("Postcode")


class NameForm(Form):
    """Another legal name."""

    given_name = StringField("First name")
    family_name = StringField("Last name")
    words = TextAreaField("Why has it changed, or how can we see that it is right?")


class BornForm(Form):
    """Another date of birth."""

    date_of_birth = DateField("Date of birth", it="The date of birth")
    words = TextAreaField("How can we see that it is right?")


class OtherForm(Form):
    """Anything else."""

    words = TextAreaField("What is wrong, and how should it be?")


_FORMS: dict[CorrectionKind, type[Form]] = {
    CorrectionKind.NAME: NameForm,
    CorrectionKind.DATE_OF_BIRTH: BornForm,
    CorrectionKind.OTHER: OtherForm,
}


@bp.route("/p/<person_ref>/details", methods=["GET", "POST"])
@requires(Permission.OWN_RECORDS)
def show() -> ResponseReturnValue:
    """Who somebody is, as we hold it."""
    actor, person = current_actor(), current_person()
    form = DetailsForm(data={"called": person.called, "postcode": person.postcode})
    if form.validate_on_submit():
        new = correcting.NewDetails(form.called.data or "", form.postcode.data or "")
        try:
            changed = correcting.change_details(actor, person, new)
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Changed. What it was before stays in “Who did what”." if changed else "Nothing was different.")
            return redirect(url_for("details.show"), 303)
    return show_form(
        "details/show.jinja",
        form,
        corrections=correcting.corrections_of(actor, person),
        states=CORRECTION_WORDS,
        topics=CORRECTION_TOPICS,
        coordinator=identity.coordinator_of(person.id),
        decides=may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)),
    )


@bp.route("/p/<person_ref>/details/name", methods=["GET", "POST"])
@requires(Permission.OWN_RECORDS)
def ask_name() -> ResponseReturnValue:
    """Ask for another legal name."""
    return _ask(CorrectionKind.NAME)


@bp.route("/p/<person_ref>/details/date-of-birth", methods=["GET", "POST"])
@requires(Permission.OWN_RECORDS)
def ask_born() -> ResponseReturnValue:
    """Ask for another date of birth."""
    return _ask(CorrectionKind.DATE_OF_BIRTH)


@bp.route("/p/<person_ref>/details/other", methods=["GET", "POST"])
@requires(Permission.OWN_RECORDS)
def ask_other() -> ResponseReturnValue:
    """Ask for anything else to be put right."""
    return _ask(CorrectionKind.OTHER)


def _ask(which: CorrectionKind) -> ResponseReturnValue:
    """What a coordinator looks at first."""
    actor, person = current_actor(), current_person()
    form = _FORMS[which](data={name: getattr(person, name) for name in ("given_name", "family_name", "date_of_birth")})
    if form.validate_on_submit():
        asked = {field.name: field.data for field in form if field.name != "words"}
        try:
            made = correcting.ask_correction(actor, person, which, asked, form["words"].data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash(f"Sent. You get an answer by {clock.say_day(made.due_on, year=True)} at the latest.")
            return redirect(url_for("details.show"), 303)
    return show_form(
        "details/ask.jinja",
        form,
        kind=which,
        title=CORRECTION_TOPICS[which],
        answer_by=one_month_after(clock.today()),
        coordinator=identity.coordinator_of(person.id),
    )
