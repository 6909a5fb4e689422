"""NHS login in a real browser: linked from the account page, then signing in with it, back where one wanted to go."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page, expect

from app.config import ROOT
from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import PHONE, Site, _env, _wait_for, follow, sign_in
from tests.browser.walks import main, title
from tests.signing_in.nhs_fake import CLIENT, Provider, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def nhs() -> Iterator[Provider]:
    key = RSAKey.generate_key(2048)
    with running(key) as provider:
        provider.asks = True
        provider.client_pem = key.as_pem(private=True).decode()
        yield provider


@pytest.fixture
def phone(chromium: Browser, site: Site, nhs: Provider) -> Iterator[Page]:
    """A phone at the same demonstration, served with NHS login switched on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}", site.instance / "nhs-log"
    more = {"NHS_LOGIN_ISSUER": nhs.url, "NHS_LOGIN_CLIENT_ID": CLIENT, "NHS_LOGIN_KEY": nhs.client_pem}
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "wsgi:app"],
            cwd=ROOT,
            env=_env(site.instance) | more | {"BASE_URL": url},
            stdout=out,
            stderr=out,
        )
        try:
            _wait_for(url, server, log)
            context = chromium.new_context(base_url=url, viewport=PHONE, locale="en-GB")
            context.set_default_timeout(30_000)
            yield context.new_page()
            context.close()
        finally:
            server.terminate()
            server.wait(20)


def test_linked_and_then_signing_in(phone: Page, nhs: Provider) -> None:
    phone.goto("/sign-in?next=/notices")
    check_accessible(phone)
    walks.go_on(phone, "Continue with NHS login")
    title(phone, "NHS login")
    follow(phone.get_by_role("link", name="Yes, it is me"))
    title(phone, "We do not know this NHS login yet")
    check_accessible(phone)

    sign_in(phone, "holder@example.org")
    phone.goto("/account")
    follow(main(phone).get_by_role("link", name=re.compile("NHS login", re.I)))
    check_accessible(phone)
    walks.go_on(phone, "Use NHS login to sign in")
    follow(phone.get_by_role("link", name="Yes, it is me"))
    expect(main(phone)).to_contain_text("From now on you can sign in with NHS login")
    check_accessible(phone)
    phone.locator(".cp-menu summary").click()
    walks.go_on(phone, "Sign out")

    phone.goto("/sign-in?next=/notices")
    walks.go_on(phone, "Continue with NHS login")
    follow(phone.get_by_role("link", name="Yes, it is me"))
    title(phone, "Notices")
    expect(main(phone)).to_contain_text("You can now sign in with NHS login")
    assert nhs.refused == []

    phone.goto("/account/nhs-login")
    walks.go_on(phone, "Take NHS login away")
    expect(main(phone)).to_contain_text("no longer signs in")
