"""Ending, changing and checking an authority, and telling whom it touches."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.acting.inviting import Terms
from app.acting.telling import tell_changed, tell_checked, tell_ended, tell_missing
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, storable
from app.identity import authorities
from app.identity import queries as identity
from app.identity.authority_rules import EVIDENCE_FOR, MAX_NUMBER, MAX_REASON, NUMBERED, checks_papers, tidy_number
from app.identity.models import Authority
from app.identity.rules import Actor, AuthorityKind, EvidenceKind


def end(actor: Actor, authority: Authority, why: str = "") -> Authority:
    """End an authority (see ``authorities.end_authority``) and tell whom it touches."""
    authorities.end_authority(actor, authority, why=why)
    tell_ended(actor, authority)
    return authority


def change(actor: Actor, authority: Authority, terms: Terms, why: str = "") -> Authority:
    """Change how far an authority reaches (see ``authorities.change_authority``) and tell whom it touches."""
    authorities.change_authority(
        actor,
        authority,
        scope=terms.scope,
        buy_limit_pence=terms.buy_limit_pence,
        month_limit_pence=terms.month_limit_pence,
        outcome_ids=terms.outcome_ids,
        sees_messages=terms.sees_messages,
        ends_on=terms.ends_on,
        why=why,
    )
    tell_changed(actor, authority)
    return authority


def check_papers(
    actor: Actor,
    authority: Authority,
    *,
    evidence: EvidenceKind | None,
    registration_number: str = "",
    look_again_on: date | None = None,
) -> Authority:
    """A coordinator has seen the papers and they are in order: it reaches as far as was promised, from now on.

    Also to look at them again: the day of the next look is set anew.

    :raises NotFoundError: when the actor is not a coordinator there, or acts for the person.
    :raises InvalidError: fields ``evidence registration_number look_again_on``.
    :raises StateError: when the authority is over.
    """
    _require_checks(actor, authority)
    errors = {}
    kinds = EVIDENCE_FOR[authority.kind]
    if evidence not in kinds:
        errors["evidence"] = "Choose what shows that they may act"
    number = tidy_number(one_line(registration_number))
    if len(number) > MAX_NUMBER:
        errors["registration_number"] = f"Use {MAX_NUMBER} letters or fewer"
    elif evidence in NUMBERED and not number:
        errors["registration_number"] = "Enter the number it is registered under"
    if look_again_on is not None and look_again_on <= clock.today():
        errors["look_again_on"] = "Enter a day that is still to come, or leave it empty"
    if errors:
        raise InvalidError(errors)
    first = authority.checked_at is None
    authority.evidence = evidence
    authority.registration_number = number
    authority.checked_at, authority.checked_by, authority.checked_by_name = clock.now(), actor.account_id, actor.name
    authority.look_again_on, authority.reminded_on, authority.missing_words = look_again_on, None, ""
    db.session.flush()
    again = f", to look again on {clock.say_day(look_again_on, year=True)}" if look_again_on else ""
    authorities.record(
        actor,
        authority,
        "check_papers",
        f"Checked the papers of {authority.account.name}{again}",
        details={"evidence": evidence.value if evidence else None, "registration_number": number},
    )
    if first:
        tell_checked(actor, authority)
    return authority


def say_missing(actor: Actor, authority: Authority, words: str) -> Authority:
    """Say what is still wanted before the papers are in order; whoever acts reads it.

    :raises NotFoundError: when the actor is not a coordinator there, or acts for the person.
    :raises InvalidError: field ``missing``.
    :raises StateError: when the papers are checked already, or the authority is over.
    """
    _require_checks(actor, authority)
    if authority.checked_at is not None:
        raise StateError("These papers are checked. End it, or let it reach less far, if something is wrong.")
    text = storable(words)
    if not text:
        raise InvalidError({"missing": "Write what is still wanted"})
    if len(text) > MAX_REASON:
        raise InvalidError({"missing": f"Write it in {MAX_REASON:,} letters or fewer"})
    authority.missing_words = text
    db.session.flush()
    authorities.record(actor, authority, "say_missing", f"Asked {authority.account.name} for more papers", why=text)
    tell_missing(actor, authority)
    return authority


def checker_name(person_id: UUID, authority: Authority) -> str:
    """Whose look is awaited, for whoever waits."""
    account = identity.coordinator_of(person_id)
    return account.name if account is not None and account.id != authority.account_id else "the coordinator"


def _require_checks(actor: Actor, authority: Authority) -> None:
    person = authority.person
    if authority.kind is AuthorityKind.SELF or not checks_papers(actor, person.id, person.commissioner_id):
        raise NotFoundError
    authorities.lock(authority)
