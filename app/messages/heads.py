"""Every night the audit is sealed, and its head goes where whoever holds the database cannot reach.

The head in the auditors' letter boxes is what finds that the newest days were cut off and sealed anew
(``audit/sealing.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select

from app.audit import queries as audit
from app.audit import sealing
from app.config import Settings
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.jobs import enqueue_many, task
from app.identity.models import Account, StaffPost
from app.identity.rules import StaffRole
from app.messages import mail

SEND_HEAD = "messages.send_head"
_log = logging.getLogger("carepurse.audit")


@task("messages.seal_audit", cron="40 1 * * *")
def seal_audit_today(timestamp: int) -> None:
    """An hour and a half after midnight: whatever began the day before has ended.

    :param timestamp: when the run was due, in Unix seconds; it seals whatever is over all the same.
    """
    seal_audit()


def seal_audit() -> Sequence[sealing.Head]:
    """Seal every day that is over; print the heads, and send the newest to every auditor.

    :returns: the new seals; none when the days were sealed already: then nobody is told anything.
    """
    allow_long_statements()
    sealed = sealing.seal_due()
    for head in sealed:
        _log.info("The audit of %s is sealed: %s entries, head %s", head.day, head.entries, head.head)
    if sealed:
        day = sealed[-1].day.isoformat()
        enqueue_many(SEND_HEAD, [{"account_id": str(key), "day": day} for key in _auditors()])
    return sealed


@task(SEND_HEAD)
def send_head(account_id: str, day: str) -> None:
    """Send one auditor the head of one day.

    :raises OSError: when the mail server cannot be reached or refuses; the job is then tried again.
    """
    account, seal = db.session.get(Account, UUID(account_id)), audit.seal_of(date.fromisoformat(day))
    if account is None or account.closed_at is not None or seal is None:
        return
    settings: Settings = current_app.config["SETTINGS"]
    message = EmailMessage()
    message["Subject"] = f"The audit of {clock.say_day(seal.day, year=True)} is sealed"
    message["From"] = settings.mail_from
    message["To"] = account.email
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"Keep this e-mail. That day has {seal.entries:,} entries. Its head is\n\n{seal.head}\n\n"
        "Whoever looks after the software can prove that nothing before it was changed since, with\n\n"
        f"flask audit verify --on {seal.day} --head {seal.head}\n\nCarePurse\n"
    )
    mail.deliver(settings, message)


def _auditors() -> Sequence[UUID]:
    today = clock.today()
    return db.session.scalars(
        select(StaffPost.account_id)
        .join(Account, Account.id == StaffPost.account_id)
        .where(
            StaffPost.role == StaffRole.AUDITOR,
            StaffPost.starts_on <= today,
            or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today),
            Account.closed_at.is_(None),
        )
        .distinct()
        .order_by(StaffPost.account_id)
    ).all()
