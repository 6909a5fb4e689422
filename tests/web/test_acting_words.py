"""What the pages about acting for somebody say is true for whoever reads them, and stays so when things change."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.acting import inviting, mailing
from app.acting.inviting import Terms
from app.acting.models import Invitation
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.identity.models import Account, Authority
from app.identity.rules import AuthorityKind, Scope
from tests import factories as make
from tests.web.buying_world import World, get, make_world, post, said

BROKER, REPRESENTATIVE = AuthorityKind.BROKER, AuthorityKind.REPRESENTATIVE
PHRASE = "seven quiet otters swim upstream"
NEW = {"name": "Bola Ade", "passphrase": PHRASE, "again": PHRASE}


@pytest.fixture
def world(session: Any, client: FlaskClient, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.account)
    return made


@pytest.fixture
def mother(world: World, client: FlaskClient, sign_in: Any) -> Account:
    account = make.make_account("Nadia Haddad")
    make.give_authority(account, world.person, REPRESENTATIVE, limit=10_000)
    db.session.commit()
    sign_in(client, account)
    return account


def ask(by: Account, world: World, terms: Terms, email: str = "new@example.org") -> str:
    token = mailing.mint(inviting.invite(make.actor_for(by), world.person, email, BROKER, terms))
    db.session.commit()
    return token


class TestAnInvitationThatDoesNotStand:
    @pytest.fixture
    def lowered(self, world: World, mother: Account) -> World:
        ask(mother, world, Terms(Scope.BUY, 10_000))
        authority = db.session.scalars(select(Authority).where(Authority.account_id == mother.id)).one()
        authority.buy_limit_pence = 9_000
        db.session.commit()
        return world

    def test_the_list_says_that_the_link_does_not_work_and_why(
        self, lowered: World, client: FlaskClient, sign_in: Any
    ) -> None:
        sentence = "The link does not work now: Nadia Haddad may do less than this today."
        for account, page in (
            (None, f"/p/{lowered.person.ref}/acting"),
            (lowered.coordinator, f"/staff/people/{lowered.person.ref}/acting"),
        ):
            if account is not None:
                sign_in(client, account)
            text = said(get(client, page))
            assert sentence in text
            assert "The link works until" not in text
            assert "Send again" not in text
            assert "Take back" in text

    def test_it_is_not_sent_again_in_vain(self, lowered: World, mother: Account) -> None:
        waiting = db.session.scalars(select(Invitation)).one()
        with pytest.raises(StateError, match="does not work now"):
            inviting.send_again(make.actor_for(mother), lowered.person, waiting.ref)


def test_ones_own_row_speaks_to_the_reader(world: World, mother: Account, client: FlaskClient) -> None:
    bola = make.make_account("Bola Ade")
    make.give_authority(bola, world.person, BROKER, Scope.PREPARE)
    db.session.commit()
    text = said(get(client, f"/p/{world.person.ref}/acting"))
    own = text[text.index("(you)") :]
    assert "You can buy up to £100 at a time." in own[:400]
    assert "They can" not in own.split("Bola Ade")[0]
    assert "They can prepare purchases." in text


def test_the_button_names_who_is_asked(world: World, mother: Account, client: FlaskClient) -> None:
    world.person.agree_over_pence = 1_000
    own = db.session.scalars(select(Authority).where(Authority.account_id == world.account.id)).one()
    own.ended_at = clock.now()  # as a child's: nobody signs in for themself
    karim = make.make_account("Karim Rahman")
    make.give_authority(karim, world.person, REPRESENTATIVE)
    db.session.commit()
    draft = world.draft(by=mother)
    text = said(get(client, f"{world.at}/buy/{draft.ref}/check"))
    assert "Send to Karim Rahman to say yes" in text
    assert "Send to Sam" not in text


class TestSums:
    def test_once_is_never_over_a_month(self, world: World, client: FlaskClient) -> None:
        form = {"email": "new@example.org", "kind": "broker", "scope": "buy", "which": "all"}
        answer = client.post(
            f"/p/{world.person.ref}/acting/invite", data=form | {"buy_limit": "100", "month_limit": "50"}
        )
        assert answer.status_code == 400
        assert "Enter a sum for one purchase that is not over the sum for a month" in said(answer)
        post(client, f"/p/{world.person.ref}/acting/invite", **form, buy_limit="50", month_limit="50")


class TestPressedTwice:
    def test_the_second_yes_lands_where_the_first_did(self, world: World, client: FlaskClient) -> None:
        token = ask(world.account, world, Terms(Scope.PREPARE))
        with client.session_transaction() as cookie:
            cookie.clear()
        first = client.post(f"/invitation/{token}", data=NEW)
        assert first.status_code == 303
        with client.session_transaction() as cookie:
            signed_in = dict(cookie)
            cookie.clear()
        again = client.post(f"/invitation/{token}", data=NEW)
        assert again.status_code == 200, "the second press left before the first was answered"
        assert "You have said yes already" in said(again)
        assert client.get(f"/invitation/{token}").status_code == 404, "the link itself opens nothing more"
        with client.session_transaction() as cookie:
            cookie.update(signed_in)
        assert client.post(f"/invitation/{token}", data=NEW).location == first.location

    def test_somebody_else_learns_nothing(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        token = ask(world.account, world, Terms(Scope.PREPARE))
        with client.session_transaction() as cookie:
            cookie.clear()
        client.post(f"/invitation/{token}", data=NEW)
        sign_in(client, make.make_account("Zoe Other"))
        assert client.post(f"/invitation/{token}", data=NEW).status_code == 404
