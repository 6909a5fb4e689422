"""Writing: one POST, one transaction, once.

Services never commit. The shell does, after the view: a GET that answered, or a POST that answered with a redirect
(or 204), is kept; anything else, and any exception, is undone. A POST that shows its form again has therefore
written nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, g, make_response, redirect, request, session
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as BaseResponse

from app.core.db import db
from app.identity import forms
from app.web.context import actor_or_none

FORM_ID = "form_id"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ATTEMPTS = 3
#: Deadlock and serialization failure: nothing was written, the same request may simply be tried again.
_TRY_AGAIN = frozenset({"40P01", "40001"})


def init_app(app: Flask) -> None:
    """Wrap every view registered so far in a transaction."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = in_one_transaction(view)


def keep_writes() -> None:
    """Keep what this request wrote although it answers with an error (a failed sign-in is counted)."""
    g.keep_writes = True


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's code for what went wrong, or an empty text."""
    return getattr(error.orig, "sqlstate", None) or ""


def in_one_transaction(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a view in one transaction, again when the database says that it lost a race for a lock."""

    @wraps(view)
    def run(**values: Any) -> BaseResponse:
        before = dict(session)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _once(view, values)
            except DBAPIError as error:
                db.session.rollback()
                if sqlstate(error) not in _TRY_AGAIN or attempt == _ATTEMPTS:
                    raise
                current_app.logger.warning("trying %s again after %s", request.endpoint, sqlstate(error))
                _start_over(before)
            except BaseException:
                db.session.rollback()
                raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    return run


def _once(view: Callable[..., Any], values: dict[str, Any]) -> BaseResponse:
    if request.method in _SAFE:
        response = make_response(view(**values))
        return _finish(response, response.status_code < 400)
    key = _form_id()
    actor = actor_or_none()
    guarded = key is not None and actor is not None and not actor.is_system
    if guarded and key and actor:
        location = forms.claim(actor, key, _body_hash())
        if location:
            return redirect(location, 303)  # sent twice: the answer is the same, nothing is done again
    response = make_response(view(**values))
    good = 300 <= response.status_code < 400 or response.status_code == 204
    if guarded and key:
        if good:
            forms.finish(key, response.location or request.path)
        elif g.get("keep_writes"):
            forms.let_go(key)
    return _finish(response, good)


def _finish(response: Response, good: bool) -> Response:
    if good or g.get("keep_writes"):
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _start_over(before: dict[str, Any]) -> None:
    session.clear()
    session.update(before)
    for _, file in request.files.items(multi=True):
        file.seek(0)


def _form_id() -> UUID | None:
    try:
        return UUID(request.form[FORM_ID])
    except (KeyError, ValueError):
        return None


def _body_hash() -> str:
    """What the form says, in short; the tokens in it do not count."""
    digest = hashlib.sha256(request.path.encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name not in {FORM_ID, "csrf_token"}:
            digest.update(f"\0{name}\0{value}".encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        digest.update(f"\0{name}\0{file.filename}\0".encode())
        while chunk := file.read(1 << 16):
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()
