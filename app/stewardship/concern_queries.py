"""Reading concerns: staff who have a part in one, auditors, and the person's side once they were told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.stewardship import telling
from app.stewardship.gate_models import Concern, TellingDecision
from app.stewardship.gate_rules import ConcernState
from app.stewardship.openings import check_own_side

_MOST = 100


def told_concerns(viewer: Actor, person: Person) -> Sequence[Concern]:
    """The concerns that the person's own side was told of, the newest first. Their words are not for this page.

    :raises NotFoundError: for everybody else.
    """
    check_own_side(viewer, person)
    return db.session.scalars(
        select(Concern)
        .where(Concern.person_id == person.id, Concern.told_at.is_not(None))
        .order_by(Concern.id.desc())
        .limit(_MOST)
    ).all()


def told_concern(viewer: Actor, person: Person, ref: str) -> Concern:
    """One of them.

    :raises NotFoundError: for everybody else, when there is none, and before they were told.
    """
    check_own_side(viewer, person)
    concern = _one(person, ref)
    if concern.told_at is None:
        raise NotFoundError
    return concern


def concerns_of(viewer: Actor, person: Person) -> list[Concern]:
    """The concerns about a person in which the viewer has a part, the newest first; an auditor's are all.

    :raises NotFoundError: when the viewer reads no concerns there.
    """
    identity.person_of_commissioner(viewer, person.ref, Permission.READ_CONCERNS)
    found = db.session.scalars(
        select(Concern)
        .options(joinedload(Concern.recorder), joinedload(Concern.person))
        .where(Concern.person_id == person.id, Concern.commissioner_id == person.commissioner_id)
        .order_by(Concern.id.desc())
        .limit(_MOST)
    )
    return [concern for concern in found if has_part(viewer, concern)]


def staff_concern(viewer: Actor, person: Person, ref: str) -> Concern:
    """One concern with its words, for whoever has a part in it.

    :raises NotFoundError: for everybody else, and when there is none.
    """
    identity.person_of_commissioner(viewer, person.ref, Permission.READ_CONCERNS)
    concern = _one(person, ref)
    if concern.commissioner_id != person.commissioner_id or not has_part(viewer, concern):
        raise NotFoundError
    return concern


def has_part(viewer: Actor, concern: Concern) -> bool:
    """Whether a member of staff may read a concern: who recorded it, their cover, the second person, a lead who
    decides when the person is told, and auditors."""
    if is_keeper(viewer, concern) or viewer.account_id == absences.who_is_there(concern.recorder):
        return True
    place = CommissionerSubject(concern.commissioner_id)
    return may(viewer, Permission.READ_AUDIT, place) or (bool(concern.delay_why) and telling.decides(viewer, concern))


def is_keeper(viewer: Actor, concern: Concern) -> bool:
    """Whether the viewer recorded a concern or is its second person: they renew and close it."""
    return viewer.account_id in (concern.recorded_by, concern.second_id)


def decisions_on(viewer: Actor, concern: Concern) -> Sequence[TellingDecision]:
    """What safeguarding leads decided about telling, first to last, for whoever may read the concern.

    :raises NotFoundError: for everybody else.
    """
    if not has_part(viewer, concern):
        raise NotFoundError
    return db.session.scalars(
        select(TellingDecision).where(TellingDecision.concern_id == concern.id).order_by(TellingDecision.id)
    ).all()


def open_with_part(viewer: Actor) -> list[Concern]:
    """What is open or waits, anywhere the viewer works, and is theirs to deal with; the oldest first."""
    found = db.session.scalars(
        select(Concern)
        .options(joinedload(Concern.person), joinedload(Concern.recorder))
        .where(
            Concern.commissioner_id.in_([post.commissioner_id for post in viewer.posts]),
            (Concern.state.in_((ConcernState.OPEN, ConcernState.WAITING))) | Concern.told_at.is_(None),
            Concern.person_id.not_in([grant.person_id for grant in viewer.grants]),
        )
        .order_by(Concern.id)
        .limit(_MOST)
    )
    return [one for one in found if is_keeper(viewer, one) or (one.told_at is None and _asked(viewer, one))]


def _asked(viewer: Actor, concern: Concern) -> bool:
    return bool(concern.delay_why) and telling.decides(viewer, concern)


def _one(person: Person, ref: str) -> Concern:
    found = db.session.scalar(
        select(Concern)
        .options(joinedload(Concern.recorder), joinedload(Concern.person))
        .where(Concern.ref == tidy_ref(ref), Concern.person_id == person.id)
    )
    if found is None:
        raise NotFoundError
    return found
