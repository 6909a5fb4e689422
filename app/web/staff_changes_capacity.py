"""For the coordinator: write down what was found about somebody's capacity, one thing a page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from app.core.errors import CarePurseError, InvalidError
from app.identity.models import Person
from app.identity.rules import Permission
from app.stewardship.capacity import (
    CapacityInput,
    check_capacity,
    may_stand_in,
    record_capacity,
    see_capacity,
)
from app.stewardship.capacity_rules import FINDING_WORDS, MONEY, WISH_WORDS, Finding, Wish
from app.stewardship.changes_follows import Follow, by_area, digest_of
from app.stewardship.changes_queries import capacity_records
from app.stewardship.gate_rules import Sight
from app.stewardship.sixteen_queries import is_under_sixteen
from app.web.auditing import can_change, note_audit, person_to_read
from app.web.context import current_actor
from app.web.forms import DateField, Form, choices
from app.web.marks import requires
from app.web.staff_changes_shared import person_of

bp = Blueprint("staff_changes_capacity", __name__)
#: The pages, in order, with the fields that each asks for.
_PAGES = {
    "finding": ("finding",),
    "decision": ("about", "decision"),
    "assessed": ("assessed_on", "assessed_by"),
    "why": ("why",),
    "after": ("look_again_on", "meanwhile", "wish"),
}
_CHECK = "check"
_FOUND = {str(finding): words for finding, words in FINDING_WORDS.items()}


class CapacityForm(Form):
    """Everything that a record says. Each page shows some of it and carries the rest along."""

    page = HiddenField()
    finding = RadioField("What was found?", choices=choices(_FOUND), validate_choice=False)
    about = RadioField(
        "Which decision is it about?",
        choices=choices({"money": MONEY, "other": "Another decision"}),
        validate_choice=False,
        default="money",
    )
    decision = StringField("If another, which?")
    assessed_on = DateField("When was it found?", it="The day")
    assessed_by = StringField("Who found it?")
    why = TextAreaField("How did they come to it?")
    look_again_on = DateField("When is it looked at again?", it="The day")
    meanwhile = RadioField("Who pays until there is a representative?", validate_choice=False, default="")
    wish = RadioField("What do they want now?", validate_choice=False, default=Wish.NOT_SAID.value)
    seen = HiddenField()

    def typed(self) -> CapacityInput:
        """As the service takes it."""
        return CapacityInput(
            self.finding.data or "",
            self.decision.data or "",
            self.assessed_on.data,
            self.assessed_by.data or "",
            self.why.data or "",
            self.look_again_on.data,
            self.meanwhile.data or "",
            self.wish.data or Wish.NOT_SAID.value,
            self.about.data != "other",
        )


@bp.get("/staff/people/<person_ref>/capacity")
@requires(Permission.DECIDE, audited=True)
def show(person_ref: str) -> ResponseReturnValue:
    """What was found so far, the newest first."""
    person = person_to_read(person_ref, Permission.DECIDE)
    records = capacity_records(current_actor(), person)
    note_audit(person, Sight.CAPACITY, "what was found about capacity")
    return render_template(
        "changes/capacity.jinja",
        person=person,
        records=records,
        words=FINDING_WORDS,
        can_change=can_change(Permission.DECIDE, person.commissioner_id),
    )


@bp.route("/staff/people/<person_ref>/capacity/new", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def new(person_ref: str) -> ResponseReturnValue:
    """One question a page, then check your answers with everything that follows, then done."""
    person = person_of(person_ref)
    form = CapacityForm()
    form.meanwhile.choices = choices(
        [*((str(item.account_id), item.name) for item in may_stand_in(person)), ("", "Nobody. What is agreed goes on")]
    )
    form.wish.choices = choices((str(key), words) for key, words in WISH_WORDS.items())
    if request.method == "GET":
        return _page(person, form, "finding")
    if request.form.get("go") in _PAGES:
        return _page(person, form, request.form["go"])
    here = form.page.data if form.page.data in (*_PAGES, _CHECK) else "finding"
    if here == _CHECK and form.seen.data:
        return _keep(person, form)
    if not _is_answered(person, form, here):
        return _page(person, form, here, again=True)
    return _page(person, form, _next(form, here))


def _keep(person: Person, form: CapacityForm) -> ResponseReturnValue:
    try:
        record_capacity(current_actor(), person, form.typed(), form.seen.data or "")
    except CarePurseError as error:
        form.take(error)
        return _page(person, form, _CHECK, again=True)
    flash("Written down. Everybody is told.")
    return redirect(url_for("staff_changes_capacity.show", person_ref=person.ref), 303)


def _is_answered(person: Person, form: CapacityForm, page: str) -> bool:
    """Whether what a page asks is there; what later pages ask is not missed yet."""
    form.validate()
    try:
        check_capacity(current_actor(), person, form.typed())
    except InvalidError as error:
        mine = {name: words for name, words in error.errors.items() if name in _PAGES.get(page, ())}
        form.take(InvalidError(mine))
    asked = _PAGES.get(page, ())
    for field in form:
        if field.name not in asked:
            field.errors = []
    return not any(field.errors for field in form)


def _next(form: CapacityForm, page: str) -> str:
    pages = [*_PAGES, _CHECK]
    return pages[min(pages.index(page) + 1, len(pages) - 1)]


def _page(person: Person, form: CapacityForm, page: str, *, again: bool = False) -> ResponseReturnValue:
    follows: tuple[Follow, ...] = ()
    if page == _CHECK:
        try:
            follows = see_capacity(current_actor(), person, form.typed())
        except InvalidError as error:
            page, again = next(name for name, asked in _PAGES.items() if set(asked) & set(error.errors)), True
            form.take(error)
    form.page.data, form.seen.data = page, digest_of(follows) if follows else ""
    found = form.finding.data if form.finding.data in set(Finding) else ""
    html = render_template(
        "changes/capacity_new.jinja",
        person=person,
        form=form,
        page=page,
        areas=by_area(follows),
        found=found,
        words=FINDING_WORDS,
        wishes=WISH_WORDS,
        stands_in=_names(form),
        plain=is_under_sixteen(person) or form.about.data == "other",
        decision=form.typed().says_decision,
    )
    return html, 400 if again else 200


def _names(form: CapacityForm) -> dict[str, str]:
    return {str(value): str(words) for value, words, *_ in form.meanwhile.iter_choices()}
