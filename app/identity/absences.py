"""Who of the staff is away, and who answers meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.core.words import tidy_ref
from app.identity import queries
from app.identity.models import Absence, Account
from app.identity.rules import Actor, CommissionerSubject, Permission, may, may_read

_LONGEST = timedelta(days=400)


def note_absence(
    actor: Actor,
    commissioner_id: UUID,
    *,
    account_ref: str,
    starts_on: date,
    ends_on: date,
    cover_ref: str | None = None,
) -> Absence:
    """Note that a coordinator is away: oneself, or, for whoever leads the team, anybody of it.

    :param cover_ref: who answers meanwhile; None leaves it to whoever has least to do.
    :raises NotFoundError: when the actor does not decide there.
    :raises NotAllowedError: for a colleague, by somebody who does not lead the team.
    :raises InvalidError: fields ``account starts_on ends_on cover``.
    """
    if not may(actor, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    team = {account.ref: account for account in queries.coordinators(commissioner_id)}
    account = team.get(tidy_ref(account_ref))
    if account is None:
        raise InvalidError({"account": "Choose somebody in your team"})
    if account.id != actor.account_id and not leads(actor, commissioner_id):
        raise NotAllowedError("Whoever leads the team notes that a colleague is away.")
    errors = {}
    if ends_on < starts_on:
        errors["ends_on"] = "Enter a last day that is not before the first"
    elif ends_on < clock.today():
        errors["ends_on"] = "Enter a last day that is not over"
    elif ends_on - starts_on > _LONGEST:
        errors["ends_on"] = "Enter a last day within a year"
    cover = team.get(tidy_ref(cover_ref)) if cover_ref else None
    if cover_ref and (cover is None or cover.id == account.id):
        errors["cover"] = "Choose a colleague who is not the one away"
    elif cover is not None and away_among([cover.id], max(starts_on, clock.today())):
        errors["cover"] = f"{cover.name} is away then too. Choose somebody else"
    if errors:
        raise InvalidError(errors)
    absence = Absence(
        commissioner_id=commissioner_id,
        account_id=account.id,
        starts_on=starts_on,
        ends_on=ends_on,
        cover_id=cover.id if cover else None,
        noted_by_name=actor.name,
    )
    db.session.add(absence)
    db.session.flush()
    when = f"{clock.say_day(starts_on)} to {clock.say_day(ends_on)}"
    _record(actor, absence, "note_absence", f"Noted that {account.name} is away, {when}")
    return absence


def take_back_absence(actor: Actor, ref: str) -> Absence:
    """They are not away after all, or back early. What was handed over stays where it is.

    :raises NotFoundError: when there is none in the actor's team, or it is over.
    :raises NotAllowedError: for a colleague's, by somebody who does not lead the team.
    """
    absence = db.session.scalar(select(Absence).where(Absence.ref == tidy_ref(ref)).with_for_update())
    if (
        absence is None
        or absence.taken_back_at is not None
        or not may(actor, Permission.DECIDE, CommissionerSubject(absence.commissioner_id))
    ):
        raise NotFoundError
    if absence.account_id != actor.account_id and not leads(actor, absence.commissioner_id):
        raise NotAllowedError("Whoever leads the team changes this for a colleague.")
    absence.taken_back_at = clock.now()
    db.session.flush()
    _record(actor, absence, "take_back_absence", f"Noted that {absence.account.name} is not away after all")
    return absence


def absences_in(viewer: Actor, commissioner_id: UUID) -> Sequence[Absence]:
    """Who is away now, or will be, the nearest first.

    :raises NotFoundError: when the viewer does not decide there.
    """
    if not may_read(viewer, Permission.DECIDE, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    return db.session.scalars(
        select(Absence)
        .options(joinedload(Absence.account), joinedload(Absence.cover))
        .where(
            Absence.commissioner_id == commissioner_id,
            Absence.ends_on >= clock.today(),
            Absence.taken_back_at.is_(None),
        )
        .order_by(Absence.starts_on, Absence.id)
    ).all()


def away_among(account_ids: Collection[UUID], day: date | None = None) -> dict[UUID, UUID | None]:
    """Who of some accounts is away on a day, with who answers for them.

    :param day: a London day; today when left out.
    :returns: by account, the cover's account or None.
    """
    if not account_ids:
        return {}
    on = day or clock.today()
    rows = db.session.execute(
        select(Absence.account_id, Absence.cover_id)
        .where(
            Absence.account_id.in_(account_ids),
            Absence.starts_on <= on,
            Absence.ends_on >= on,
            Absence.taken_back_at.is_(None),
        )
        .order_by(Absence.id)
    )
    return {row.account_id: row.cover_id for row in rows}


def beginning(day: date) -> Sequence[Absence]:
    """Absences that have begun and whose open work has not been handed over, locked for whoever does it."""
    return db.session.scalars(
        select(Absence)
        .where(
            Absence.starts_on <= day,
            Absence.ends_on >= day,
            Absence.taken_back_at.is_(None),
            Absence.handed_over_on.is_(None),
        )
        .order_by(Absence.id)
        .with_for_update(skip_locked=True)
    ).all()


def who_is_there(account: Account | None, day: date | None = None) -> UUID | None:
    """Who answers for an account: themself, or whoever covers while they are away (and is there); else nobody."""
    if account is None:
        return None
    key: UUID | None = account.id
    seen: set[UUID] = set()
    while key is not None and key not in seen:
        away = away_among([key], day)
        if key not in away:
            return key
        seen.add(key)
        key = away[key]
    return None


def leads(actor: Actor, commissioner_id: UUID) -> bool:
    """Whether the actor leads a commissioner's coordinators today."""
    return actor.account_id in queries.team_leads(commissioner_id)


def covered_by(account_id: UUID) -> list[str]:
    """The names of the colleagues for whom somebody answers today."""
    names = select(Account.name).where(Account.id.in_(covers(account_id))).order_by(Account.name)
    return list(db.session.scalars(names))


def covers(account_id: UUID) -> list[UUID]:
    """The colleagues for whom somebody answers today."""
    today = clock.today()
    return list(
        db.session.scalars(
            select(Absence.account_id).where(
                Absence.cover_id == account_id,
                Absence.starts_on <= today,
                Absence.ends_on >= today,
                Absence.taken_back_at.is_(None),
            )
        )
    )


def _record(actor: Actor, absence: Absence, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"identity.{verb}",
        sentence,
        subject_kind="absence",
        subject_id=absence.id,
        commissioner_id=absence.commissioner_id,
    )
