"""Reading accounts, people and rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, text
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity.models import Account, Authority, Caseload, Commissioner, Person, StaffPost
from app.identity.rules import (
    Actor,
    AuthorityKind,
    CommissionerSubject,
    Grant,
    Permission,
    PersonSubject,
    Post,
    StaffRole,
    may,
    may_read,
)
from app.identity.settings import CommissionerSettings


def load_actor(account: Account, provider_ids: Sequence[UUID] = ()) -> Actor:
    """Who this account is today, with every right in force.

    :param provider_ids: the marketplace providers it belongs to (the marketplace knows).
    """
    today = clock.today()
    authorities = db.session.scalars(
        select(Authority)
        .options(joinedload(Authority.person))
        .join(Person)
        .where(Authority.account_id == account.id, Person.removed_at.is_(None), *_authority_in_force())
        .order_by(Authority.kind != AuthorityKind.SELF, Person.given_name, Person.id)
    )
    posts = db.session.scalars(
        select(StaffPost)
        .options(joinedload(StaffPost.commissioner))
        .where(
            StaffPost.account_id == account.id,
            StaffPost.starts_on <= today,
            or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today),
        )
        .order_by(StaffPost.id)
    )
    return Actor(
        account_id=account.id,
        name=account.name,
        email=account.email,
        grants=tuple(grant_of(authority) for authority in authorities),
        posts=tuple(Post(p.commissioner_id, p.commissioner.name, p.role, p.safeguards) for p in posts),
        provider_ids=tuple(provider_ids),
    )


def grant_of(authority: Authority) -> Grant:
    """The right that an authority in force gives, as :func:`may` reads it."""
    person = authority.person
    return Grant(
        person_id=person.id,
        person_ref=person.ref,
        person_name=person.name,
        date_of_birth=person.date_of_birth,
        commissioner_id=person.commissioner_id,
        kind=authority.kind,
        promised_scope=authority.scope,
        buy_limit_pence=authority.buy_limit_pence,
        month_limit_pence=authority.month_limit_pence,
        outcome_ids=None if authority.outcome_ids is None else frozenset(authority.outcome_ids),
        sees_messages=authority.sees_messages,
        checked=authority.is_checked,
        look_again_on=authority.look_again_on,
        agree_over_pence=person.agree_over_pence,
        authority_id=authority.id,
        authority_ref=authority.ref,
    )


def person_for(viewer: Actor, ref: str, permission: Permission) -> Person:
    """The person with this reference.

    :raises NotFoundError: when there is none, or the viewer has no such right over them: the two look the same.
    """
    query = select(Person).where(Person.ref == tidy_ref(ref)).options(joinedload(Person.commissioner))
    person = db.session.scalar(query)
    if person is None or not may(viewer, permission, PersonSubject(person.id)):
        raise NotFoundError
    return person


def person_of_commissioner(viewer: Actor, ref: str, permission: Permission, *, reading: bool = False) -> Person:
    """The person with this reference, for staff of their commissioner. Whoever acts for a person is not staff for them.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: when there is none, or the viewer has no such right in that commissioner, or acts for them.
    """
    person = person_named(ref)
    if person is None or not is_staff_for(viewer, person, permission, reading=reading):
        raise NotFoundError
    return person


def is_staff_for(viewer: Actor, person: Person, permission: Permission, *, reading: bool = False) -> bool:
    """Whether the viewer has a staff right over a person, by a post at their commissioner. Whoever acts for a person is
    not staff for them.

    :param reading: nothing is changed, so an auditor there has it too.
    """
    asks = may_read if reading else may
    return asks(viewer, permission, CommissionerSubject(person.commissioner_id)) and viewer.grant_for(person.id) is None


_FOUND_AT_ONCE = 50


def people_of_commissioner(viewer: Actor, commissioner_id: UUID, words: str = "", *, own: bool = False) -> list[Person]:
    """The people of a commissioner by family name, the first fifty.

    :param words: the beginning of a given or family name, or of both; empty finds everybody.
    :param own: only whom the viewer looks after.
    :raises NotFoundError: when the viewer may not see how budgets do there.
    """
    if not may(viewer, Permission.SEE_BUDGET_HEALTH, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    query = select(Person).where(Person.commissioner_id == commissioner_id, Person.removed_at.is_(None))
    for word in words.split()[:4]:
        query = query.where(
            or_(*(name.istartswith(word, autoescape=True) for name in (Person.family_name, Person.given_name)))
        )
    if own:
        mine = select(Caseload.person_id).where(Caseload.account_id == viewer.account_id, Caseload.ends_on.is_(None))
        query = query.where(Person.id.in_(mine))
    query = query.order_by(Person.family_name, Person.given_name, Person.id).limit(_FOUND_AT_ONCE)
    return list(db.session.scalars(query))


def names_of(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of some people, by id. The caller has checked who may read them."""
    rows = db.session.execute(select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(person_ids)))
    return {key: f"{given} {family}" for key, given, family in rows}


def refs_in(commissioner_id: UUID, person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The references of those of some people who are with a commissioner, by id. The caller has checked the right."""
    which = (Person.commissioner_id == commissioner_id, Person.id.in_(person_ids))
    return {row.id: row.ref for row in db.session.execute(select(Person.id, Person.ref).where(*which))}


def person_named(ref: str) -> Person | None:
    """Whom a reference names, whoever asks: for the audit of a refusal, never for a page."""
    return db.session.scalar(select(Person).where(Person.ref == tidy_ref(ref)))


def coordinator_of(person_id: UUID) -> Account | None:
    """The coordinator who looks after this person today."""
    return db.session.scalar(
        select(Account)
        .join(Caseload, Caseload.account_id == Account.id)
        .where(Caseload.person_id == person_id, Caseload.ends_on.is_(None))
    )


def coordinators(commissioner_id: UUID) -> list[Account]:
    """The coordinators of a commissioner today, by name."""
    return staff_with(commissioner_id, StaffRole.COORDINATOR)


def staff_with(commissioner_id: UUID, role: StaffRole) -> list[Account]:
    """Who holds a role in a commissioner today, by name."""
    return _posted(commissioner_id, StaffPost.role == role)


def safeguarding_leads(commissioner_id: UUID) -> list[Account]:
    """The named safeguarding leads of a commissioner today, by name."""
    return _posted(commissioner_id, StaffPost.safeguards.is_(True))


def team_leads(commissioner_id: UUID) -> list[UUID]:
    """The accounts that lead a commissioner's coordinators today."""
    which = (StaffPost.role == StaffRole.COORDINATOR, StaffPost.leads.is_(True))
    return [one.id for one in _posted(commissioner_id, *which)]


def _posted(commissioner_id: UUID, *which: ColumnElement[bool]) -> list[Account]:
    today = clock.today()
    post = (
        select(StaffPost.account_id)
        .where(
            StaffPost.commissioner_id == commissioner_id,
            StaffPost.starts_on <= today,
            or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today),
            *which,
        )
        .distinct()
    )
    return list(db.session.scalars(select(Account).where(Account.id.in_(post)).order_by(Account.name, Account.id)))


def answer_day(commissioner_id: UUID, *, appeal: bool = False) -> date:
    """The day by which a coordinator answers what is asked today, in the commissioner's number of working days.

    :param appeal: a second look has a clock of its own.
    """
    settings = settings_of(commissioner_id)
    days = settings.appeal_working_days if appeal else settings.decision_working_days
    return clock.add_working_days(clock.today(), days)


def holder_side_ids(person_id: UUID) -> list[UUID]:
    """Who acts for this person today, as accounts' ids: themself, representatives and nominees. Not brokers."""
    return list(db.session.scalars(_HOLDER_SIDE, {"person_id": person_id, "today": clock.today()}))


_HOLDER_SIDE = text("""
    SELECT account.id FROM account JOIN authority ON authority.account_id = account.id
    WHERE authority.person_id = :person_id AND authority.kind <> 'broker' AND authority.starts_on <= :today
        AND (authority.ends_on IS NULL OR authority.ends_on >= :today) AND authority.ended_at IS NULL
        AND account.closed_at IS NULL
    ORDER BY account.name, account.id
""")


def acting_accounts(person_id: UUID) -> list[tuple[Account, Authority]]:
    """Everyone with a right in this person's affairs today, with it."""
    rows = db.session.execute(_acting_for(person_id).add_columns(Authority))
    return [(account, authority) for account, authority in rows]


def holds_any_authority(account_id: UUID, person_id: UUID) -> bool:
    """Whether the account acts for this person in any quality: such an account never decides about them."""
    return db.session.scalar(_acting_for(person_id).where(Account.id == account_id)) is not None


def other_brokers(viewer: Actor, person_id: UUID) -> Select[UUID]:
    """The accounts of this person's other brokers, those whose right has ended among them, for a statement."""
    return select(Authority.account_id).where(
        Authority.person_id == person_id,
        Authority.kind == AuthorityKind.BROKER,
        Authority.account_id != viewer.account_id,
    )


def settings_of(commissioner_id: UUID) -> CommissionerSettings:
    """A commissioner's settings, with defaults for what it has not set."""
    commissioner = db.session.get_one(Commissioner, commissioner_id)
    return CommissionerSettings.read(commissioner.settings)


def staff_of(viewer: Actor, commissioner_id: UUID) -> list[StaffPost]:
    """Who holds which role in a commissioner, past and present.

    :raises NotFoundError: when the viewer may not see it.
    """
    if not may(viewer, Permission.MANAGE_STAFF, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    return list(
        db.session.scalars(
            select(StaffPost)
            .options(joinedload(StaffPost.account))
            .join(Account)
            .where(StaffPost.commissioner_id == commissioner_id)
            .order_by(StaffPost.role, Account.name, StaffPost.id)
        )
    )


def _authority_in_force() -> tuple[ColumnElement[bool], ...]:
    today = clock.today()
    return (
        Authority.starts_on <= today,
        or_(Authority.ends_on.is_(None), Authority.ends_on >= today),
        Authority.ended_at.is_(None),
    )


def _acting_for(person_id: UUID) -> Select[Account]:
    return (
        select(Account)
        .join(Authority, Authority.account_id == Account.id)
        .where(Authority.person_id == person_id, Account.closed_at.is_(None), *_authority_in_force())
        .order_by(Account.name, Account.id)
    )
