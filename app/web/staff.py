"""Where staff begin: what they can do here, how much waits, and who holds which role."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.identity import queries as identity
from app.identity import safeguarding
from app.identity.models import StaffPost
from app.identity.rules import CommissionerSubject, Permission, StaffRole, may
from app.web import words
from app.web.context import current_actor
from app.web.marks import requires
from app.web.staff_cards import cards_for
from app.web.staff_scope import scope_of

bp = Blueprint("staff", __name__)


@bp.get("/staff/")
@requires(Permission.READ_POLICY)  # every post has it
def home() -> ResponseReturnValue:
    """Cards for everything the reader's posts let them do, or read."""
    return render_template("staff/home.jinja", cards=cards_for(current_actor()), posts=_posts())


def _posts() -> list[str]:
    names: dict[str, list[str]] = {}
    for post in current_actor().posts:
        names.setdefault(post.commissioner_name, []).append(words.QUALITIES[post.role.value])
    return [f"{words.and_list(roles)} at {name}" for name, roles in names.items()]


@bp.get("/staff/team")
@requires(Permission.MANAGE_STAFF)
def people() -> ResponseReturnValue:
    """Who holds which role in a commissioner, and who held it."""
    scope = scope_of(Permission.MANAGE_STAFF)
    today = clock.today()
    posts = identity.staff_of(current_actor(), scope.place.id)
    return render_template(
        "staff/people.jinja",
        scope=scope,
        roles=[(words.ROLES[role], [p for p in posts if p.role is role and _is_now(p, today)]) for role in words.ROLES],
        past=[post for post in posts if not _is_now(post, today)],
        role_words=words.QUALITIES,
        may_name=may(current_actor(), Permission.NAME_SAFEGUARDING, CommissionerSubject(scope.place.id)),
        can_be_named=[post for post in posts if post.role in safeguarding.ROLES and _is_now(post, today)],
        helps=scope.place.id in current_actor().posts_with(StaffRole.ADMIN),
    )


def _is_now(post: StaffPost, today: date) -> bool:
    return post.starts_on <= today and (post.ends_on is None or post.ends_on >= today)
