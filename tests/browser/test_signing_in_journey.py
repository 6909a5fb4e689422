"""A passkey in a real browser: made, used alone, used instead of a code; and the same without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Phone = Callable[..., Page]
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def _give_device(page: Page) -> None:
    """A phone that knows its owner, made by Chromium itself."""
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})


def test_a_coordinator_adds_a_passkey_and_signs_in_with_it_alone(open_phone: Phone) -> None:
    page = open_phone("coordinator2@example.org")
    _give_device(page)
    page.goto("/account")
    check_accessible(page)
    follow(page.get_by_role("link", name="Add a passkey"))
    check_accessible(page)
    page.get_by_label("What do you call this device?").fill("My work phone")
    follow(page.get_by_role("button", name="Make the passkey"))
    if "/second-step/codes" in page.url:
        check_accessible(page)
        follow(page.get_by_role("button", name="I have kept them"))
    expect(page.get_by_role("main")).to_contain_text("My work phone")

    page.locator("summary", has_text="Marcus").click()
    follow(page.get_by_role("button", name="Sign out", exact=True))
    page.goto("/sign-in?next=/staff/queue")
    follow(page.get_by_role("button", name="Sign in with a passkey"))
    walks.title(page, "To decide")
    assert page.url.endswith("/staff/queue"), "both steps at once"

    page.goto("/account")
    follow(page.get_by_role("button", name="Take out the passkey My work phone"))
    expect(page.get_by_role("main")).not_to_contain_text("Passkey, added")


def test_every_step_without_javascript(open_phone: Phone) -> None:
    page = open_phone("finance@example.org", javascript=False)
    page.goto("/second-step/app")
    expect(page.locator("svg.cp-qr")).to_be_visible()
    page.goto("/account/passkeys/new")
    expect(page.get_by_text("This browser cannot make a passkey here")).to_be_visible()
