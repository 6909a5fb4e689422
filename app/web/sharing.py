"""Who gets what of a person's life, as it is, and what they choose of it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity import consents
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.records import queries
from app.stewardship import concern_queries, review_queries
from app.stewardship.gate_rules import ConcernState
from app.web import words
from app.web.context import current_actor, current_person
from app.web.marks import requires

bp = Blueprint("sharing", __name__)


@bp.get("/p/<person_ref>/sharing")
@requires(Permission.OWN_RECORDS)
def show() -> ResponseReturnValue:
    """Who gets what, and the choices."""
    actor, person = current_actor(), current_person()
    concerns = concern_queries.told_concerns(actor, person)
    return render_template(
        "sharing/show.jinja",
        sharing=queries.sharing_of(actor, person),
        review=review_queries.announced_for(person.id),
        concerns=[one for one in concerns if one.state is ConcernState.OPEN],
        notice=identity.settings_of(person.commissioner_id).review_notice_days,
        choices=consents.standing_of(person.id),
        history=consents.history_of(person.id),
        wordings=consents.WORDINGS,
        qualities=words.QUALITIES,
        funders=words.FUNDERS,
        decides=may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)),
    )


@bp.post("/p/<person_ref>/sharing")
@requires(Permission.OWN_RECORDS)
def choose() -> ResponseReturnValue:
    """Say yes or no to one thing."""
    given = request.form.get("given") == "yes"
    made = consents.choose(current_actor(), current_person(), request.form.get("choice", ""), given)
    if made is not None:
        flash("Noted: yes." if given else "Noted: no.")
    return redirect(url_for("sharing.show"), 303)
