"""What every page that asks for the second step shares: the passkey's answer, and the demonstration's code."""

from __future__ import annotations

from flask import request, session

from app.core.errors import CarePurseError
from app.identity.models import Account
from app.signing_in import authenticators, proving
from app.web import questions
from app.web.access import TOKEN
from app.web.context import current_actor


def take_passkey() -> None:
    """Take what a passkey answered as both steps of this sign-in.

    :raises InvalidError: field ``passkey``, when it is not right or came too late.
    :raises NotFoundError: when passkeys do not work here.
    """
    asked = questions.here(), questions.taken()
    said = request.form.get("passkey", "")
    session[TOKEN] = proving.prove_with_passkey(current_actor(), session[TOKEN], *asked, said)


def hint_of(account: Account) -> tuple[str, int] | None:
    """The code that signs in next, or how many seconds to wait for one; None anywhere but in the demonstration."""
    try:
        return authenticators.demo_code(account)
    except CarePurseError:
        return None
