"""Words kept ready for answers that are given often. They fill the box; whoever sends them changes them first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.approvals.models import ReasonTemplate
from app.approvals.rules import ANSWER_WORDS, MAX_REASON, Answer
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, storable, tidy_ref
from app.identity.rules import Actor, CommissionerSubject, Permission, StaffRole, may, may_read

MAX_NAME = 80
MOST = 50  # a team reads through its list


def templates_in(viewer: Actor, commissioner_id: UUID, answer: Answer | None = None) -> Sequence[ReasonTemplate]:
    """A team's words, by answer and name.

    :raises NotFoundError: when the viewer does not decide there.
    """
    if not may_read(viewer, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    query = select(ReasonTemplate).where(ReasonTemplate.commissioner_id == commissioner_id)
    if answer is not None:
        query = query.where(ReasonTemplate.answer == answer)
    return db.session.scalars(query.order_by(ReasonTemplate.answer, ReasonTemplate.name)).all()


def template_for(viewer: Actor, ref: str) -> ReasonTemplate:
    """One of the team's.

    :raises NotFoundError: when there is none.
    """
    found = db.session.scalar(select(ReasonTemplate).where(ReasonTemplate.ref == tidy_ref(ref)))
    if found is None or found.commissioner_id not in viewer.posts_with(StaffRole.COORDINATOR):
        raise NotFoundError
    return found


def keep_template(
    actor: Actor, commissioner_id: UUID, answer: str, name: str, words: str, ref: str | None = None, version: int = 0
) -> ReasonTemplate:
    """Keep words ready, or change what is kept.

    :param ref: which one to change; None adds one.
    :param version: what it was when it was read: a change made meanwhile is not overwritten.
    :raises InvalidError: fields ``answer name words``.
    :raises StateError: when a colleague changed it meanwhile.
    """
    _require(actor, commissioner_id)
    name, words = one_line(name), storable(words)
    errors = {}
    if answer not in set(Answer):
        errors["answer"] = "Choose what the words are for"
    if not name or len(name) > MAX_NAME:
        errors["name"] = f"Give it a name of up to {MAX_NAME} characters, like Gym in the plan"
    if not words or len(words) > MAX_REASON:
        errors["words"] = f"Write the words, in up to {MAX_REASON:,} characters"
    if errors:
        raise InvalidError(errors)
    if ref is None and len(templates_in(actor, commissioner_id)) >= MOST:
        raise InvalidError({"name": f"There are {MOST} already, more than anybody reads. Remove one first"})
    try:
        with db.session.begin_nested():
            kept = (
                _add(actor, commissioner_id, Answer(answer), name, words)
                if ref is None
                else _change(actor, template_for(actor, ref), version, Answer(answer), name, words)
            )
    except IntegrityError:
        raise InvalidError({"name": "There is one with this name already"}) from None
    _record(actor, kept, "keep_template", f"Kept words ready for “{kept.name}”")
    return kept


def remove_template(actor: Actor, ref: str) -> None:
    """Keep them no longer. What was sent with them stays as it was sent."""
    template = template_for(actor, ref)
    _record(actor, template, "remove_template", f"Removed the words kept for “{template.name}”")
    db.session.delete(template)
    db.session.flush()


def _add(actor: Actor, commissioner_id: UUID, answer: Answer, name: str, words: str) -> ReasonTemplate:
    template = ReasonTemplate(
        commissioner_id=commissioner_id, answer=answer, name=name, words=words, changed_by_name=actor.name
    )
    db.session.add(template)
    db.session.flush()
    return template


def _change(
    actor: Actor, template: ReasonTemplate, version: int, answer: Answer, name: str, words: str
) -> ReasonTemplate:
    done = db.session.scalar(
        update(ReasonTemplate)
        .where(ReasonTemplate.id == template.id, ReasonTemplate.version == version)
        .values(
            answer=answer,
            name=name,
            words=words,
            version=version + 1,
            changed_by_name=actor.name,
            changed_at=clock.now(),
        )
        .returning(ReasonTemplate.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(template)
    if done is None:
        raise StateError(f"{template.changed_by_name} changed these words meanwhile. Look at them again.")
    return template


def _require(actor: Actor, commissioner_id: UUID) -> None:
    if not may(actor, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError


def _record(actor: Actor, template: ReasonTemplate, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"approvals.{verb}",
        sentence,
        subject_kind="reason_template",
        subject_id=template.id,
        commissioner_id=template.commissioner_id,
        details={"for": ANSWER_WORDS[template.answer]},
    )
