"""What the browser asks a passkey: made here, kept in the signed cookie, answered once and soon."""

from __future__ import annotations

import time
from typing import Any

from flask import current_app, session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge

from app.core.errors import InvalidError, NotFoundError
from app.identity.rules import Actor
from app.signing_in import passkeys
from app.signing_in.passkeys import Place
from app.signing_in.rules import CHALLENGE_SECONDS

_COOKIE = "question"
TOO_LATE = "That took too long. Press the button once more."


def place_or_none() -> Place | None:
    """Where passkeys count; None where browsers make none (an address that is a number, or without TLS)."""
    return passkeys.place_of(current_app.config["SETTINGS"].base_url)


def here() -> Place:
    """Where passkeys count.

    :raises NotFoundError: when they do not work here.
    """
    place = place_or_none()
    if place is None:
        raise NotFoundError
    return place


def to_enter(actor: Actor | None = None) -> dict[str, Any] | None:
    """What is asked for a passkey to be used.

    :param actor: who is asked; None: whoever it is.
    :returns: None when passkeys do not work here, or when this account has none.
    """
    place = place_or_none()
    if place is None:
        return None
    asked = passkeys.asking_options(place, _ask(), actor.account_id if actor else None)
    return None if actor and not asked["allowCredentials"] else asked


def to_make(actor: Actor) -> dict[str, Any]:
    """What is asked for a passkey to be made."""
    return passkeys.making_options(actor, here(), _ask())


def taken() -> bytes:
    """The question that was asked in this browser; it is not asked again.

    :raises InvalidError: field ``passkey``, when there is none, or it is too old.
    """
    question, moment = session.pop(_COOKIE, ("", 0))
    if not question or moment < time.time() - CHALLENGE_SECONDS:
        raise InvalidError({"passkey": TOO_LATE})
    return base64url_to_bytes(question)


def _ask() -> bytes:
    """A new question; two tabs that are open together share one, as long as it is young."""
    question, moment = session.get(_COOKIE, ("", 0))
    if not question or moment < time.time() - CHALLENGE_SECONDS / 2:
        question, moment = bytes_to_base64url(generate_challenge()), int(time.time())
        session[_COOKIE] = (question, moment)
    return base64url_to_bytes(question)
