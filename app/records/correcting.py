"""Putting right what is held on a person (UK GDPR, Article 16).

What a person says of themself counts at once: what to call them, where they live. A legal name and a date of birth
decide who may do what, so a coordinator looks first; so they do at anything else. What must stay as it was (money, who
did what) can have the person's own note beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.words import one_line, storable, tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.marketplace.places import tidy_postcode
from app.messages import conversations
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.records.models import Correction
from app.records.rules import CORRECTION_TOPICS, CorrectionKind, CorrectionState, one_month_after

MAX_WORDS = 2000
_NAME = 80
MOST_WAITING = 5


@dataclass(frozen=True, slots=True)
class NewDetails:
    """What a person changes at once."""

    called: str
    postcode: str


def change_details(actor: Actor, person: Person, new: NewDetails) -> bool:
    """Change what counts at once. The audit keeps what it was.

    :returns: whether anything changed.
    :raises InvalidError: fields ``called`` and ``postcode``.
    :raises NotAllowedError: when the actor may only look; they can ask for it to be put right.
    """
    _own_side(actor, person)
    if not may(actor, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)):
        raise NotAllowedError("You can look at this, but not change it. You can ask for it to be put right.")
    typed = one_line(new.postcode)
    called, postcode = one_line(new.called), tidy_postcode(typed) if typed else ""
    errors = {}
    if len(called) > _NAME:
        errors["called"] = f"Use {_NAME} letters or fewer"
    if postcode is None:
        errors["postcode"] = "Enter a full postcode, like SE6 1HP, or leave it empty"
    if errors:
        raise InvalidError(errors)
    old = {"called": person.called, "postcode": person.postcode}
    changed = {
        name: [old[name], value] for name, value in (("called", called), ("postcode", postcode)) if value != old[name]
    }
    if not changed:
        return False
    person.called, person.postcode = called, postcode or ""
    said = " and ".join({"called": "what to call them", "postcode": "the postcode"}[name] for name in changed)
    _record(actor, person, "change_details", f"Changed {said}", details={"changed": changed})
    db.session.flush()
    return True


def ask_correction(
    actor: Actor, person: Person, kind: str, asked: Mapping[str, str | date | None], words: str
) -> Correction:
    """Ask for something to be put right that somebody looks at first. It begins a conversation, with its clock.

    :param asked: for a name ``given_name`` and ``family_name``, for a birth ``date_of_birth``; else empty.
    :param words: what is wrong, or how we can see that the new value is right.
    :raises InvalidError: fields as in ``asked``, and ``words``.
    """
    _own_side(actor, person)
    if kind not in set(CorrectionKind):
        raise NotFoundError
    which = CorrectionKind(kind)
    values, was, said = _checked(person, which, asked, storable(words))
    waiting = select(Correction).where(Correction.person_id == person.id, Correction.state == CorrectionState.WAITING)
    if len(db.session.scalars(waiting).all()) >= MOST_WAITING:
        raise StateError("Several things wait to be put right already. Wait for an answer to one of them first.")
    conversation, _ = conversations.begin(actor, person, CORRECTION_TOPICS[which], f"{_sentence(was, values)}{said}")
    made = Correction(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        kind=which,
        was=was,
        asked=values,
        words=said,
        conversation_id=conversation.id,
        asked_by=actor.account_id,
        asked_by_name=actor.name,
        due_on=one_month_after(clock.today()),
    )
    db.session.add(made)
    db.session.flush()
    _record(actor, person, "ask_correction", CORRECTION_TOPICS[which], subject=made)
    return made


def _checked(
    person: Person, kind: CorrectionKind, asked: Mapping[str, str | date | None], words: str
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The new values, the old ones, and the words, as they are kept."""
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    if kind is CorrectionKind.NAME:
        for field, missing in (("given_name", "Enter the first name"), ("family_name", "Enter the last name")):
            text = one_line(str(asked.get(field) or ""))
            values[field] = text
            if not text:
                errors[field] = missing
            elif len(text) > _NAME:
                errors[field] = f"Use {_NAME} letters or fewer"
    elif kind is CorrectionKind.DATE_OF_BIRTH:
        born = asked.get("date_of_birth")
        if not isinstance(born, date):
            errors["date_of_birth"] = "Enter the date of birth"
        elif not date(1900, 1, 1) < born <= clock.today():
            errors["date_of_birth"] = "Enter a date of birth in the past, like 27 3 1988"
        else:
            values["date_of_birth"] = born.isoformat()
    if not words:
        what = "what is wrong, and how it should be" if kind is CorrectionKind.OTHER else "how we can see that"
        errors["words"] = f"Say {what}"
    elif len(words) > MAX_WORDS:
        errors["words"] = f"Say it in {MAX_WORDS:,} characters or fewer"
    was = {name: str(getattr(person, name)) for name in values}
    if not errors and values and values == was:
        errors[next(iter(values))] = "That is how it is held now"
    if errors:
        raise InvalidError(errors)
    return values, was, words


def _sentence(was: Mapping[str, str], values: Mapping[str, str]) -> str:
    if not values:
        return ""
    return f"Please change {' '.join(was.values())} to {' '.join(values.values())}.\n\n"


def correction_for(viewer: Actor, person: Person, ref: str, *, reading: bool = False) -> Correction:
    """One request, for the coordinators who answer it.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: for everybody else, and when there is none.
    """
    _coordinator(viewer, person, reading=reading)
    found = db.session.scalar(select(Correction).where(Correction.ref == tidy_ref(ref)))
    if found is None or found.person_id != person.id:
        raise NotFoundError
    return found


def corrections_of(viewer: Actor, person: Person) -> list[Correction]:
    """What was asked to be put right: for the person's own side, the coordinators and an auditor, the newest first."""
    if not may(viewer, Permission.OWN_RECORDS, PersonSubject(person.id)):
        _coordinator(viewer, person, reading=True)
    return list(
        db.session.scalars(
            select(Correction).where(Correction.person_id == person.id).order_by(Correction.id.desc()).limit(50)
        )
    )


def decide(actor: Actor, person: Person, ref: str, put_right: bool, answer: str) -> Correction:
    """Put it right, or let it stay with the person's note beside it. Their side is told.

    :param answer: in words the person reads.
    :raises InvalidError: field ``answer``.
    :raises StateError: when somebody answered it a moment ago.
    """
    correction = correction_for(actor, person, ref)
    words = storable(answer)
    if not words or len(words) > MAX_WORDS:
        say = "Say what you did, or why it stays" if not words else f"Say it in {MAX_WORDS:,} characters or fewer"
        raise InvalidError({"answer": say})
    state = CorrectionState.PUT_RIGHT if put_right else CorrectionState.STAYS
    done = db.session.scalar(
        update(Correction)
        .where(Correction.id == correction.id, Correction.state == CorrectionState.WAITING)
        .values(
            state=state,
            decided_by=actor.account_id,
            decided_by_name=actor.name,
            decided_at=clock.now(),
            answer=words,
        )
        .returning(Correction.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(correction)
    if done is None:
        raise StateError("Somebody answered this a moment ago. Look at it again.")
    changed = {}
    if put_right:
        for name, value in correction.asked.items():
            changed[name] = [str(getattr(person, name)), value]
            setattr(person, name, date.fromisoformat(value) if name == "date_of_birth" else value)
    doing = "Put right" if put_right else "Let stay, with a note beside it"
    _record(
        actor,
        person,
        "decide_correction",
        f"{doing}: {CORRECTION_TOPICS[correction.kind]}",
        subject=correction,
        why=words,
        details={"changed": changed},
    )
    title = f"{actor.name} {'put right what you asked' if put_right else 'answered what you asked to be put right'}."
    side = identity.holder_side_ids(person.id)
    messages.notify(actor, side, NoticeKind.RECORDS, title, words, about=About.DETAILS, person_id=person.id)
    db.session.flush()
    return correction


def _own_side(actor: Actor, person: Person) -> None:
    if actor.account_id is None or not may(actor, Permission.OWN_RECORDS, PersonSubject(person.id)):
        raise NotFoundError


def _coordinator(actor: Actor, person: Person, *, reading: bool = False) -> None:
    if actor.account_id is None or not identity.is_staff_for(actor, person, Permission.DECIDE, reading=reading):
        raise NotFoundError


def _record(
    actor: Actor,
    person: Person,
    verb: str,
    sentence: str,
    *,
    subject: Correction | None = None,
    why: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor,
        f"records.{verb}",
        sentence,
        subject_kind="correction" if subject else "person",
        subject_id=subject.id if subject else person.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        why=why,
        details=details,
    )
