"""Who has looked: every opening of something of a person's by staff, written down and read by their own side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.ids import new_id
from app.core.paging import Page, make_page, window
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, may
from app.stewardship.gate_models import Concern, Opening
from app.stewardship.gate_rules import KeyKind, Sight

PAGE = 50
_WHAT, _KEY = 300, 200
#: Their verbs have entries of their own in the audit.
_RECORDED = frozenset({KeyKind.DECISION, KeyKind.PROBLEM, KeyKind.MESSAGE})


@dataclass(frozen=True, slots=True)
class Key:
    """By what right somebody looks at a person's transactions, until when, and at which of them."""

    kind: KeyKind
    id: UUID
    ref: str  # empty for an auditor
    words: str  # "for the review of Tuesday 1 December"
    last: date | None = None  # the last day; None: as long as the post, or the question, lasts
    money_from: date | None = None
    money_until: date | None = None
    concern_id: UUID | None = None  # whose existence the looking would tell of

    @property
    def within(self) -> tuple[date, date] | None:
        """The first and last day whose movements it opens; None: all."""
        return (self.money_from, self.money_until) if self.money_from and self.money_until else None


def note(actor: Actor, person: Person, key: Key, sight: Sight, what: str, subject_id: UUID | None = None) -> None:
    """Write down that somebody opened something. The first time on a day counts, to the second.

    An entry in the audit goes with it, which nobody can take out again.

    :param what: as the person reads it: "the spending from 1 July to 30 September".
    :param subject_id: the purchase, the receipt; the person when left out.
    """
    if actor.account_id is None:
        return
    written = db.session.scalar(
        insert(Opening)
        .values(
            id=new_id(),
            commissioner_id=person.commissioner_id,
            person_id=person.id,
            account_id=actor.account_id,
            account_name=actor.name,
            account_role=actor.quality_for(None, person.commissioner_id),
            sight=sight,
            subject_id=subject_id or person.id,
            what=what[:_WHAT],
            key_kind=key.kind,
            key_id=key.id,
            key_words=key.words[:_KEY],
            concern_id=key.concern_id,
            day=clock.today(),
            first_at=clock.now(),
        )
        .on_conflict_do_nothing(constraint="uq_opening_once")
        .returning(Opening.id)
    )
    if written is None or key.kind in _RECORDED:
        return
    audit.record(
        actor,
        "stewardship.look",
        f"Looked at {what[:_WHAT]}, {key.words[:_KEY]}",
        subject_kind="concern" if key.concern_id else key.kind.value,
        subject_id=key.concern_id or key.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
    )
    db.session.flush()


def shown_to(viewer: Actor, person: Person, page: int = 1) -> Page[Opening]:
    """What was opened of a person's, the newest first, for their own side.

    What was opened under a concern appears when they are told of the concern, with the days on which it happened.

    :raises NotFoundError: for everybody else, and for brokers: a concern may be about anybody who helps.
    """
    check_own_side(viewer, person)
    offset, limit = window(page, PAGE)
    rows = db.session.scalars(
        select(Opening)
        .outerjoin(Concern, Concern.id == Opening.concern_id)
        .where(Opening.person_id == person.id, _is_told())
        .order_by(Opening.first_at.desc(), Opening.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return make_page(rows, page, PAGE)


def kept_from(viewer: Actor, person: Person) -> Sequence[UUID]:
    """The concerns that the audit, as the viewer reads it about a person, says nothing of.

    For the person's own side those they were not told of yet; for a broker all of them.
    """
    query = select(Concern.id).where(Concern.person_id == person.id)
    if is_own_side(viewer, person):
        query = query.where(Concern.told_at.is_(None))
    return db.session.scalars(query).all()


def is_own_side(viewer: Actor, person: Person) -> bool:
    """Whether the viewer acts for this person and is not a broker."""
    grant = viewer.grant_for(person.id)
    return (
        grant is not None
        and grant.kind is not AuthorityKind.BROKER
        and may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id))
    )


def check_own_side(viewer: Actor, person: Person) -> None:
    """Stop everybody but the person's own side.

    :raises NotFoundError: then.
    """
    if not is_own_side(viewer, person):
        raise NotFoundError


def names_of_lookers(rows: Collection[Opening]) -> list[str]:
    """Who looked, each once, in the order of the rows."""
    return list(dict.fromkeys(row.account_name for row in rows))


def _is_told() -> ColumnElement[bool]:
    return or_(Opening.concern_id.is_(None), Concern.told_at.is_not(None))
