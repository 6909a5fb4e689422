"""Counting tries, in the database, so that it slows whoever guesses wherever they ask from."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import case, delete, func, update
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.db import db
from app.identity.models import SignInAttempt

#: A window that passes by itself: guesses slow the person down and never lock them out for good.
WINDOW = timedelta(minutes=15)


def count(kind: str, text: str) -> int:
    """Count one try and return how many there are in the window.

    The row is locked until the transaction ends, so tries sent at once are counted one after the other.

    :param kind: what is tried, such as ``account`` or ``address``.
    :param text: for whom; only its hash is kept.
    """
    moment = clock.now()
    fresh = SignInAttempt.window_start > moment - WINDOW
    return db.session.execute(
        insert(SignInAttempt)
        .values(key=_key(kind, text), window_start=moment, failures=1)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.key],
            set_={
                "failures": case((fresh, SignInAttempt.failures + 1), else_=1),
                "window_start": case((fresh, SignInAttempt.window_start), else_=moment),
            },
        )
        .returning(SignInAttempt.failures)
    ).scalar_one()


def forget(kind: str, text: str) -> None:
    """Begin anew: they have shown who they are."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == _key(kind, text)))


def ease(kind: str, text: str) -> None:
    """Take back one try that was right: many people may share an address."""
    db.session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.key == _key(kind, text))
        .values(failures=func.greatest(SignInAttempt.failures - 1, 0))
    )


def network(address: str) -> str:
    """What one attacker can change at will counts as one: an IPv6 address by the /64 it is in."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _key(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
