"""A button that was pressed when it was time to show once more who it is: whoever comes back reads that nothing was
done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.identity.models import Account
from tests.factories import PASSPHRASE, make_holder
from tests.web.test_second_step import code_of, with_app

NOTHING = "Nothing was done yet. Press it again."
LATER = timedelta(minutes=16)


@pytest.fixture
def sam(client: FlaskClient, sign_in: Callable[[FlaskClient, Account], FlaskClient]) -> tuple[Account, str]:
    account, *_ = make_holder()
    secret = with_app(account)
    sign_in(client, account)
    return account, secret


def confirm(client: FlaskClient, secret: str, to: str) -> str:
    typed = {"passphrase": PASSPHRASE, "code": code_of(secret), "next": to}
    assert client.post("/confirm", data=typed).location == (to or "/")
    return client.get(to or "/", follow_redirects=True).text


def test_the_page_they_come_back_to_says_that_nothing_was_done(client: FlaskClient, sam: tuple[Account, str]) -> None:
    page = "/account"
    with clock.at(clock.now() + LATER):
        back = client.post("/second-step/app/remove", headers={"Referer": f"http://localhost{page}"})
        assert back.location == f"/confirm?next={page}"
        assert NOTHING in confirm(client, sam[1], page)
        assert NOTHING not in client.get(page).text, "once"


def test_without_a_way_back_it_is_said_too(client: FlaskClient, sam: tuple[Account, str]) -> None:
    with clock.at(clock.now() + LATER):
        assert client.post("/second-step/app/remove").location == "/confirm"
        assert NOTHING in confirm(client, sam[1], "")


def test_a_page_that_was_only_asked_for_says_nothing(client: FlaskClient, sam: tuple[Account, str]) -> None:
    with clock.at(clock.now() + LATER):
        client.post("/second-step/app/remove", headers={"Referer": "http://localhost/account"})
        page = "/account/email"
        assert client.get(page).location == f"/confirm?next={page}", "the button is left, and something else opened"
        assert NOTHING not in confirm(client, sam[1], page)
