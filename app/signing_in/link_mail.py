"""Mailing links. Unlike notices they say what they are for: who reads them cannot sign in, or must act."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from app.config import Settings
from app.core import clock, sealing
from app.core.db import db
from app.core.jobs import task
from app.identity.models import Account
from app.messages.mail import deliver
from app.signing_in import links
from app.signing_in.models import MailedLink
from app.signing_in.rules import LIFETIMES, LinkKind, hash_token

#: Where each leads, what it is called, what it says before the address and after it.
_WORDS: dict[LinkKind, tuple[str, str, str, str]] = {
    LinkKind.RESET: (
        "reset",
        "Set a new passphrase",
        "Somebody, we hope you, asked for a new passphrase for CarePurse. Set it here within an hour:",
        "If it was not you, do nothing: your passphrase stays as it is.",
    ),
    LinkKind.NEW_EMAIL: (
        "new-email",
        "Is this your new address?",
        "Somebody, we hope you, wants to sign in to CarePurse with this address. Say yes here within a day:",
        "If it was not you, do nothing.",
    ),
    LinkKind.NOT_ME: (
        "not-me",
        "Your e-mail address for CarePurse is about to change",
        "Somebody, we hope you, asked to change the address with which you sign in to CarePurse.\n\n"
        "If it was you, do nothing. If it was not you, stop it here within seven days:",
        "You will be signed out everywhere, and can then set a new passphrase.",
    ),
    LinkKind.KEEP_STEP: (
        "keep-second-step",
        "Your second step for CarePurse is about to be taken away",
        "Somebody said that you lost the second step with which you sign in to CarePurse. It will be taken away in "
        "three days.\n\nIf you asked for this, do nothing. If you did not, stop it here:",
        "Whoever asked for it is then told that it was not you.",
    ),
}


@task(links.SEND_RESET)
def send_reset(sealed_email: str) -> None:
    """Mail a link for another passphrase, if there is an account with this address.

    :raises OSError: when the mail server cannot be reached or refuses; the job is then tried again.
    """
    email = sealing.unseal(sealed_email, links.SEND_RESET)
    account = db.session.scalar(select(Account).where(func.lower(Account.email) == email, Account.closed_at.is_(None)))
    if account is None:
        return
    moment = clock.now()
    link = MailedLink(
        account_id=account.id,
        kind=LinkKind.RESET,
        email=account.email,
        bound_to=hash_token(account.passphrase_hash),
        written_at=moment,
        expires_at=moment + LIFETIMES[LinkKind.RESET],
    )
    db.session.add(link)
    _send(link)


@task(links.SEND_LINK)
def send_link(link_id: str) -> None:
    """Mail a link that was asked for, unless it went already, is over, or its address belongs to somebody else.

    :raises OSError: as above.
    """
    link = db.session.scalar(select(MailedLink).where(MailedLink.id == UUID(link_id)).with_for_update(key_share=True))
    if link is None or link.token_hash or link.used_at is not None or link.expires_at <= clock.now():
        return
    if link.kind is LinkKind.NEW_EMAIL and links.is_taken(link.email, link.account_id):
        return
    _send(link)


def _send(link: MailedLink) -> None:
    token = links.make_token(link)
    db.session.flush()
    settings: Settings = current_app.config["SETTINGS"]
    deliver(settings, compose(settings, link, token))


def compose(settings: Settings, link: MailedLink, token: str) -> EmailMessage:
    """The e-mail with a link: no name of a person, nothing about a budget."""
    where, subject, before, after = _WORDS[link.kind]
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = settings.mail_from
    message["To"] = link.email
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(idstring=link.id.hex[-12:], domain="carepurse")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{before}\n\n{settings.base_url}/{where}/{token}\n\n{after}\n\n"
        "We never ask for your passphrase or bank details in an e-mail.\n\nCarePurse\n"
    )
    return message
