"""A sign-in and a passkey of an account, and whom staff may help, by the names that addresses use."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from app.core.db import db
from app.identity.models import Account, SignInSession
from app.signing_in.models import Passkey
from tests import factories as make


def make_sign_in(account: Account, coordinator: Account) -> dict[str, str]:
    """Somebody signed in on another device of theirs, and has a passkey."""
    make.signed_in(account)
    key = Passkey(
        account_id=account.id, name="My phone", credential_id=secrets.token_bytes(16), public_key=b"", sign_count=0
    )
    db.session.add(key)
    db.session.flush()
    mine = sa.select(SignInSession.ref).where(SignInSession.account_id == account.id)
    return {
        "session_ref": db.session.scalars(mine.order_by(SignInSession.id.desc())).first() or "",
        "passkey_ref": key.ref,
        "account_ref": coordinator.ref,
        "link_token": "no-link-has-this",
    }
