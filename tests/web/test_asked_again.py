"""What answers purchases by itself is made and ended only by whoever showed a short while ago who they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.identity.models import Account
from tests.factories import make_account, make_commissioner, make_post


@pytest.mark.parametrize("page", ["new", "anyruleofours/end"])
def test_simple_rules_ask_who_it_is_once_more(
    session: object, client: FlaskClient, sign_in: Callable[[FlaskClient, Account], FlaskClient], page: str
) -> None:
    priya = make_account("Priya Shah")
    make_post(priya, make_commissioner())
    sign_in(client, priya)
    start = clock.now()
    with clock.at(start + timedelta(minutes=10)):
        client.post("/session/extend")
    with clock.at(start + timedelta(minutes=16)):
        answer = client.post(f"/staff/simple-rules/{page}", data={})
        assert answer.status_code == 303
        assert answer.location == "/confirm"
