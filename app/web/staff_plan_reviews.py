"""Reviews of money and plan together, as staff hold them: announced, moved, written up, called off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, TextAreaField

from app.core import clock
from app.core.errors import InvalidError
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import CommissionerSubject, Permission, may
from app.stewardship import keys, review_queries, reviews
from app.stewardship.being_told import is_somebody_there
from app.stewardship.gate_models import PlanReview
from app.stewardship.gate_rules import Sight
from app.stewardship.review_rules import (
    KIND_WORDS,
    MAX_WHAT,
    RISK_WORDS,
    OutcomeInput,
    ReviewInput,
    ReviewKind,
    ReviewState,
    Risk,
    add_months,
    earliest_day,
    looks_back_to,
    months_until_next,
)
from app.web.auditing import note_audit
from app.web.context import current_actor
from app.web.forms import DateField, Form, NotTooLong, Required, choices, show
from app.web.marks import requires
from app.web.staff_money import staff_person

bp = Blueprint("staff_plan_reviews", __name__)
_ALL = "/staff/people/<person_ref>/reviews"
_ONE = f"{_ALL}/<plan_review_ref>"
_WHAT = (
    "We look at how the money was used for each outcome, whether the plan still fits, and what has changed for you. "
    "You need not prepare anything. Receipts that are here are enough."
)


def _said(options: Mapping[Any, str]) -> Any:
    return choices((option.value, said) for option, said in options.items())


class AnnounceForm(Form):
    """When, what for, and what it entails."""

    kind = RadioField("What kind of review is it?", [Required("Choose a kind")], choices=_said(KIND_WORDS))
    starts_on = DateField("On which day?", [Required("Enter the day of the review")], it="The day of the review")
    look_from = DateField("Look at spending from", [Required("Enter the first day")], it="The first day")
    look_until = DateField("Look at spending until", [Required("Enter the last day")], it="The last day")
    what = TextAreaField(
        "What you will look at", [Required("Say what you will look at: the person reads it"), NotTooLong(MAX_WHAT)]
    )
    colleague = SelectField("Does somebody from finance look too?")


class MoveForm(Form):
    """Another day."""

    starts_on = DateField("The new day", [Required("Enter the new day")], it="The new day")


class OutcomeForm(Form):
    """What was agreed."""

    agreed = TextAreaField(
        "What you agreed", [Required("Write down what you agreed: the person reads it"), NotTooLong(MAX_WHAT)]
    )
    risk = RadioField(
        "How closely should money and plan be looked at?", [Required("Choose one")], choices=_said(RISK_WORDS)
    )
    next_on = DateField("The next review is by", [Required("Enter a day")], it="The day of the next review")


class CallOffForm(Form):
    """Why it will not be held."""

    why = TextAreaField("Why?", [Required("Say why: the person reads it"), NotTooLong(MAX_WHAT)])


def load(person: Person, ref: str) -> PlanReview:
    """The review that the address names.

    :raises NotFoundError: when there is none for this reader.
    """
    return review_queries.staff_review(current_actor(), person, ref)


@bp.get(_ALL)
@requires(Permission.LOOK_AT_MONEY)
def index(person_ref: str) -> ResponseReturnValue:
    """A person's reviews, and when the next is due."""
    actor, person = current_actor(), staff_person(person_ref)
    found = review_queries.reviews_seen_by_staff(actor, person)
    note_audit(person, Sight.REVIEW, "the list of reviews")
    return render_template(
        "plan_reviews/staff_index.jinja",
        person=person,
        reviews=[(review, _opens(review)) for review in found],
        next_due=review_queries.next_due(person),
        announced=any(review.state is ReviewState.ANNOUNCED for review in found),
        may_hold=may(actor, Permission.HOLD_REVIEWS, CommissionerSubject(person.commissioner_id)),
        kinds=KIND_WORDS,
    )


def who_is_told(person: Person) -> str:
    """What becomes of the news for a person's side: told, or to be told another way where nobody acts for them here."""
    if is_somebody_there(person.id):
        return f"{person.given_name}'s side is told."
    return f"Nobody acts for {person.given_name} here, so tell them another way, by letter or on a visit."


@bp.route(f"{_ALL}/new", methods=["GET", "POST"])
@requires(Permission.HOLD_REVIEWS)
def new(person_ref: str) -> ResponseReturnValue:
    """Announce a review. The person's side is told at once."""
    actor, person = current_actor(), staff_person(person_ref, Permission.HOLD_REVIEWS)
    settings = identity.settings_of(person.commissioner_id)
    earliest = earliest_day(settings, clock.today())
    first, _ = review_queries.period_to_look_at(person)
    held = any(one.state is ReviewState.HELD for one in review_queries.reviews_seen_by_staff(actor, person))
    form = AnnounceForm(
        data={
            "kind": (ReviewKind.YEARLY if held else ReviewKind.THREE_MONTH).value,
            "starts_on": earliest,
            "look_from": max(first, looks_back_to(earliest)),
            "look_until": earliest,
            "what": _WHAT,
        }
    )
    colleagues = keys.finance_officers(person)
    form.colleague.choices = choices([("", "No"), *((one.ref, one.name) for one in colleagues)])
    if form.validate_on_submit() and form.starts_on.data and form.look_from.data and form.look_until.data:
        wanted = ReviewInput(
            ReviewKind(form.kind.data),
            form.starts_on.data,
            form.look_from.data,
            form.look_until.data,
            form.what.data or "",
            form.colleague.data or "",
        )
        try:
            review = reviews.announce(actor, person, wanted)
        except InvalidError as error:
            form.take(error, **{"with": "colleague"})
        else:
            flash(f"The review is announced for {clock.say_day(review.starts_on)}. {who_is_told(person)}")
            return redirect(_address(person, review), 303)
    return show(
        "plan_reviews/new.jinja", form, person=person, earliest=earliest, notice=settings.review_notice_days,
        window=settings.review_window_days, nobody=not is_somebody_there(person.id),
    )  # fmt: skip


@bp.get(_ONE, endpoint="show")
@requires(Permission.LOOK_AT_MONEY)
def one(person_ref: str, plan_review_ref: str) -> ResponseReturnValue:
    """One review: when, what it entails, and how it ended."""
    person = staff_person(person_ref)
    review = load(person, plan_review_ref)
    note_audit(person, Sight.REVIEW, f"the review of {clock.say_day(review.starts_on, year=True)}", review.id)
    return render_template(
        "plan_reviews/staff_show.jinja",
        person=person,
        review=review,
        opens=_opens(review),
        mine=review_queries.may_hold(current_actor(), review),
        nobody=not is_somebody_there(person.id),
        takes_over=review_queries.may_take_over(current_actor(), review),
        looks=any(key.ref == review.ref for key in keys.keys_of(current_actor(), person)),
        kinds=KIND_WORDS,
        risks=RISK_WORDS,
    )


@bp.post(f"{_ONE}/take-over")
@requires(Permission.HOLD_REVIEWS)
def take_over(person_ref: str, plan_review_ref: str) -> ResponseReturnValue:
    """Hold it instead of whoever announced it. The person's side is told."""
    person = staff_person(person_ref, Permission.HOLD_REVIEWS)
    review = reviews.take_over(current_actor(), load(person, plan_review_ref))
    flash(f"You hold this review now. {who_is_told(person)}")
    return redirect(_address(person, review), 303)


@bp.route(f"{_ONE}/move", methods=["GET", "POST"])
@requires(Permission.HOLD_REVIEWS)
def move(person_ref: str, plan_review_ref: str) -> ResponseReturnValue:
    """Put it on another day."""
    person = staff_person(person_ref, Permission.HOLD_REVIEWS)
    review = load(person, plan_review_ref)
    if not _is_mine(review):
        return redirect(_address(person, review), 303)
    form = MoveForm()
    if form.validate_on_submit() and form.starts_on.data:
        try:
            reviews.move(current_actor(), review, form.starts_on.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"The review is on {clock.say_day(form.starts_on.data)} now. {who_is_told(person)}")
            return redirect(_address(person, review), 303)
    settings = identity.settings_of(person.commissioner_id)
    return show(
        "plan_reviews/move.jinja",
        form,
        person=person,
        review=review,
        earliest=earliest_day(settings, clock.today(), review.starts_on),
    )


@bp.route(f"{_ONE}/outcome", methods=["GET", "POST"])
@requires(Permission.HOLD_REVIEWS)
def outcome(person_ref: str, plan_review_ref: str) -> ResponseReturnValue:
    """Write down what was agreed. That ends the review, and closes the key."""
    person = staff_person(person_ref, Permission.HOLD_REVIEWS)
    review = load(person, plan_review_ref)
    if not _is_mine(review):
        return redirect(_address(person, review), 303)
    settings, today = identity.settings_of(person.commissioner_id), clock.today()
    form = OutcomeForm(data={"next_on": add_months(today, months_until_next(settings, Risk.LOW))})
    if form.validate_on_submit() and form.next_on.data:
        try:
            written = OutcomeInput(form.agreed.data or "", Risk(form.risk.data), form.next_on.data)
            reviews.write_outcome(current_actor(), review, written)
        except InvalidError as error:
            form.take(error)
        else:
            flash("Written down. They can read it, and the transactions are closed again.")
            return redirect(_address(person, review), 303)
    hints = {risk.value: f"The next review within {months_until_next(settings, risk)} months" for risk in Risk}
    return show("plan_reviews/outcome.jinja", form, person=person, review=review, hints=hints)


@bp.route(f"{_ONE}/call-off", methods=["GET", "POST"])
@requires(Permission.HOLD_REVIEWS)
def call_off(person_ref: str, plan_review_ref: str) -> ResponseReturnValue:
    """Call it off, with the reason."""
    person = staff_person(person_ref, Permission.HOLD_REVIEWS)
    review = load(person, plan_review_ref)
    if not _is_mine(review):
        return redirect(_address(person, review), 303)
    form = CallOffForm()
    if form.validate_on_submit():
        reviews.call_off(current_actor(), review, form.why.data or "")
        flash(f"The review is called off. {who_is_told(person)}")
        return redirect(_address(person, review), 303)
    return show("plan_reviews/call_off.jinja", form, person=person, review=review)


def _is_mine(review: PlanReview) -> bool:
    return review.state is ReviewState.ANNOUNCED and review_queries.may_hold(current_actor(), review)


def _opens(review: PlanReview) -> str:
    """How a review stands today: to come, open, over; held or called off."""
    if review.state is not ReviewState.ANNOUNCED:
        return review.state.value
    today = clock.today()
    if today < review.starts_on:
        return "to_come"
    return "open" if today <= review.closes_on else "over"


def _address(person: Person, review: PlanReview) -> str:
    return url_for("staff_plan_reviews.show", person_ref=person.ref, plan_review_ref=review.ref)
