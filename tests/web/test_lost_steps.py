"""A lost second step of a provider's people: who asks for them, and what everybody reads of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.identity.models import Account, Person
from app.identity.queries import coordinator_of
from app.identity.rules import StaffRole
from app.marketplace.models import Provider, ProviderMember
from app.messages.models import Notice
from app.purchases import lost_steps
from app.purchases.models import Purchase
from app.signing_in import resets
from app.signing_in.rules import LinkKind
from tests import factories as make
from tests.marketplace.making import make_provider
from tests.web.buying_world import make_world, said
from tests.web.test_mailed_links import link_to
from tests.web.test_second_step import half, with_app

SignIn = Callable[[FlaskClient, Account], FlaskClient]
WHY = "She rang from the office, and we have worked together for years."


@pytest.fixture
def swim(session: object) -> Provider:
    return make_provider()


def member(provider: Provider, name: str) -> Account:
    account = make.make_account(name)
    with_app(account)
    db.session.add(ProviderMember(account_id=account.id, provider_id=provider.id))
    db.session.commit()
    return account


class TestAnotherOfTheSameProvider:
    def test_from_end_to_end(self, client: FlaskClient, sign_in: SignIn, swim: Provider) -> None:
        ruth, omar = member(swim, "Ruth Adeyemi"), member(swim, "Omar Haddad")
        path = f"/provider/{swim.ref}/second-step"
        sign_in(client, ruth)
        assert path in client.get(f"/provider/{swim.ref}/profile").text
        assert "Omar Haddad" in said(client.get(path))
        assert client.post(path, data={"account": ruth.ref, "why": WHY}).status_code == 400, "not one's own"
        assert client.post(path, data={"account": omar.ref, "why": WHY}).location == path
        assert omar.has_second_step, "they are told first"
        assert "unless they stop it" in said(client.get(path))
        with clock.at(clock.now() + timedelta(hours=73)):
            resets.reset_steps()
        assert not omar.has_second_step
        assert "Taken away on" in said(sign_in(client, ruth).get(path))

    def test_it_can_be_stopped_and_whoever_asked_is_told(
        self, client: FlaskClient, sign_in: SignIn, swim: Provider
    ) -> None:
        ruth, omar = member(swim, "Ruth Adeyemi"), member(swim, "Omar Haddad")
        lost_steps.ask_for_other(make.actor_for(ruth), swim, omar.ref, WHY)
        assert client.post(f"/keep-second-step/{link_to(omar, LinkKind.KEEP_STEP)}").status_code == 303
        told = db.session.scalars(select(Notice.title).where(Notice.account_id == ruth.id).order_by(Notice.id)).all()
        assert told[-1] == "Omar Haddad did not lose their second step for signing in. It stays."
        sign_in(client, ruth)
        assert "They say that they did not lose it" in said(client.get(f"/provider/{swim.ref}/second-step"))

    def test_nobody_elses(self, client: FlaskClient, sign_in: SignIn, swim: Provider) -> None:
        ruth, other = member(swim, "Ruth Adeyemi"), make_provider("Elsewhere CIC")
        away = member(other, "Peter Garrity")
        with pytest.raises(NotFoundError):
            lost_steps.ask_for_other(make.actor_for(ruth), swim, away.ref, WHY)
        with pytest.raises(NotFoundError):
            lost_steps.ask_for_other(make.actor_for(away), swim, ruth.ref, WHY)
        assert sign_in(client, away).get(f"/provider/{swim.ref}/second-step").status_code == 404


class TestAnAdministrator:
    def test_only_where_the_provider_is_known(self, client: FlaskClient, sign_in: SignIn, swim: Provider) -> None:
        world = make_world()
        joy, ruth = make.make_account("Joy Abara"), member(swim, "Ruth Adeyemi")
        make.make_post(joy, world.commissioner, StaffRole.ADMIN)
        with_app(joy)
        with pytest.raises(InvalidError) as refused:
            lost_steps.ask_for_member(make.actor_for(joy), world.commissioner.id, ruth.email, WHY)
        assert set(refused.value.errors) == {"email"}
        bought = db.session.get_one(Purchase, world.sent().id)
        bought.provider_id = swim.id
        db.session.commit()
        sign_in(client, joy)
        path = "/staff/team/provider-second-step"
        assert path in client.get("/staff/team").text
        assert "Nobody with that address" in said(client.post(path, data={"email": "x@example.org", "why": WHY}))
        assert client.post(path, data={"email": ruth.email.upper(), "why": WHY}).location == "/staff/team"
        assert ruth.has_second_step
        elsewhere = make.make_account("Ingrid Solberg")
        make.make_post(elsewhere, make.make_commissioner(), StaffRole.ADMIN)
        with pytest.raises(NotFoundError):
            lost_steps.ask_for_member(make.actor_for(elsewhere), world.commissioner.id, ruth.email, WHY)


def test_a_coordinator_sees_what_is_to_come_and_what_was_stopped(client: FlaskClient, sign_in: SignIn) -> None:
    account, person, *_ = make.make_holder()
    assert isinstance(person, Person)
    with_app(account)
    priya = coordinator_of(person.id)
    assert priya is not None
    sign_in(client, priya)
    path = f"/staff/people/{person.ref}/second-step"
    resets.ask(make.actor_for(priya), person.ref, account.ref, WHY)
    db.session.commit()
    assert "It is taken away on" in said(client.get(path))
    client.post(f"/keep-second-step/{link_to(account, LinkKind.KEEP_STEP)}")
    assert "They say that they did not lose it" in said(client.get(path))
    told = db.session.scalars(select(Notice).where(Notice.account_id == priya.id)).one()
    assert client.post(f"/notices/{told.ref}").location == path


def test_the_page_that_asks_for_the_code_says_whom_providers_ask(
    client: FlaskClient, sign_in: SignIn, swim: Provider
) -> None:
    ruth = member(swim, "Ruth Adeyemi")

    assert "somebody who looks after the same page" in said(half(client, ruth).get("/second-step"))
