"""Codes of an authenticator app (RFC 6238): six figures, new ones every thirty seconds, each taken once."""

from __future__ import annotations

import hmac
from uuid import UUID

import pyotp
from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.config import Settings
from app.core import clock, sealing
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.core.jobs import task
from app.identity.models import Account
from app.identity.rules import Actor
from app.signing_in import standing
from app.signing_in.models import Authenticator
from app.signing_in.rules import STEP_SECONDS, WINDOW_STEPS, tidy_code
from app.signing_in.telling import tell

ISSUER = "CarePurse"
NOT_RIGHT = "That code is not right. Type the six figures that the app shows now."


def new_secret() -> str:
    """A secret for an app: 160 random bits, as letters and figures."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def add_authenticator(actor: Actor, secret: str, typed: str) -> None:
    """Use this app from now on, instead of one before.

    :param secret: as it was shown; ``typed``: the code that the app makes of it, so that it is known to work.
    :raises InvalidError: field ``code``, when it is not the right one.
    """
    account = db.session.get_one(Account, actor.account_id)
    step = _step_of(secret, typed)
    if step is None:
        raise InvalidError({"code": NOT_RIGHT})
    values = {
        "sealed_secret": sealing.seal(secret, _purpose(account.id)),
        "last_step": step,
        "added_at": clock.now(),
    }
    db.session.execute(
        insert(Authenticator)
        .values(account_id=account.id, **values)
        .on_conflict_do_update(index_elements=[Authenticator.account_id], set_=values)
    )
    standing.note(account)
    audit.record(
        actor,
        "signing_in.add_authenticator",
        "Set up an authenticator app for signing in",
        subject_kind="account",
        subject_id=account.id,
    )
    tell(account, "An authenticator app was set up for signing in.")


def seed(account: Account) -> None:
    """An authenticator for an account of the demonstration, whose codes its own pages tell.

    :raises NotAllowedError: anywhere but in the demonstration.
    """
    _only_in_demo()
    sealed = sealing.seal(new_secret(), _purpose(account.id))
    db.session.add(Authenticator(account_id=account.id, sealed_secret=sealed, last_step=0))
    standing.note(account)


def remove_authenticator(actor: Actor) -> None:
    """Take the app out.

    :raises NotAllowedError: when it is the last second step of somebody who must have one.
    """
    account = db.session.get_one(Account, actor.account_id)
    db.session.execute(delete(Authenticator).where(Authenticator.account_id == account.id))
    standing.note(account)
    standing.check_kept(actor, account)
    audit.record(
        actor,
        "signing_in.remove_authenticator",
        "Took out the authenticator app",
        subject_kind="account",
        subject_id=account.id,
    )
    tell(account, "The authenticator app was taken out of your sign-in.")


def check_code(account: Account, typed: str) -> bool:
    """Whether this is a code of the account's app that nobody has used. It is used up by this.

    The step is moved on in the statement that checks it: of two that send the same code at once, one is let in.
    """
    found = db.session.get(Authenticator, account.id, populate_existing=True)
    if found is None:
        return False
    purpose = _purpose(account.id)
    step = _step_of(sealing.unseal(found.sealed_secret, purpose), typed)
    if step is None:
        return False
    values: dict[str, object] = {"last_step": step}
    if again := sealing.reseal(found.sealed_secret, purpose):
        values["sealed_secret"] = again
    return (
        db.session.scalar(
            update(Authenticator)
            .where(Authenticator.account_id == account.id, Authenticator.last_step < step)
            .values(values)
            .returning(Authenticator.account_id)
        )
        is not None
    )


def demo_code(account: Account) -> tuple[str, int]:
    """The code that signs in next, for the demonstration's own pages.

    :returns: the code, or an empty text and how many seconds there are to wait for one that was not used.
    :raises NotAllowedError: anywhere but in the demonstration: nobody is ever told a code that counts.
    """
    _only_in_demo()
    found = db.session.scalar(select(Authenticator).where(Authenticator.account_id == account.id))
    if found is None:
        return "", 0
    now = int(clock.now().timestamp())
    # not the one before, although it is still taken: it would be too old by the time that it is typed
    step = max(found.last_step + 1, now // STEP_SECONDS)
    late = step - WINDOW_STEPS - now // STEP_SECONDS
    if late > 0:
        return "", late * STEP_SECONDS - now % STEP_SECONDS
    return pyotp.TOTP(sealing.unseal(found.sealed_secret, _purpose(account.id))).at(step * STEP_SECONDS), 0


@task("signing_in.reseal", cron="50 3 * * *")
def reseal_all(timestamp: int = 0) -> None:
    """Seal with the present secret of the installation what an older one sealed, so that the older one can go."""
    for found in db.session.scalars(select(Authenticator).order_by(Authenticator.account_id)).yield_per(500):
        if again := sealing.reseal(found.sealed_secret, _purpose(found.account_id)):
            found.sealed_secret = again


def _only_in_demo() -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo:
        raise NotAllowedError("Codes come from the authenticator app.")


def _step_of(secret: str, typed: str) -> int | None:
    """The half minute whose code was typed, of the present one and its neighbours. Looks at all of them every time."""
    code, now = tidy_code(typed), int(clock.now().timestamp()) // STEP_SECONDS
    totp, found = pyotp.TOTP(secret), None
    for step in range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1):
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), code):
            found = step
    return found


def _purpose(account_id: UUID) -> str:
    return f"authenticator:{account_id}"
