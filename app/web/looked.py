"""Who has looked: what staff opened of a person's, when, and by what right; and the concerns they were told of."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.identity import queries as identity
from app.identity.rules import Permission
from app.stewardship import concern_queries, openings
from app.web import words
from app.web.context import current_actor, current_person
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("looked", __name__)


@bp.get("/p/<person_ref>/looked")
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """Everything that was opened, by day, the newest first."""
    actor, person = current_actor(), current_person()
    page = openings.shown_to(actor, person, page_number(request.args))
    return render_template(
        "looked/index.jinja",
        page=page,
        days=[(day, list(rows)) for day, rows in groupby(page.rows, key=lambda row: row.day)],
        concerns=concern_queries.told_concerns(actor, person),
        coordinator=identity.coordinator_of(person.id),
        qualities=words.QUALITIES,
    )


@bp.get("/p/<person_ref>/concerns/<concern_ref>")
@requires(Permission.VIEW_BUDGET)
def concern(concern_ref: str) -> ResponseReturnValue:
    """A concern that the person's side was told of: who, since when, until when, and what we tell them."""
    actor, person = current_actor(), current_person()
    found = concern_queries.told_concern(actor, person, concern_ref)
    return render_template(
        "looked/concern.jinja",
        concern=found,
        later=found.told_at is not None and clock.london(found.told_at).date() > clock.london(found.recorded_at).date(),
    )


@bp.app_template_global()
def sees_who_looked() -> bool:
    """Whether the reader is of the person's own side, and so reads who has looked."""
    return openings.is_own_side(current_actor(), current_person())
