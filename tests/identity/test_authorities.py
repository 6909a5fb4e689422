"""Who acts for whom: ended, lowered and changed by those who may, and never wider than what was given."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity import authorities, authority_queries, service
from app.identity.authority_rules import odd_about_number, tidy_number, wider_than
from app.identity.limits import Beyond, why_not_alone
from app.identity.models import Account, Authority, Commissioner, Person
from app.identity.rules import (
    Actor,
    AuthorityKind,
    EvidenceKind,
    Grant,
    Permission,
    PersonSubject,
    Scope,
    StaffRole,
    may,
)
from tests import factories as make

PERSON = UUID(int=1)
KINDS, SCOPES = st.sampled_from(AuthorityKind), st.sampled_from(Scope)
POUNDS = st.none() | st.integers(1, 500)
OUTCOMES = [UUID(int=number) for number in range(10, 14)]
CHOSEN = st.none() | st.frozensets(st.sampled_from(OUTCOMES), min_size=1)


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    return Grant(
        PERSON,
        "ref",
        "Amira Haddad",
        date(2017, 5, 2),
        UUID(int=2),
        draw(KINDS),
        draw(SCOPES),
        draw(POUNDS),
        month_limit_pence=draw(POUNDS),
        outcome_ids=draw(CHOSEN),
        sees_messages=draw(st.booleans()),
        checked=draw(st.booleans()),
        agree_over_pence=draw(POUNDS),
    )


class TestAlways:
    @given(grants(), st.sampled_from(Permission))
    def test_what_nobody_has_checked_only_looks(self, grant: Grant, permission: Permission) -> None:
        actor = Actor(uuid4(), "Somebody", grants=(grant,))
        if grant.kind is not AuthorityKind.SELF and not grant.checked:
            assert grant.scope is Scope.VIEW
            looking = {Permission.VIEW_BUDGET, Permission.READ_MONEY, Permission.READ_MESSAGES, Permission.SIGNED_IN}
            assert permission in looking or not may(actor, permission, PersonSubject(PERSON))

    @given(grants(), st.integers(0, 600), st.integers(0, 600), st.lists(st.sampled_from([*OUTCOMES, None]), max_size=3))
    def test_nothing_goes_that_the_narrowest_rule_stops(
        self, grant: Grant, pence: int, month: int, lines: list[UUID | None]
    ) -> None:
        if why_not_alone(grant, pence, month_pence=month, outcome_ids=lines) is not None:
            return
        assert grant.scope is Scope.BUY
        assert grant.buy_limit_pence is None or pence <= grant.buy_limit_pence
        assert grant.month_limit_pence is None or month + pence <= grant.month_limit_pence
        assert grant.outcome_ids is None or set(lines) <= grant.outcome_ids
        if grant.kind in (AuthorityKind.REPRESENTATIVE, AuthorityKind.BROKER):
            assert grant.agree_over_pence is None or pence <= grant.agree_over_pence

    @given(grants(), SCOPES, POUNDS, POUNDS, CHOSEN, st.integers(1, 600), st.lists(st.sampled_from(OUTCOMES)))
    def test_nobody_gives_what_they_have_not(
        self,
        giver: Grant,
        scope: Scope,
        limit: int | None,
        month: int | None,
        chosen: frozenset[UUID] | None,
        pence: int,
        lines: list[UUID],
    ) -> None:
        """What a broker could send alone, whoever gave it to them could send too, but for a second yes."""
        if wider_than(giver, scope, limit, month, chosen):
            return
        given = Grant(
            PERSON, "ref", "Amira", date(2017, 5, 2), UUID(int=2), AuthorityKind.BROKER, scope, limit, month, chosen
        )
        if why_not_alone(given, pence, outcome_ids=lines) is None:
            assert why_not_alone(giver, pence, outcome_ids=lines, agreeing=True) is None


@pytest.mark.parametrize(
    ("typed", "kept", "odd"),
    [
        ("7000 1234 5678", "7000-1234-5678", False),
        ("700012345678", "7000-1234-5678", False),
        (" 7000-1234-5678 ", "7000-1234-5678", False),
        ("1234567", "1234567", False),
        ("8000-1234-5678", "8000-1234-5678", True),
        ("abc", "ABC", True),
        ("", "", False),
    ],
)
def test_a_number_is_tidied_and_questioned_never_refused(typed: str, kept: str, odd: bool) -> None:
    number = tidy_number(typed)
    assert number == kept
    assert bool(odd_about_number(EvidenceKind.LPA_PROPERTY, number)) is odd
    assert not odd_about_number(EvidenceKind.APPOINTEE, number)


@pytest.fixture
def world(session: object) -> tuple[Account, Person, Account]:
    """Sam with an account of their own, and the coordinator."""
    account, person, _, _ = make.make_holder()
    coordinator = db.session.scalar(select(Account).where(Account.name == "Priya Shah"))
    assert coordinator is not None
    return account, person, coordinator


def give(person: Person, kind: AuthorityKind, scope: Scope = Scope.BUY, **more: object) -> Authority:
    account = make.make_account("Bola Ade")
    return service.grant_authority(make.SYSTEM, account, person, kind, scope, starts_on=make.LONG_AGO, **more)


class TestEnding:
    def test_the_holder_ends_a_broker_and_the_next_request_has_nothing(
        self, world: tuple[Account, Person, Account]
    ) -> None:
        holder, person, _ = world
        broker = give(person, AuthorityKind.BROKER)
        assert make.actor_for(broker.account).grant_for(person.id)
        authorities.end_authority(make.actor_for(holder), broker, why="It is done")
        assert make.actor_for(broker.account).grant_for(person.id) is None
        assert (broker.ended_by_name, broker.end_reason) == (holder.name, "It is done")
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "identity.end_authority"))
        assert entry is not None
        assert (entry.person_id, entry.actor_role, entry.why) == (person.id, "self", "It is done")

    def test_ending_twice_says_so(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, _ = world
        broker = give(person, AuthorityKind.BROKER)
        authorities.end_authority(make.actor_for(holder), broker)
        with pytest.raises(StateError, match="does not act here any more"):
            authorities.end_authority(make.actor_for(holder), broker)

    def test_a_representative_is_ended_by_the_coordinator_alone(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, coordinator = world
        mother = give(person, AuthorityKind.REPRESENTATIVE)
        with pytest.raises(NotAllowedError):
            authorities.end_authority(make.actor_for(holder), mother)
        authorities.end_authority(make.actor_for(coordinator), mother, why="The order is over")
        assert mother.ended_at

    def test_everybody_gives_up_their_own_but_nobody_themself(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, _ = world
        nominee = give(person, AuthorityKind.NOMINEE)
        authorities.end_authority(make.actor_for(nominee.account), nominee)
        own = db.session.scalar(select(Authority).where(Authority.account_id == holder.id))
        assert own is not None
        with pytest.raises(NotAllowedError):
            authorities.end_authority(make.actor_for(holder), own)

    def test_a_stranger_finds_nothing(self, world: tuple[Account, Person, Account]) -> None:
        _, person, _ = world
        broker = give(person, AuthorityKind.BROKER)
        board = make.make_commissioner("Lea Valley")
        elsewhere = make.make_account("Erin Fox")
        make.make_post(elsewhere, board, StaffRole.COORDINATOR)
        for account in (make.make_account("Nobody Here"), elsewhere):
            with pytest.raises(NotFoundError):
                authorities.end_authority(make.actor_for(account), broker)
            with pytest.raises(NotFoundError):
                authority_queries.acting_for(make.actor_for(account), person)

    def test_a_coordinator_who_acts_for_the_person_is_not_their_coordinator(
        self, world: tuple[Account, Person, Account]
    ) -> None:
        _, person, coordinator = world
        make.give_authority(coordinator, person, AuthorityKind.NOMINEE)
        mother = give(person, AuthorityKind.REPRESENTATIVE)
        with pytest.raises(NotAllowedError):
            authorities.end_authority(make.actor_for(coordinator), mother)


class TestChanging:
    def test_lowering_takes_the_sums_away_and_never_raises(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, _ = world
        broker = give(person, AuthorityKind.BROKER, buy_limit_pence=5_000, month_limit_pence=9_000)
        authorities.lower_scope(make.actor_for(holder), broker, Scope.PREPARE, why="For now")
        assert (broker.scope, broker.buy_limit_pence, broker.month_limit_pence) == (Scope.PREPARE, None, None)
        with pytest.raises(InvalidError):
            authorities.lower_scope(make.actor_for(holder), broker, Scope.BUY)

    def test_a_representative_gives_a_broker_no_more_than_they_have(
        self, world: tuple[Account, Person, Account]
    ) -> None:
        _, person, _ = world
        mother = give(person, AuthorityKind.REPRESENTATIVE, buy_limit_pence=10_000)
        broker = give(person, AuthorityKind.BROKER, Scope.PREPARE)
        actor = make.actor_for(mother.account)
        for limit in (None, 10_001):
            with pytest.raises(InvalidError) as refused:
                authorities.change_authority(actor, broker, scope=Scope.BUY, buy_limit_pence=limit)
            assert set(refused.value.errors) == {"buy_limit"}
        authorities.change_authority(actor, broker, scope=Scope.BUY, buy_limit_pence=10_000, sees_messages=False)
        grant = make.actor_for(broker.account).grant_for(person.id)
        assert grant is not None
        assert (grant.scope, grant.buy_limit_pence, grant.sees_messages) == (Scope.BUY, 10_000, False)

    def test_what_cannot_be_meant_is_said_by_field(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, _ = world
        broker = give(person, AuthorityKind.BROKER)
        with pytest.raises(InvalidError) as refused:
            authorities.change_authority(
                make.actor_for(holder),
                broker,
                scope=Scope.BUY,
                buy_limit_pence=0,
                month_limit_pence=-1,
                outcome_ids=[],
                ends_on=clock.today() - timedelta(days=1),
            )
        assert set(refused.value.errors) == {"buy_limit", "month_limit", "outcomes", "ends_on"}

    def test_a_broker_and_a_nominee_change_nothing(self, world: tuple[Account, Person, Account]) -> None:
        _, person, _ = world
        broker, nominee = give(person, AuthorityKind.BROKER), give(person, AuthorityKind.NOMINEE)
        for who in (broker, nominee):
            with pytest.raises(NotAllowedError):
                authorities.change_authority(make.actor_for(who.account), broker, scope=Scope.VIEW)


def test_only_a_coordinator_there_says_over_what_two_agree(world: tuple[Account, Person, Account]) -> None:
    holder, person, coordinator = world
    elsewhere, beside = make.make_account("Ingrid Solberg"), make.make_account("Marcus Bell")
    make.make_post(elsewhere, make.make_commissioner())
    make.make_post(beside, db.session.get_one(Commissioner, person.commissioner_id))
    make.give_authority(beside, person, AuthorityKind.REPRESENTATIVE)
    for who in (holder, elsewhere, beside):
        with pytest.raises(NotFoundError):
            authorities.agree_together_over(make.actor_for(who), person, 10_000)
    priya = make.actor_for(coordinator)
    for pence in (0, -1):
        with pytest.raises(InvalidError):
            authorities.agree_together_over(priya, person, pence)
    assert person.agree_over_pence is None
    authorities.agree_together_over(priya, person, 1)
    assert person.agree_over_pence == 1
    authorities.agree_together_over(priya, person, None)
    assert person.agree_over_pence is None


class TestReading:
    def test_a_broker_reads_only_of_themself(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, _ = world
        broker, other = give(person, AuthorityKind.BROKER), give(person, AuthorityKind.BROKER)
        assert authority_queries.acting_for(make.actor_for(broker.account), person) == [broker]
        with pytest.raises(NotFoundError):
            authority_queries.authority_for(make.actor_for(broker.account), person, other.ref)
        everybody = authority_queries.acting_for(make.actor_for(holder), person)
        assert [row.kind for row in everybody] == [AuthorityKind.SELF, AuthorityKind.BROKER, AuthorityKind.BROKER]

    def test_what_was_ended_a_moment_ago_binds_no_money(self, world: tuple[Account, Person, Account]) -> None:
        holder, person, _ = world
        broker = give(person, AuthorityKind.BROKER)
        before = make.actor_for(broker.account)
        assert authority_queries.hold(before, person.id) == before
        authorities.end_authority(make.actor_for(holder), broker)
        with pytest.raises(StateError, match="do not act here"):
            authority_queries.hold(before, person.id)

    def test_unchecked_papers_are_counted_for_the_team(self, world: tuple[Account, Person, Account]) -> None:
        _, person, coordinator = world
        waiting = give(person, AuthorityKind.REPRESENTATIVE, checked_by_name="")
        give(person, AuthorityKind.REPRESENTATIVE)
        actor = make.actor_for(coordinator)
        assert list(authority_queries.unchecked(actor, person.commissioner_id)) == [waiting]
        assert authority_queries.count_unchecked(actor, person.commissioner_id) == 1
        assert authority_queries.count_unchecked(make.actor_for(waiting.account), person.commissioner_id) == 0
        grant = make.actor_for(waiting.account).grant_for(person.id)
        assert grant is not None
        assert (grant.scope, grant.promised_scope) == (Scope.VIEW, Scope.BUY)
        assert why_not_alone(grant, 1) is Beyond.SCOPE
