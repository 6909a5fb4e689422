"""Help, privacy, accessibility: the same for everyone, signed in or not."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from app.web.marks import public

bp = Blueprint("information", __name__)


@bp.get("/help")
@public
def help() -> str:  # the page's name; the builtin is not used in this module
    """How it works, in short."""
    return render_template("information/help.jinja")


@bp.get("/privacy")
@public
def privacy() -> str:
    """Who sees what."""
    return render_template("information/privacy.jinja")


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("information/accessibility.jinja")


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
