"""The demonstration's second steps: staff, brokers and providers have an app already. Its page tells the code."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.demo.accounts import NEIGHBOURS, SIGN_INS
from app.identity.models import Account
from app.signing_in import authenticators

#: Holders and parents are asked kindly and have none: so a newcomer sees both.
_WITHOUT = frozenset({"sam", "amira", "peter"})


def give_second_steps() -> None:
    """An authenticator for everybody who cannot go on without one."""
    rows = [row.email for row in (*SIGN_INS, *NEIGHBOURS) if row.key not in _WITHOUT]
    for account in db.session.scalars(select(Account).where(Account.email.in_(rows)).order_by(Account.id)):
        authenticators.seed(account)
