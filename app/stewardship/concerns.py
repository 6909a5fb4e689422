"""Concerns: recorded with a second person told, opened for a while, renewed or closed in writing.

The person's side is told at once, or, where that would put somebody at risk, on the day that a named safeguarding lead
decided in writing (``telling``). Until that decision nothing is open.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import storable
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, Permission
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.stewardship.being_told import if_nobody, is_somebody_there
from app.stewardship.concern_rules import MAX_WORDS, ConcernInput, open_until, wrong_with
from app.stewardship.gate_models import Concern
from app.stewardship.gate_rules import ConcernState


def record(actor: Actor, person: Person, wanted: ConcernInput) -> Concern:
    """Record a concern. It opens the transactions at once, unless a safeguarding lead has to decide first.

    :raises NotFoundError: when the actor records none there, or acts for the person.
    :raises InvalidError: fields ``words told_words second delay_why``.
    """
    identity.person_of_commissioner(actor, person.ref, Permission.RECORD_CONCERNS)
    wanted = ConcernInput(
        wanted.kind,
        storable(wanted.words),
        storable(wanted.told_words),
        wanted.second_ref,
        storable(wanted.delay_why),
    )
    wrong = wrong_with(wanted)
    second = next((one for one in seconds_for(actor, person) if one.ref == wanted.second_ref), None)
    if second is None:
        wrong["second"] = "Choose a colleague who is told of it"
    leads = leads_for(actor.account_id, person)
    if wanted.delay_why and not leads:
        wrong["delay_why"] = "No safeguarding lead is named who could decide this. Ask your administrator to name one"
    if wrong or second is None:
        raise InvalidError(wrong)
    concern = Concern(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        kind=wanted.kind,
        state=ConcernState.WAITING,
        words=wanted.words,
        told_words=wanted.told_words,
        recorded_by=actor.account_id,
        recorded_by_name=actor.name,
        second_id=second.id,
        second_name=second.name,
        delay_why=wanted.delay_why,
        recorded_at=clock.now(),
    )
    somebody = is_somebody_there(person.id)
    if not wanted.delay_why:
        open_it(concern)
        concern.told_at = clock.now() if somebody else None
        concern.tell_on = None if somebody else clock.today()  # whoever comes is told then
    db.session.add(concern)
    db.session.flush()
    untold = "" if wanted.delay_why else if_nobody(person.id)
    note(actor, concern, "record", f"Recorded a concern{untold}")
    title = f"{actor.name} recorded a concern about {person.name}. You are the second person who knows."
    tell_staff(actor, concern, [second.id], title)
    if wanted.delay_why:
        title = f"{actor.name} asks you to decide when {person.name} is told of a concern."
        tell_staff(actor, concern, [one.id for one in leads], title)
    elif somebody:
        tell_person(actor, concern)
    return concern


def renew(actor: Actor, concern: Concern, why: str) -> Concern:
    """Keep a concern open for another while.

    :raises NotFoundError: when the actor neither recorded it nor is its second person.
    :raises InvalidError: field ``why``.
    :raises StateError: when it is not open.
    """
    concern = _to_change(actor, concern)
    words = _words(why, "why", "Say why it has to stay open")
    until = open_until(identity.settings_of(concern.commissioner_id), clock.today())
    concern.opens_until, concern.over_on = until, None
    row = {"on": clock.today().isoformat(), "by": actor.name, "until": clock.say_day(until, year=True), "why": words}
    concern.renewals = [*concern.renewals, row]
    note(actor, concern, "renew", f"Kept a concern open until {clock.say_day(until, year=True)}")
    if concern.told_at is not None:
        title = f"{actor.name} can look at the spending until {clock.say_day(until)}, because of a concern."
        tell_person(actor, concern, title)
    return concern


def close(actor: Actor, concern: Concern, outcome: str, told_outcome: str) -> Concern:
    """Close a concern: nothing is open by it any more. When the person is told of it stays as it was decided.

    :param outcome: for staff.
    :param told_outcome: what we tell the person.
    :raises NotFoundError: when the actor neither recorded it nor is its second person.
    :raises InvalidError: fields ``outcome told_outcome``.
    :raises StateError: when it is not open.
    """
    concern = _to_change(actor, concern)
    concern.outcome = _words(outcome, "outcome", "Say what you found")
    concern.told_outcome = _words(told_outcome, "told_outcome", "Write what we tell the person")
    concern.state, concern.closed_at, concern.closed_by_name = ConcernState.CLOSED, clock.now(), actor.name
    note(actor, concern, "close", "Closed a concern")
    if concern.told_at is not None:
        tell_person(actor, concern, f"{actor.name} closed a concern. Nobody looks because of it any more.")
    return concern


def open_it(concern: Concern) -> None:
    """Let a concern open the transactions from now on. The caller has checked that it may."""
    until = open_until(identity.settings_of(concern.commissioner_id), clock.today())
    concern.state, concern.opened_at, concern.opens_until = ConcernState.OPEN, clock.now(), until


def seconds_for(actor: Actor, person: Person) -> list[Account]:
    """Who can be the second person: another coordinator of the commissioner, whoever leads the team first."""
    leads = set(identity.team_leads(person.commissioner_id))
    barred = {account.id for account, _ in identity.acting_accounts(person.id)} | {actor.account_id}
    team = [one for one in identity.coordinators(person.commissioner_id) if one.id not in barred]
    return sorted(team, key=lambda one: (one.id not in leads, one.name, one.id))


def leads_for(recorder_id: UUID | None, person: Person) -> list[Account]:
    """Who may decide when the person is told: a named lead who neither recorded it nor acts for the person."""
    barred = {account.id for account, _ in identity.acting_accounts(person.id)} | {recorder_id}
    return [one for one in identity.safeguarding_leads(person.commissioner_id) if one.id not in barred]


def tell_person(actor: Actor, concern: Concern, title: str = "") -> None:
    """Tell the person's own side of a concern, or of news of it. Never its words; not brokers."""
    who, since = concern.recorded_by_name, clock.say_day(clock.london(concern.recorded_at).date())
    if title:
        said = title
    elif concern.state is ConcernState.OPEN and concern.opens_until:
        said = f"{who} can look at the spending until {clock.say_day(concern.opens_until)}, because of a concern."
    else:
        said = f"{who} recorded a concern on {since}."
    messages.notify(
        actor,
        identity.holder_side_ids(concern.person_id),
        NoticeKind.LOOKED,
        said,
        concern.told_outcome or concern.told_words,
        about=About.CONCERN,
        about_ref=concern.ref,
        person_id=concern.person_id,
    )


def tell_staff(actor: Actor, concern: Concern, accounts: list[UUID], title: str) -> None:
    """Tell staff who have a part in a concern."""
    messages.notify(
        actor,
        accounts,
        NoticeKind.CONCERN,
        title,
        about=About.STAFF_CONCERN,
        about_ref=concern.ref,
        person_id=concern.person_id,
    )


def note(actor: Actor, concern: Concern, verb: str, sentence: str) -> None:
    """Write the audit of a concern. The person's side reads it once they were told; it never holds its words."""
    audit.record(
        actor,
        f"stewardship.{verb}_concern",
        sentence,
        subject_kind="concern",
        subject_id=concern.id,
        person_id=concern.person_id,
        commissioner_id=concern.commissioner_id,
    )
    db.session.flush()


def lock(concern: Concern) -> Concern:
    """The concern as it is now, locked for whoever changes it."""
    found = select(Concern).where(Concern.id == concern.id).with_for_update(key_share=True)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _to_change(actor: Actor, concern: Concern) -> Concern:
    identity.person_of_commissioner(actor, concern.person.ref, Permission.RECORD_CONCERNS)
    if actor.account_id not in (concern.recorded_by, concern.second_id):
        raise NotFoundError
    concern = lock(concern)
    if concern.state is not ConcernState.OPEN:
        raise StateError("This concern is not open.")
    return concern


def _words(typed: str, field: str, sentence: str) -> str:
    text = storable(typed)
    if not text:
        raise InvalidError({field: sentence})
    if len(text) > MAX_WORDS:
        raise InvalidError({field: f"Write it in {MAX_WORDS:,} characters or fewer"})
    return text
