"""Reading who acts for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError, StateError
from app.core.words import tidy_ref
from app.identity.authority_rules import reads_papers
from app.identity.models import Account, Authority, Commissioner, Person
from app.identity.queries import grant_of
from app.identity.rules import Actor, AuthorityKind, CommissionerSubject, Permission, PersonSubject, may, may_read

_ENDED_SHOWN = 50


def acting_for(viewer: Actor, person: Person) -> Sequence[Authority]:
    """Who acts for a person now or will, themself first; a broker reads only of themself.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    today = clock.today()
    query = _seen_by(viewer, person).where(
        Authority.ended_at.is_(None), or_(Authority.ends_on.is_(None), Authority.ends_on >= today)
    )
    rows = db.session.scalars(query.order_by(Account.name, Authority.id)).all()
    order = list(AuthorityKind)
    return sorted(rows, key=lambda row: order.index(row.kind))


def acted_for(viewer: Actor, person: Person) -> Sequence[Authority]:
    """Who acted for a person and does no more, the latest first.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    query = _seen_by(viewer, person).where(or_(Authority.ended_at.is_not(None), Authority.ends_on < clock.today()))
    order = (func.coalesce(Authority.ended_at, Authority.ends_on).desc(), Authority.id)
    return db.session.scalars(query.order_by(*order).limit(_ENDED_SHOWN)).all()


def authority_for(viewer: Actor, person: Person, ref: str) -> Authority:
    """One authority over a person.

    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    found = db.session.scalar(_seen_by(viewer, person).where(Authority.ref == tidy_ref(ref)))
    if found is None:
        raise NotFoundError
    return found


def places_of(viewer: Actor) -> dict[UUID, str]:
    """With which organisations there are budgets that the viewer acts in: their names, by id."""
    places = {grant.commissioner_id for grant in viewer.grants}
    query = select(Commissioner.id, Commissioner.name).where(Commissioner.id.in_(places))
    return {row.id: row.name for row in db.session.execute(query)}


def own_authority(viewer: Actor, person: Person) -> Authority:
    """The authority by which the viewer acts for a person.

    :raises NotFoundError: when there is none in force.
    """
    grant = viewer.grant_for(person.id)
    if grant is None or grant.authority_id is None:
        raise NotFoundError
    return db.session.get_one(Authority, grant.authority_id)


def unchecked(viewer: Actor, commissioner_id: UUID) -> Sequence[Authority]:
    """Whose papers wait for a coordinator, the longest first; never of somebody for whom the viewer acts.

    :raises NotFoundError: when the viewer does not check papers there.
    """
    query = _unchecked(viewer, commissioner_id).options(joinedload(Authority.account), joinedload(Authority.person))
    return db.session.scalars(query.order_by(Authority.id).limit(200)).all()


def count_unchecked(viewer: Actor, commissioner_id: UUID) -> int:
    """How many wait. Nought for whoever does not check papers there."""
    if not may_read(viewer, Permission.CHECK_AUTHORITY, CommissionerSubject(commissioner_id)):
        return 0
    return db.session.scalar(select(func.count()).select_from(_unchecked(viewer, commissioner_id).subquery())) or 0


def to_look_at_again(viewer: Actor, commissioner_id: UUID) -> Sequence[Authority]:
    """Whose papers are to be looked at again by today.

    :raises NotFoundError: when the viewer does not check papers there.
    """
    query = _open_in(viewer, commissioner_id).where(
        Authority.checked_at.is_not(None), Authority.look_again_on <= clock.today()
    )
    query = query.options(joinedload(Authority.account), joinedload(Authority.person))
    return db.session.scalars(query.order_by(Authority.look_again_on, Authority.id).limit(200)).all()


def representatives_of(person_id: UUID) -> list[UUID]:
    """The accounts of the representatives who can say yes for a person today: papers checked, and scope to buy."""
    today = clock.today()
    query = (
        select(Authority.account_id)
        .join(Account, Account.id == Authority.account_id)
        .where(
            Authority.person_id == person_id,
            Authority.kind == AuthorityKind.REPRESENTATIVE,
            Authority.scope == "buy",
            Authority.checked_at.is_not(None),
            Authority.ended_at.is_(None),
            Authority.starts_on <= today,
            or_(Authority.ends_on.is_(None), Authority.ends_on >= today),
            Account.closed_at.is_(None),
        )
        .order_by(Authority.id)
    )
    return list(db.session.scalars(query))


def hold(actor: Actor, person_id: UUID) -> Actor:
    """The actor with the right over a person as it stands now, kept from changing until the transaction ends.

    Whoever ends or narrows it meanwhile waits; what they wrote before is seen; and what the same account sends in two
    tabs comes one after the other. To be asked before money is bound, after the budget is locked.

    :returns: the same actor for the software itself, and where there was no right to begin with.
    :raises StateError: when it was ended a moment ago.
    """
    grant = actor.grant_for(person_id)
    if grant is None or grant.authority_id is None:
        return actor
    authority = db.session.scalar(
        select(Authority)
        .options(joinedload(Authority.person))
        .where(Authority.id == grant.authority_id)
        .with_for_update(key_share=True, of=Authority)
        .execution_options(populate_existing=True)
    )
    if authority is None or authority.ended_at is not None:
        raise StateError("You do not act here any more.")
    now = grant_of(authority)
    return replace(actor, grants=tuple(now if one.person_id == person_id else one for one in actor.grants))


def _seen_by(viewer: Actor, person: Person) -> Select[Authority]:
    query = (
        select(Authority)
        .join(Account, Account.id == Authority.account_id)
        .options(joinedload(Authority.account), joinedload(Authority.person))
        .where(Authority.person_id == person.id)
    )
    if reads_papers(viewer, person.id, person.commissioner_id):
        return query
    grant = viewer.grant_for(person.id)
    if grant is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return query.where(Authority.account_id == viewer.account_id) if grant.kind is AuthorityKind.BROKER else query


def _open_in(viewer: Actor, commissioner_id: UUID) -> Select[Authority]:
    if not may_read(viewer, Permission.CHECK_AUTHORITY, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    return (
        select(Authority)
        .join(Person, Person.id == Authority.person_id)
        .where(
            Person.commissioner_id == commissioner_id,
            Authority.person_id.not_in([grant.person_id for grant in viewer.grants]),
            Authority.ended_at.is_(None),
            or_(Authority.ends_on.is_(None), Authority.ends_on >= clock.today()),
        )
    )


def _unchecked(viewer: Actor, commissioner_id: UUID) -> Select[Authority]:
    return _open_in(viewer, commissioner_id).where(Authority.checked_at.is_(None), Authority.kind != AuthorityKind.SELF)


def people_with_a_side() -> Select[UUID]:
    """The people for whom somebody acts today who is no broker, for a statement."""
    today = clock.today()
    return (
        select(Authority.person_id)
        .join(Account, Account.id == Authority.account_id)
        .where(
            Authority.kind != AuthorityKind.BROKER,
            Authority.starts_on <= today,
            or_(Authority.ends_on.is_(None), Authority.ends_on >= today),
            Authority.ended_at.is_(None),
            Account.closed_at.is_(None),
        )
    )
