"""Links that go out by e-mail: another passphrase, another address, and "this was not me"."""

from __future__ import annotations

import secrets
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, func, select, update

from app.audit import service as audit
from app.core import clock, sealing
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.core.jobs import enqueue_many
from app.identity import passphrases, sessions, throttle
from app.identity.models import Account
from app.identity.rules import Actor
from app.signing_in import standing
from app.signing_in.models import Authenticator, MailedLink, Passkey
from app.signing_in.rules import LIFETIMES, LinkKind, hash_token
from app.signing_in.telling import NOT_YOU, tell

SEND_RESET, SEND_LINK = "signing_in.send_reset", "signing_in.send_link"
#: For one address in a quarter of an hour: more would only fill somebody's inbox.
_EMAIL_LIMIT, _ADDRESS_LIMIT = 3, 20
_OVER = "This link no longer works. It was used already, or it is too old."


def ask_reset(email: str, address: str) -> None:
    """Ask for a link that sets another passphrase.

    Nobody is looked for here: the same work is done whether there is an account or not, and a job finds out.

    :param email: whatever was typed; ``address``: the network address that asks.
    """
    email = email.strip().lower()
    over_address = throttle.count("reset-from", throttle.network(address)) > _ADDRESS_LIMIT
    over_email = throttle.count("reset", email) > _EMAIL_LIMIT
    if not (over_address or over_email):
        enqueue_many(SEND_RESET, [{"sealed_email": sealing.seal(email, SEND_RESET)}])


def open_link(kind: LinkKind, token: str) -> MailedLink | None:
    """The link with this token, if it still works."""
    link = db.session.scalar(
        select(MailedLink).where(
            MailedLink.token_hash == hash_token(token),
            MailedLink.kind == kind,
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > clock.now(),
        )
    )
    if link is None or link.account.closed_at is not None:
        return None
    if kind is LinkKind.RESET and link.bound_to != hash_token(link.account.passphrase_hash):
        return None  # the passphrase is another one by now
    return link


def use_link(kind: LinkKind, token: str) -> MailedLink:
    """Use a link up. Of two that do so at once, one may go on.

    :raises StateError: when it does not work, or no longer.
    """
    link = open_link(kind, token)
    used = link and db.session.scalar(
        update(MailedLink)
        .where(MailedLink.id == link.id, MailedLink.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(MailedLink.id)
    )
    if link is None or used is None:
        raise StateError(_OVER)
    return link


def reset_passphrase(token: str, new: str) -> Account:
    """Set another passphrase by a mailed link. Every session ends; the second step stays.

    :raises InvalidError: field ``new``, when it is too weak: the link still works then.
    :raises StateError: when the link no longer works.
    """
    link = use_link(LinkKind.RESET, token)
    account = db.session.get_one(Account, link.account_id)
    passphrases.check_strength(new, (account.email, account.name), field="new")
    account.passphrase_hash = passphrases.hash_passphrase(new)
    throttle.forget("account", account.email.lower())
    sessions.end_all(account)
    _record(account, "reset_passphrase", "Set a new passphrase by a link that was mailed")
    tell(account, "Your passphrase was changed by a link in an e-mail.")
    return account


def ask_new_email(actor: Actor, typed: str) -> str:
    """Ask for another e-mail address. It counts once its owner says yes; the old address is told at once.

    :returns: the address to which the link goes.
    :raises InvalidError: field ``email``, when it cannot be an address, or is the present one.
    """
    account = db.session.get_one(Account, actor.account_id)
    try:
        email = validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise InvalidError({"email": "Enter an e-mail address, like name@example.org"}) from None
    if email.lower() == account.email.lower():
        raise InvalidError({"email": "That is your address now. Enter another one."})
    if throttle.count("new-email", str(account.id)) > _EMAIL_LIMIT:
        raise InvalidError({"email": sessions.SLOW_DOWN})
    _cancel(account.id, LinkKind.NEW_EMAIL)
    mail(account, LinkKind.NEW_EMAIL, email)
    mail(account, LinkKind.NOT_ME, account.email)
    audit.record(
        actor, "signing_in.ask_new_email", "Asked to change the e-mail address", subject_kind="account",
        subject_id=account.id,
    )  # fmt: skip
    return email


def take_new_email(token: str) -> Account:
    """The owner of the new address says yes: it is the account's from now on.

    :raises StateError: when the link no longer works, or somebody else has that address by now.
    """
    link = use_link(LinkKind.NEW_EMAIL, token)
    account = db.session.get_one(Account, link.account_id)
    if is_taken(link.email, account.id):
        raise StateError("There is an account with that address already. Choose another address.")
    account.email = link.email
    _cancel(account.id, LinkKind.RESET)
    _record(account, "take_new_email", "Changed the e-mail address")
    tell(account, "Your e-mail address for signing in is changed.")
    return account


def undo_new_email(token: str) -> Account:
    """Whoever reads the old address says that this was not them: all goes back to how it was, and everybody is out.

    Ways of signing in that were added since go too. Links that were mailed to later addresses work no longer: an
    older address is believed before a newer one.

    :raises StateError: when the link no longer works.
    """
    link = use_link(LinkKind.NOT_ME, token)
    account = db.session.get_one(Account, link.account_id)
    if not is_taken(link.email, account.id):
        account.email = link.email
    _cancel(account.id, LinkKind.NEW_EMAIL, LinkKind.RESET)
    _cancel(account.id, LinkKind.NOT_ME, since=link)
    for table in (Passkey, Authenticator):
        db.session.execute(delete(table).where(table.account_id == account.id, table.added_at >= link.written_at))
    standing.note(account)
    sessions.end_all(account)
    _record(account, "undo_new_email", "Said that a change of the e-mail address was not theirs")
    tell(account, "The change of your e-mail address was stopped, and you were signed out everywhere.", NOT_YOU)
    return account


def mail(account: Account, kind: LinkKind, email: str) -> None:
    """Have a link made and mailed. Its token is made where it is mailed, and is never kept."""
    moment = clock.now()
    link = MailedLink(
        account_id=account.id, kind=kind, email=email, written_at=moment, expires_at=moment + LIFETIMES[kind]
    )
    db.session.add(link)
    db.session.flush()
    enqueue_many(SEND_LINK, [{"link_id": str(link.id)}])


def make_token(link: MailedLink) -> str:
    """What makes the link one: it is in the e-mail alone, here only its hash."""
    token = secrets.token_urlsafe(32)
    link.token_hash = hash_token(token)
    return token


def is_taken(email: str, account_id: UUID) -> bool:
    """Whether another account has this address."""
    same = select(Account.id).where(func.lower(Account.email) == email.lower(), Account.id != account_id)
    return db.session.scalar(same) is not None


def _cancel(account_id: UUID, *kinds: LinkKind, since: MailedLink | None = None) -> None:
    open_ones = (
        MailedLink.account_id == account_id, MailedLink.kind.in_(kinds), MailedLink.used_at.is_(None)
    )  # fmt: skip
    later = (MailedLink.id > since.id,) if since else ()
    db.session.execute(update(MailedLink).where(*open_ones, *later).values(used_at=clock.now()))


def _record(account: Account, verb: str, sentence: str) -> None:
    who = Actor(account.id, account.name)
    audit.record(who, f"signing_in.{verb}", sentence, subject_kind="account", subject_id=account.id)
