"""Who comes in: nothing unmarked opens, others' things do not exist, nobody is sent elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.core.db import STATEMENT_TIMEOUT, db
from app.identity.models import Account
from app.web.access import safe_next
from app.web.marks import mark_of
from tests.factories import make_account, make_commissioner, make_holder, make_post

SignIn = Callable[[FlaskClient, Account], FlaskClient]


def test_an_unmarked_endpoint_is_refused(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "information.help", lambda: "open to all")

    answer = client.get("/help")

    assert answer.status_code == 403
    assert "open to all" not in answer.text


def test_a_stranger_is_asked_to_sign_in_and_brought_back(client: FlaskClient) -> None:
    answer = client.get("/notices?page=2")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/notices?page%3D2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%2f\\evil",
        "\t//evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "notices",
        "/sign-out",
        "",
        None,
    ],
)
def test_coming_back_never_leads_elsewhere(target: str | None) -> None:
    assert safe_next(target) == ""


def test_coming_back_keeps_the_page_and_its_query() -> None:
    assert safe_next("/p/abc/spending?month=2026-11&q=gym") == "/p/abc/spending?month=2026-11&q=gym"


def test_another_persons_page_does_not_exist_and_the_try_is_kept(
    client: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    _, person, _, _ = make_holder()
    stranger = make_account("Dana Price")
    sign_in(client, stranger)

    foreign = client.get(f"/p/{person.ref}/")
    nobody = client.get("/p/nobodyatall/")

    assert (foreign.status_code, nobody.status_code) == (404, 404)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "identity.refused")).all()
    assert [entry.actor_id for entry in entries] == [stranger.id, stranger.id]
    assert entries[0].details["path"] == f"/p/{person.ref}/"
    # whose page it was can read of it, and so can their commissioner's auditor
    assert [(entry.person_id, entry.commissioner_id) for entry in entries] == [
        (person.id, person.commissioner_id),
        (None, None),
    ]


def test_work_pages_are_closed_to_a_holder(client: FlaskClient, sign_in: SignIn) -> None:
    account, *_ = make_holder()
    sign_in(client, account)

    assert client.get("/staff/queue").status_code == 403


@pytest.mark.parametrize("path", ["/p/%00/", "/notices?page=%00", "/notices?page=99999999999999999999", "/p/ab%FFcd/"])
def test_odd_addresses_get_a_page(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    sign_in(client, make_account())

    assert client.get(path).status_code in {200, 404}


def test_whatever_changes_something_is_a_post_alone_or_has_a_form(app: Flask) -> None:
    """A GET must not write, so a link, a prefetch or a crawler changes nothing."""
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods <= {"GET", "POST"}, rule.endpoint


def test_only_public_pages_open_without_signing_in(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if mark_of(app.view_functions[rule.endpoint]) is None:
            continue
        path = re.sub(r"<(?:\w+:)?\w+>", "something", rule.rule)
        answer = client.open(path, method="POST" if "GET" not in (rule.methods or ()) else "GET")
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in"), rule.endpoint


def test_every_page_has_a_way_out(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    account, person, *_ = make_holder()
    make_post(account, make_commissioner("Wendover Hills Care Board"))
    sign_in(client, account)
    plain = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    about = (rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    own = [path for path in about if path.startswith("/p/") and path.count("<") == 1]
    seen = 0
    for path in (*plain, *(rule.replace("<person_ref>", person.ref) for rule in own)):
        answer = client.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen += 1
            assert 'action="/sign-out"' in answer.text, path
    assert seen > 30


def test_a_changed_cookie_is_worth_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    account, person, *_ = make_holder()
    sign_in(client, account)
    home = f"/p/{person.ref}/"
    assert client.get(home).status_code == 200
    cookie = client.get_cookie("carepurse")
    assert cookie is not None
    for at in (3, len(cookie.value) // 2, len(cookie.value) - 3):
        other = "A" if cookie.value[at] != "A" else "B"
        client.set_cookie("carepurse", cookie.value[:at] + other + cookie.value[at + 1 :])
        assert client.get(home).status_code == 303, f"letter {at}"


def test_a_statement_has_a_deadline(session: Session) -> None:
    assert session.execute(text("SHOW statement_timeout")).scalar_one() == STATEMENT_TIMEOUT
