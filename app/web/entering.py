"""Coming in: a new cookie, the browser's own mark, and a word to the account when it is new."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, current_app, make_response, redirect, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from app.identity import sessions
from app.identity.devices import device_words
from app.identity.models import Account
from app.identity.sessions import Browser
from app.signing_in.telling import tell
from app.web.access import TOKEN, safe_next

#: As long as browsers keep a cookie at most.
_KEPT = timedelta(days=400)


def browser() -> Browser:
    """What asks: its name, and the mark that we gave it the last time, or a new one.

    The mark says only whether this account was used here before. Nothing else about the browser is looked at.
    """
    return Browser(request.user_agent.string, _known_mark() or secrets.token_urlsafe(24))


def come_in(account: Account, token: str, seen: Browser, target: str | None) -> Response:
    """Let somebody in who has shown who they are.

    :param token: of the session that was opened for them.
    :param seen: the browser for which it was opened.
    :param target: where they wanted to go.
    """
    # a new cookie: whatever somebody planted in the old one is gone
    session.clear()
    session[TOKEN] = token
    if sessions.is_new_device(token):
        tell(account, f"You signed in on a new device: {device_words(seen.user_agent)}.")
    answer = make_response(redirect(safe_next(target) or url_for("people.start"), 303))
    answer.set_cookie(
        _cookie_name(),
        _signer().dumps(seen.device),
        max_age=_KEPT,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _cookie_name() -> str:
    return "__Host-carepurse-device" if current_app.config["SESSION_COOKIE_SECURE"] else "carepurse-device"


def _known_mark() -> str:
    try:
        return str(_signer().loads(request.cookies.get(_cookie_name(), "")))
    except BadSignature:
        return ""


def _signer() -> URLSafeSerializer:
    config = current_app.config
    # the library signs with the last and takes all
    keys = [*reversed(config.get("SECRET_KEY_FALLBACKS") or ()), config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="carepurse device")
