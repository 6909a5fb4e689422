"""Files that go with messages to, and from, a coordinator: kept as receipts are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.audit import service as audit
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.core.words import tidy_ref
from app.evidence import bounds, files, store
from app.evidence.models import Attachment
from app.evidence.rules import MAX_A_MESSAGE, MAX_BYTES, TOO_MANY_ATTACHED, Clean, RefusedError, clean_filename
from app.identity.rules import Actor
from app.messages.gate import check_reads, check_sees
from app.messages.models import Conversation, Message


def look_through(actor: Actor, given: Sequence[FileStorage]) -> list[tuple[str, Clean]]:
    """Check files before anything is written: what cannot be kept is refused with its name.

    :param actor: who sends them, for whose day they count.
    :param given: as they were sent; fields left empty are passed over.
    :raises InvalidError: field ``files``.
    """
    chosen = [file for file in given if file is not None and file.filename]
    if len(chosen) > MAX_A_MESSAGE:
        raise InvalidError({"files": TOO_MANY_ATTACHED})
    bounds.check_day(actor, "files", len(chosen))
    found = []
    for file in chosen:
        try:
            clean = files.clean(file.stream.read(MAX_BYTES + 1))
        except RefusedError as error:
            name = Path(file.filename or "").name[:80]
            raise InvalidError({"files": f"{name}: {error}" if len(chosen) > 1 else str(error)}) from None
        found.append((clean_filename(file.filename or "", clean.kind), clean))
    return found


def attach_to(
    actor: Actor, conversation: Conversation, message: Message, found: Sequence[tuple[str, Clean]]
) -> list[Attachment]:
    """Keep files with a message that ``actor`` has just written.

    :param found: what :func:`look_through` let pass.
    """
    check_sees(actor, conversation)
    if actor.account_id is None or message.author_id != actor.account_id:
        raise NotFoundError
    made = [
        Attachment(
            commissioner_id=conversation.commissioner_id,
            message_id=message.id,
            conversation_id=conversation.id,
            **store.keep_clean(actor, name, clean),
        )
        for name, clean in found
    ]
    db.session.add_all(made)
    db.session.flush()
    for item in made:
        _record(actor, conversation, item, "attach", "Sent a file with a message")
    return made


def attachments_of(viewer: Actor, conversation: Conversation) -> dict[UUID, list[Attachment]]:
    """The files of a conversation, by message."""
    check_reads(viewer, conversation)
    rows = db.session.scalars(
        select(Attachment).where(Attachment.conversation_id == conversation.id).order_by(Attachment.id)
    )
    by_message: dict[UUID, list[Attachment]] = {}
    for row in rows:
        by_message.setdefault(row.message_id, []).append(row)
    return by_message


def attachment_for(viewer: Actor, ref: str) -> tuple[Attachment, Path]:
    """One file: for the person's side, the coordinator of the conversation and an auditor. Its opening is written down.

    :raises NotFoundError: for everybody else, and when there is none.
    """
    found = db.session.execute(
        select(Attachment, Conversation)
        .join(Conversation, Conversation.id == Attachment.conversation_id)
        .where(Attachment.ref == tidy_ref(ref))
    ).one_or_none()
    if found is None:
        raise NotFoundError
    item, conversation = found
    check_reads(viewer, conversation)
    if viewer.grant_for(conversation.person_id) is None:
        _record(viewer, conversation, item, "open", "Opened a file of your messages")
        db.session.flush()
    return item, store.path_of(item.stored_name)


def _record(actor: Actor, conversation: Conversation, item: Attachment, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"evidence.{verb}",
        sentence,
        subject_kind="attachment",
        subject_id=item.id,
        person_id=conversation.person_id,
        commissioner_id=conversation.commissioner_id,
        details={"sha256": item.sha256, "bytes": item.size_bytes},
    )
