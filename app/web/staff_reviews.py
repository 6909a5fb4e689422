"""Reviews that need somebody's look: held back by their words, or reported. Who wrote one is not shown."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField

from app.core.errors import InvalidError, StateError
from app.identity.rules import Permission
from app.marketplace import review_queries, reviews
from app.marketplace.review_models import Review
from app.marketplace.review_rules import MAX_REASON, ReviewState
from app.web import forms
from app.web.auditing import can_change
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, choices
from app.web.marks import requires
from app.web.paging import page_number
from app.web.staff_scope import scope_of

bp = Blueprint("staff_reviews", __name__)


class DecideForm(Form):
    """Let people read it, or not; and why."""

    what = RadioField(
        "What is it about?", validate_choice=False, choices=choices({"review": "The review", "reply": "The reply"})
    )
    answer = RadioField(
        "Can people read it?",
        [Required("Choose whether people can read it")],
        choices=choices({"show": "Yes", "hide": "No, hide it"}),
    )
    reason = TextAreaField("Why?", [Required("Say why. Both sides read it"), NotTooLong(MAX_REASON)])


@bp.get("/staff/reviews")
@requires(Permission.LOOK_AFTER_MARKET, audited=True)
def index() -> ResponseReturnValue:
    """What waits for a look; or, with ``?show=decided``, what was decided."""
    scope = scope_of(Permission.LOOK_AFTER_MARKET, reading=True)
    decided = request.args.get("show") == "decided"
    page = review_queries.waiting(current_actor(), scope.place.id, page_number(request.args), decided=decided)
    return render_template("staff_reviews/index.jinja", scope=scope, page=page, decided=decided)


@bp.route("/staff/reviews/<review_ref>", methods=["GET", "POST"])
@requires(Permission.LOOK_AFTER_MARKET, audited=True)
def decide(review_ref: str) -> ResponseReturnValue:
    """One review with why it is here, and the decision."""
    review = review_queries.to_look_at(current_actor(), review_ref, reading=request.method == "GET")
    form = DecideForm(data={"what": _begin_with(review)})
    if form.validate_on_submit():
        shows, of_reply = form.answer.data == "show", form.what.data == "reply"
        try:
            reviews.decide(
                current_actor(),
                review.ref,
                show=shows,
                reason=form.reason.data or "",
                of_reply=of_reply,
                as_read=request.form.get("as_read"),
            )
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash("People can read it. Both sides were told." if shows else "It is hidden. Both sides were told.")
            return redirect(url_for("staff_reviews.index"), 303)
    return forms.show(
        "staff_reviews/decide.jinja",
        form,
        review=review,
        reports=review_queries.reports_of(review),
        can_change=can_change(Permission.LOOK_AFTER_MARKET, review.commissioner_id),
    )


def _begin_with(review: Review) -> str:
    """Whichever of the two waits."""
    only_reply = review.reply_state is ReviewState.HELD and review.state is not ReviewState.HELD
    return "reply" if only_reply and review.reported_at is None else "review"
