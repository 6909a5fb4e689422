"""The e-mail of an invitation. It names nobody: who it is about stands on the page that the link opens."""

from __future__ import annotations

import hashlib
import secrets
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.acting.models import Invitation
from app.acting.rules import InvitationState
from app.config import Settings
from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.messages.mail import deliver

SEND_INVITATION = "acting.send_invitation"


@task(SEND_INVITATION)
def send_invitation(invitation_id: str) -> None:
    """Make the link of an invitation and send it, unless it was sent or settled meanwhile.

    The token is made here and goes into the e-mail alone: neither the table nor the queue of jobs ever holds it.

    :raises OSError: when the mail server cannot be reached or refuses; the job is then tried again with a new link.
    """
    invitation = db.session.scalar(
        select(Invitation).where(Invitation.id == UUID(invitation_id)).with_for_update(key_share=True)
    )
    waits = invitation is not None and invitation.state is InvitationState.WAITING
    if invitation is None or not waits or invitation.token_hash is not None or invitation.expires_at <= clock.now():
        return
    settings: Settings = current_app.config["SETTINGS"]
    deliver(settings, compose(settings, invitation, mint(invitation)))
    db.session.flush()


def mint(invitation: Invitation) -> str:
    """Give an invitation a new link: the old one stops working.

    :returns: the token, which is kept nowhere else.
    """
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(token)
    return token


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def compose(settings: Settings, invitation: Invitation, token: str) -> EmailMessage:
    """The e-mail: no name, no budget, nothing about health."""
    until = clock.say_day(clock.london(invitation.expires_at).date())
    message = EmailMessage()
    message["Subject"] = "An invitation to help somebody with CarePurse"
    message["From"] = settings.mail_from
    message["To"] = invitation.email
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(idstring=invitation.ref, domain="carepurse")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "Somebody asks you to help them with their budget. Read who it is, and say yes or no:\n\n"
        f"{settings.base_url}/invitation/{token}\n\n"
        f"The link is for you alone. It works once, until {until}.\n"
        "If you did not expect this, you need do nothing.\n\n"
        "We never ask for your passphrase or bank details in an e-mail.\n\nCarePurse\n"
    )
    return message
