"""Every answer, whatever it is an answer to, tells the browser what to refuse."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as some
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from app.identity.models import Account
from app.web.access import safe_next
from app.web.marks import public
from app.web.security import MAX_UPLOAD
from tests.core.test_config import OTHER, STRONG
from tests.factories import make_account, make_holder

SignIn = Callable[[FlaskClient, Account], FlaskClient]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def check(answer: TestResponse, what: str, *, kept: bool = False) -> None:
    """All that every answer carries; ``kept`` by browsers are the built files alone."""
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value], (what, name)
    # pages with a secret in their address tell it to nobody, not even to us
    assert answer.headers.getlist("Referrer-Policy") in (["same-origin"], ["no-referrer"]), what
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy == POLICY, what
    assert "camera=()" in answer.headers["Permissions-Policy"], what
    if kept:
        assert "immutable" in answer.headers["Cache-Control"], what
    else:
        assert answer.headers.getlist("Cache-Control") == ["no-store"], what
    for told in ("Server", "X-Powered-By", "Access-Control-Allow-Origin"):
        assert told not in answer.headers, (what, told)


def address(rule: Rule) -> str:
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda part: "7" if part[1] == "int" else "something", rule.rule)


def rules(app: Flask) -> Iterator[Rule]:
    yield from app.url_map.iter_rules()


def test_every_page_refuses_to_be_framed_kept_or_told_of(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    """One sample of every address by a stranger and by somebody signed in."""
    account = make_holder()[0]
    for signed_in in (False, True):
        if signed_in:
            sign_in(client, account)
        for rule in rules(app):
            if signed_in and rule.rule.startswith("/sign-out"):
                continue
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                answer = client.open(address(rule), method=method)
                assert answer.status_code < 500, (rule.rule, method)
                check(answer, f"{method} {rule.rule}")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "PROPFIND", "ODD"])
def test_other_methods_are_answered_alike(client: FlaskClient, sign_in: SignIn, method: str) -> None:
    sign_in(client, make_account())
    for path in ("/", "/people", "/sign-out", "/assets/none.css", "/no/such/page"):
        answer = client.open(path, method=method)
        assert answer.status_code < 500, path
        assert method in {"OPTIONS", "HEAD"} or answer.status_code in {404, 405}, path
        check(answer, path)


def test_the_persons_own_pages_are_never_kept(client: FlaskClient, sign_in: SignIn) -> None:
    account, person, *_ = make_holder()
    sign_in(client, account)
    for page in ("", "spending", "plan", "find"):
        answer = client.get(f"/p/{person.ref}/{page}")
        assert answer.status_code in {200, 308}, page
        check(answer, page)


def test_what_goes_wrong_is_no_way_round(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("something nobody thought of")

    def too_many() -> None:
        abort(429)

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answers = {
        404: client.get("/no/such/page"),
        405: client.get("/sign-out"),
        413: client.post("/sign-in", data={"email": (io.BytesIO(b"x" * (MAX_UPLOAD + 1)), "a.pdf")}),
    }
    monkeypatch.setitem(app.view_functions, "information.help", public(broken))
    answers[500] = client.get("/help")
    monkeypatch.setitem(app.view_functions, "information.help", public(too_many))
    answers[429] = client.get("/help")
    for status, answer in answers.items():
        assert answer.status_code == status
        check(answer, str(status))
        assert "RuntimeError" not in answer.text
        assert "Traceback" not in answer.text


def test_built_files_alone_are_kept(client: FlaskClient) -> None:
    found = re.findall(r'(?:href|src)="(/assets/[^"]+)"', client.get("/help").text)
    assert found, "flask styles build"
    for path in found:
        check(client.get(path), path, kept=True)
    check(client.get("/assets/none.css"), "a file that is not there")


class TestBehindTls:
    """As in production: the cookie for this host over TLS alone."""

    @pytest.fixture
    def secure(self, app: Flask) -> FlaskClient:
        own = replace(
            app.config["SETTINGS"],
            secure_cookies=True,
            base_url="https://purse.example.org",
            trusted_hosts=("purse.example.org",),
        )
        return create_app(own, {"TESTING": True}).test_client()

    def test_only_tls_for_two_years(self, secure: FlaskClient) -> None:
        for path in ("/sign-in", "/no/such/page", "/assets/none.css", "/notices"):
            answer = secure.get(path, base_url="https://purse.example.org")
            assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", path

    def test_the_cookie(self, secure: FlaskClient) -> None:
        cookie = secure.get("/sign-in", base_url="https://purse.example.org").headers["Set-Cookie"]
        assert cookie.startswith("__Host-carepurse=")
        assert {part.strip() for part in cookie.split(";")[1:]} >= {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
        assert "Domain" not in cookie

    @pytest.mark.parametrize("host", ["evil.example", "purse.example.org.evil.example", "purse.example.org@evil"])
    def test_another_name_is_not_answered(self, secure: FlaskClient, host: str) -> None:
        for path in ("/sign-in", "/notices", "/no/such/page"):
            answer = secure.get(path, headers={"Host": host})
            assert answer.status_code == 400
            assert "evil" not in answer.text + str(answer.headers)
            check(answer, f"{host}{path}")

    def test_a_name_in_front_of_no_proxy_is_nobodys(self, secure: FlaskClient) -> None:
        answer = secure.get(
            "/notices", base_url="https://purse.example.org", headers={"X-Forwarded-Host": "evil.example"}
        )
        assert answer.location == "/sign-in?next=/notices"


def test_leaving_clears_what_this_browser_keeps(client: FlaskClient, sign_in: SignIn) -> None:
    for path in ("/sign-out", "/sign-out-everywhere"):
        sign_in(client, make_account())
        answer = client.post(path)
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert "Clear-Site-Data" not in client.get("/signed-out").headers


def test_no_other_method_is_taken_for_the_real_one(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, make_account())
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.get("/sign-out?_method=POST", headers={header: "POST"}).status_code == 405
        assert client.get("/people", headers={header: "DELETE"}).status_code == 200
    assert client.post("/people", data={"_method": "GET"}).status_code == 405
    assert client.get("/people").status_code == 200, "still signed in"


@pytest.mark.parametrize("path", ["/notices?page=2%0d%0aSet-Cookie:%20x=1", "/%0d%0aLocation:%20//evil.example"])
def test_no_header_can_be_written_through_an_address(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert "x=1" not in answer.headers.get("Set-Cookie", "")
    assert all("\r" not in value and "\n" not in value for _, value in answer.headers)


_PIECES = some.sampled_from(
    ["/", "\\", "//", "evil.example", "@", ":", "http:", "https://", "javascript:", "\t", "\n", "\r", "%2f", "%5c", ".",
     "..", ";", "?", "#", "next=", "\u2028", "\uff0f", "\u3002", " ", "[", "]", "p/abc", "sign-in"]
)  # fmt: skip


@settings(max_examples=600)
@given(some.one_of(some.text(max_size=40), some.lists(_PIECES, max_size=8).map("".join)).map(lambda text: "/" + text))
def test_coming_back_stays_here_whatever_is_asked(target: str) -> None:
    """What browsers make of an address: backslashes are slashes, tabs and line ends are nothing."""
    found = safe_next(target)
    assert found in {"", target}
    as_read = re.sub(r"[\t\r\n]", "", found).replace("\\", "/")
    assert not as_read.startswith("//")
    assert found == "" or found.startswith("/")
    assert not re.search(r"[\x00-\x20\x7f]", found)


def test_another_secret_signs_nobody_out(app: Flask) -> None:
    """Rotation: what the old secret signed, cookie and form, counts until it is taken off the list; nothing new is."""
    own = replace(app.config["SETTINGS"], secret_key=OTHER)
    before = create_app(own).test_client()
    page = before.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    cookie = before.get_cookie("carepurse")
    assert token
    assert cookie
    form = {"csrf_token": token[1], "email": "nobody@example.org", "passphrase": "x"}

    def send(**changed: object) -> str:
        after = create_app(replace(own, secret_key=STRONG, **changed)).test_client()
        after.set_cookie("carepurse", cookie.value)
        return after.post("/sign-in", data=form).text

    assert "do not match" in send(secret_key_fallbacks=(OTHER,))
    assert "This form is too old" in send()
