"""Choosing well on a phone: save what may be right, put it side by side, and be told of what is new."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]

HOLDER, PARENT = "holder@example.org", "representative@example.org"


def test_tick_compare_save_and_ask_to_buy(open_phone: Callable[..., Page]) -> None:
    page = open_phone(HOLDER, javascript=False)
    follow(main(page).get_by_role("link", name="Find support").first)
    page.get_by_label("What are you looking for?").fill("pool")
    walks.go_on(page, "Find")
    ticks = main(page).get_by_role("checkbox", name=re.compile("^Compare "))
    ticks.nth(0).check()
    ticks.nth(1).check()
    walks.go_on(page, "Compare what I ticked")
    title(page, "Compare 2 side by side")
    page.get_by_label("How many hours a month?").or_(page.get_by_label("How many sessions a month?")).first.fill("10")
    walks.go_on(page, "Work it out")
    expect(page.get_by_role("rowheader", name="Your budget carries it")).to_be_attached()
    expect(main(page)).to_contain_text(re.compile("10 (hours|sessions) a month"))

    # a third from another search joins the two
    follow(page.get_by_role("link", name="Find another to add"))
    page.get_by_label("What are you looking for?").fill("massage")
    walks.go_on(page, "Find")
    main(page).get_by_role("checkbox", name=re.compile("^Compare ")).first.check()
    walks.go_on(page, "Compare what I ticked")
    title(page, "Compare 3 side by side")
    follow(page.get_by_role("link", name=re.compile("^Take out")).first)
    title(page, "Compare 2 side by side")
    follow(page.get_by_role("link", name=re.compile("^Ask to buy")).first)
    title(page, "Ask to buy")


def test_saved_things_side_by_side(open_phone: Callable[..., Page]) -> None:
    page = open_phone(HOLDER)
    page.goto(main(page).get_by_role("link", name="Find support").first.get_attribute("href") or "")
    follow(page.get_by_role("link", name="What I saved"))
    title(page, "What I saved")
    expect(main(page)).to_contain_text("The price went up")
    check_accessible(page)
    for tick in main(page).get_by_role("checkbox", name=re.compile("^Compare ")).all()[:3]:
        tick.check()
    walks.go_on(page, "Compare what I ticked")
    check_accessible(page)
    follow(page.get_by_role("link", name="What I saved"))
    follow(page.get_by_role("link", name=re.compile("Change the note")).first)
    check_accessible(page)
    page.get_by_label("Your note").fill("Ring them on Monday.")
    walks.go_on(page, "Keep the note")
    expect(main(page)).to_contain_text("Ring them on Monday.")


def test_tell_me_when_something_like_this_appears(open_phone: Callable[..., Page]) -> None:
    page = open_phone(PARENT)
    follow(main(page).get_by_role("link", name="Find support").first)
    page.get_by_label("What are you looking for?").fill("trombone lessons")
    walks.go_on(page, "Find")
    expect(main(page)).to_contain_text("Nothing found")
    follow(page.get_by_role("link", name="Tell me when something like this appears"))
    check_accessible(page)
    page.get_by_label("What shall we call it?").fill("Trombone for Amira")
    walks.go_on(page, "Tell me")
    title(page, "Trombone for Amira")
    check_accessible(page)
    walks.go_on(page, "Pause")
    expect(main(page)).to_contain_text("Paused")
    follow(page.get_by_role("link", name="What I saved").first)
    expect(main(page)).to_contain_text("Trombone for Amira")
    follow(page.get_by_role("link", name="Trombone for Amira"))
    walks.go_on(page, "Stop and forget it")
    title(page, "What I saved")
