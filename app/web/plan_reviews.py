"""Reviews of money and plan together, as the person's own side reads them: when, what it entails, what was agreed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.core import clock
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.stewardship import openings, review_queries, reviews
from app.stewardship.gate_models import PlanReview
from app.stewardship.review_rules import KIND_WORDS, MAX_WHAT, ReviewState
from app.web.context import current_actor, current_person
from app.web.forms import Form, NotTooLong, Required, show
from app.web.marks import requires

bp = Blueprint("plan_reviews", __name__)
_ALL = "/p/<person_ref>/plan/reviews"
_ONE = f"{_ALL}/<plan_review_ref>"


class WishForm(Form):
    """Which days suit better."""

    wish = TextAreaField("Which days suit you?", [Required("Say which days suit you"), NotTooLong(MAX_WHAT)])


@bp.get(_ALL)
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """The next review, and those before."""
    actor, person = current_actor(), current_person()
    found = review_queries.reviews_of(actor, person)
    return render_template(
        "plan_reviews/index.jinja",
        announced=[one for one in found if one.state is ReviewState.ANNOUNCED],
        before=[one for one in found if one.state is not ReviewState.ANNOUNCED],
        next_due=review_queries.next_due(person),
        coordinator=identity.coordinator_of(person.id),
        kinds=KIND_WORDS,
    )


@bp.get(_ONE, endpoint="show")
@requires(Permission.VIEW_BUDGET)
def one(plan_review_ref: str) -> ResponseReturnValue:
    """One review."""
    actor, person = current_actor(), current_person()
    review = review_queries.review_for(actor, person, plan_review_ref)
    return render_template("plan_reviews/show.jinja", review=review, kinds=KIND_WORDS, can_ask=_can_ask(review))


@bp.route(f"{_ONE}/another-day", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def another_day(plan_review_ref: str) -> ResponseReturnValue:
    """Ask for another day."""
    actor, person = current_actor(), current_person()
    review = review_queries.review_for(actor, person, plan_review_ref)
    if not _can_ask(review):
        return redirect(url_for("plan_reviews.show", plan_review_ref=review.ref), 303)
    form = WishForm()
    if form.validate_on_submit():
        reviews.ask_another_day(actor, review, form.wish.data or "")
        flash(f"We told {review.holder.name}. You will read here when the day changes.")
        return redirect(url_for("plan_reviews.show", plan_review_ref=review.ref), 303)
    return show("plan_reviews/another_day.jinja", form, review=review)


def _can_ask(review: PlanReview) -> bool:
    to_come = review.state is ReviewState.ANNOUNCED and review.starts_on > clock.today()
    return to_come and may(current_actor(), Permission.PREPARE_PURCHASE, PersonSubject(review.person_id))


@bp.app_template_global()
def next_review() -> PlanReview | None:
    """The review that is announced for the person this page is about, for their own side."""
    if not openings.is_own_side(current_actor(), current_person()):
        return None
    return review_queries.announced_for(current_person().id)
