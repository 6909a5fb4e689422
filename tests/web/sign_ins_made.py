"""A sign-in of an account, by the name that addresses use."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.db import db
from app.identity.models import Account, SignInSession
from tests import factories as make


def make_sign_in(account: Account) -> dict[str, str]:
    """Somebody signed in on another device of theirs."""
    make.signed_in(account)
    db.session.flush()
    mine = sa.select(SignInSession.ref).where(SignInSession.account_id == account.id)
    return {"session_ref": db.session.scalars(mine.order_by(SignInSession.id.desc())).first() or ""}
