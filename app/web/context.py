"""Who asks, for whom: what the shell found out before the view began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from app.core.errors import NotAllowedError, NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, Grant
from app.identity.sessions import OpenSession

if TYPE_CHECKING:
    from app.marketplace.models import Provider


def actor_or_none() -> Actor | None:
    """Whoever is signed in; None on a public page read by a stranger."""
    actor: Actor | None = g.get("actor")
    return actor


def current_actor() -> Actor:
    """Whoever is signed in.

    :raises NotAllowedError: when nobody is (a public view asked by mistake).
    """
    actor = actor_or_none()
    if actor is None:
        raise NotAllowedError("Sign in to see this page.")
    return actor


def sign_in_or_none() -> OpenSession | None:
    """The sign-in by which they came: how it was proven, and when they last showed who they are."""
    found: OpenSession | None = g.get("sign_in")
    return found


def current_sign_in() -> OpenSession:
    """The sign-in by which they came.

    :raises NotAllowedError: when nobody is signed in (a public view asked by mistake).
    """
    found = sign_in_or_none()
    if found is None:
        raise NotAllowedError("Sign in to see this page.")
    return found


def person_or_none() -> Person | None:
    """The person whose money this page is about, if it is about one."""
    person: Person | None = g.get("person")
    return person


def current_person() -> Person:
    """The person whose money the address names (``/p/<person_ref>/…``).

    :raises NotFoundError: when the address names none.
    """
    person = person_or_none()
    if person is None:
        raise NotFoundError
    return person


def acting_grant() -> Grant | None:
    """The authority by which the actor is on this person's page."""
    actor, person = actor_or_none(), person_or_none()
    return actor.grant_for(person.id) if actor and person else None


def current_provider() -> Provider:
    """The provider the address names (``/provider/<provider_ref>/…``).

    :raises NotFoundError: when the address names none.
    """
    provider: Provider | None = g.get("provider")
    if provider is None:
        raise NotFoundError
    return provider
