"""Everything that is held: asking for a copy, seeing how far it is, fetching it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotFoundError
from app.identity import consents
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.records import downloads
from app.records import queries as records
from app.records.rules import DOWNLOAD_DAYS
from app.web.context import current_actor, current_person
from app.web.marks import requires

bp = Blueprint("records", __name__)


@bp.get("/p/<person_ref>/records")
@requires(Permission.OWN_RECORDS)
def index() -> ResponseReturnValue:
    """What is held on a person, and the ways to get it, put it right, and say who may see it."""
    actor, person = current_actor(), current_person()
    return render_template(
        "records/index.jinja",
        downloads=downloads.downloads_of(actor, person),
        days=DOWNLOAD_DAYS,
        open_choices=sum(item.given is None for item in consents.standing_of(person.id)),
        settings=identity.settings_of(person.commissioner_id),
        gone_from=records.kept_until(person),
    )


@bp.post("/p/<person_ref>/records")
@requires(Permission.OWN_RECORDS, fresh=True)
def ask() -> ResponseReturnValue:
    """Ask for a copy of everything held on a person."""
    downloads.ask(current_actor(), current_person())
    return redirect(url_for("records.index"), 303)


@bp.get("/records")
@requires(Permission.SIGNED_IN)
def own() -> ResponseReturnValue:
    """What is held on one's own sign-in: for those with no budget too."""
    actor = current_actor()
    return render_template(
        "records/own.jinja",
        downloads=downloads.downloads_of(actor, None),
        days=DOWNLOAD_DAYS,
        budgets=[one for one in actor.grants if may(actor, Permission.OWN_RECORDS, PersonSubject(one.person_id))],
    )


@bp.post("/records")
@requires(Permission.SIGNED_IN, fresh=True)
def ask_own() -> ResponseReturnValue:
    """Ask for a copy of what one's own sign-in holds."""
    downloads.ask(current_actor(), None)
    return redirect(url_for("records.own"), 303)


@bp.get("/records/<download_ref>")
@requires(Permission.SIGNED_IN, fresh=True)
def fetch(download_ref: str) -> Response:
    """The file, for whoever asked for it."""
    found = downloads.open_download(current_actor(), download_ref)
    if not found.path.is_file():
        raise NotFoundError("That copy is not there any more. Ask for a new one.")
    response = send_file(
        found.path, mimetype="application/zip", as_attachment=True, download_name=found.name, etag=False, max_age=None
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
