"""Where one is signed in: a new device is told of, each can be signed out."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.db import db
from app.messages.models import Notice
from tests.factories import PASSPHRASE, make_holder


def test_a_new_device_is_told_and_a_known_one_is_not(client: FlaskClient) -> None:
    account, *_ = make_holder()

    def come(browser: FlaskClient) -> int:
        browser.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE})
        new = sa.select(sa.func.count()).select_from(Notice).where(Notice.title.startswith("You signed in on a new"))
        return db.session.scalar(new) or 0

    other = client.application.test_client()
    assert come(client) == 0, "the first time is nothing new"
    client.post("/sign-out")
    assert come(client) == 0
    assert come(other) == 1
    client.delete_cookie("carepurse-device")
    client.set_cookie("carepurse-device", "forged")
    assert come(client) == 2


def test_devices_are_listed_and_one_of_them_is_signed_out(client: FlaskClient) -> None:
    account, *_ = make_holder()
    other = client.application.test_client()
    for browser, agent in ((client, "Mozilla/5.0 (iPhone) Safari/1"), (other, "Mozilla/5.0 (Windows NT) Firefox/1")):
        browser.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE}, headers={"User-Agent": agent})
    page = client.get("/account/devices").text
    assert "Safari on an iPhone <strong>(this one)</strong>" in page
    assert "Firefox on a Windows computer" in page
    (ref,) = re.findall(r"/account/devices/(\w+)/sign-out", page)
    assert client.post(f"/account/devices/{ref}/sign-out").location == "/account/devices"
    assert other.get("/notices").location.startswith("/sign-in")
    assert client.get("/notices").status_code == 200
