"""A coordinator looks at the papers behind a right to act: they are in order, or something is still wanted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.acting.models import Invitation
from app.acting.telling import tell_checked, tell_missing
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, storable
from app.evidence.papers import count_papers
from app.identity import authorities
from app.identity import queries as identity
from app.identity.authority_rules import (
    EVIDENCE_FOR,
    MAX_NUMBER,
    MAX_REASON,
    NUMBERED,
    checks_papers,
    odd_about_age,
    tidy_number,
)
from app.identity.models import Authority
from app.identity.rules import Actor, AuthorityKind, EvidenceKind
from app.stewardship.sixteen_queries import lacks_capacity

_NO_PAPER = "No paper is kept here yet. Keep a photo or a PDF of it first, further down this page"


def check_papers(
    actor: Actor,
    authority: Authority,
    *,
    evidence: EvidenceKind | None,
    registration_number: str = "",
    look_again_on: date | None = None,
) -> Authority:
    """A coordinator has seen the papers and they are in order: it reaches as far as was promised, from now on.

    Whoever asked them to act as a coordinator leaves the papers to a colleague: a right over public money is given by
    two. A paper must be kept, but where the person's own word was the consent: a broker they asked themself, or a
    nominee they chose. Also to look at them again: the day of the next look is set anew.

    :raises NotFoundError: when the actor is not a coordinator there, or acts for the person.
    :raises InvalidError: fields ``evidence registration_number look_again_on``.
    :raises StateError: when the authority is over, the person died or moved away, or the actor asked them to act.
    """
    _require_checks(actor, authority)
    authorities.require_open(authority.person)  # the person before the authority, as a death takes them
    authorities.lock(authority)
    if authority.checked_at is None and leaves_to_a_colleague(actor, authority):
        raise StateError("You asked them to act, so a colleague looks at the papers: two people give a right.")
    errors = {}
    number = tidy_number(one_line(registration_number))
    wrong = _wrong_evidence(authority, evidence)
    if wrong:
        errors["evidence"] = wrong
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
    authorities.lock(authority)
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


def leaves_to_a_colleague(viewer: Actor, authority: Authority) -> bool:
    """Whether the viewer asked them to act as a coordinator, and there is another who can look at the papers."""
    asked = select(Invitation.id).where(
        Invitation.authority_id == authority.id,
        Invitation.invited_by == viewer.account_id,
        Invitation.invited_as == "coordinator",
    )
    if db.session.scalar(asked) is None:
        return False
    return any(one.id != viewer.account_id for one in identity.coordinators(authority.person.commissioner_id))


def _wrong_evidence(authority: Authority, evidence: EvidenceKind | None) -> str:
    """Why this does not show that they may act; nothing where it does."""
    if evidence not in EVIDENCE_FOR[authority.kind]:
        return "Choose what shows that they may act"
    person = authority.person
    lacks = lacks_capacity(person.id)
    if odd := odd_about_age(evidence, person.age_on(clock.today()), lacks=lacks):
        return odd
    if authority.kind is AuthorityKind.NOMINEE and lacks:
        return f"It is recorded that {person.given_name} cannot decide about this money, so nor choose a nominee"
    own_word = evidence is EvidenceKind.CONSENT and authority.checked_at is not None
    return "" if own_word or count_papers([authority.id]) else _NO_PAPER


def _require_checks(actor: Actor, authority: Authority) -> None:
    person = authority.person
    if authority.kind is AuthorityKind.SELF or not checks_papers(actor, person.id, person.commissioner_id):
        raise NotFoundError
