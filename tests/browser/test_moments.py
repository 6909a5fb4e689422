"""The moments at which software lets people down: a double tap, two deciding at once, a phone left lying about."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow, sign_in
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Phone = Callable[..., Page]
HOLDER, OTHER = "holder@example.org", "representative@example.org"


def test_after_signing_out_the_back_button_shows_nothing(open_phone: Phone) -> None:
    page = open_phone(HOLDER)
    walks.safe_to_spend(page)
    page.locator(".cp-menu summary").click()
    check_accessible(page)
    walks.go_on(page, "Sign out")
    title(page, "You are signed out")
    check_accessible(page)
    page.go_back()
    title(page, "Sign in to CarePurse")
    expect(page.locator("body")).not_to_contain_text("safe to spend until")


def test_signing_out_in_one_tab_empties_the_other(open_phone: Phone) -> None:
    page = open_phone(HOLDER)
    other = page.context.new_page()
    other.goto(page.url)
    walks.safe_to_spend(other)
    walks.safe_to_spend(page)
    page.bring_to_front()
    page.locator(".cp-menu summary").click()
    walks.go_on(page, "Sign out")
    title(page, "You are signed out")
    title(other, "Sign in to CarePurse")
    expect(other.locator("body")).not_to_contain_text("safe to spend until")


def test_the_warning_before_sign_out(open_phone: Phone) -> None:
    """Half an hour is let go by on the page's own clock."""
    page = open_phone(HOLDER)
    page.clock.install()
    page.reload()
    box = page.get_by_role("alertdialog")
    link = page.get_by_role("link", name="Find support").first
    link.focus()
    page.clock.fast_forward("27:00")
    expect(box).to_be_hidden()
    for key in ("Enter", "Escape"):
        page.clock.fast_forward("01:15")
        expect(box).to_contain_text("Are you still there?")
        expect(box.get_by_role("button", name="Stay signed in")).to_be_focused()
        check_accessible(page)
        page.keyboard.press("Tab")
        expect(box.get_by_role("button", name="Stay signed in")).to_be_focused()
        with page.expect_response(re.compile("/session/extend")) as answer:
            page.keyboard.press(key)
        assert answer.value.status == 204
        expect(box).to_be_hidden()
        expect(link).to_be_focused()
        page.clock.fast_forward("27:00")
        expect(box).to_be_hidden()
    page.clock.fast_forward("01:15")
    expect(box).to_be_visible()
    with page.expect_request(re.compile("/sign-in")):
        page.clock.fast_forward("03:00")


def test_what_was_typed_comes_back_after_signing_in(open_phone: Phone) -> None:
    """Nothing of it stays on the screen meanwhile, and somebody else on the same phone never sees it."""
    page = open_phone(HOLDER)
    page.goto("/ask")
    words = "Could somebody come with me on Monday?\nI am nervous about the hoist."
    page.clock.install()
    page.reload()
    page.get_by_label("What is it about?").fill("The hoist at the pool")
    page.get_by_label("Your message").fill(words)
    with page.expect_navigation(url=re.compile("/sign-in")):
        page.clock.fast_forward("30:05")
    title(page, "Sign in to CarePurse")
    expect(page.locator("body")).to_contain_text("You were signed out")
    page.go_back()
    title(page, "Sign in to CarePurse")
    expect(page.locator("body")).not_to_contain_text("hoist")

    sign_in(page, OTHER)
    page.goto("/kept-forms")
    expect(page.locator("body")).not_to_contain_text("hoist")
    page.context.clear_cookies()

    sign_in(page, HOLDER)
    title(page, "Here is what you typed")
    expect(main(page)).to_contain_text("Nothing was sent")
    expect(main(page)).to_contain_text("I am nervous about the hoist.")
    check_accessible(page)
    walks.go_on(page, "Go back to it")
    title(page, "Ask a person")
    expect(page.get_by_label("What is it about?")).to_have_value("The hoist at the pool")
    expect(page.get_by_label("Your message")).to_have_value(words)
    expect(main(page)).to_contain_text("Nothing has been sent yet")
    check_accessible(page)


def test_a_double_tap_buys_once(open_phone: Phone) -> None:
    page = open_phone(HOLDER)
    before = walks.safe_to_spend(page)
    walks.begin_record(page)
    walks.add_line(page, "Two visits to the lido", "8.20", "Swim every week", kind="Activities and leisure")
    walks.say_paid(page, "Brockwell Lido")
    walks.later(page)
    page.get_by_role("button", name="Record this").dblclick(no_wait_after=True)
    title(page, "Recorded")
    follow(main(page).get_by_role("link", name="Go to the start page"))
    assert walks.safe_to_spend(page) == before - 8_20
    follow(main(page).get_by_role("link", name="All spending"))
    expect(page.get_by_role("link", name="Two visits to the lido")).to_have_count(1)


def test_a_colleague_decided_a_moment_before(open_phone: Phone) -> None:
    what = "Lunch on the dominoes trip"
    priya, marcus = open_phone("coordinator@example.org"), open_phone("coordinator2@example.org")
    priya.goto("/staff/queue")
    follow(priya.get_by_role("link", name=what))
    marcus.goto("/staff/queue?scope=team")
    follow(marcus.get_by_role("link", name="Winston"))
    expect(main(marcus)).to_contain_text("Priya Shah has this one now")
    expect(main(marcus)).not_to_contain_text(what)
    check_accessible(marcus)
    walks.go_on(marcus, "Take it")
    expect(main(marcus)).to_contain_text(what)
    walks.go_on(marcus, "Approve")
    expect(main(marcus)).to_contain_text(f"You approved {what}")

    walks.go_on(priya, "Approve")
    title(priya, "This has changed")
    expect(main(priya)).to_contain_text("Marcus Bell answered this already and said yes")
    check_accessible(priya)
    priya.goto("/staff/queue")
    expect(main(priya)).not_to_contain_text(what)
