"""The second step: who must take it, what is open before it, and every way through it without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock, sealing
from app.core.db import db
from app.identity import sessions
from app.identity.models import Account
from app.identity.proofs import Proof
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.marketplace import service as marketplace
from app.marketplace.service import NewProvider
from app.messages.models import Notice
from app.signing_in import authenticators
from tests.factories import (
    PASSPHRASE,
    SYSTEM,
    actor_for,
    give_authority,
    make_account,
    make_commissioner,
    make_holder,
    make_person,
    make_post,
)

SignIn = Callable[[FlaskClient, Account], FlaskClient]
#: What is open to whoever still has to take the step.
_WAYS_OUT = {"/sign-out-everywhere", "/session/extend"}
_ENTER = {"/second-step", "/second-step/passkey"}
_SET_UP = {"/second-step/set-up", "/second-step/app", "/account/passkeys/new", "/confirm", "/confirm/passkey"}


def half(client: FlaskClient, account: Account) -> FlaskClient:
    """Signed in with the passphrase alone."""
    token = sessions.open_session(account)
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["token"] = token
    return client


def with_app(account: Account) -> str:
    """An authenticator; says its secret."""
    secret = authenticators.new_secret()
    with clock.at(clock.now() - timedelta(minutes=5)):
        authenticators.add_authenticator(actor_for(account), secret, pyotp.TOTP(secret).at(clock.now()))
    return secret


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def of_role(role: str) -> Account:
    """Somebody who is this and nothing else."""
    account, board = make_account(), make_commissioner()
    if role in set(StaffRole):
        make_post(account, board, StaffRole(role))
    elif role == "provider":
        provider = marketplace.add_provider(SYSTEM, NewProvider("Ladywell Leisure", lat=51.4, lon=0.0))
        marketplace.add_member(SYSTEM, provider, account.id)
    else:
        give_authority(account, make_person(board), AuthorityKind(role), Scope.BUY)
    return account


@pytest.mark.parametrize(
    ("role", "led"),
    [
        *((role.value, True) for role in StaffRole),
        ("broker", True),
        ("provider", True),
        ("self", False),
        ("representative", False),
        ("nominee", False),
    ],
)
def test_whoever_is_here_for_their_work_is_led_to_set_one_up(client: FlaskClient, role: str, led: bool) -> None:
    answer = half(client, of_role(role)).get("/notices")
    assert (answer.status_code, answer.location) == ((303, "/second-step/set-up?next=/notices") if led else (200, None))


@pytest.mark.parametrize("role", ["coordinator", "provider"])
@pytest.mark.parametrize("has_app", [True, False])
def test_before_the_step_nothing_else_is_open(app: Flask, client: FlaskClient, role: str, has_app: bool) -> None:
    """Every address there is, asked with the passphrase alone."""
    account = of_role(role)
    if has_app:
        with_app(account)
    half(client, account)
    strange = {"person_ref": "h7kq2mzr9tcb", "provider_ref": "h7kq2mzr9tcb"}
    seen = 0
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda hit: strange.get(hit[1], "h7kq2mzr9tcb"), rule.rule)
        view = app.view_functions[rule.endpoint]
        if getattr(view, "carepurse_mark", None) is None or path in _WAYS_OUT | (_ENTER if has_app else _SET_UP):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(path, method=method)
            expected = "/second-step" if has_app else "/second-step/set-up"
            assert (answer.location or "").split("?")[0] == expected, f"{method} {path}"
            seen += 1
    assert seen > 150


def test_whoever_knows_only_the_passphrase_never_adds_a_way_of_their_own(client: FlaskClient) -> None:
    account = of_role("finance")
    with_app(account)
    half(client, account)
    for page in _SET_UP:
        assert client.get(page).location in {None, *(f"/second-step?next={p}" for p in _SET_UP)}
        assert client.get(page).status_code in {303, 405}


def test_public_pages_are_read_as_by_a_stranger(client: FlaskClient) -> None:
    account = of_role("admin")
    page = half(client, account).get("/help").text
    assert account.name not in page
    assert client.get("/sign-in").location == "/second-step"


def test_a_holder_who_has_one_must_use_it(client: FlaskClient) -> None:
    account, person, *_ = make_holder()
    secret = with_app(account)
    answer = client.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE})
    assert client.get(f"/p/{person.ref}/").location == f"/second-step?next=/p/{person.ref}/"
    page = client.get(f"/second-step?next=/p/{person.ref}/").text
    assert 'autocomplete="one-time-code"' in page
    assert "demonstration" not in page, "no page tells a code that counts"
    answer = client.post("/second-step", data={"code": code_of(secret), "next": f"/p/{person.ref}/"})
    assert answer.location == f"/p/{person.ref}/"
    assert client.get(f"/p/{person.ref}/").status_code == 200


def test_a_wrong_code_is_said_and_counted(client: FlaskClient) -> None:
    account = of_role("admin")
    secret = with_app(account)
    half(client, account)
    for _ in range(6):
        answer = client.post("/second-step", data={"code": "000000"})
        assert answer.status_code == 400
        assert "That code is not right" in answer.text
    assert "too many tries" in client.post("/second-step", data={"code": code_of(secret)}).text


def test_setting_one_up_from_nothing(client: FlaskClient) -> None:
    """As a new colleague does: passphrase, picture, code, codes on paper, and on to where they wanted to go."""
    account = of_role("coordinator")
    client.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE})
    assert client.get("/staff/queue").location == "/second-step/set-up?next=/staff/queue"
    assert "You need one for what you do here" in client.get("/second-step/set-up?next=/staff/queue").text
    page = client.get("/second-step/app").text
    picture = re.search(r"<svg[^>]*cp-qr.*?</svg>", page, re.S)
    assert picture
    assert "style" not in picture[0]
    secret = re.search(r'cp-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert secret in client.get("/second-step/app").text.replace(" ", ""), "the same while it is being set up"
    assert client.post("/second-step/app", data={"code": "000000"}).status_code == 400
    answer = client.post("/second-step/app", data={"code": code_of(secret)})
    assert answer.location == "/second-step/codes"
    codes = re.findall(r"<li>((?:\w{4}-){3}\w{4})</li>", client.get("/second-step/codes").text)
    assert len(codes) == 10
    assert client.post("/second-step/codes/kept").location == "/staff/queue"
    assert client.get("/second-step/codes").location == "/account", "shown once"
    assert client.get("/staff/queue").status_code == 200
    told = db.session.scalars(sa.select(Notice.title).where(Notice.account_id == account.id)).all()
    assert any("authenticator app was set up" in title for title in told)

    client.post("/sign-out")
    client.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE})
    assert client.post("/second-step?with=recovery", data={"code": codes[0]}).status_code == 303
    assert client.get("/staff/queue").status_code == 200


def test_what_is_kept_in_the_cookie_meanwhile_cannot_be_read(client: FlaskClient, sign_in: SignIn) -> None:
    account, *_ = make_holder()
    sign_in(client, account)
    page = client.get("/second-step/app").text
    secret = re.search(r'cp-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    with client.session_transaction() as cookie:
        assert secret not in str(dict(cookie))
        assert sealing.unseal(cookie["new_app"], f"setting up app: {account.id}") == secret


@pytest.mark.parametrize("page", ["/second-step/app", "/account/email"])
def test_what_changes_signing_in_asks_who_it_is_once_more(client: FlaskClient, sign_in: SignIn, page: str) -> None:
    account, *_ = make_holder()
    sign_in(client, account)
    assert client.get(page).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert client.get(page).location == f"/confirm?next={page}"
        assert client.post("/confirm", data={"passphrase": "wrong", "next": page}).status_code == 400
        assert client.post("/confirm", data={"passphrase": PASSPHRASE, "next": page}).location == page
        assert client.get(page).status_code == 200


def test_once_more_needs_the_second_step_where_there_is_one(client: FlaskClient, sign_in: SignIn) -> None:
    account = of_role("admin")
    secret = with_app(account)
    sign_in(client, account)
    start = clock.now()
    with clock.at(start + timedelta(minutes=10)):
        assert client.post("/staff/policy/drafts").location.startswith("/staff")
    with clock.at(start + timedelta(minutes=16)):
        back = client.post("/staff/policy/drafts", headers={"Referer": "http://localhost/staff/policy"})
        assert back.location == "/confirm?next=/staff/policy"
        typed = {"passphrase": PASSPHRASE, "next": "/staff/policy"}
        assert client.post("/confirm", data=typed).status_code == 400
        done = client.post("/confirm", data=typed | {"code": code_of(secret)})
        assert done.location == "/staff/policy"


def test_what_was_typed_meanwhile_is_kept(client: FlaskClient, sign_in: SignIn) -> None:
    account, *_ = make_holder()
    sign_in(client, account)
    start = clock.now()
    with clock.at(start + timedelta(minutes=14)):
        page = client.get("/staff/policy/withdraw")
        client.post("/session/extend")
    assert page.status_code == 403, "not theirs"
    board = make_commissioner()
    make_post(account, board, StaffRole.ADMIN)
    with clock.at(start + timedelta(minutes=17)):
        answer = client.post("/staff/policy/withdraw", data={"why": "The figures were of last year"})
        assert answer.location == "/confirm?next=/kept-forms"
        assert client.post("/confirm", data={"passphrase": PASSPHRASE, "next": "/kept-forms"}).location == "/kept-forms"
        assert "The figures were of last year" in client.get("/kept-forms").text


def test_staff_keep_their_last_second_step(client: FlaskClient, sign_in: SignIn) -> None:
    account = of_role("auditor")
    with_app(account)
    sign_in(client, account)
    answer = client.post("/second-step/app/remove")
    assert answer.status_code == 403
    assert "Add another one first" in answer.text


def test_a_holder_puts_the_offer_off(client: FlaskClient, sign_in: SignIn) -> None:
    account, person, *_ = make_holder()
    sign_in(client, account)
    assert "second step" in client.get(f"/p/{person.ref}/").text
    assert client.post("/second-step/not-now", data={"next": f"/p/{person.ref}/"}).location == f"/p/{person.ref}/"
    assert "You can add a second step" not in client.get(f"/p/{person.ref}/").text.split("</main>")[0].split("</h1>")[1]
    assert "You can add a second step" in client.get("/account").text


def test_the_proof_of_a_session_is_the_strongest_shown(client: FlaskClient, sign_in: SignIn) -> None:
    account, *_ = make_holder()
    token = sessions.open_session(account, Proof.NHS)
    with client.session_transaction() as cookie:
        cookie["token"] = token
    db.session.commit()
    client.post("/confirm", data={"passphrase": PASSPHRASE})
    with client.session_transaction() as cookie:
        opened = sessions.open_session_of(cookie["token"], timedelta(minutes=30))
    assert opened.proven is Proof.NHS
