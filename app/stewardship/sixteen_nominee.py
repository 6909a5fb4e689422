"""The young person says who manages their money: by themself, or to a coordinator who writes down how."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.core.words import storable
from app.identity.authorities import require_open
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind
from app.stewardship.changes_access import acting_for, end_authority, make_nominee
from app.stewardship.changes_models import NomineeChoice
from app.stewardship.changes_queries import decides_about
from app.stewardship.changes_telling import everybody_of, staff_of, tell_side, tell_staff
from app.stewardship.sixteen_queries import lacks_capacity, steps_of
from app.stewardship.sixteen_rules import CHOSEN_FROM, Step, due_on

NOBODY = "nobody"
_MOST = 1000


def choose_nominee(
    actor: Actor, person: Person, account: str, *, given_on: date | None = None, how: str = ""
) -> NomineeChoice:
    """Say who manages the money from sixteen on, or that nobody does.

    Before the birthday it is kept for the day; after it, it holds at once.

    :param account: the id of an account that acts for them, as text, or ``nobody``.
    :param given_on: the day they said so, where a coordinator writes it down.
    :param how: how they said so, where a coordinator writes it down.
    :raises NotFoundError: for whoever is neither the young person nor a coordinator there.
    :raises NotAllowedError: when it is recorded that they cannot decide this now.
    :raises InvalidError: fields ``account given_on how``.
    :raises StateError: when the person died or moved away.
    """
    grant = actor.grant_for(person.id)
    themself = grant is not None and grant.kind is AuthorityKind.SELF
    if actor.account_id is None or not (themself or decides_about(actor, person)):
        raise NotFoundError
    today = clock.today()
    errors = {} if themself else _check(given_on, storable(how), today)
    if today < due_on(person.date_of_birth, Step.SIX_MONTHS):
        raise NotFoundError
    acting = [item for item in acting_for(person.id) if item.kind in CHOSEN_FROM]
    chosen = next((item for item in acting if str(item.account_id) == account), None)
    if chosen is None and account != NOBODY:
        errors["account"] = "Choose one of these"
    if errors:
        raise InvalidError(errors)
    # the birthday's own job comes before this, or after it
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    require_open(person)
    if lacks_capacity(person.id):
        raise NotAllowedError("It is recorded that this cannot be decided now. Ask the coordinator to look again.")
    choice = NomineeChoice(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        account_id=chosen.account_id if chosen else None,
        given_on=today if themself else given_on or today,
        how="" if themself else storable(how),
        by_id=actor.account_id,
        by_name=actor.name,
        by_themself=themself,
    )
    db.session.add(choice)
    db.session.flush()
    told = everybody_of(person.id)
    said = f"{chosen.name} as nominee" if chosen else "nobody as nominee"
    if Step.DAY in steps_of(person.id):
        for item in acting:
            if chosen is not None and item.account_id == chosen.account_id:
                make_nominee(actor, item.authority_id, f"{person.given_name} chose them")
            elif item.kind is AuthorityKind.NOMINEE:
                end_authority(actor, item.authority_id, f"{person.given_name} chose {said}")
    audit.record(
        actor,
        "stewardship.choose_nominee",
        f"Chose {said}" if themself else f"Wrote down that {person.given_name} chose {said}",
        subject_kind="nominee_choice",
        subject_id=choice.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        why=choice.how,
    )
    title = f"{person.given_name} chose {said}."
    tell_side(actor, person, "sixteen", title, (), told)
    tell_staff(actor, person, "sixteen", title, staff_of(person))
    return choice


def _check(given_on: date | None, how: str, today: date) -> dict[str, str]:
    errors = {}
    if given_on is None:
        errors["given_on"] = "Enter the day they said so"
    elif given_on > today:
        errors["given_on"] = "Enter a day that is not in the future"
    if not how:
        errors["how"] = "Say how they told you, and who was there"
    elif len(how) > _MOST:
        errors["how"] = f"Say it in {_MOST:,} characters or fewer"
    return errors
