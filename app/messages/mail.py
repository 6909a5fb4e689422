"""Sending e-mail. An e-mail says only that there is news: what it is, the person reads after signing in."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.config import Settings
from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.identity import queries as identity
from app.identity.models import Account
from app.messages.models import Notice
from app.messages.rules import EMAIL_LINES, PERSON_SIDE

SEND_EMAIL = "messages.send_email"
_TIMEOUT = 20  # seconds for each step of the talk with the mail server
_log = logging.getLogger("carepurse.mail")


@task(SEND_EMAIL)
def send_email(notice_id: str) -> None:
    """Send the e-mail of one notice, unless it went already, the account is closed, or it may not be read any more.

    :raises OSError: when the mail server cannot be reached or refuses; the job is then tried again.
    """
    notice = db.session.scalar(
        # locked: a job that was started twice sends once
        select(Notice).where(Notice.id == UUID(notice_id)).with_for_update(key_share=True)
    )
    if notice is None or notice.emailed_at is not None:
        return
    account = db.session.get_one(Account, notice.account_id)
    if account.closed_at is None and _may_be_read(notice):
        settings: Settings = current_app.config["SETTINGS"]
        deliver(settings, compose(settings, account.email, notice))
    notice.emailed_at = clock.now()
    db.session.flush()


def _may_be_read(notice: Notice) -> bool:
    """Whether the account still acts for the person it tells of: a right may end between the news and its e-mail."""
    if notice.person_id is None or notice.about not in PERSON_SIDE:
        return True
    return identity.holds_any_authority(notice.account_id, notice.person_id)


def compose(settings: Settings, address: str, notice: Notice) -> EmailMessage:
    """The e-mail of a notice: no name of a person, no purchase, no sum, nothing about health."""
    line = EMAIL_LINES[notice.about]
    message = EmailMessage()
    message["Subject"] = line.rstrip(".")
    message["From"] = settings.mail_from
    message["To"] = address
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(idstring=notice.ref, domain="carepurse")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{line} Sign in to read it:\n\n{settings.base_url}/\n\n"
        "We never ask for your passphrase or bank details in an e-mail.\n\nCarePurse\n"
    )
    return message


def deliver(settings: Settings, message: EmailMessage) -> None:
    """Hand a message to the mail server, or to the log when none is set.

    :raises OSError: ``smtplib``'s errors are among them.
    """
    if settings.smtp_host is None:
        _log.info("E-mail to %s: %s\n%s", message["To"], message["Subject"], message.get_content())
        return
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_TIMEOUT) as server:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)
