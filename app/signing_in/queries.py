"""Reading one's own ways of signing in, and where one is signed in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core import clock
from app.core.db import db
from app.identity.models import Account, SignInSession
from app.identity.rules import Actor
from app.signing_in.models import Authenticator, Passkey, RecoveryCode, StepReset

_SHOWN = timedelta(days=30)


def account_of(viewer: Actor) -> Account:
    """The viewer's own account."""
    return db.session.get_one(Account, viewer.account_id)


def authenticator_of(viewer: Actor) -> Authenticator | None:
    """The viewer's authenticator, if there is one."""
    return db.session.get(Authenticator, viewer.account_id)


def passkeys_of(viewer: Actor) -> Sequence[Passkey]:
    """The viewer's passkeys, oldest first."""
    return db.session.scalars(
        select(Passkey).where(Passkey.account_id == viewer.account_id).order_by(Passkey.id)
    ).all()


def recovery_codes_left(viewer: Actor) -> int:
    """How many of the viewer's recovery codes were not used."""
    unused = select(func.count()).select_from(RecoveryCode)
    return db.session.scalar(
        unused.where(RecoveryCode.account_id == viewer.account_id, RecoveryCode.used_at.is_(None))
    ) or 0  # fmt: skip


def sign_ins_of(viewer: Actor, idle: timedelta) -> Sequence[SignInSession]:
    """Where the viewer is signed in now, the last used first.

    :param idle: how long a sign-in lives without a page being asked for.
    """
    return db.session.scalars(
        select(SignInSession)
        .where(
            SignInSession.account_id == viewer.account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > clock.now() - idle,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    ).all()


def resets_of(account_ids: Collection[UUID]) -> Sequence[StepReset]:
    """The newest reset of each account's second step: still to come, stopped, or done, for a month after that."""
    newest = select(StepReset).ext(distinct_on(StepReset.account_id)).where(StepReset.account_id.in_(account_ids))
    rows = db.session.scalars(newest.order_by(StepReset.account_id, StepReset.id.desc())).all()
    return [row for row in rows if (row.stopped_at or row.done_at or clock.now()) > clock.now() - _SHOWN]


def open_reset_of(account: Account) -> StepReset | None:
    """The reset of this account's second step that was asked for and is still to come."""
    return db.session.scalar(
        select(StepReset).where(
            StepReset.account_id == account.id, StepReset.done_at.is_(None), StepReset.stopped_at.is_(None)
        )
    )
