"""Who comes in: default deny, sign-in, and whose page it is."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.core.errors import NotAllowedError, NotFoundError
from app.identity import queries as identity
from app.identity import sessions
from app.identity.rules import Permission, PersonSubject, ProviderSubject, may
from app.marketplace import queries as marketplace
from app.web.context import actor_or_none
from app.web.marks import is_marked, mark_of

#: In the cookie: the session's token; that the session ended by itself.
TOKEN, ENDED = "token", "ended"
_PER_REQUEST = (
    *("actor", "sign_in", "step", "person", "person_ref", "provider", "provider_ref"),
    *("unread", "plain_header", "keep_writes", "leaving"),
)
_PERSON_RIGHTS = frozenset(
    {
        Permission.VIEW_BUDGET,
        Permission.PREPARE_PURCHASE,
        Permission.BUY,
        Permission.CONFIRM_PURCHASE,
        Permission.READ_MESSAGES,
        Permission.INVITE_NOMINEE,
        Permission.INVITE_BROKER,
    }
)
_REFUSALS = {
    Permission.PREPARE_PURCHASE: "You can look at this budget, but you cannot ask to buy from it.",
    Permission.BUY: "You can see this budget, but you cannot buy from it.",
    Permission.CONFIRM_PURCHASE: "Only the person, or someone who decides for them, can say yes to this.",
    Permission.READ_MESSAGES: "You were not asked to read messages here.",
    Permission.INVITE_NOMINEE: "Only the person chooses who manages the money for them.",
    Permission.INVITE_BROKER: "Only the person, or someone who decides for them, can ask somebody to help.",
}


def init_app(app: Flask) -> None:
    """Put the doorkeeper before every view."""
    app.url_value_preprocessor(_take_refs)
    app.url_defaults(_keep_refs)
    app.before_request(_guard)


def _take_refs(endpoint: str | None, values: dict[str, object] | None) -> None:
    """The person's and the provider's reference are the shell's business: views find who they name in the context."""
    for name in _PER_REQUEST:  # a test, or a command, may ask for several pages within one application context
        g.pop(name, None)
    if not values or request.url_rule is None:
        return
    if request.url_rule.rule.startswith("/p/<"):
        g.person_ref = values.pop("person_ref")
    elif request.url_rule.rule.startswith("/provider/<"):
        g.provider_ref = values.pop("provider_ref")


def _keep_refs(endpoint: str, values: dict[str, object]) -> None:
    """Links on a person's page stay with that person unless they name another."""
    for name in ("person_ref", "provider_ref"):
        if name not in values and name in g and current_app.url_map.is_endpoint_expecting(endpoint, name):
            values[name] = g.get(name)


def _guard() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: the routing error is raised after this
    view = current_app.view_functions[request.endpoint]
    if not is_marked(view):
        current_app.logger.error("endpoint %s has no marker", request.endpoint)
        raise NotAllowedError("This page is not open to anyone yet.")
    if any("\0" in value for value in (request.view_args or {}).values() if isinstance(value, str)):
        raise NotFoundError
    if request.endpoint != "assets.file":
        _recognise()
    permission = mark_of(view)
    if permission is None:
        return None
    if actor_or_none() is None:
        return _to_sign_in()
    if "person_ref" in g:
        _enter_person(permission)
    elif "provider_ref" in g:
        _enter_provider()
    elif not may(g.actor, permission):
        raise NotAllowedError("This page is for people with another role.")
    return None


def _recognise() -> None:
    """Find out who is signed in, once a request."""
    token = session.get(TOKEN)
    if not token:
        return
    signed_in = sessions.open_session_of(token, idle_time())
    if signed_in is None:
        # idle too long, or signed out everywhere: say so on the next page, whichever it is
        session.clear()
        session[ENDED] = True
        return
    if signed_in.stale:
        sessions.touch(token)
    account = signed_in.account
    g.sign_in = signed_in
    g.actor = identity.load_actor(account, marketplace.provider_ids_of(account.id))


def idle_time() -> timedelta:
    """How long somebody stays signed in without asking for a page."""
    return timedelta(minutes=current_app.config["SETTINGS"].idle_minutes)


def _to_sign_in() -> Response:
    """Ask who it is, and come back afterwards: to the page itself, or the one its form was on."""
    back = request.full_path.rstrip("?")
    if request.method not in {"GET", "HEAD"}:
        referrer = urlsplit(request.referrer or "")
        back = f"{referrer.path}?{referrer.query}".rstrip("?") if referrer.netloc == request.host else ""
    return redirect(url_for("account.sign_in", next=safe_next(back) or None), 303)


def _enter_person(permission: Permission) -> None:
    """Only people the actor may act for exist; what may be done there is a question of its own."""
    person = identity.person_for(g.actor, _plain(g.person_ref), Permission.VIEW_BUDGET)
    g.person = person
    if permission in _PERSON_RIGHTS and not may(g.actor, permission, PersonSubject(person.id)):
        raise NotAllowedError(_REFUSALS[permission])


def _enter_provider() -> None:
    provider = marketplace.provider(_plain(g.provider_ref))
    if not may(g.actor, Permission.KEEP_LISTINGS, ProviderSubject(provider.id)):
        raise NotFoundError
    g.provider = provider


def _plain(ref: object) -> str:
    """A reference that could be one of ours (the database refuses NUL before it compares)."""
    text = str(ref)
    if "\0" in text:
        raise NotFoundError
    return text


def safe_next(target: str | None) -> str:
    """A path on this site to go back to, or nothing.

    :param target: what the address says; anything at all.
    :returns: the path with its query, or ``""`` when it could lead elsewhere.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return ""
    if "\\" in target or any(ord(letter) < 33 or ord(letter) == 127 for letter in target):
        return ""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.path in {"/sign-in", "/sign-out", "/signed-out"}:
        return ""
    return target
