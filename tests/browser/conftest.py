"""Journeys in real Chromium against what ``flask demo`` makes, served by gunicorn as in production."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.site import PHONE, Site, launch_options, running_site, sign_in

#: WCAG 2.2, levels A and AA
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
#: How long a page may take, in thousandths of a second: how fast pages are is measured elsewhere, on a machine at rest.
_PATIENCE = 30_000
expect.set_options(timeout=_PATIENCE / 2)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A running demonstration."""
    with running_site() as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine. Where there is none the tests skip, in CI they fail."""
    try:
        options = launch_options()
    except FileNotFoundError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture
def open_phone(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """``open_phone("holder@example.org")``: a phone on which that person is signed in."""
    contexts = []

    def open_one(email: str | None = None, *, javascript: bool = True, width: int = PHONE["width"]) -> Page:
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": PHONE["height"]},
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if email:
            sign_in(page, email)
        return page

    yield open_one
    for context in contexts:
        context.close()


def check_accessible(page: Page) -> None:
    """axe finds nothing against WCAG 2.2 A and AA, and nothing has to be scrolled sideways."""
    found = Axe().run(page, options=_RULES)
    problems = [
        f"{v['id']}: {v['help']} — {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found.response["violations"]
    ]
    assert not problems, f"{page.url}: {problems}"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide}px"
    assert page.locator("h1").count() == 1, page.url
