"""Showing who one is: the second step of signing in, and once more before something that matters."""

from __future__ import annotations

from app.core.db import db
from app.core.errors import InvalidError
from app.identity import passphrases, sessions, throttle
from app.identity.models import Account
from app.identity.proofs import Proof, is_two_step
from app.identity.rules import Actor
from app.signing_in import passkeys, recovery
from app.signing_in.authenticators import check_code
from app.signing_in.passkeys import Place
from app.signing_in.rules import CODE_LIMIT, tidy_code

_WRONG_CODE = "That code is not right, or it was used already. Wait for the next one, or use a recovery code."


def take_second_step(actor: Actor, token: str, typed: str) -> str:
    """Enter a code of the app, or a recovery code. Commit either way: wrong ones must count.

    :param token: of the session that has shown the passphrase.
    :returns: the token for the cookie from now on.
    :raises InvalidError: field ``code``. Tries are counted for the account: guessing is slow wherever it comes from.
    """
    account = db.session.get_one(Account, actor.account_id)
    return sessions.strengthen(token, _check_step(account, typed))


def confirm(actor: Actor, token: str, proven: Proof, passphrase: str, typed: str) -> str:
    """Show once more who one is: the passphrase, and the second step where there is one. Commit either way.

    :param proven: how this session was proven so far.
    :returns: the token for the cookie from now on.
    :raises InvalidError: fields ``passphrase`` and ``code``.
    """
    account = db.session.get_one(Account, actor.account_id)
    if throttle.count("account", account.email.lower()) > sessions.ACCOUNT_LIMIT:
        raise InvalidError({"passphrase": sessions.SLOW_DOWN})
    if not passphrases.verify(account.passphrase_hash, passphrase):
        raise InvalidError({"passphrase": "That is not your passphrase."})
    throttle.forget("account", account.email.lower())
    if account.has_second_step:
        shown = _check_step(account, typed)
        proven = proven if is_two_step(proven) else shown
    return sessions.strengthen(token, proven)


def _check_step(account: Account, typed: str) -> Proof:
    if throttle.count("second", str(account.id)) > CODE_LIMIT:
        raise InvalidError({"code": sessions.SLOW_DOWN})
    by_app = check_code(account, typed) if tidy_code(typed) else False
    if not by_app and not recovery.spend_code(account, typed):
        raise InvalidError({"code": _WRONG_CODE})
    throttle.forget("second", str(account.id))
    return Proof.CODE if by_app else Proof.RECOVERY


def enter_with_passkey(
    place: Place, challenge: bytes, said: str, address: str, browser: sessions.Browser
) -> tuple[Account, str]:
    """Sign in with a passkey alone. Commit either way: wrong tries count for the network address.

    :param said: what the device answered, as JSON.
    :returns: the account and the token for the cookie.
    :raises InvalidError: field ``passkey``.
    """
    network = throttle.network(address)
    if throttle.count("address", network) > sessions.ADDRESS_LIMIT:
        raise InvalidError({"passkey": sessions.SLOW_DOWN})
    account = passkeys.check_passkey(place, challenge, said)
    throttle.ease("address", network)
    return account, sessions.open_session(account, Proof.PASSKEY, browser)


def prove_with_passkey(actor: Actor, token: str, place: Place, challenge: bytes, said: str) -> str:
    """Show who one is with one's own passkey: the second step, or once more. It is worth both steps at once.

    :returns: the token for the cookie from now on.
    :raises InvalidError: field ``passkey``.
    """
    passkeys.check_passkey(place, challenge, said, actor.account_id)
    return sessions.strengthen(token, Proof.PASSKEY)
