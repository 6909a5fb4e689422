"""Telling an account what happened to its ways of signing in: always, and by e-mail too."""

from __future__ import annotations

from app.identity.models import Account
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind

#: Who tells: the account itself may have done it, and is told all the same.
US = Actor.system("CarePurse")
NOT_YOU = "If this was not you, change your passphrase now, sign out everywhere, and tell your care coordinator."


def tell(account: Account, title: str, body: str = NOT_YOU) -> None:
    """One notice and one e-mail, which says only that there is news."""
    messages.notify(US, [account.id], NoticeKind.ACCOUNT, title, body, about=About.ACCOUNT)
