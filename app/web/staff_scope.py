"""Whose work a staff page is about: one commissioner at a time, and only those where the reader has a post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Commissioner
from app.identity.rules import CommissionerSubject, Permission, may, may_read
from app.web.context import current_actor


@dataclass(frozen=True, slots=True)
class Place:
    """A commissioner in which the reader has a right."""

    id: UUID
    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The commissioner a page is about, and the others it could be about."""

    place: Place
    places: tuple[Place, ...]
    can_change: bool = True  # an auditor only reads

    @property
    def query(self) -> dict[str, Any]:
        """What links to the same commissioner carry: nothing while there is only one."""
        return {"in": self.place.ref} if len(self.places) > 1 else {}


def places_with(permission: Permission, *, reading: bool = False) -> tuple[Place, ...]:
    """The commissioners in which the reader has a right, in the order of their posts.

    :param reading: those that they audit are among them.
    """
    actor, asks = current_actor(), may_read if reading else may
    ids = dict.fromkeys(post.commissioner_id for post in actor.posts)
    found = [key for key in ids if asks(actor, permission, CommissionerSubject(key))]
    rows = [db.session.get_one(Commissioner, key) for key in found]
    return tuple(Place(row.id, row.ref, row.name) for row in rows)


def scope_of(permission: Permission, asked: str | None = None, *, reading: bool = False) -> Scope:
    """The commissioner this page is about: the one in the address (``?in=<ref>``), or the first.

    :param asked: its reference, where it does not come from the address.
    :param reading: the page changes nothing, or shows its forms only to whoever may: an auditor reads it too.
    :raises NotFoundError: when the reader has no such right there; that it exists is not told.
    """
    places = places_with(permission, reading=reading)
    ref = request.args.get("in") if asked is None else asked
    chosen = next((place for place in places if not ref or place.ref == ref), None)
    if chosen is None:
        raise NotFoundError
    return Scope(chosen, places, can_change=may(current_actor(), permission, CommissionerSubject(chosen.id)))
