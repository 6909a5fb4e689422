"""NHS login against a real provider on loopback: what it does, and every lie that is not believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.acting import inviting, mailing
from app.core import clock
from app.core.db import db
from app.core.nhs_settings import NhsLoginSettings
from app.identity.models import Account, SignInSession
from app.identity.proofs import Proof, Step, step_before
from app.identity.rules import AuthorityKind, Scope
from app.signing_in import nhs_login, nhs_provider
from app.signing_in.models import NhsAttempt, NhsLink
from tests.factories import actor_for, make_account, make_commissioner, make_holder, make_post
from tests.signing_in.nhs_fake import CLIENT, Provider, running

SignIn = Callable[[FlaskClient, Account], FlaskClient]


@pytest.fixture(scope="module")
def our_key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.fixture
def nhs(app: Flask, our_key: RSAKey, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """NHS login, switched on."""
    with running(our_key) as provider:
        own = NhsLoginSettings(provider.url, CLIENT, our_key.as_pem(private=True).decode(), None, "P9")
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], nhs_login=own))
        yield provider


def want(app: Flask, monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, nhs_login=replace(settings.nhs_login, level=level)))


def visit(client: FlaskClient, start: str = "/nhs-login", **form: str) -> TestResponse:
    """There and back, as a browser goes."""
    there = client.post(start, data=form)
    assert there.status_code == 303, there.text
    return client.get(way_back(there.location))


def way_back(url: str) -> str:
    answer = requests.get(url, allow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost"
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def linked(client: FlaskClient, sign_in: SignIn, nhs: Provider) -> Account:
    """Somebody who linked their NHS login, and signed out."""
    account = make_account()
    sign_in(client, account)
    assert visit(client, "/account/nhs-login").location == "/account/nhs-login"
    client.post("/sign-out")
    return account


def proofs() -> list[Proof]:
    return list(db.session.scalars(select(SignInSession.proven).order_by(SignInSession.id)))


def test_linked_once_it_signs_in(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    answer = visit(client, next="/notices?page=2")

    assert answer.location == "/notices?page=2"
    assert linked.name in client.get("/notices").text
    assert proofs()[-1] is Proof.NHS
    assert "You can now sign in with NHS login." in client.get("/notices").text
    asked = nhs.visits[-1]
    assert asked["vtr"] == '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]'
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == "http://localhost/nhs-login/return"
    assert nhs.refused == []
    kept = db.session.scalars(select(NhsLink)).one()
    assert nhs.subject not in kept.subject_hash


def test_whoever_is_not_known_is_told_what_to_do_and_no_address_finds_an_account(
    client: FlaskClient, nhs: Provider
) -> None:
    make_account(email="sam@example.org")  # the address that NHS login says
    before = db.session.scalar(select(func.count()).select_from(Account))

    page = visit(client).text

    assert "We do not know this NHS login yet" in page
    assert client.get("/notices").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Account)) == before


def test_an_invitation_links_it_to_the_account_that_is_opened_there(client: FlaskClient, nhs: Provider) -> None:
    account, person, *_ = make_holder()
    invitation = inviting.invite(
        actor_for(account), person, "new@example.org", AuthorityKind.BROKER, inviting.Terms(Scope.PREPARE)
    )
    asked = f"/invitation/{mailing.mint(invitation)}"
    db.session.commit()
    assert "Continue with NHS login" in client.get(asked).text

    assert visit(client, next=asked).location == asked
    page = client.get(asked).text
    assert "NHS login knows you" in page
    assert db.session.scalar(select(func.count()).select_from(NhsLink)) == 0, "not before they say yes"
    words = "ten green bottles hanging low"
    assert client.post(asked, data={"name": "Leonie Baptiste", "passphrase": words, "again": words}).status_code == 303
    client.post("/sign-out")
    assert visit(client).status_code == 303
    opened = db.session.scalars(select(Account).where(Account.email == "new@example.org")).one()
    assert db.session.scalars(select(NhsLink.account_id)).all() == [opened.id]


def test_one_nhs_login_one_account(client: FlaskClient, sign_in: SignIn, linked: Account, nhs: Provider) -> None:
    other = make_account("Dana Price")
    sign_in(client, other)
    assert "already signs in to another account" in visit(client, "/account/nhs-login").text

    client.post("/sign-out")
    sign_in(client, linked)
    nhs.subject = "another"
    assert "Another NHS login signs in to this account" in visit(client, "/account/nhs-login").text
    assert db.session.scalar(select(func.count()).select_from(NhsLink)) == 1


def test_it_can_be_taken_away(client: FlaskClient, sign_in: SignIn, linked: Account, nhs: Provider) -> None:
    sign_in(client, linked)
    assert "signs you in here, since" in client.get("/account/nhs-login").text
    client.post("/account/nhs-login/unlink")
    client.post("/sign-out")
    assert "We do not know this NHS login yet" in visit(client).text


def test_another_who_signed_in_meanwhile_gets_no_link(client: FlaskClient, sign_in: SignIn, nhs: Provider) -> None:
    sign_in(client, make_account())
    there = client.post("/account/nhs-login").location
    back = way_back(there)
    with client.session_transaction() as cookie:
        began = cookie["nhs_visit"]
    sign_in(client, make_account("Dana Price"))
    with client.session_transaction() as cookie:
        cookie["nhs_visit"] = began
    assert "Somebody else is signed in here now" in client.get(back).text
    assert db.session.scalar(select(func.count()).select_from(NhsLink)) == 0


def test_staff_still_show_their_own_second_step(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    make_post(linked, make_commissioner())
    db.session.commit()
    visit(client)
    assert step_before(Proof.NHS, has_second_step=False, must=True) is Step.SET_UP
    assert step_before(Proof.NHS, has_second_step=True, must=True) is Step.ENTER
    assert step_before(Proof.NHS, has_second_step=True, must=False) is Step.NONE


@pytest.mark.parametrize(
    "lie",
    [
        "nonce", "no nonce", "audience", "expired", "future", "iss", "at_hash", "none", "symmetric", "weaker",
        "other key", "unknown key", "userinfo sub", "userinfo fails", "userinfo list", "vector", "low claim",
        "low userinfo", "no subject",
    ],
)  # fmt: skip
def test_no_lie_is_believed(client: FlaskClient, linked: Account, nhs: Provider, lie: str) -> None:
    nhs.wrong = lie
    answer = visit(client)

    assert answer.status_code == 400
    assert "NHS login did not work this time" in answer.text
    assert client.get("/notices").location == "/sign-in?next=/notices"
    assert proofs()[-1] is not Proof.NHS
    nhs.wrong = ""
    assert visit(client).location == "/", "the truth still is"


def test_a_new_key_is_looked_for_once(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    before = nhs.key_requests
    nhs.wrong = "rotated"
    assert visit(client).location == "/"
    assert nhs.key_requests == before + 1
    client.post("/sign-out")
    nhs.wrong = "unknown key"
    visit(client)
    assert nhs.key_requests == before + 2
    nhs.wrong = ""
    visit(client)
    assert nhs.key_requests == before + 2, "what is known is kept"


def test_only_ones_own_return_counts_and_only_once(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    back = way_back(client.post("/nhs-login").location)
    thief = client.application.test_client()
    assert thief.get(back).status_code == 400, "another browser began nothing"
    assert client.get(back).location == "/"
    with client.session_transaction() as cookie:
        cookie["nhs_visit"] = parse_qs(urlsplit(back).query)["state"][0]
    assert client.get(back).status_code == 400, "used before"
    assert client.get("/nhs-login/return").status_code == 400
    assert client.get("/nhs-login/return?state=&code=x").status_code == 400
    assert db.session.scalar(select(func.count()).select_from(NhsAttempt)) == 0


def test_a_visit_that_took_too_long(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    back = way_back(client.post("/nhs-login").location)
    with clock.at(clock.now() + timedelta(minutes=21)):
        assert client.get(back).status_code == 400
        assert db.session.scalar(select(func.count()).select_from(NhsAttempt)) == 1
        nhs_login.remove_old(0)
    assert db.session.scalar(select(func.count()).select_from(NhsAttempt)) == 0


def test_saying_no_there_is_no_harm(client: FlaskClient, nhs: Provider) -> None:
    nhs.wrong = "denied"
    assert "You stopped at NHS login" in visit(client).text


@pytest.mark.parametrize(("wanted", "has", "enough"), [
    ("P9", "P9", True), ("P9", "P5", False), ("P9", "P0", False), ("P5", "P9", True), ("P5", "P5", True),
    ("P5", "P0", False), ("P0", "P0", True),
])  # fmt: skip
def test_how_well_they_are_known(
    app: Flask, client: FlaskClient, linked: Account, nhs: Provider, monkeypatch: pytest.MonkeyPatch,
    wanted: str, has: str, enough: bool,
) -> None:  # fmt: skip
    want(app, monkeypatch, wanted)
    nhs.level = has
    answer = visit(client)
    assert (answer.status_code == 303) is enough
    assert enough or "does not know you well enough" in answer.text


def test_a_password_alone_is_not_enough(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    nhs.things = "Cp"
    assert "does not know you well enough" in visit(client).text
    nhs.things = "Cm"
    assert visit(client).status_code == 303


def test_a_slow_answer_is_not_waited_for(client: FlaskClient, linked: Account, nhs: Provider) -> None:
    back = way_back(client.post("/nhs-login").location)
    nhs_provider._known.clear()
    nhs.wrong = "slow"
    begun = time.monotonic()
    assert client.get(back).status_code == 400
    assert time.monotonic() - begun < 6.9


def test_one_that_is_down_or_another_is_not_offered(client: FlaskClient, nhs: Provider) -> None:
    assert "Continue with NHS login" in client.get("/sign-in").text
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert f"form-action 'self' {nhs.url};" in policy
    assert "form-action 'self';" in client.get("/help").headers["Content-Security-Policy"]
    nhs_provider._known.clear()
    nhs.wrong = "issuer"
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert "NHS login" not in page.text
    assert client.post("/nhs-login").status_code == 400


def test_off_without_its_settings(client: FlaskClient, sign_in: SignIn) -> None:
    for path in ("/sign-in", "/account"):
        assert "NHS login" not in client.get(path).text
    sign_in(client, make_account())
    assert "NHS login" not in client.get("/account").text
    assert client.get("/account/nhs-login").status_code == 404
    assert client.get("/nhs-login/return").status_code == 404
    for path in ("/nhs-login", "/account/nhs-login", "/account/nhs-login/unlink"):
        assert client.post(path).status_code == 404
