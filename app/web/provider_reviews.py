"""What people say of a provider, and its right of reply."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.core.errors import InvalidError
from app.identity.rules import Permission
from app.marketplace import review_queries, reviews
from app.marketplace.review_rules import MAX_WORDS
from app.messages import service as messages
from app.messages.rules import About
from app.web import forms
from app.web.context import current_actor, current_provider
from app.web.forms import Form, NotTooLong, Required
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("provider_reviews", __name__)


class ReplyForm(Form):
    """The provider's words to a review."""

    words = TextAreaField("Your reply", [Required("Write your reply"), NotTooLong(MAX_WORDS)])


@bp.get("/provider/<provider_ref>/reviews")
@requires(Permission.KEEP_LISTINGS)
def index() -> ResponseReturnValue:
    """Every review that they may read, newest first."""
    provider = current_provider()
    page = review_queries.reviews_for_provider(current_actor(), provider, page_number(request.args))
    return render_template("provider_reviews/index.jinja", provider=provider, page=page)


@bp.get("/provider-reviews/<review_ref>")
@requires(Permission.KEEP_LISTINGS)
def follow(review_ref: str) -> ResponseReturnValue:
    """A notice's way to a review of one of one's providers."""
    provider = review_queries.provider_of_review(current_actor(), review_ref)
    return redirect(url_for("provider_reviews.reply", provider_ref=provider.ref, review_ref=review_ref), 303)


@bp.route("/provider/<provider_ref>/reviews/<review_ref>", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def reply(review_ref: str) -> ResponseReturnValue:
    """Read one, and reply once; the reply may be changed."""
    provider = current_provider()
    review = review_queries.review_of(current_actor(), provider, review_ref)
    messages.mark_read_about(current_actor(), About.PROVIDER_REVIEW, review.ref)
    form = ReplyForm(data={"words": review.reply} if review.reply else None)
    if form.validate_on_submit():
        try:
            made = reviews.reply(current_actor(), provider, review.ref, form.words.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            shown = made.reply_state == "shown"
            flash("People can read your reply." if shown else "Somebody looks at your reply before people can read it.")
            return redirect(url_for("provider_reviews.index"), 303)
    return forms.show("provider_reviews/reply.jinja", form, provider=provider, review=review)
