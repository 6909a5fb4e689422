"""Attacks made from the URL map: forged forms, parameters sent twice, addresses that can be counted through."""

from __future__ import annotations

import ast
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.config import ROOT
from app.core.db import Base
from app.core.ids import REF_LENGTH, new_ref
from app.identity import throttle
from tests.attack.forms import ROLES
from tests.web.hostile import NAMES, Town

#: Parts of addresses that are no reference to a thing, and are random or one of a few words.
_WORDS = {"name", "token", "link_token", "step"}


@pytest.fixture
def town(client: FlaskClient, session: sa.orm.Session) -> Town:
    return Town(client, session.connection())


def posts(app: Flask) -> list:
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]


def test_every_form_needs_the_secret_of_its_own_browser(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, and with somebody else's: refused, and nothing is written."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    other = app.test_client().get("/sign-in")
    stolen = re.search(r'name="csrf_token" value="([^"]+)"', other.text)
    assert stolen
    never, wrong = [], []
    for rule in posts(app):
        path = town.path(rule)
        # who may not come in at all is turned away before the form is looked at: somebody who may is asked for
        for role in dict.fromkeys((town.role(path), *ROLES)):
            answer = town.ask("POST", path, role=role, data={})
            if answer.status_code not in {303, 403, 404}:
                break
        else:
            never.append(path)
            continue
        for data in ({}, {"csrf_token": stolen[1]}):
            answer = town.ask("POST", path, role=role, data=data)
            if answer.status_code != 400 or "This form is too old" not in answer.text:
                wrong.append(f"{path} as {role} with {data} answered {answer.status_code}")
    assert not wrong
    assert not never, "nobody was let in, so nothing was shown of these"


def test_a_parameter_sent_twice_breaks_nothing(app: Flask, town: Town) -> None:
    """Pollution: the first counts, or the form says what is wrong; nothing falls over."""
    twice = {name: ["1", "<script>"] for name in NAMES}
    for rule in posts(app):
        answer = town.ask("POST", town.path(rule), data=twice)
        assert "<script>" not in answer.text or answer.mimetype != "text/html", rule.rule


def test_no_address_can_be_counted_through(app: Flask) -> None:
    """What an address names is random; nothing in it is a number that has a next one."""
    for rule in app.url_map.iter_rules():
        assert not re.search(r"<(int|float|path):", rule.rule), rule.rule
        for name in rule.arguments:
            assert name.endswith("_ref") or name in _WORDS, f"{rule.rule}: {name}"
    refs = {new_ref() for _ in range(5_000)}
    assert len(refs) == 5_000
    assert {len(ref) for ref in refs} == {REF_LENGTH}
    for place in range(REF_LENGTH):
        assert len({ref[place] for ref in refs}) == 28, "every letter at every place"


def test_references_are_text_nobody_can_guess_in_every_table() -> None:
    for table in Base.metadata.tables.values():
        if "ref" in table.columns:
            assert isinstance(table.columns["ref"].type, sa.String), table.name


def test_nothing_typed_becomes_a_column_by_its_name() -> None:
    """Mass assignment: no view hands a whole form on, so only fields that a form names are ever read."""
    wrong = []
    for path in [*(ROOT / "app" / "web").glob("*.py"), *(ROOT / "app").glob("*/service.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            spread = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg is None]
            if called.endswith("populate_obj") or any(
                re.search(r"request\.(form|args|values|json)|form\.data$", text) for text in spread
            ):
                wrong.append(f"{path.name}:{node.lineno} {called}")
            if called == "setattr" and re.search(r"request\.", ast.unparse(node)):
                wrong.append(f"{path.name}:{node.lineno} {called}")
    assert not wrong


def test_columns_that_a_form_may_not_set_stay_as_they_are(app: Flask, town: Town) -> None:
    """The same, asked of the running software: every column's name in every form, and no right changes hands."""
    columns = {column for table in Base.metadata.tables.values() for column in table.columns.keys()}  # noqa: SIM118  # it goes by columns, not names
    stranger = "00000000-0000-7000-8000-000000000001"
    sent = dict.fromkeys(columns - set(NAMES), stranger) | {"role": "admin", "scope": "buy", "permission": "buy"}
    guarded = ("authority", "staff_post", "commissioner", "account")

    def rights() -> list[object]:
        return [
            town.connection.execute(
                sa.text(f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY id), '')) FROM {name} t")
            ).scalar()
            for name in guarded
        ]

    before, wrong = rights(), []
    # these change rights, or how somebody signs in, and have tests of their own
    theirs = (
        *("account.", "your_account.", "second_step.", "passkeys.", "step_resets.", "mailed_links."),
        *("acting", "staff_acting", "changes", "records"),
    )
    for rule in posts(app):
        if rule.endpoint.startswith(theirs):
            continue
        outer = town.connection.begin_nested()
        town.ask("POST", town.path(rule), data=sent, undone=False)
        if rights() != before:
            wrong.append(rule.rule)
        outer.rollback()
    assert not wrong


def test_what_is_tried_against_the_guards_is_logged(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forged form, and guessing: once, and without an address or what was typed."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client.post("/sign-in", data={"email": "sam@example.org", "passphrase": "x", "csrf_token": "forged"})
    assert "a form that is forged or too old was refused at account.sign_in" in caplog.text
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for number in range(throttle.NETWORK_LIMIT + 3):
        client.post("/sign-in", data={"email": f"guess{number}@example.org", "passphrase": "wrong"})
    assert caplog.text.count("too many tries to sign in") == 1
    assert "example.org" not in caplog.text
