"""Help, privacy, accessibility: the same for everyone, signed in or not."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from sqlalchemy import select

from app.core.db import db
from app.identity.models import Commissioner
from app.identity.settings import CommissionerSettings
from app.web.context import actor_or_none
from app.web.marks import public

bp = Blueprint("information", __name__)

_PLACES = 50


@bp.get("/help")
@public
def help() -> str:  # the page's name; the builtin is not used in this module
    """How it works, in short."""
    return render_template("information/help.jinja")


@bp.get("/privacy")
@public
def privacy() -> str:
    """Who holds what, why, for how long, and one's rights: with the times that are in force."""
    return render_template("information/privacy.jinja", places=_places())


def _places() -> list[tuple[str, CommissionerSettings]]:
    """The reader's own commissioners with their settings; for a stranger all of them."""
    actor = actor_or_none()
    own = {grant.commissioner_id for grant in actor.grants} if actor else set()
    own |= {post.commissioner_id for post in actor.posts} if actor else set()
    query = select(Commissioner).order_by(Commissioner.name)
    rows = db.session.scalars(query.where(Commissioner.id.in_(own)) if own else query.limit(_PLACES))
    return [(row.name, CommissionerSettings.read(row.settings)) for row in rows]


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
