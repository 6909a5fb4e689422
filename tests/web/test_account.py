"""Signing in, staying in, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.identity import sessions
from app.identity.models import Account, SignInAttempt
from app.identity.rules import AuthorityKind, Scope
from tests.factories import (
    PASSPHRASE,
    give_authority,
    make_account,
    make_commissioner,
    make_holder,
    make_person,
    make_post,
)

SignIn = Callable[[FlaskClient, Account], FlaskClient]


def _try(client: FlaskClient, email: str, passphrase: str, **more: str) -> object:
    return client.post("/sign-in", data={"email": email, "passphrase": passphrase, **more})


def _summary(page: str) -> str:
    found = re.search(r'<div class="nhsuk-error-summary".*?</ul>', page, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: FlaskClient) -> None:
    account = make_account()

    answer = _try(client, account.email.upper(), PASSPHRASE, next="/notices?page=2")

    assert (answer.status_code, answer.location) == (303, "/notices?page=2")
    assert account.name in client.get("/notices").text


def test_signing_in_never_leads_to_another_site(client: FlaskClient) -> None:
    account = make_account()

    assert _try(client, account.email, PASSPHRASE, next="//evil.example").location == "/"


def test_nobody_can_tell_whether_an_address_is_known(client: FlaskClient) -> None:
    account = make_account()

    known, unknown = _try(client, account.email, "wrong words"), _try(client, "nobody@example.org", "wrong words")

    assert (known.status_code, unknown.status_code) == (400, 400)
    assert _summary(known.text) == _summary(unknown.text) != ""


def test_wrong_tries_are_counted_although_the_form_is_shown_again(client: FlaskClient) -> None:
    account = make_account()
    for _ in range(sessions.ACCOUNT_LIMIT):
        _try(client, account.email, "wrong words")

    answer = _try(client, account.email, PASSPHRASE)

    assert "Wait 15 minutes" in _summary(answer.text)
    assert db.session.scalar(select(func.max(SignInAttempt.failures))) > sessions.ACCOUNT_LIMIT


def test_what_was_typed_stays_but_never_the_passphrase(client: FlaskClient) -> None:
    page = _try(client, "sam@example.org", "my secret words").text

    assert 'value="sam@example.org"' in page
    assert "my secret words" not in page


def test_a_planted_cookie_is_worth_nothing_after_signing_in(client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody"
    _try(client, make_account().email, PASSPHRASE)

    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_signing_out_everywhere_ends_the_other_browser_too(client: FlaskClient, sign_in: SignIn) -> None:
    account = make_account()
    other = client.application.test_client()
    sign_in(client, account)
    sign_in(other, account)

    assert client.post("/sign-out-everywhere").location == "/signed-out"
    assert other.get("/notices").location.startswith("/sign-in")


def test_doing_nothing_signs_out_and_says_so(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, make_account())
    later = clock.now() + timedelta(minutes=31)

    with clock.at(later):
        answer = client.get("/notices")
        page = client.get(answer.location).text

    assert answer.location == "/sign-in?next=/notices"
    assert "You were signed out" in page
    assert 'name="next" value="/notices"' in page


def test_staying_signed_in_moves_the_end(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, make_account())
    start = clock.now()

    with clock.at(start + timedelta(minutes=20)):
        assert client.post("/session/extend", headers={"Accept": "application/json"}).status_code == 204
    with clock.at(start + timedelta(minutes=45)):
        assert client.get("/notices").status_code == 200


def test_a_form_sent_after_the_end_leads_back_to_its_page(client: FlaskClient) -> None:
    answer = client.post("/notices", headers={"Referer": "http://localhost/notices?page=2"})
    foreign = client.post("/notices", headers={"Referer": "http://evil.example/notices"})

    assert answer.location == "/sign-in?next=/notices?page%3D2"
    assert foreign.location == "/sign-in"


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "ten green bottles hanging low", "ten green bottles hanging low", "not your passphrase now"),
        (PASSPHRASE, "too short", "too short", "at least 12"),
        (PASSPHRASE, "password1234", "password1234", "easy to guess"),
        (PASSPHRASE, "ten green bottles hanging low", "ten green bottles hanging", "not the same"),
    ],
)
def test_a_passphrase_is_changed_only_for_a_good_one(
    client: FlaskClient, sign_in: SignIn, old: str, new: str, again: str, words: str
) -> None:
    sign_in(client, make_account())

    answer = client.post("/passphrase", data={"old": old, "new": new, "again": again})

    assert answer.status_code == 400
    assert words in _summary(answer.text)


def test_a_new_passphrase_is_the_one_that_works(client: FlaskClient, sign_in: SignIn) -> None:
    account, new = make_account(), "ten green bottles hanging low"
    sign_in(client, account)

    answer = client.post("/passphrase", data={"old": PASSPHRASE, "new": new, "again": new})

    assert answer.location == "/sign-in"
    assert "Your passphrase is changed" in client.get("/sign-in").text
    assert _try(client, account.email, PASSPHRASE).status_code == 400
    assert _try(client, account.email, new).status_code == 303


def test_one_budget_is_home_and_several_are_a_choice(client: FlaskClient, sign_in: SignIn) -> None:
    account, person, *_ = make_holder()
    sign_in(client, account)
    assert client.get("/").location == f"/p/{person.ref}/"

    commissioner = make_commissioner("Wirral Integrated Care Board")
    child = make_person(commissioner, "Amira", "Haddad", born=clock.today() - timedelta(days=365 * 9 + 30))
    give_authority(account, child, AuthorityKind.BROKER, Scope.BUY, 5000)
    make_post(account, commissioner)

    assert client.get("/").location == "/people"
    page = client.get("/people").text
    for words in ("Your own budget", "Amira Haddad, aged 9", "up to £50 at a time", "Care coordinator, Wirral"):
        assert words in page


def test_every_page_of_another_says_for_whom_one_acts(client: FlaskClient, sign_in: SignIn) -> None:
    account, own, *_ = make_holder()
    commissioner = make_commissioner("Wirral Integrated Care Board")
    child = make_person(commissioner, "Amira", "Haddad", born=date(clock.today().year - 9, 1, 1))
    give_authority(account, child, AuthorityKind.REPRESENTATIVE, Scope.BUY)
    sign_in(client, account)

    acting, mine = client.get(f"/p/{child.ref}/").text, client.get(f"/p/{own.ref}/").text

    assert re.search(r"You are acting for <strong>Amira, aged 9</strong>", acting)
    assert "You are acting for" not in mine
