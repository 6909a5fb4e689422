"""Saying how it was: who bought and received writes, everybody reads, anybody may ask for another look."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField

from app.core.errors import InvalidError
from app.identity.rules import Permission
from app.marketplace import review_queries
from app.marketplace import reviews as service
from app.marketplace.models import Provider
from app.marketplace.review_models import Review
from app.marketplace.review_rules import CHANGE_DAYS, MAX_REASON, MAX_WORDS, STARS, say_stars
from app.messages import service as messages
from app.messages.rules import About
from app.purchases import queries as purchases
from app.purchases import reviewing
from app.purchases.models import Purchase
from app.web import forms
from app.web.access import safe_next
from app.web.context import current_actor, current_person, person_or_none
from app.web.forms import Form, NotTooLong, Required, choices
from app.web.marks import requires

bp = Blueprint("reviews", __name__)
bp.add_app_template_filter(say_stars, "stars")


class ReviewForm(Form):
    """How it was."""

    stars = RadioField(
        "How was it?",
        [Required("Choose how good it was")],
        choices=choices([(str(number), words) for number, words in STARS.items()]),
    )
    words = TextAreaField("Your words", [Required("Write a few words about how it was"), NotTooLong(MAX_WORDS)])


class ReportForm(Form):
    """What is wrong with a review."""

    why = TextAreaField("What is wrong with it?", [Required("Say what is wrong with it"), NotTooLong(MAX_REASON)])


@bp.route("/p/<person_ref>/purchases/<purchase_ref>/review", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def write(purchase_ref: str) -> ResponseReturnValue:
    """Write a review of what was bought, or change it."""
    purchase = purchases.purchase_for(current_actor(), current_person(), purchase_ref)
    found = reviewing.reviewing(current_actor(), purchase)
    own = found.own if found.may else None
    form = ReviewForm(data={"stars": str(own.stars), "words": own.words} if own else None)
    if form.validate_on_submit():
        try:
            made = reviewing.write_review(current_actor(), purchase, int(form.stars.data), form.words.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Thank you. Others can read it now." if made.is_shown else "Thank you. Somebody looks at it first.")
            return redirect(url_for("reviews.show", review_ref=made.ref), 303)
    elif request.method == "POST" and not found.may:
        reviewing.write_review(current_actor(), purchase, None, "")  # says why not
    return forms.show("reviews/write.jinja", form, purchase=purchase, found=found, days=CHANGE_DAYS)


@bp.get("/p/<person_ref>/reviews/<review_ref>")
@requires(Permission.VIEW_BUDGET)
def show(review_ref: str) -> ResponseReturnValue:
    """One's own review: who can read it, the reply, and what an officer said."""
    review = review_queries.review_for(current_actor(), current_person(), review_ref)
    messages.mark_read_about(current_actor(), About.REVIEW, review.ref)
    purchase = reviewing.bought(current_actor(), current_person(), review)
    may_change = reviewing.reviewing(current_actor(), purchase).may
    return render_template("reviews/show.jinja", review=review, purchase=purchase, may_change=may_change)


@bp.route("/reviews/<review_ref>/report", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def report(review_ref: str) -> ResponseReturnValue:
    """Ask an officer to look at a review."""
    review = review_queries.shown_review(current_actor(), review_ref)
    back = safe_next(request.args.get("next")) or url_for("people.start")
    form = ReportForm()
    if form.validate_on_submit():
        try:
            service.report(current_actor(), review.ref, form.why.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Thank you. Somebody will look at it.")
            return redirect(back, 303)
    return forms.show("reviews/report.jinja", form, review=review, back=back)


@bp.app_template_global()
def reviews_about(provider: Provider) -> list[Review]:
    """What this page's person may read of a provider."""
    person = person_or_none()
    return review_queries.reviews_of(provider, person.commissioner_id) if person else []


@bp.app_template_global()
def can_be_reviewed(provider: Provider) -> bool:
    """Whether this page's person reads and writes reviews of a provider at all."""
    person = person_or_none()
    return person is not None and review_queries.can_be_reviewed(provider, person.commissioner_id)


@bp.app_template_global()
def reviewing_of(purchase: Purchase) -> reviewing.Reviewing:
    """Whether the reader may say how a purchase was, and what they said."""
    return reviewing.reviewing(current_actor(), purchase)
