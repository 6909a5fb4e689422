"""A share of the attack on every form; the whole is ``python -m tests.attack --cases 20000``."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient

from app.core import clock
from app.web.marks import public
from tests.attack.attacking import MARK, attack
from tests.attack.forms import ROLES, Form, find_forms
from tests.web.hostile import Town, harm

CASES = int(os.environ.get("ATTACK_CASES", "400"))
SEED = int(os.environ.get("ATTACK_SEED") or random.randrange(1_000_000))
#: Which part of the forms, of how many, this process attacks; where it writes what came of it.
PART, PARTS = (int(word) for word in os.environ.get("ATTACK_PART", "0/1").split("/"))
REPORT = os.environ.get("ATTACK_REPORT", "")
_AT_LEAST = 4  # cases of one form: the first is a good one
_MANY_PAGES, _FEW_PAGES = 40, 15  # that each role opens; few when only a share is asked for


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """Nobody's sign-in ends, however long it takes."""
    with clock.at(clock.now()):
        yield


def test_no_form_falls_over_or_gives_markup_back(
    app: Flask, client: FlaskClient, session: sa.orm.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town(client, session.connection())
    forms = find_forms(app, town, _MANY_PAGES if REPORT else _FEW_PAGES)
    posts = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert len(forms) > len(posts), "as every role, and at least one for each address"
    assert {form.role for form in forms if form.method == "POST"} == set(ROLES)
    random.Random(SEED).shuffle(forms)
    mine = forms[PART::PARTS][: max(1, CASES // _AT_LEAST)]
    report = attack(town, mine, CASES, SEED)
    figures = {
        "cases": report.cases,
        "forms": len(report.forms),
        "found": len(forms),
        "followed": report.followed,
        "answers": dict(sorted(report.answers.items())),
        "cases as": dict(sorted(report.by_role.items())),
        "kept as": dict(sorted(report.kept.items())),
        "wrong": report.wrong,
    }
    if REPORT:
        Path(REPORT).write_text(json.dumps(figures))
    else:
        with capsys.disabled():
            print(f"\nseed {SEED}: {figures}")
    assert not report.wrong, "\n".join(report.wrong)
    assert report.cases >= CASES
    assert sum(report.kept.values()), "some were good enough to be kept"


def test_the_attack_sees_a_form_that_gives_back_markup(
    app: Flask, client: FlaskClient, session: sa.orm.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other test rests on it: a page with a hole in it is found, and one that falls over."""
    town = Town(client, session.connection())
    form = Form("nobody", "POST", "/sign-in", ("email",))
    monkeypatch.setitem(app.view_functions, "account.sign_in", public(lambda: f"<p>{request.form.get('email')}</p>"))
    (wrong,) = attack(town, [form], 200, 1).wrong
    assert MARK in wrong
    monkeypatch.setitem(app.view_functions, "account.sign_in", public(lambda: int(request.form["email"])))
    assert attack(town, [form], 200, 1).wrong
    assert harm(f"<svg onload={MARK}()>")
