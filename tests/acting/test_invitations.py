"""Asking somebody to act: by whom, once, for one address, for seven days."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.acting import answering, inviting, looking_again, mailing, queries
from app.acting.inviting import Terms
from app.acting.models import Invitation
from app.acting.rules import A_DAY, SENDINGS, InvitationState
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity import authorities, service
from app.identity.models import Account, Authority, Person
from app.identity.rules import Actor, AuthorityKind, EvidenceKind, Scope
from app.messages.models import Notice
from app.stewardship import checking_papers
from tests import factories as make
from tests.papers import keep_paper

BROKER, NOMINEE, REPRESENTATIVE = AuthorityKind.BROKER, AuthorityKind.NOMINEE, AuthorityKind.REPRESENTATIVE
World = tuple[Account, Person, Account]


def holder() -> World:
    """Sam with an account of their own, and the coordinator."""
    account, person, _, _ = make.make_holder()
    coordinator = db.session.scalar(select(Account).where(Account.name == "Priya Shah"))
    assert coordinator is not None
    return account, person, coordinator


@pytest.fixture
def world(session: object) -> World:
    return holder()


def ask(by: Account, person: Person, kind: AuthorityKind = BROKER, email: str = "new@example.org", **more: Any) -> str:
    """Ask, and read the link's token from the e-mail."""
    terms = more.pop("terms", Terms(Scope.PREPARE))
    invitation = inviting.invite(make.actor_for(by), person, email, kind, terms, **more)
    return mailing.mint(invitation)


def told(account: Account) -> list[str]:
    return list(db.session.scalars(select(Notice.title).where(Notice.account_id == account.id).order_by(Notice.id)))


class TestAsking:
    @pytest.mark.parametrize("kind", [NOMINEE, BROKER])
    def test_the_holder_asks_a_nominee_or_a_broker(self, world: World, kind: AuthorityKind) -> None:
        account, person, _ = world
        assert queries.invitation_of(ask(account, person, kind))

    def test_only_a_coordinator_asks_a_representative(self, world: World) -> None:
        account, person, coordinator = world
        with pytest.raises(NotAllowedError):
            ask(account, person, REPRESENTATIVE)
        with pytest.raises(InvalidError) as refused:
            ask(coordinator, person, REPRESENTATIVE)
        assert set(refused.value.errors) == {"evidence"}
        assert ask(coordinator, person, REPRESENTATIVE, evidence=EvidenceKind.LPA_PROPERTY)

    @pytest.mark.parametrize("kind", [NOMINEE, BROKER])
    def test_brokers_and_nominees_ask_nobody_and_strangers_find_nobody(self, world: World, kind: AuthorityKind) -> None:
        _, person, _ = world
        who = make.make_account("Bola Ade")
        with pytest.raises(NotFoundError):
            ask(who, person)
        make.give_authority(who, person, kind)
        with pytest.raises(NotAllowedError):
            ask(who, person)

    def test_whoever_decides_for_a_child_asks_a_broker_and_gives_no_more_than_they_have(self, world: World) -> None:
        _, person, _ = world
        mother = make.make_account("Nadia Haddad")
        make.give_authority(mother, person, REPRESENTATIVE, limit=10_000)
        with pytest.raises(NotAllowedError):
            ask(mother, person, NOMINEE)
        with pytest.raises(InvalidError):
            ask(mother, person, terms=Terms(Scope.BUY))
        token = ask(mother, person, terms=Terms(Scope.BUY, 10_000))
        found = queries.invitation_of(token)
        assert found is not None
        # what she may give away is asked once more when the link is used
        authority = db.session.scalar(select(Authority).where(Authority.account_id == mother.id))
        assert authority is not None
        authority.buy_limit_pence = 9_000
        db.session.flush()
        assert queries.invitation_of(token) is None

    def test_nobody_asks_themself_whoever_acts_already_or_the_same_address_twice(self, world: World) -> None:
        account, person, coordinator = world
        ask(account, person, email="new@example.org")
        for by, email in ((account, account.email.upper()), (coordinator, account.email), (account, "NEW@example.org")):
            with pytest.raises(InvalidError) as refused:
                ask(by, person, email=email)
            assert set(refused.value.errors) == {"email"}

    def test_one_account_asks_only_so_many_a_day(self, world: World) -> None:
        account, person, _ = world
        for number in range(A_DAY):
            ask(account, person, email=f"new{number}@example.org")
        with pytest.raises(StateError, match="tomorrow"):
            ask(account, person, email="one.more@example.org")
        with clock.at(clock.now() + timedelta(days=1, minutes=1)):
            assert ask(account, person, email="one.more@example.org")


class TestTheLink:
    def test_the_email_names_nobody_and_the_token_is_kept_nowhere(self, app: Flask, world: World) -> None:
        account, person, _ = world
        invitation = inviting.invite(make.actor_for(account), person, "new@example.org", BROKER, Terms(Scope.VIEW))
        assert invitation.token_hash is None
        token = mailing.mint(invitation)
        text = mailing.compose(app.config["SETTINGS"], invitation, token).as_string()
        assert f"/invitation/{token}" in text
        for secret in (person.given_name, person.family_name, account.name):
            assert secret not in text
        assert token not in str(vars(invitation))

    def test_sending_again_makes_a_new_link_and_ends_the_old(self, world: World) -> None:
        account, person, _ = world
        old = ask(account, person)
        invitation = queries.invitation_of(old)
        assert invitation is not None
        for _ in range(SENDINGS - 1):
            inviting.send_again(make.actor_for(account), person, invitation.ref)
        new = mailing.mint(invitation)
        db.session.flush()
        assert queries.invitation_of(old) is None
        assert queries.invitation_of(new) == invitation
        with pytest.raises(StateError, match="several times"):
            inviting.send_again(make.actor_for(account), person, invitation.ref)

    def test_it_ends_after_seven_days_when_taken_back_and_when_whoever_asked_goes(self, world: World) -> None:
        account, person, _ = world
        mother = make.make_account("Nadia Haddad")
        make.give_authority(mother, person, REPRESENTATIVE)
        token = ask(mother, person)
        with clock.at(clock.now() + timedelta(days=7, seconds=1)):
            assert queries.invitation_of(token) is None
        found = queries.invitation_of(token)
        assert found is not None
        inviting.take_back(make.actor_for(account), person, found.ref)
        assert queries.invitation_of(token) is None
        token = ask(mother, person)
        authority = db.session.scalar(select(Authority).where(Authority.account_id == mother.id))
        assert authority is not None
        authorities.end_authority(make.SYSTEM, authority)
        assert queries.invitation_of(token) is None

    def test_an_old_one_makes_room_for_a_new_one(self, world: World) -> None:
        account, person, _ = world
        ask(account, person)
        with clock.at(clock.now() + timedelta(days=8)):
            assert ask(account, person)


class TestAnswering:
    def test_a_broker_whom_the_holder_asked_begins_at_once(self, world: World) -> None:
        account, person, _ = world
        token = ask(account, person, terms=Terms(Scope.BUY, 5_000, 9_000, None, False))
        new = answering.open_account(token, "Bola Ade", "seven quiet otters swim upstream")
        authority = answering.accept(make.actor_for(new), token)
        assert (authority.is_checked, authority.buy_limit_pence, authority.sees_messages) == (True, 5_000, False)
        assert authority.evidence is EvidenceKind.CONSENT
        grant = make.actor_for(new).grant_for(person.id)
        assert grant is not None
        assert grant.scope is Scope.BUY
        assert any("said yes" in title for title in told(account))
        with pytest.raises(NotFoundError):
            answering.accept(make.actor_for(new), token)

    def test_a_nominee_only_looks_until_the_coordinator_has_checked(self, world: World) -> None:
        account, person, coordinator = world
        token = ask(account, person, NOMINEE, terms=Terms(Scope.BUY))
        new = answering.open_account(token, "Bola Ade", "seven quiet otters swim upstream")
        authority = answering.accept(make.actor_for(new), token)
        grant = make.actor_for(new).grant_for(person.id)
        assert grant is not None
        assert (grant.scope, grant.promised_scope) == (Scope.VIEW, Scope.BUY)
        assert any("Bola Ade" in title for title in told(coordinator))
        checking_papers.say_missing(make.actor_for(coordinator), authority, "Please sign the second page.")
        for by in (account, new):
            with pytest.raises(NotFoundError):
                checking_papers.check_papers(make.actor_for(by), authority, evidence=EvidenceKind.CONSENT)
        keep_paper(authority)
        checking_papers.check_papers(make.actor_for(coordinator), authority, evidence=EvidenceKind.CONSENT)
        grant = make.actor_for(new).grant_for(person.id)
        assert grant is not None
        assert grant.scope is Scope.BUY
        assert any("looked at your papers" in title for title in told(new))

    def test_another_address_cannot_say_yes(self, world: World) -> None:
        account, person, _ = world
        token = ask(account, person)
        other = make.make_account("Somebody Else")
        with pytest.raises(NotFoundError):
            answering.accept(make.actor_for(other), token)

    def test_saying_no_tells_whoever_asked_and_nobody_else(self, world: World) -> None:
        account, person, coordinator = world
        answering.decline(ask(account, person))
        assert told(account) == ["Somebody you asked to act said no."]
        assert told(coordinator) == []
        assert queries.invitations_of(make.actor_for(account), person) == []

    def test_who_acted_until_a_day_can_be_asked_again(self, world: World) -> None:
        account, person, _ = world
        old = make.make_account("Bola Ade", "bola@example.org")
        yesterday = clock.today() - timedelta(days=1)
        service.grant_authority(
            make.SYSTEM, old, person, BROKER, Scope.VIEW, starts_on=make.LONG_AGO, ends_on=yesterday
        )
        assert answering.accept(make.actor_for(old), ask(account, person, email="bola@example.org"))


class TestLookingAgain:
    def test_the_day_to_look_again_reminds_once_then_the_lead_and_takes_nothing_away(self, world: World) -> None:
        _, person, coordinator = world
        mother = make.make_account("Nadia Haddad")
        today = clock.today()
        service.grant_authority(
            make.SYSTEM, mother, person, REPRESENTATIVE, Scope.BUY, starts_on=make.LONG_AGO, look_again_on=today
        )
        assert [looking_again.remind(), looking_again.remind()] == [1, 0]
        assert told(coordinator) == ["Look again at the papers of Nadia Haddad, who acts for Sam Okafor."]
        with clock.at(clock.now() + timedelta(days=13)):
            assert looking_again.remind() == 0
        with clock.at(clock.now() + timedelta(days=15)):
            assert [looking_again.remind(), looking_again.remind()] == [1, 0]
            grant = make.actor_for(mother).grant_for(person.id)
        assert told(coordinator)[-1].startswith("Late:")
        assert grant is not None
        assert grant.scope is Scope.BUY


def test_of_many_who_say_yes_at_once_one_does(real_database: Flask) -> None:
    with real_database.app_context():
        account, person, _ = holder()
        new = make.make_account("Bola Ade", "new@example.org")
        token = ask(account, person)
        db.session.commit()
        actor: Actor = make.actor_for(new)
    answers: list[str] = []
    gate = threading.Barrier(6)

    def say_yes() -> None:
        with real_database.app_context():
            gate.wait()
            try:
                answering.accept(actor, token)
                db.session.commit()
                answers.append("yes")
            except (NotFoundError, StateError):
                db.session.rollback()
                answers.append("gone")

    threads = [threading.Thread(target=say_yes) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["gone"] * 5 + ["yes"]
    with real_database.app_context():
        count = select(func.count()).select_from(Authority).where(Authority.account_id == actor.account_id)
        assert db.session.scalar(count) == 1
        assert db.session.scalar(select(Invitation.state)) is InvitationState.ACCEPTED
