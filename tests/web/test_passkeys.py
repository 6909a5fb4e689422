"""A passkey: made in a browser, and enough by itself."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from webauthn.helpers import base64url_to_bytes

from app.identity.models import Account
from tests.factories import make_holder
from tests.signing_in.device import Device

SignIn = Callable[[FlaskClient, Account], FlaskClient]


def test_a_passkey_is_made_and_signs_in_alone(client: FlaskClient, sign_in: SignIn) -> None:
    account, *_ = make_holder()
    sign_in(client, account)
    device = Device()

    def question() -> bytes:
        with client.session_transaction() as cookie:
            return base64url_to_bytes(cookie["question"][0])

    client.get("/account/passkeys/new")
    said = device.make(question(), account.id.bytes)
    made = client.post("/account/passkeys/new", data={"name": "My phone", "passkey": said})
    assert made.location == "/second-step/codes", made.text
    client.post("/sign-out")
    client.get("/sign-in")
    answer = client.post("/sign-in/passkey", data={"passkey": device.answer(question()), "next": "/account"})
    assert answer.location == "/account"
    assert "My phone" in client.get("/account").text
