"""Records as staff see them: what was removed, what people ask to be put right, and what is kept longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, TextAreaField

from app.core.errors import CarePurseError
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Permission
from app.records import correcting, holding, queries
from app.records.holdings import HOLDINGS
from app.records.rules import CORRECTION_TOPICS, CORRECTION_WORDS, HOLD_WORDS, CorrectionState
from app.stewardship.gate_rules import Sight
from app.web.auditing import can_change, note_audit
from app.web.context import current_actor
from app.web.forms import Form, Required, choices
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("staff_records", __name__)
_MORE_WORDS = {"file": "Files that nothing named", "sign_in_attempt": "Failed sign-ins", "form_key": "Forms sent"}


class HoldForm(Form):
    """Why records are kept longer."""

    kind = SelectField("Why are they kept?", [Required("Choose why they are kept")])
    why = TextAreaField("What is open?")


class DecideForm(Form):
    """Put right, or stays."""

    outcome = RadioField(
        "What do you do?",
        [Required("Choose what you do")],
        choices=choices([("right", "Put it right"), ("stays", "It stays, with their note beside it")]),
    )
    answer = TextAreaField("What do you tell them?")


@bp.get("/staff/records")
@requires(Permission.SEE_RETENTION)
def index() -> ResponseReturnValue:
    """How long things are kept, and what was removed when: counts, never names."""
    scope = scope_of(Permission.SEE_RETENTION)
    what = {held.table: held.what or held.table for held in HOLDINGS.values()} | _MORE_WORDS
    return render_template(
        "staff_records/index.jinja",
        scope=scope,
        settings=identity.settings_of(scope.place.id),
        runs=queries.runs_of(current_actor(), scope.place.id),
        what=what,
    )


@bp.get("/staff/corrections")
@requires(Permission.DECIDE, audited=True)
def waiting() -> ResponseReturnValue:
    """What people asked to be put right, the first due first."""
    rows = queries.waiting_corrections(current_actor())
    return render_template("staff_records/waiting.jinja", rows=rows, topics=CORRECTION_TOPICS)


@bp.route("/staff/people/<person_ref>/records", methods=["GET", "POST"])
@requires(Permission.DECIDE, audited=True)
def person(person_ref: str) -> ResponseReturnValue:
    """One person's records: kept longer or not, and what they asked to be put right."""
    actor, who = current_actor(), _person(person_ref)
    note_audit(who, Sight.RECORDS, "how long the records are kept, and what was asked to be put right")
    form = HoldForm()
    form.kind.choices = choices((kind.value, words) for kind, words in HOLD_WORDS.items())
    if form.validate_on_submit():
        try:
            holding.hold(actor, who, form.kind.data or "", form.why.data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Noted. Nothing of theirs is removed until somebody ends it.")
            return redirect(url_for("staff_records.person", person_ref=who.ref), 303)
    return show_form(
        "staff_records/person.jinja",
        form,
        person=who,
        hold=holding.hold_of(actor, who),
        hold_words=HOLD_WORDS,
        gone_from=queries.kept_until(who),
        corrections=correcting.corrections_of(actor, who),
        topics=CORRECTION_TOPICS,
        states=CORRECTION_WORDS,
        waiting=CorrectionState.WAITING,
        can_change=can_change(Permission.DECIDE, who.commissioner_id),
    )


@bp.post("/staff/people/<person_ref>/records/let-go")
@requires(Permission.DECIDE)
def let_go(person_ref: str) -> ResponseReturnValue:
    """Their time counts again."""
    who = _person(person_ref)
    holding.let_go(current_actor(), who)
    flash("Noted. Their records have their own time again.")
    return redirect(url_for("staff_records.person", person_ref=who.ref), 303)


@bp.route("/staff/people/<person_ref>/corrections/<correction_ref>", methods=["GET", "POST"])
@requires(Permission.DECIDE, audited=True)
def correction(person_ref: str, correction_ref: str) -> ResponseReturnValue:
    """One thing that somebody asked to be put right."""
    actor, who = current_actor(), _person(person_ref)
    found = correcting.correction_for(actor, who, correction_ref, reading=request.method == "GET")
    what = f"what was asked to be put right: {CORRECTION_TOPICS[found.kind]}"
    note_audit(who, Sight.CORRECTION, what, found.id)
    form = DecideForm()
    if form.validate_on_submit():
        try:
            correcting.decide(actor, who, correction_ref, form.outcome.data == "right", form.answer.data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Answered. Their side is told.")
            return redirect(url_for("staff_records.waiting"), 303)
    return show_form(
        "staff_records/correction.jinja",
        form,
        person=who,
        correction=found,
        was=_words_of(found.was),
        asked=_words_of(found.asked),
        topics=CORRECTION_TOPICS,
        states=CORRECTION_WORDS,
        waiting=CorrectionState.WAITING,
        can_change=can_change(Permission.DECIDE, who.commissioner_id),
    )


def _words_of(details: Mapping[str, str]) -> str:
    """A name as it is written, a day as it is said."""
    born = details.get("date_of_birth")
    return f"{date.fromisoformat(born):%-d %B %Y}" if born else " ".join(details.values())


def _person(person_ref: str) -> Person:
    only_reads = request.method == "GET"
    return identity.person_of_commissioner(current_actor(), person_ref, Permission.DECIDE, reading=only_reads)
