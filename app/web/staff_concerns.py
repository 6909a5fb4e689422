"""Concerns, as staff record and close them, and as a safeguarding lead decides when the person is told."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, TextAreaField

from app.core import clock
from app.core.errors import InvalidError
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import CommissionerSubject, Permission, may
from app.stewardship import concern_queries, concerns, keys, telling
from app.stewardship.being_told import is_somebody_there
from app.stewardship.concern_rules import MAX_WORDS, ConcernInput
from app.stewardship.gate_models import Concern
from app.stewardship.gate_rules import CONCERN_STATE_WORDS, CONCERN_WORDS, ConcernKind, ConcernState, Sight
from app.web.auditing import note_audit
from app.web.context import current_actor
from app.web.forms import DateField, Form, NotTooLong, Required, choices, show
from app.web.marks import requires
from app.web.staff_money import staff_person
from app.web.staff_plan_reviews import who_is_told

bp = Blueprint("staff_concerns", __name__)
_ALL = "/staff/people/<person_ref>/concerns"
_ONE = f"{_ALL}/<concern_ref>"


class RecordForm(Form):
    """What was noticed, who else knows, and what the person is told."""

    kind = RadioField(
        "What is it about?",
        [Required("Choose what it is about")],
        choices=choices((kind.value, said) for kind, said in CONCERN_WORDS.items()),
    )
    words = TextAreaField(
        "What did you notice?", [Required("Say what you noticed, and what you do not know yet"), NotTooLong(MAX_WORDS)]
    )
    second = SelectField("Who is the second person?", [Required("Choose a colleague who is told of it")])
    told_words = TextAreaField(
        "What we tell the person", [Required("Write what we tell the person"), NotTooLong(MAX_WORDS)]
    )
    telling = RadioField(
        "When are they told?",
        [Required("Choose when they are told")],
        choices=choices({"now": "At once", "later": "Telling them at once may put somebody at risk"}),
    )
    delay_why = TextAreaField("If it may: why?", [NotTooLong(MAX_WORDS)])


class RenewForm(Form):
    """Why it has to stay open."""

    why = TextAreaField("Why?", [Required("Say why it has to stay open"), NotTooLong(MAX_WORDS)])


class CloseForm(Form):
    """What was found, for staff and for the person."""

    outcome = TextAreaField("What did you find?", [Required("Say what you found"), NotTooLong(MAX_WORDS)])
    told_outcome = TextAreaField(
        "What we tell the person", [Required("Write what we tell the person"), NotTooLong(MAX_WORDS)]
    )


class TellingForm(Form):
    """When the person is told, and why then."""

    telling = RadioField(
        "When are they told?",
        [Required("Choose when they are told")],
        choices=choices({"now": "Now", "later": "Later"}),
    )
    tell_on = DateField("If later: on which day?", it="The day")
    why = TextAreaField("Why?", [Required("Write down why: it is kept with the concern"), NotTooLong(MAX_WORDS)])


def load(person: Person, ref: str) -> Concern:
    """The concern that the address names.

    :raises NotFoundError: when there is none in which this reader has a part.
    """
    return concern_queries.staff_concern(current_actor(), person, ref)


@bp.get(_ALL)
@requires(Permission.READ_CONCERNS)
def index(person_ref: str) -> ResponseReturnValue:
    """The concerns about a person in which the reader has a part."""
    person = staff_person(person_ref, Permission.READ_CONCERNS)
    found = concern_queries.concerns_of(current_actor(), person)
    for concern in found:
        note_audit(person, Sight.CONCERN, _named(concern), concern.id, concern.id)
    return render_template(
        "concerns/index.jinja",
        person=person,
        concerns=found,
        kinds=CONCERN_WORDS,
        states=CONCERN_STATE_WORDS,
        sees_person=may(current_actor(), Permission.SEE_BUDGET_HEALTH, CommissionerSubject(person.commissioner_id)),
    )


@bp.route(f"{_ALL}/new", methods=["GET", "POST"])
@requires(Permission.RECORD_CONCERNS)
def new(person_ref: str) -> ResponseReturnValue:
    """Record a concern."""
    actor, person = current_actor(), staff_person(person_ref, Permission.RECORD_CONCERNS)
    form = RecordForm()
    form.second.choices = choices([("", ""), *((one.ref, one.name) for one in concerns.seconds_for(actor, person))])
    leads = concerns.leads_for(actor.account_id, person)
    if form.validate_on_submit():
        wanted = ConcernInput(
            ConcernKind(form.kind.data),
            form.words.data or "",
            form.told_words.data or "",
            form.second.data or "",
            (form.delay_why.data or "") if form.telling.data == "later" else "",
        )
        try:
            if form.telling.data == "later" and not wanted.delay_why:
                raise InvalidError({"delay_why": "Say why telling them at once may put somebody at risk"})
            concern = concerns.record(actor, person, wanted)
        except InvalidError as error:
            form.take(error)
        else:
            flash(_said(concern, person))
            return redirect(_address(person, concern), 303)
    days = identity.settings_of(person.commissioner_id).concern_days
    nobody = not is_somebody_there(person.id)
    return show("concerns/new.jinja", form, person=person, leads=leads, days=days, nobody=nobody)


def _said(concern: Concern, person: Person) -> str:
    if concern.state is ConcernState.WAITING:
        return "Recorded. It opens when a safeguarding lead has decided when they are told."
    return f"Recorded. {who_is_told(person)} You can look until {clock.say_day(_until(concern))}."


def _until(concern: Concern) -> date:
    return concern.opens_until or clock.today()


@bp.get(_ONE, endpoint="show")
@requires(Permission.READ_CONCERNS)
def one(person_ref: str, concern_ref: str) -> ResponseReturnValue:
    """One concern with its words, for whoever has a part in it."""
    actor, person = current_actor(), staff_person(person_ref, Permission.READ_CONCERNS)
    concern = load(person, concern_ref)
    note_audit(person, Sight.CONCERN, _named(concern), concern.id, concern.id)
    return render_template(
        "concerns/show.jinja",
        person=person,
        concern=concern,
        kinds=CONCERN_WORDS,
        states=CONCERN_STATE_WORDS,
        decisions=concern_queries.decisions_on(actor, concern),
        keeps=concern_queries.is_keeper(actor, concern),
        decides=telling.is_put_off(concern) and telling.decides(actor, concern),
        nobody=concern.told_at is None and not telling.is_put_off(concern),
        looks=any(key.ref == concern.ref for key in keys.keys_of(actor, person)),
    )


@bp.route(f"{_ONE}/renew", methods=["GET", "POST"])
@requires(Permission.RECORD_CONCERNS)
def renew(person_ref: str, concern_ref: str) -> ResponseReturnValue:
    """Keep it open for another while, in writing."""
    person = staff_person(person_ref, Permission.RECORD_CONCERNS)
    concern, form = load(person, concern_ref), RenewForm()
    if not _is_mine(concern):
        return redirect(_address(person, concern), 303)
    if form.validate_on_submit():
        concern = concerns.renew(current_actor(), concern, form.why.data or "")
        flash(f"It is open until {clock.say_day(_until(concern))}.")
        return redirect(_address(person, concern), 303)
    days = identity.settings_of(person.commissioner_id).concern_days
    return show("concerns/renew.jinja", form, person=person, concern=concern, days=days)


@bp.route(f"{_ONE}/close", methods=["GET", "POST"])
@requires(Permission.RECORD_CONCERNS)
def close(person_ref: str, concern_ref: str) -> ResponseReturnValue:
    """Close it with what was found."""
    person = staff_person(person_ref, Permission.RECORD_CONCERNS)
    concern, form = load(person, concern_ref), CloseForm()
    if not _is_mine(concern):
        return redirect(_address(person, concern), 303)
    if form.validate_on_submit():
        concerns.close(current_actor(), concern, form.outcome.data or "", form.told_outcome.data or "")
        flash("The concern is closed, and so are the transactions.")
        return redirect(_address(person, concern), 303)
    return show("concerns/close.jinja", form, person=person, concern=concern)


@bp.route(f"{_ONE}/telling", methods=["GET", "POST"])
@requires(Permission.DELAY_TELLING, fresh=True)
def decide_telling(person_ref: str, concern_ref: str) -> ResponseReturnValue:
    """A safeguarding lead's decision: when the person is told.

    :raises NotFoundError: for everybody else, whoever recorded it among them.
    """
    actor, person = current_actor(), staff_person(person_ref, Permission.DELAY_TELLING)
    concern = load(person, concern_ref)
    telling.check_decides(actor, concern)
    if not telling.is_put_off(concern):
        return redirect(_address(person, concern), 303)
    form = TellingForm()
    if form.validate_on_submit():
        try:
            if form.telling.data == "later" and form.tell_on.data is None:
                raise InvalidError({"tell_on": "Enter the day on which they are told"})
            telling.decide(
                actor, concern, form.tell_on.data if form.telling.data == "later" else None, form.why.data or ""
            )
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your decision is written down.")
            return redirect(_address(person, concern), 303)
    latest = telling.latest_day(concern)
    return show("concerns/telling.jinja", form, person=person, concern=concern, latest=latest)


def _is_mine(concern: Concern) -> bool:
    return concern.state is ConcernState.OPEN and concern_queries.is_keeper(current_actor(), concern)


def _named(concern: Concern) -> str:
    return f"the concern of {clock.say_day(clock.london(concern.recorded_at).date(), year=True)}"


def _address(person: Person, concern: Concern) -> str:
    return url_for("staff_concerns.show", person_ref=person.ref, concern_ref=concern.ref)
