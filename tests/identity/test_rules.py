"""Default is no: who may do what, as one table that can be read."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.limits import within_limit
from app.identity.rules import (
    Actor,
    AuthorityKind,
    CommissionerSubject,
    Grant,
    Permission,
    PersonSubject,
    Post,
    ProviderSubject,
    Scope,
    StaffRole,
    may,
    may_read,
)

PERSON, BOARD, SHOP = UUID(int=1), UUID(int=2), UUID(int=3)
P = Permission
ABOUT_PERSON = {
    P.VIEW_BUDGET,
    P.READ_MONEY,
    P.PREPARE_PURCHASE,
    P.BUY,
    P.CONFIRM_PURCHASE,
    P.READ_MESSAGES,
    P.OWN_RECORDS,
    P.INVITE_NOMINEE,
    P.INVITE_BROKER,
}


def grant(kind: AuthorityKind = AuthorityKind.SELF, scope: Scope = Scope.BUY, limit: int | None = None) -> Grant:
    return Grant(PERSON, "ref", "Amira Haddad", date(2017, 5, 2), BOARD, kind, scope, limit)


def actor(*grants: Grant, role: StaffRole | None = None, shop: bool = False) -> Actor:
    posts = (Post(BOARD, "Lea Valley", role),) if role else ()
    return Actor(uuid4(), "Somebody", grants=grants, posts=posts, provider_ids=(SHOP,) if shop else ())


STAFF = {P.READ_POLICY, P.SEE_ANSWER_TIMES}  # whoever works for a commissioner
TEAM = STAFF | {P.DECIDE, P.SEE_BUDGET_HEALTH, P.LOOK_AFTER_MARKET, P.CHECK_AUTHORITY}
#: A coordinator's at the privacy gate; what opens there takes a key.
GATE = {P.LOOK_AT_MONEY, P.HOLD_REVIEWS, P.RECORD_CONCERNS, P.READ_CONCERNS}
TABLE = [
    (actor(), set()),
    (actor(grant(scope=Scope.VIEW)), {P.VIEW_BUDGET, P.READ_MONEY, P.READ_MESSAGES, P.OWN_RECORDS}),
    (
        actor(grant(scope=Scope.PREPARE)),
        {P.VIEW_BUDGET, P.READ_MONEY, P.PREPARE_PURCHASE, P.READ_MESSAGES, P.OWN_RECORDS},
    ),
    (actor(grant()), ABOUT_PERSON),
    (actor(grant(AuthorityKind.REPRESENTATIVE)), ABOUT_PERSON - {P.INVITE_NOMINEE}),
    (actor(grant(AuthorityKind.NOMINEE)), ABOUT_PERSON - {P.INVITE_NOMINEE, P.INVITE_BROKER}),
    (
        actor(grant(AuthorityKind.BROKER)),
        ABOUT_PERSON - {P.CONFIRM_PURCHASE, P.INVITE_NOMINEE, P.INVITE_BROKER, P.OWN_RECORDS},
    ),
    (actor(role=StaffRole.COORDINATOR), TEAM | GATE),
    (actor(role=StaffRole.FINANCE), STAFF | {P.PAY_ALLOCATIONS, P.SEE_BUDGET_HEALTH, P.READ_LEDGER, P.LOOK_AT_MONEY}),
    (
        actor(role=StaffRole.ADMIN),
        STAFF
        | {P.MANAGE_STAFF, P.LOOK_AFTER_MARKET, P.CHANGE_POLICY, P.SEE_RETENTION}
        | {P.READ_CONCERNS, P.NAME_SAFEGUARDING, P.RESET_COLLEAGUE},
    ),
    (
        actor(role=StaffRole.AUDITOR),
        STAFF
        | {P.READ_AUDIT, P.READ_LEDGER, P.SEE_BUDGET_HEALTH, P.MANAGE_STAFF, P.SEE_RETENTION}
        | {P.LOOK_AT_MONEY, P.READ_CONCERNS},
    ),
    (actor(shop=True), {P.KEEP_LISTINGS}),
]


@pytest.mark.parametrize(("who", "rights"), TABLE, ids=lambda value: "")
def test_each_role_may_do_this_and_nothing_else(who: Actor, rights: set[Permission]) -> None:
    subjects = (PersonSubject(PERSON), CommissionerSubject(BOARD), ProviderSubject(SHOP))
    assert {p for p in Permission if any(may(who, p, s) for s in subjects)} - {P.SIGNED_IN} == rights
    strangers = (PersonSubject(uuid4()), CommissionerSubject(uuid4()), ProviderSubject(uuid4()))
    assert not any(may(who, p, s) for p in Permission if p is not P.SIGNED_IN for s in strangers)


def test_an_auditor_reads_what_each_post_works_with_there_and_nothing_else() -> None:
    auditor, rest = actor(role=StaffRole.AUDITOR), (PersonSubject(PERSON), ProviderSubject(SHOP))
    roles = [actor(role=role) for role in StaffRole]
    staff = {p for p in Permission if any(may(one, p, CommissionerSubject(BOARD)) for one in roles)} - {P.SIGNED_IN}
    assert {p for p in Permission if may_read(auditor, p, CommissionerSubject(BOARD))} - {P.SIGNED_IN} >= staff
    assert not any(may_read(auditor, p, s) for p in Permission if p is not P.SIGNED_IN for s in rest)
    assert not any(may_read(auditor, p, CommissionerSubject(uuid4())) for p in staff)
    coordinator = actor(role=StaffRole.COORDINATOR)
    assert not may_read(coordinator, P.CHANGE_POLICY, CommissionerSubject(BOARD))


@given(st.sampled_from(Permission), st.uuids())
def test_the_software_itself_and_nobody_have_no_rights_by_themselves(permission: Permission, key: UUID) -> None:
    for subject in (None, PersonSubject(key), CommissionerSubject(key), ProviderSubject(key)):
        assert not may(Actor.system("Job"), permission, subject)


@pytest.mark.parametrize(
    ("scope", "limit", "pence", "inside"),
    [
        (Scope.BUY, None, 10**9, True),
        (Scope.BUY, 5_000, 5_000, True),
        (Scope.BUY, 5_000, 5_001, False),
        (Scope.PREPARE, None, 1, False),
        (Scope.VIEW, None, 1, False),
    ],
)
def test_a_limit_is_a_limit(scope: Scope, limit: int | None, pence: int, inside: bool) -> None:
    assert within_limit(grant(AuthorityKind.BROKER, scope, limit), pence) is inside
