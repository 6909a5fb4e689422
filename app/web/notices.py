"""Notices: what one was told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.approvals import queries as approvals
from app.core.words import tidy_ref
from app.identity.rules import Permission
from app.messages import queries, service
from app.messages.models import Notice
from app.messages.rules import About
from app.web.context import current_actor
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("notices", __name__)

#: Pages about a person: the endpoint, and what the thing on it is called in the address.
_ABOUT_A_PERSON = {
    About.PLAN_REVIEW: ("plan_reviews.show", "plan_review_ref"),
    About.STAFF_PLAN_REVIEW: ("staff_plan_reviews.show", "plan_review_ref"),
    About.CONCERN: ("looked.concern", "concern_ref"),
    About.STAFF_CONCERN: ("staff_concerns.show", "concern_ref"),
    About.REVIEW_DUE: ("staff_plan_reviews.index", ""),
    About.LOST_STEP: ("step_resets.acting", ""),
}


@bp.get("/notices")
@requires(Permission.SIGNED_IN)
def index() -> ResponseReturnValue:
    """One's own notices, newest first, those not read yet before the others."""
    page = queries.notices_of(current_actor(), page_number(request.args))
    return render_template(
        "notices/index.jinja",
        page=page,
        new=[notice for notice in page.rows if notice.read_at is None],
        read=[notice for notice in page.rows if notice.read_at is not None],
        closed=_closed(page.rows),
        address=_address,
    )


@bp.post("/notices/<notice_ref>")
@requires(Permission.SIGNED_IN)
def follow(notice_ref: str) -> ResponseReturnValue:
    """Read one, and go to what it is about."""
    notice = service.mark_read(current_actor(), tidy_ref(notice_ref))
    if notice.about_ref in _closed([notice]):
        flash("This was answered a while ago, so its page has closed.", "note")
        return redirect(url_for("notices.index"), 303)
    return redirect(_address(notice), 303)


@bp.post("/notices")
@requires(Permission.SIGNED_IN)
def mark_all() -> ResponseReturnValue:
    """Read them all."""
    service.mark_all_read(current_actor())
    flash("All your notices are marked as read.")
    return redirect(url_for("notices.index"), 303)


def _closed(notices: Sequence[Notice]) -> frozenset[str]:
    """The references of requests that a coordinator was told of and may not open any more."""
    refs = [notice.about_ref for notice in notices if notice.about is About.REQUEST]
    return approvals.closed_among(current_actor(), refs) if refs else frozenset()


def _address(notice: Notice) -> str:
    """Where the thing is that a notice tells about."""
    if notice.about is About.REQUEST:
        return url_for("queue.show", request_ref=notice.about_ref)
    if notice.about is About.ACCOUNT:
        return url_for("your_account.show")
    if notice.about is About.POLICY:
        return url_for("policy_drafts.show", draft_ref=notice.about_ref)
    if notice.about is About.STAFF_CONVERSATION:
        return url_for("staff_messages.show", conversation_ref=notice.about_ref)
    if notice.person is not None and notice.about in _ABOUT_A_PERSON:
        endpoint, name = _ABOUT_A_PERSON[notice.about]
        named: dict[str, Any] = {name: notice.about_ref} if name else {}
        return url_for(endpoint, person_ref=notice.person.ref, **named)
    if notice.person is not None and notice.about is About.MOVE:
        return url_for("moving.index", person_ref=notice.person.ref)
    if notice.person is not None and notice.about is About.BASKET:
        return url_for("basket.sent", person_ref=notice.person.ref, purchase_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.CONVERSATION:
        return url_for("messages.talk", person_ref=notice.person.ref, conversation_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.ACTING:
        return url_for("acting.index", person_ref=notice.person.ref)
    if notice.about is About.STAFF_ACTING:
        return url_for("staff_acting.index", person_ref=notice.about_ref)
    if notice.about is About.STAFF_LIFE:
        if notice.person is None:
            return url_for("staff_changes_move.handovers")
        return url_for(f"staff_changes_{notice.about_ref}.show", person_ref=notice.person.ref)
    if notice.person is not None and notice.about is About.LIFE:
        page = "sixteen" if notice.about_ref == "sixteen" else "index"
        return url_for(f"changes.{page}", person_ref=notice.person.ref)
    if notice.about is About.DOWNLOAD:
        if notice.person is None:
            return url_for("records.own")
        return url_for("records.index", person_ref=notice.person.ref)
    if notice.person is not None and notice.about is About.DETAILS:
        return url_for("details.show", person_ref=notice.person.ref)
    if notice.about is About.PROBLEM:
        return url_for("problems.show", problem_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.IDEA:
        return url_for("ideas.show", person_ref=notice.person.ref, idea_ref=notice.about_ref)
    if notice.about is About.ORDER:
        return url_for("provider_orders.follow", order_ref=notice.about_ref)
    if notice.about is About.PROVIDER_ENQUIRY:
        return url_for("provider_enquiries.follow", enquiry_ref=notice.about_ref)
    if notice.about is About.PROVIDER_REVIEW:
        return url_for("provider_reviews.follow", review_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.ENQUIRY:
        return url_for("enquiries.show", person_ref=notice.person.ref, enquiry_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.REVIEW:
        return url_for("reviews.show", person_ref=notice.person.ref, review_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.SUGGESTION:
        return url_for("suggestions.show", person_ref=notice.person.ref, suggestion_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.REGULAR:
        return url_for("regular.show", person_ref=notice.person.ref, regular_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.PURCHASE:
        return url_for("purchases.show", person_ref=notice.person.ref, purchase_ref=notice.about_ref)
    if notice.person is not None and notice.about is About.WATCH:
        return url_for("keeping.watch", person_ref=notice.person.ref, watch_ref=notice.about_ref)
    if notice.person is not None:
        return url_for("home.show", person_ref=notice.person.ref)
    return url_for("notices.index")
