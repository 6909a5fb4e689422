"""Which papers show what, and who may settle an authority: pure, without a database."""

from __future__ import annotations

import re
from collections.abc import Collection
from uuid import UUID

from app.identity.rules import (
    Actor,
    AuthorityKind,
    CommissionerSubject,
    EvidenceKind,
    Grant,
    Permission,
    PersonSubject,
    Scope,
    may,
    may_read,
)

#: What shows that somebody may act in a quality. Source: NHS (Direct Payments) Regulations 2013: a representative acts
#: by law or by appointment, a nominee and a broker by the person's own consent.
EVIDENCE_FOR: dict[AuthorityKind, tuple[EvidenceKind, ...]] = {
    AuthorityKind.SELF: (),
    AuthorityKind.REPRESENTATIVE: (
        EvidenceKind.PARENTAL_RESPONSIBILITY,
        EvidenceKind.LPA_PROPERTY,
        EvidenceKind.LPA_HEALTH,
        EvidenceKind.DEPUTYSHIP,
        EvidenceKind.APPOINTEE,
    ),
    AuthorityKind.NOMINEE: (EvidenceKind.CONSENT,),
    AuthorityKind.BROKER: (EvidenceKind.CONSENT,),
}
#: Papers that somebody else registered under a number.
NUMBERED = frozenset({EvidenceKind.LPA_PROPERTY, EvidenceKind.LPA_HEALTH, EvidenceKind.DEPUTYSHIP})
MAX_NUMBER = 60
#: From when people are taken to decide for themselves, and from when nobody is anybody's child in law.
DECIDES_AT, GROWN_UP = 16, 18
MAX_REASON = 1000
_SCOPES = tuple(Scope)
#: The Office of the Public Guardian writes 7000-1234-5678; before 2008 powers had seven or eight digits.
_LPA = re.compile(r"7\d{11}|\d{7,8}")
#: The Court of Protection: eight digits, some with a letter or two more digits at the end.
_ORDER = re.compile(r"\d{7,8}([A-Z]|\d{2})?")


def tidy_number(typed: str) -> str:
    """A registration number in one spelling: capitals, and 7000-1234-5678 in fours."""
    number = " ".join(typed.upper().split())
    digits = re.sub(r"[^0-9]", "", number)
    if len(digits) == 12 and not re.search(r"[^0-9 /.-]", number):
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
    return number


def odd_about_number(evidence: EvidenceKind | None, number: str) -> str:
    """What looks odd about a registration number: a question for whoever checks it, never a refusal."""
    bare = re.sub(r"[ /.-]", "", number.upper())
    if not bare or evidence not in NUMBERED:
        return ""
    if evidence is EvidenceKind.DEPUTYSHIP:
        usual = bool(_ORDER.fullmatch(bare) or _LPA.fullmatch(bare))
        return "" if usual else "A court order's number usually has eight digits, like 12345678. Is this one right?"
    if _LPA.fullmatch(bare):
        return ""
    return "The number of a lasting power of attorney is usually like 7000-1234-5678. Is this one right?"


def odd_about_age(evidence: EvidenceKind | None, age: int, *, lacks: bool) -> str:
    """Why parental responsibility does not show a right to act for somebody of this age; nothing where it does.

    It is for children: it ends at eighteen (Children Act 1989, section 105), and from sixteen a person is taken to
    decide for themself unless it was found that they cannot (Mental Capacity Act 2005, sections 1 to 3).

    :param lacks: it is recorded that they cannot decide about their budget.
    """
    if evidence is not EvidenceKind.PARENTAL_RESPONSIBILITY or age < DECIDES_AT:
        return ""
    if age >= GROWN_UP:
        return "Parental responsibility ends at eighteen. Choose another paper"
    if lacks:
        return ""
    return "From sixteen people decide for themself. Record first that they cannot, or choose another paper"


def may_settle(actor: Actor, kind: AuthorityKind, person_id: UUID, commissioner_id: UUID) -> bool:
    """Whether the actor says who acts for a person in this quality: how far, and until when.

    The person says it of nominees and brokers, whoever decides for a child of a broker, a coordinator of anybody. A
    coordinator who acts for the person themself is not their coordinator.
    """
    if actor.is_system or checks_papers(actor, person_id, commissioner_id):
        return True
    permission = {AuthorityKind.NOMINEE: Permission.INVITE_NOMINEE, AuthorityKind.BROKER: Permission.INVITE_BROKER}
    return kind in permission and may(actor, permission[kind], PersonSubject(person_id))


def checks_papers(actor: Actor, person_id: UUID, commissioner_id: UUID) -> bool:
    """Whether the actor is a coordinator there, and not on the person's own side."""
    return (
        may(actor, Permission.CHECK_AUTHORITY, CommissionerSubject(commissioner_id))
        and actor.grant_for(person_id) is None
    )


def reads_papers(viewer: Actor, person_id: UUID, commissioner_id: UUID) -> bool:
    """Whether the viewer sees who acts for a person on what papers: a coordinator there, or an auditor."""
    reads = may_read(viewer, Permission.CHECK_AUTHORITY, CommissionerSubject(commissioner_id))
    return reads and viewer.grant_for(person_id) is None


def wider_than(
    giver: Grant | None,
    scope: Scope,
    buy_limit_pence: int | None,
    month_limit_pence: int | None,
    outcome_ids: Collection[UUID] | None,
) -> str:
    """Which of the fields would give away more than the giver has: its name, or nothing.

    :param giver: whoever gives it; None for a coordinator, who gives what the law and the person allow.
    """
    if giver is None:
        return ""
    if _SCOPES.index(scope) > _SCOPES.index(giver.scope):
        return "scope"
    if scope is Scope.BUY:
        if _over(buy_limit_pence, giver.buy_limit_pence):
            return "buy_limit"
        if _over(month_limit_pence, giver.month_limit_pence):
            return "month_limit"
    if giver.outcome_ids is not None and (outcome_ids is None or not set(outcome_ids) <= giver.outcome_ids):
        return "outcomes"
    return ""


def is_lower(scope: Scope, than: Scope) -> bool:
    """Whether one scope reaches less far than another."""
    return _SCOPES.index(scope) < _SCOPES.index(than)


def _over(given: int | None, own: int | None) -> bool:
    return own is not None and (given is None or given > own)
