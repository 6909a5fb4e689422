"""For the coordinator: somebody turns sixteen. When, what is done, what is missing, and whom they chose."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField

from app.acting import inviting
from app.acting.inviting import Terms
from app.core.errors import CarePurseError
from app.identity.rules import AuthorityKind, Permission
from app.stewardship.changes_follows import by_area
from app.stewardship.gate_rules import Sight
from app.stewardship.sixteen_nominee import NOBODY, choose_nominee
from app.stewardship.sixteen_queries import SixteenPage, page_for_staff, their_scope
from app.web.auditing import can_change, note_audit, person_to_read
from app.web.context import current_actor
from app.web.forms import DateField, Form, NotTooLong, Required, choices
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.staff_changes_shared import person_of

bp = Blueprint("staff_changes_sixteen", __name__)


class InviteForm(Form):
    """Where to write to the young person."""

    email = StringField("Their e-mail address", [Required("Enter their e-mail address"), NotTooLong(254)])


class NomineeForm(Form):
    """Whom the young person chose, when and how they said so."""

    account = RadioField("Whom did they choose?", [Required("Choose whom they chose")])
    given_on = DateField("When did they say so?", it="The day they said so")
    how = TextAreaField("How did they say so, and who was there?")


@bp.get("/staff/people/<person_ref>/sixteen")
@requires(Permission.DECIDE, audited=True)
def show(person_ref: str) -> ResponseReturnValue:
    """The days, what is told and done, and what is still to be thought of."""
    person = person_to_read(person_ref, Permission.DECIDE)
    page = page_for_staff(current_actor(), person)
    note_audit(person, Sight.SIXTEEN, "what changes at sixteen")
    return render_template(
        "changes/staff_sixteen.jinja",
        person=person,
        page=page,
        areas=by_area(page.follows),
        missing=_missing(page),
        can_change=can_change(Permission.DECIDE, person.commissioner_id),
    )


@bp.route("/staff/people/<person_ref>/sixteen/invite", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def invite(person_ref: str) -> ResponseReturnValue:
    """Ask the young person by e-mail to sign in for themself. Until sixteen they look, then they decide."""
    person = person_of(person_ref)
    page = page_for_staff(current_actor(), person)
    form = InviteForm()
    if form.validate_on_submit():
        terms = Terms(their_scope(person))
        try:
            sent = inviting.invite(current_actor(), person, form.email.data or "", AuthorityKind.SELF, terms)
        except CarePurseError as error:
            form.take(error)
        else:
            flash(f"We have sent an e-mail to {sent.email}. The link in it works once, for seven days.")
            return redirect(url_for("staff_changes_sixteen.show", person_ref=person.ref), 303)
    return show_form("changes/staff_invite.jinja", form, person=person, page=page)


@bp.route("/staff/people/<person_ref>/sixteen/nominee", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def nominee(person_ref: str) -> ResponseReturnValue:
    """Write down whom the young person chose."""
    person = person_of(person_ref)
    page = page_for_staff(current_actor(), person)
    form = NomineeForm()
    form.account.choices = choices(
        [*((str(item.account_id), item.name) for item in page.can_be_nominee), (NOBODY, "Nobody. They decide themself")]
    )
    if form.validate_on_submit():
        try:
            choose_nominee(
                current_actor(),
                person,
                form.account.data or "",
                given_on=form.given_on.data,
                how=form.how.data or "",
            )
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Written down. Everybody is told.")
            return redirect(url_for("staff_changes_sixteen.show", person_ref=person.ref), 303)
    return show_form("changes/staff_nominee.jinja", form, person=person, page=page)


def _missing(page: SixteenPage) -> list[tuple[str, bool, str]]:
    """What to think of before the day: in words, whether it is done, and what it says."""
    own, record, choice = page.own, page.capacity, page.choice
    chosen = "Nobody. They decide themself" if choice and choice.account is None else ""
    if choice and choice.account:
        chosen = f"{choice.account.name}, {'by themself' if choice.by_themself else 'told to ' + choice.by_name}"
    return [
        ("A sign-in of their own", own is not None, own.name if own else "Invite them, so that they can decide"),
        (
            "Can they decide about this money?",
            record is not None,
            "It is written down" if record else "Think about it early. Without a record they decide",
        ),
        ("Do they want a nominee?", choice is not None, chosen or "Ask them. They choose, and can change it later"),
    ]
