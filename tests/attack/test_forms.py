"""A share of the attack on every form; the whole is ``python -m tests.attack --cases 20000``."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.attack.attacking import MARK, attack
from tests.attack.forms import Form, find_forms
from tests.web.hostile import Town, harm

CASES = int(os.environ.get("ATTACK_CASES", "1200"))
SEED = int(os.environ["ATTACK_SEED"]) if os.environ.get("ATTACK_SEED") else None


def test_no_form_falls_over_or_gives_markup_back(
    app: Flask, client: FlaskClient, session: sa.orm.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town(client, session.connection())
    forms = find_forms(app, town)
    posts = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert len(forms) > len(posts), "as every role, and at least one for each address"
    report = attack(town, forms, CASES, SEED)
    with capsys.disabled():
        print(
            f"\n{report.cases:,} cases, {len(report.forms):,} of {len(forms):,} forms, {report.followed:,} followed;"
            f" answers {dict(sorted(report.answers.items()))}"
        )
    assert report.cases >= CASES
    assert report.answers[303], "some were good enough to be kept"


def test_the_attack_sees_a_form_that_gives_back_markup(
    app: Flask, client: FlaskClient, session: sa.orm.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other test rests on it: a page with a hole in it is found."""
    town = Town(client, session.connection())
    answers = app.view_functions["account.sign_in"]
    monkeypatch.setitem(
        app.view_functions, "account.sign_in", lambda: f"<p>{__import__('flask').request.form.get('email', '')}</p>"
    )
    assert answers
    with pytest.raises(AssertionError, match=MARK):
        attack(town, [Form("nobody", "POST", "/sign-in", ("email",))], 200, 1)
    assert harm(f"<svg onload={MARK}()>")
