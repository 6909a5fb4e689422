"""Pages behind mailed links, as the person who follows one sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import db
from app.identity.models import Account
from app.identity.queries import coordinator_of
from app.identity.rules import StaffRole
from app.signing_in import links, resets
from app.signing_in.models import MailedLink
from app.signing_in.rules import LinkKind, hash_token
from tests.factories import PASSPHRASE, make_account, make_commissioner, make_holder, make_post
from tests.web.test_second_step import with_app

SignIn = Callable[[FlaskClient, Account], FlaskClient]
NEW = "ten green bottles hanging low"


def link_to(account: Account, kind: LinkKind, email: str = "new@example.org") -> str:
    """A link that was mailed; says its token."""
    link = MailedLink(
        account_id=account.id, kind=kind, email=email, bound_to=hash_token(account.passphrase_hash),
        written_at=clock.now(), expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    db.session.add(link)
    token = links.make_token(link)
    db.session.commit()
    return token


def test_a_forgotten_passphrase_from_end_to_end(client: FlaskClient) -> None:
    account = make_account()
    assert "Set a new passphrase" in client.get("/sign-in").text
    known = client.post("/forgot", data={"email": account.email})
    unknown = client.post("/forgot", data={"email": "nobody@example.org"})
    assert known.location == unknown.location == "/forgot/sent"
    assert "If there is an account" in client.get("/forgot/sent").text

    path = f"/reset/{link_to(account, LinkKind.RESET)}"
    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(path, data={"new": "short", "again": "short"}).status_code == 400
    assert client.post(path, data={"new": NEW, "again": NEW + "x"}).status_code == 400
    assert client.post(path, data={"new": NEW, "again": NEW}).location == "/sign-in"
    assert client.get(path).status_code == 404
    assert client.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE}).status_code == 400
    assert client.post("/sign-in", data={"email": account.email, "passphrase": NEW}).status_code == 303


def test_a_link_says_that_it_is_over(client: FlaskClient) -> None:
    for path in ("reset", "new-email", "not-me", "keep-second-step"):
        answer = client.get(f"/{path}/anything-at-all")
        assert answer.status_code == 404
        assert "no longer works" in answer.text


def test_another_address_counts_when_its_owner_says_yes(client: FlaskClient, sign_in: SignIn) -> None:
    account, *_ = make_holder()
    old = account.email
    sign_in(client, account)
    assert client.post("/account/email", data={"email": "no address"}).status_code == 400
    assert client.post("/account/email", data={"email": "new@example.org"}).location == "/account"
    assert "We sent a link to new@example.org" in client.get("/account").text
    path = f"/new-email/{link_to(account, LinkKind.NEW_EMAIL)}"
    assert "new@example.org" in client.get(path).text
    assert account.email == old, "looking changes nothing: mail programs follow links by themselves"
    assert client.post(path).status_code == 303
    assert account.email == "new@example.org"

    back = f"/not-me/{link_to(account, LinkKind.NOT_ME, old)}"
    assert old in client.get(back).text
    assert client.post(back).location == "/forgot"
    assert account.email == old
    assert client.get("/notices").location.startswith("/sign-in"), "everybody is signed out"


def test_a_colleague_is_helped_by_another_administrator(client: FlaskClient, sign_in: SignIn) -> None:
    board, admin, colleague = make_commissioner(), make_account("Joy Abara"), make_account("Priya Shah")
    make_post(admin, board, StaffRole.ADMIN)
    make_post(colleague, board)
    with_app(colleague)
    sign_in(client, admin)
    page = client.get("/staff/team").text
    assert re.findall(r"/staff/team/(\w+)/second-step", page) == [colleague.ref], "not their own"
    path = f"/staff/team/{colleague.ref}/second-step"
    assert client.post(path, data={"why": ""}).status_code == 400
    assert client.post(path, data={"why": "She rang from her desk"}).location == "/staff/team"
    assert not colleague.has_second_step
    own = client.post(f"/staff/team/{admin.ref}/second-step", data={"why": "me"})
    assert own.status_code == 403


@pytest.mark.parametrize("stopped", [False, True])
def test_somebody_who_acts_for_a_person_is_told_and_it_waits(
    client: FlaskClient, sign_in: SignIn, stopped: bool
) -> None:
    account, person, *_ = make_holder()
    coordinator = coordinator_of(person.id)
    with_app(account)
    sign_in(client, coordinator)
    path = f"/staff/people/{person.ref}/second-step"
    assert account.name in client.get(path).text
    typed = {"account": account.ref, "why": "He came to the office with his passport"}
    assert client.post(path, data=typed).location == f"/staff/people/{person.ref}"
    assert client.post(path, data=typed).status_code == 409, "once is enough"
    assert account.has_second_step
    if stopped:
        link = f"/keep-second-step/{link_to(account, LinkKind.KEEP_STEP)}"
        assert client.get(link).status_code == 200
        assert client.post(link).status_code == 303
    with clock.at(clock.now() + timedelta(hours=73)):
        resets.reset_steps()
        resets.reset_steps()
        db.session.flush()
        assert account.has_second_step is stopped
