"""Making accounts, people, authorities and posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity import passphrases, queries
from app.identity.authorities import require_open
from app.identity.models import Account, Authority, Caseload, Commissioner, Person, StaffPost
from app.identity.rules import Actor, AuthorityKind, EvidenceKind, Scope, StaffRole


def add_commissioner(actor: Actor, name: str, settings: dict[str, Any] | None = None) -> Commissioner:
    """Set up a commissioner with its local settings (see ``CommissionerSettings``).

    :raises NotAllowedError: when an account asks; only the software may so far.
    """
    _only_software(actor)
    commissioner = Commissioner(name=name, settings=settings or {})
    db.session.add(commissioner)
    db.session.flush()
    audit.record(
        actor,
        "identity.add_commissioner",
        f"Set up {name}",
        subject_kind="commissioner",
        subject_id=commissioner.id,
        commissioner_id=commissioner.id,
    )
    return commissioner


def open_account(actor: Actor, email: str, name: str, passphrase: str | None = None, *, hashed: str = "") -> Account:
    """Open an account.

    :param passphrase: checked for strength and hashed.
    :param hashed: a stored hash instead, for many accounts at once.
    :raises InvalidError: when the address cannot be one, is taken, or the passphrase is weak.
    :raises NotAllowedError: when an account asks; only the software may so far.
    """
    _only_software(actor)
    try:
        # deliverability is for the first e-mail to find out: no look-up on the network here
        email = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise InvalidError({"email": "Enter an e-mail address, like name@example.org"}) from None
    if db.session.scalar(select(Account.id).where(func.lower(Account.email) == email.lower())):
        raise InvalidError({"email": "There is an account with that address already"})
    if passphrase is not None:
        passphrases.check_strength(passphrase, (email, name))
        hashed = passphrases.hash_passphrase(passphrase)
    account = Account(email=email, name=name, passphrase_hash=hashed)
    db.session.add(account)
    db.session.flush()
    audit.record(
        actor,
        "identity.open_account",
        f"Opened an account for {name}",
        subject_kind="account",
        subject_id=account.id,
    )
    return account


def add_person(
    actor: Actor,
    commissioner: Commissioner,
    given_name: str,
    family_name: str,
    date_of_birth: date,
    postcode: str = "",
    coordinator: Account | None = None,
    since: date | None = None,
) -> Person:
    """Enter a person with a budget, and who looks after them from when.

    :raises NotAllowedError: when an account asks; only the software may so far.
    """
    _only_software(actor)
    person = Person(
        commissioner_id=commissioner.id,
        given_name=given_name,
        family_name=family_name,
        date_of_birth=date_of_birth,
        postcode=postcode,
    )
    db.session.add(person)
    db.session.flush()
    if coordinator is not None:
        db.session.add(Caseload(person_id=person.id, account_id=coordinator.id, starts_on=since or date(2020, 1, 1)))
    audit.record(
        actor,
        "identity.add_person",
        f"Entered {person.name}",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        commissioner_id=commissioner.id,
    )
    return person


def grant_authority(
    actor: Actor,
    account: Account,
    person: Person,
    kind: AuthorityKind,
    scope: Scope,
    *,
    starts_on: date,
    ends_on: date | None = None,
    buy_limit_pence: int | None = None,
    month_limit_pence: int | None = None,
    outcome_ids: Sequence[UUID] | None = None,
    sees_messages: bool | None = None,
    evidence: EvidenceKind | None = None,
    registration_number: str = "",
    checked_by_name: str | None = None,
    look_again_on: date | None = None,
) -> Authority:
    """Give an account the right to act in a person's affairs.

    :param buy_limit_pence: the most one purchase may cost without the person's own side, with scope ``buy``.
    :param month_limit_pence: the same for all that the account sends in a month.
    :param sees_messages: what others wrote; when left out the person's own side does and a broker does not.
    :param checked_by_name: who checked the papers; when left out whoever grants it, empty: nobody yet.
    :raises NotAllowedError: when an account asks; only the software may so far.
    :raises StateError: when the person died or moved away.
    """
    _only_software(actor)
    require_open(person)
    authority = Authority(
        account_id=account.id,
        person_id=person.id,
        kind=kind,
        scope=scope,
        buy_limit_pence=buy_limit_pence,
        month_limit_pence=month_limit_pence,
        outcome_ids=list(outcome_ids) if outcome_ids is not None else None,
        sees_messages=kind is not AuthorityKind.BROKER if sees_messages is None else sees_messages,
        evidence=evidence,
        registration_number=registration_number,
        checked_at=None if checked_by_name == "" else clock.now(),
        checked_by_name=actor.name if checked_by_name is None else checked_by_name,
        look_again_on=look_again_on,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(authority)
    db.session.flush()
    audit.record(
        actor,
        "identity.grant_authority",
        f"{account.name} may act as {kind.value}",
        subject_kind="authority",
        subject_id=authority.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        details={"scope": scope.value, "buy_limit_pence": buy_limit_pence},
    )
    return authority


def appoint(
    actor: Actor,
    account: Account,
    commissioner: Commissioner,
    role: StaffRole,
    starts_on: date,
    *,
    leads: bool = False,
    safeguards: bool = False,
) -> StaffPost:
    """Give an account a staff role within a commissioner.

    :param leads: a coordinator who leads the team: is told what is late, makes simple rules, notes colleagues' leave.
    :param safeguards: a safeguarding lead: decides when a person is told of a concern.
    :raises NotAllowedError: when an account asks; only the software may so far.
    """
    _only_software(actor)
    post = StaffPost(
        account_id=account.id,
        commissioner_id=commissioner.id,
        role=role,
        starts_on=starts_on,
        leads=leads,
        safeguards=safeguards,
    )
    db.session.add(post)
    db.session.flush()
    audit.record(
        actor,
        "identity.appoint",
        f"{account.name} became {role.value}",
        subject_kind="staff_post",
        subject_id=post.id,
        commissioner_id=commissioner.id,
    )
    return post


def note_refused(actor: Actor, path: str, person_ref: str = "") -> None:
    """Record that somebody asked for what is not theirs to see.

    :param person_ref: whose page it was, if it was one: they and their commissioner's auditor read of the try. Without
        one it stands with the commissioner of whoever asked.
    """
    person = queries.person_named(person_ref) if person_ref else None
    own = [post.commissioner_id for post in actor.posts] + [grant.commissioner_id for grant in actor.grants]
    audit.record(
        actor,
        "identity.refused",
        "Asked for a page that is not theirs",
        subject_kind="page",
        person_id=person.id if person else None,
        commissioner_id=person.commissioner_id if person else next(iter(own), None),
        details={"path": path[:300]},
    )


def _only_software(actor: Actor) -> None:
    """Nobody has a page for this yet: commands and the demonstration act as the software itself."""
    if not actor.is_system:
        raise NotAllowedError("Only the software itself may do this.")
