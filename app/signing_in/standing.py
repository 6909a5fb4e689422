"""Whether an account has a second step, kept on the account so that no page has to look."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.identity.models import Account
from app.identity.proofs import must_prove
from app.identity.rules import Actor
from app.signing_in.models import Authenticator, Passkey, RecoveryCode
from app.signing_in.rules import PUT_OFF


def note(account: Account) -> None:
    """Note whether the account has a passkey or an authenticator now. Without either its recovery codes go too."""
    db.session.flush()
    app = select(Authenticator.account_id).where(Authenticator.account_id == account.id)
    keys = select(Passkey.account_id).where(Passkey.account_id == account.id)
    has = db.session.scalar(select(or_(app.exists(), keys.exists()))) or False
    db.session.execute(update(Account).where(Account.id == account.id).values(has_second_step=has))
    db.session.refresh(account)
    if not has:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def check_kept(actor: Actor, account: Account) -> None:
    """Somebody who must have a second step keeps one.

    :raises NotAllowedError: when the last one is gone.
    """
    if not account.has_second_step and must_prove(actor):
        raise NotAllowedError("You need a second step for what you do here. Add another one first, then take this out.")


def put_off_offer(actor: Actor) -> None:
    """Not now: do not offer a second step again for half a year."""
    account = db.session.get_one(Account, actor.account_id)
    account.step_put_off_until = clock.today() + PUT_OFF
    db.session.flush()
