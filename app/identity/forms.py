"""Forms that are sent twice (a double tap, a slow network) act once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.identity.models import FormKey
from app.identity.rules import Actor


def claim(actor: Actor, key: UUID, body_hash: str) -> str | None:
    """Claim a form's hidden id for this transaction.

    A second request with the same id waits until the first has committed or failed.

    :param key: the hidden id, made when the form was shown.
    :param body_hash: of what was sent.
    :returns: None when the form is new and may act; else where the first sending led.
    :raises StateError: when the id was used with another body or by another account.
    """
    new = db.session.scalar(
        insert(FormKey)
        .values(key=key, account_id=actor.account_id, body_hash=body_hash, location="", written_at=clock.now())
        .on_conflict_do_nothing()
        .returning(FormKey.key)
    )
    if new is not None:
        return None
    row = db.session.execute(select(FormKey).where(FormKey.key == key)).scalar_one()
    if row.account_id != actor.account_id or row.body_hash != body_hash:
        raise StateError("This form was already sent with other answers. Start again from the page before.")
    return row.location


def finish(key: UUID, location: str) -> None:
    """Note where the form led, for whoever sends it again."""
    db.session.execute(update(FormKey).where(FormKey.key == key).values(location=location))


def let_go(key: UUID) -> None:
    """Forget a form that was shown again: whoever mends it sends it as new."""
    db.session.execute(delete(FormKey).where(FormKey.key == key))
