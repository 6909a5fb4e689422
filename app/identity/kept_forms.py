"""What was typed when the sign-in ended: kept sealed for an hour, for that account alone. Nothing is sent by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.jobs import task
from app.core.sealing import SealError, seal, unseal
from app.identity.models import KeptForm
from app.identity.rules import Actor

KEPT_FOR = timedelta(hours=1)
#: Letters: twice the longest form there is. Longer is nothing that a person typed.
_MOST = 64_000
_MOST_OF_ONE = 5  # an account's newest


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was when its sender was signed out."""

    page: str  # the address, with its query, of the page to go back to
    fields: Sequence[tuple[str, str]]
    had_files: bool  # which are not kept
    asked: bool = False  # they were asked who they are once more, not signed out


def keep(account_id: UUID, typed: Typed) -> str | None:
    """Keep what was typed.

    :returns: its reference; None when there is more of it than anybody types.
    """
    text = json.dumps(asdict(typed))
    if len(text) > _MOST:
        return None
    row = KeptForm(account_id=account_id, sealed=seal(text, _purpose(account_id)), written_at=clock.now())
    db.session.add(row)
    db.session.flush()
    older = select(KeptForm.id).where(KeptForm.account_id == account_id).order_by(KeptForm.id.desc())
    db.session.execute(delete(KeptForm).where(KeptForm.id.in_(older.offset(_MOST_OF_ONE).scalar_subquery())))
    return row.ref


def newest_of(actor: Actor) -> str | None:
    """The reference of what this account typed last and has not gone back to; None when there is nothing."""
    return db.session.scalar(
        select(KeptForm.ref)
        .where(
            KeptForm.account_id == actor.account_id,
            KeptForm.written_at > clock.now() - KEPT_FOR,
            KeptForm.taken_at.is_(None),
        )
        .order_by(KeptForm.id.desc())
        .limit(1)
    )


def typed_by(actor: Actor, ref: str) -> Typed:
    """What this account typed.

    :raises NotFoundError: when it is another's, an hour has passed, or it was thrown away.
    """
    row = db.session.scalar(
        select(KeptForm).where(
            KeptForm.ref == ref, KeptForm.account_id == actor.account_id, KeptForm.written_at > clock.now() - KEPT_FOR
        )
    )
    if row is None:
        raise NotFoundError
    try:
        found = json.loads(unseal(row.sealed, _purpose(row.account_id)))
    except SealError:
        raise NotFoundError from None
    return Typed(**{**found, "fields": [(name, value) for name, value in found["fields"]]})


def take(actor: Actor, ref: str) -> None:
    """Note that they went back to it: it is not offered again, and goes when its hour is over."""
    db.session.execute(
        update(KeptForm)
        .where(KeptForm.ref == ref, KeptForm.account_id == actor.account_id)
        .values(taken_at=clock.now())
    )


def throw_away(actor: Actor, ref: str) -> None:
    """Remove what this account typed.

    :raises NotFoundError: when it is another's.
    """
    mine = delete(KeptForm).where(KeptForm.ref == ref, KeptForm.account_id == actor.account_id)
    if db.session.scalar(mine.returning(KeptForm.ref)) is None:
        raise NotFoundError


@task("identity.remove_kept_forms", cron="*/10 * * * *")
def remove_old(timestamp: int) -> None:
    """Every ten minutes: whatever is older than an hour goes.

    :param timestamp: when the run was due, in Unix seconds; what counts is the clock.
    """
    db.session.execute(delete(KeptForm).where(KeptForm.written_at <= clock.now() - KEPT_FOR))


def _purpose(account_id: UUID) -> str:
    return f"kept form:{account_id}"
