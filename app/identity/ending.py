"""Ending other people's sign-ins: when a telephone was stolen, somebody left, or a secret may be known."""

from __future__ import annotations

from sqlalchemy import update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.identity.models import Account, SignInSession
from app.identity.rules import Actor


def end_sign_ins(actor: Actor, account: Account | None = None) -> int:
    """End every sign-in of one account, or of everybody.

    :param account: whose; None for everybody's.
    :returns: how many were open.
    :raises NotAllowedError: when an account asks: whoever runs the installation does this by a command.
    """
    if not actor.is_system:
        raise NotAllowedError("Only the software itself may do this.")
    ended = update(SignInSession).where(SignInSession.ended_at.is_(None)).values(ended_at=clock.now())
    if account is not None:
        ended = ended.where(SignInSession.account_id == account.id)
    count = len(db.session.scalars(ended.returning(SignInSession.id)).all())
    audit.record(
        actor,
        "identity.end_sign_ins",
        f"Signed out {account.name} everywhere" if account else "Signed everybody out",
        subject_kind="account",
        subject_id=account.id if account else None,
        details={"count": count},
    )
    return count
