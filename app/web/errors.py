"""What goes wrong, as kind pages. None of them asks the database for anything."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.db import db
from app.core.errors import (
    CarePurseError,
    InsufficientFundsError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StateError,
)
from app.identity import service as identity
from app.web.context import actor_or_none
from app.web.writes import sqlstate

Answer = tuple[str, int]
_STATUS: dict[type[CarePurseError], int] = {
    NotAllowedError: 403,
    NotFoundError: 404,
    StateError: 409,
    InvalidError: 400,
    InsufficientFundsError: 409,
}
_TITLES = {
    400: "We could not use what was sent",
    403: "You cannot open this page",
    404: "We cannot find that page",
    405: "That did not work",
    409: "This has changed",
    413: "That file is too big",
    429: "Too many tries",
    500: "Sorry, something went wrong",
    503: "CarePurse is busy",
}
_SENTENCES = {
    400: "Go back and try again. If it keeps happening, tell us what you were doing.",
    403: "You are signed in, but this page is for somebody else.",
    404: "Check the address. If you followed a link to it, the page may have moved.",
    405: "This page cannot be opened like that. Go back to your start page and try again.",
    413: "Files can be up to 10 MB. A smaller photo, or a PDF, will work. Go back and choose another.",
    429: "Wait a little while, then try again.",
    500: "Nothing you sent was half done: it was either kept whole or not at all. Try again in a few minutes.",
    503: "Nothing was changed. Wait a minute, then try again.",
}
#: Lock not available, cancelled for time, too many connections, server stopping: it will work again in a moment.
_BUSY = frozenset({"40P01", "40001", "55P03", "57014", "53300", "57P01", "57P02", "57P03"})


def init_app(app: Flask) -> None:
    """Register a page for everything that can go wrong."""
    app.register_error_handler(CarePurseError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(SQLAlchemyError, _database)


def page(status: int, sentence: str = "", title: str = "") -> Answer:
    """An error page with the plain header."""
    g.plain_header = True
    return (
        render_template(
            "errors/error.jinja",
            title=title or _TITLES.get(status, _TITLES[400 if status < 500 else 500]),
            sentence=sentence or _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500]),
            status=status,
        ),
        status,
    )


def _refused(error: CarePurseError) -> Answer:
    db.session.rollback()
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    if isinstance(error, NotFoundError):
        _note_refused()
        return page(404)
    return page(status, error.sentence, "There is not enough money for this" if _is_funds(error) else "")


def _is_funds(error: CarePurseError) -> bool:
    return isinstance(error, InsufficientFundsError)


def _note_refused() -> None:
    """Somebody asked for what is not theirs (or does not exist: that looks the same). Kept in the audit."""
    actor = actor_or_none()
    if actor is None:
        return
    try:
        identity.note_refused(actor, request.path.replace("\0", ""), str(g.get("person_ref", "")))
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        current_app.logger.exception("a refusal could not be noted")


def _stale_form(error: CSRFError) -> Answer:
    db.session.rollback()
    current_app.logger.warning("a form that is forged or too old was refused at %s", request.endpoint)
    return page(
        400,
        "It was open for a long time, or you signed out in another tab. Nothing was changed. "
        "Go back, load the page again, and send it once more.",
        "This form is too old",
    )


def _http(error: HTTPException) -> Answer | Response | HTTPException:
    if isinstance(error, SecurityError):
        # a name that is not ours: no page is made, as its links would be of that name
        return Response("CarePurse does not answer under this name.\n", 400, mimetype="text/plain")
    status = error.code or 500
    if status < 400:
        return error  # a redirect of the router's
    if status == 413:
        _drain()
    if status >= 500:
        _forget_transaction()
    return page(status)


def _drain() -> None:
    """Read the rest of an upload that is too big: a browser whose sending is cut off shows its own error, not ours."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, 64 * 1024 * 1024)
    try:
        while left > 0 and (chunk := stream.read(min(left, 1 << 16))):
            left -= len(chunk)
    except OSError:
        return


def _unreadable(error: DataError) -> Answer:
    """A number too large for its column, a letter PostgreSQL does not keep: theirs to mend, and nothing was written."""
    db.session.rollback()
    current_app.logger.warning("unusable value: %s", error.orig)
    return page(400)


def _database(error: SQLAlchemyError) -> Answer:
    _forget_transaction()
    busy = isinstance(error, PoolTimeout)
    if isinstance(error, DBAPIError):
        busy = sqlstate(error) in _BUSY or error.connection_invalidated or not sqlstate(error)
    current_app.logger.error("database: %s", error, exc_info=error)
    if current_app.testing and not busy:
        raise error
    if isinstance(error, IntegrityError):
        # a constraint stood in the way of two that wrote at once: the second looks again
        return page(
            409, "Somebody changed this at the same moment. Nothing of yours was written. Go back and look again."
        )
    return page(503 if busy else 500)


def _forget_transaction() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.invalidate()
