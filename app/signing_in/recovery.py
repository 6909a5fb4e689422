"""Recovery codes: ten on paper, each for one sign-in on the day on which the phone is lost."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.identity.models import Account
from app.identity.rules import Actor
from app.signing_in.models import RecoveryCode
from app.signing_in.rules import HOW_MANY_CODES, hash_token, make_recovery_code, tidy_recovery_code
from app.signing_in.telling import tell

_FEW = 3


def make_codes(actor: Actor) -> list[str]:
    """New recovery codes for the actor's account; the ones before work no longer.

    :returns: the codes. They are shown now or never: only their hashes are kept.
    """
    account = db.session.get_one(Account, actor.account_id)
    codes = [make_recovery_code() for _ in range(HOW_MANY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    db.session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash(account.id, code)) for code in codes)
    audit.record(
        actor, "signing_in.make_codes", "Made new recovery codes", subject_kind="account", subject_id=account.id
    )
    tell(account, "You have new recovery codes for signing in. The ones before work no longer.")
    return codes


def has_codes(account_id: UUID) -> bool:
    """Whether any recovery code of this account is still unused."""
    unused = select(RecoveryCode.id).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused.limit(1)) is not None


def spend_code(account: Account, typed: str) -> bool:
    """Use a recovery code up. Of two that type the same one at once, one is let in.

    :param typed: however it was typed.
    :returns: whether it was one that had not been used.
    """
    code = tidy_recovery_code(typed)
    spent = db.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _hash(account.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    if not code or spent is None:
        return False
    unused = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    left = db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0
    more = "" if left > _FEW else " Make new ones on your account page."
    tell(account, f"A recovery code was used instead of your second step. You have {left} left.{more}")
    return True


def _hash(account_id: UUID, code: str) -> str:
    return hash_token(f"{account_id}:{code}")
