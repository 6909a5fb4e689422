"""Telling people things: threads, and notices that also go out by e-mail.

A notice and the job that e-mails it are written in the transaction of what they tell, so neither can exist without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_, select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.jobs import enqueue_many
from app.core.words import storable
from app.identity.models import Account, Authority
from app.identity.rules import Actor, AuthorityKind
from app.messages import mail, queries
from app.messages.models import Message, Notice, Thread
from app.messages.rules import MAX_BODY, About, NoticeKind

_TITLE = 300


def notify(
    actor: Actor,
    accounts: Iterable[UUID],
    kind: NoticeKind,
    title: str,
    body: str = "",
    *,
    about: About,
    about_ref: str = "",
    person_id: UUID | None = None,
    email: bool = True,
) -> list[Notice]:
    """Tell some accounts something, in the application and by e-mail.

    Whoever did it is not told what they did. No entry in the audit: what is told has one.

    :param title: one sentence, the person reads it after signing in.
    :param about_ref: the reference of what it is about; with ``about`` it makes the address.
    :param email: also send an e-mail, which says only that there is news.
    """
    notices = [
        Notice(
            id=new_id(),
            account_id=account,
            person_id=person_id,
            kind=kind,
            title=title if len(title) <= _TITLE else title[: _TITLE - 1] + "…",
            body=body,
            about=about,
            about_ref=about_ref,
        )
        for account in dict.fromkeys(accounts)
        if account != actor.account_id
    ]
    db.session.add_all(notices)
    if email:
        _send(notices)
    return notices


def notify_holder_sides(
    actor: Actor, kind: NoticeKind, titles: Mapping[UUID, str], body: str = "", *, about: About = About.BUDGET
) -> int:
    """Tell the own sides of many people something, each their own sentence: money in, for a whole month's run.

    :param titles: what each person's side reads, by the person's id.
    :returns: how many notices were written.
    """
    today = clock.today()
    rows = db.session.execute(
        select(Authority.account_id, Authority.person_id)
        .join(Account, Account.id == Authority.account_id)
        .where(
            Authority.person_id.in_(titles),
            Authority.kind != AuthorityKind.BROKER,
            Authority.starts_on <= today,
            or_(Authority.ends_on.is_(None), Authority.ends_on >= today),
            Authority.ended_at.is_(None),
            Account.closed_at.is_(None),
        )
        .order_by(Authority.person_id, Authority.account_id)
    ).all()
    notices = [
        Notice(
            id=new_id(), account_id=account, person_id=person, kind=kind, title=titles[person], body=body, about=about
        )
        for account, person in rows
        if account != actor.account_id
    ]
    db.session.add_all(notices)
    _send(notices)
    return len(notices)


def _send(notices: Sequence[Notice]) -> None:
    """Ask for the e-mails: written with the notices, or not at all."""
    enqueue_many(mail.SEND_EMAIL, [{"notice_id": str(notice.id)} for notice in notices])


def write(actor: Actor, kind: About, subject_id: UUID, body: str, *, commissioner_id: UUID, person_id: UUID) -> Message:
    """Write a message on the thread of a thing; the thread begins with its first message.

    The caller has checked that ``actor`` may see the thing.

    :raises InvalidError: field ``message``, when there is nothing in it or too much.
    """
    text = body_of(body)
    thread = db.session.scalar(select(Thread).where(Thread.subject_id == subject_id, Thread.subject_kind == kind))
    if thread is None:
        thread = Thread(subject_kind=kind, subject_id=subject_id, commissioner_id=commissioner_id, person_id=person_id)
        db.session.add(thread)
        db.session.flush()
    message = Message(
        thread_id=thread.id,
        author_id=actor.account_id,
        author_name=actor.name,
        author_role=actor.quality_for(person_id, commissioner_id),
        body=text,
    )
    db.session.add(message)
    db.session.flush()
    audit.record(
        actor,
        "messages.write",
        "Wrote a message",
        subject_kind=kind.value,
        subject_id=subject_id,
        person_id=person_id,
        commissioner_id=commissioner_id,
    )
    return message


def body_of(typed: str) -> str:
    """A message as it is kept. To be asked before anything is changed that the message goes with.

    :raises InvalidError: field ``message``, when there is nothing in it or too much.
    """
    text = storable(typed)
    if not text:
        raise InvalidError({"message": "Write your message"})
    if len(text) > MAX_BODY:
        raise InvalidError({"message": f"Write it in {MAX_BODY:,} characters or fewer"})
    return text


def mark_read(actor: Actor, ref: str) -> Notice:
    """Mark one of one's own notices as read.

    :raises NotFoundError: when there is no such notice for this account, or the right to act for its person has ended.
    """
    notice = db.session.scalar(select(Notice).where(Notice.ref == ref, *queries.own(actor)))
    if notice is None:
        raise NotFoundError
    if notice.read_at is None:
        notice.read_at = clock.now()
        db.session.flush()
    return notice


def mark_read_about(actor: Actor, about: About, about_ref: str) -> None:
    """Mark one's own notices about a thing as read: one has just dealt with it."""
    mine = (Notice.account_id == actor.account_id, Notice.about == about, Notice.about_ref == about_ref)
    db.session.execute(update(Notice).where(*mine, Notice.read_at.is_(None)).values(read_at=clock.now()))


def mark_all_read(actor: Actor) -> int:
    """Mark all one's notices as read; says how many were not."""
    read = db.session.scalars(
        update(Notice)
        .where(Notice.account_id == actor.account_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
        .returning(Notice.id)
    )
    return len(read.all())
