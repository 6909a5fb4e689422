"""What every answer carries: headers, compression, a check of forms, the way in for assistive technology."""

from __future__ import annotations

import gzip
import io
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from jinja2 import UndefinedError

from app import create_app
from app.cli import styles
from app.config import ROOT
from app.identity.models import Account
from app.web import assets
from app.web.security import MAX_UPLOAD
from tests.factories import make_account

SignIn = Callable[[FlaskClient, Account], FlaskClient]


def test_the_browser_is_told_to_refuse_everything_inline(client: FlaskClient) -> None:
    policy = client.get("/help").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_pages_are_never_kept_by_the_browser(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, make_account())

    assert client.get("/people").headers["Cache-Control"] == "no-store"


def test_the_cookie_is_for_this_host_over_tls_alone_when_secure(app: Flask) -> None:
    settings = replace(app.config["SETTINGS"], secure_cookies=True, database_url=app.config["DATABASE_URL"])
    secure = create_app(settings, {"TESTING": True})

    answer = secure.test_client().get("/sign-in", base_url="https://localhost")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-carepurse=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_a_form_that_is_not_ours_is_refused_kindly(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", True)

    answer = client.post("/sign-in", data={"email": "a@example.org", "passphrase": "x"})

    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text


def test_a_file_that_is_too_big_gets_a_page(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": (io.BytesIO(b"x" * (MAX_UPLOAD + 1)), "receipt.pdf")})

    assert answer.status_code == 413
    assert "10 MB" in answer.text


def test_the_wrong_way_to_open_a_page_gets_a_page(client: FlaskClient) -> None:
    answer = client.get("/sign-out")

    assert answer.status_code == 405
    assert "<h1>" in answer.text


def test_nul_letters_never_reach_a_page_or_the_database(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "a\0b", "passphrase": "p\0q"})

    assert answer.status_code == 400
    assert "\0" not in answer.text
    assert 'value="ab"' in answer.text


def test_pages_travel_compressed(client: FlaskClient) -> None:
    answer = client.get("/help", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"Safe to spend" in gzip.decompress(answer.data)
    assert "Content-Encoding" not in client.get("/help").headers


def test_every_page_can_be_read_from_its_main_part(client: FlaskClient) -> None:
    for path in ("/sign-in", "/help", "/privacy", "/accessibility", "/signed-out", "/no-such-page"):
        page = client.get(path).text
        assert len(re.findall(r"<h1[ >]", page)) == 1, path
        assert 'href="#maincontent"' in page
        assert 'id="maincontent"' in page
        assert re.search(r"<title>.+ – CarePurse</title>", page)
        assert 'lang="en"' in page


def test_nothing_typed_is_ever_markup(app: Flask) -> None:
    nhs = '{% from "nhsuk/components/tag/macro.jinja" import tag %}{{ tag({"text": words}) }}'
    ours = '{% from "components/tag.jinja" import tag %}{{ tag(words) }}'
    with app.test_request_context():
        for template in (nhs, ours):
            shown = render_template_string(template, words="<script>alert(1)</script>")
            assert "&lt;script&gt;" in shown
            assert "<script" not in shown


def test_a_misspelt_name_in_a_template_fails_a_test(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ purchse.title }}")


def test_every_writing_form_is_guarded_and_nothing_is_inline() -> None:
    for path in sorted((ROOT / "templates").rglob("*.jinja")):
        text = path.read_text()
        forms = re.findall(r'<form\b[^>]*method="post"[^>]*>(.*?)</form>', text, re.S | re.I)
        for form in forms:
            assert "form_guard()" in form, f"{path.name}: a form without form_guard()"
        assert text.lower().count('method="post"') == len(forms), f"{path.name}: a form that does not end"
        assert not re.search(
            r"""\s(?:style|on[a-z]+)\s*=\s*["']|<style|<script(?! src=)|[^"\s]\s*\|\s*safe\b""", text
        ), path.name


def test_built_files_are_kept_for_ever_and_nothing_else_is_served(client: FlaskClient) -> None:
    styles.build()
    with client.application.test_request_context():
        css = assets.asset("carepurse.css")
    answer = client.get(css, headers={"Accept-Encoding": "gzip"})

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "Set-Cookie" not in answer.headers
    assert ".cp-header" in gzip.decompress(answer.data).decode()
    for path in (
        "/assets/manifest.json",
        "/assets/..%2fpackage.json",
        "/assets/../package.json",
        "/static/package.json",
    ):
        assert client.get(path).status_code == 404, path


def test_two_builds_at_once_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []

    def build(static: Path, force: bool) -> bool:
        inside.append(1)
        time.sleep(0.05)
        assert len(inside) == 1, "two at once"
        inside.clear()
        return force

    monkeypatch.setattr(styles, "_build", build)
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(styles.build, force=True, static=tmp_path) for _ in range(4)]
        assert all(one.result() for one in done)


def test_a_first_page_is_small(client: FlaskClient) -> None:
    styles.build()
    files = sum(path.stat().st_size for path in (ROOT / "static" / "dist").glob("*.gz"))
    page = len(client.get("/help", headers={"Accept-Encoding": "gzip"}).data)

    assert files + page < 60_000  # of 100 kB: the fullest page must fit too


def test_the_styles_bring_no_font_and_no_other_host(app: Flask) -> None:
    styles.build()
    css = "".join(path.read_text() for path in (ROOT / "static" / "dist").glob("*.css"))

    assert "@font-face" not in css
    assert "http" not in re.sub(r"http://www\.w3\.org/[\w/]+", "", css)


def test_the_lock_names_no_host() -> None:
    assert "resolved" not in Path(ROOT / "static" / "package-lock.json").read_text()
