"""The demonstration as a scanner meets it: ``gunicorn 'tests.scan.serving:serve()'``.

Three things differ from the real one, so that scanners get further in than an attacker would: a form may be sent again
and again (its hidden id is made new), no token against forgery is asked for (other tests prove that it is), and there
are two planted holes. A run that does not find those found nothing because it saw nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import create_app
from app.core.db import db

PLANTED = "/0-planted"  # wapiti goes by the alphabet: whatever the clock cuts off, it has been here
_FORM_ID = re.compile(rb"form_id=[0-9a-f-]*")
_Answer = Iterable[bytes]


def serve() -> Callable[..., Any]:
    """The application with its holes."""
    app = create_app(overrides={"WTF_CSRF_ENABLED": False})
    return fresh_form_ids(DispatcherMiddleware(app, {PLANTED: _planted(app)}))


def fresh_form_ids(app: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Give every form that is sent a hidden id of its own."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> _Answer:
        if environ["REQUEST_METHOD"] == "POST" and "urlencoded" in environ.get("CONTENT_TYPE", ""):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            body = _FORM_ID.sub(b"form_id=" + str(uuid4()).encode(), body)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return app(environ, start)

    return answer


def _planted(app: Flask) -> Callable[..., _Answer]:
    """A page that says again what it is sent, and one that puts it into SQL."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> _Answer:
        asked = parse_qs(environ.get("QUERY_STRING", ""))
        word = asked.get("word", [""])[0]
        page = f"<p>You said {word}</p>" if environ["PATH_INFO"] == "/said" else _looked_up(app, asked)
        links = f'<a href="{PLANTED}/said?word=hello">Say</a> <a href="{PLANTED}/looked?name=Sam">Look</a>'
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f"<!doctype html><html><body>{links}{page}</body></html>".encode()]

    return answer


def _looked_up(app: Flask, asked: dict[str, list[str]]) -> str:
    name = asked.get("name", [""])[0]
    with app.app_context():
        try:
            found = db.session.execute(
                sa.text(f"SELECT name FROM account WHERE name LIKE '{name}%'".replace(":", "\\:"))
            )
            return "".join(f"<p>{row.name}</p>" for row in found)
        except sa.exc.SQLAlchemyError as error:
            return f"<p>{error}</p>"
        finally:
            db.session.rollback()
