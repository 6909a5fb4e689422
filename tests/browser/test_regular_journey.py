"""Something bought again and again, on a phone: set up, left out, changed, a dearer price, ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.core import clock
from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]

Phone = Callable[..., Page]
HOLDER, PARENT = "holder@example.org", "representative@example.org"


@pytest.mark.parametrize("javascript", [True, False], ids=["phone", "without-javascript"])
def test_every_week_from_a_listing_to_its_end(open_phone: Phone, javascript: bool) -> None:
    page = open_phone(HOLDER, javascript=javascript)
    see = check_accessible if javascript else lambda page: None
    walks.find(page, "company at the pool", "Swim Together CIC")
    follow(main(page).get_by_role("link", name="Buy this again and again"))
    title(page, "How often do you want it?")
    see(page)
    page.get_by_label("Every week", exact=True).check()
    walks.go_on(page)
    see(page)
    walks.fill_day(page, "The first day", clock.today() + timedelta(days=2))
    walks.go_on(page)
    title(page, "When does it end?")
    walks.go_on(page)
    see(page)
    page.get_by_label(re.compile("How many")).fill("1")
    walks.go_on(page)
    page.get_by_label("Swim every week").check()
    walks.go_on(page)
    title(page, "Who writes it down each time?")
    see(page)
    walks.go_on(page)

    title(page, "Check your answers")
    see(page)
    expect(main(page)).to_contain_text("£24.00 (1 hour at £24.00)")
    expect(main(page)).to_contain_text(re.compile(r"has five \w+days: £120 instead of £96"))
    expect(main(page)).to_contain_text("safe to spend")
    walks.go_on(page, "Start it")
    title(page, "One-to-one company at the pool")
    expect(main(page)).to_contain_text("Running")
    see(page)

    follow(main(page).get_by_role("button", name=re.compile("^Leave out")).first)
    expect(main(page)).to_contain_text("Left out by Sam Okafor")
    follow(main(page).get_by_role("link", name="Change it"))
    page.get_by_label("Every two weeks").check()
    see(page)
    walks.go_on(page)
    title(page, "Check the change")
    see(page)
    expect(main(page)).to_contain_text("It does not cost more, so nobody has to look at it.")
    walks.go_on(page, "Change it")
    expect(main(page)).to_contain_text("It is changed")
    follow(main(page).get_by_role("link", name="Pause it"))
    see(page)
    follow(page.get_by_role("link", name="Back").first)
    follow(main(page).get_by_role("link", name="End it"))
    see(page)
    walks.go_on(page, "End it")
    expect(main(page)).to_contain_text("ends on")


def test_what_comes_up_and_a_dearer_price(open_phone: Phone) -> None:
    page = open_phone(HOLDER)
    see = check_accessible
    row = main(page).get_by_role("listitem").filter(has_text="New price from Marta K.")
    follow(row.get_by_role("link", name="Say yes or no"))
    title(page, "A new price for Company in the evening")
    expect(main(page)).to_contain_text("from £18.00 to £18.90 an hour")
    see(page)
    walks.go_on(page, "Yes to the new price")
    expect(main(page)).to_contain_text("It is changed")
    walks.go_home(page)
    expect(main(page).get_by_text("New price from Marta K.")).to_have_count(0)
    follow(main(page).get_by_role("link", name="Bought again and again"))
    see(page)
    expect(main(page)).to_contain_text("Paused")
    follow(main(page).get_by_role("link", name="What comes up in the next six weeks"))
    title(page, "Coming up")
    expect(main(page)).to_contain_text("Drumming club for everybody")
    see(page)


def test_a_parent_says_yes_to_what_a_broker_prepared(open_phone: Phone) -> None:
    page = open_phone(PARENT)
    row = main(page).get_by_role("listitem").filter(has_text="Again and again, prepared by Leonie Baptiste")
    follow(row.get_by_role("link", name="Say yes or no"))
    title(page, "Speech therapy with the talker")
    check_accessible(page)
    walks.go_on(page, "Yes, start it")
    expect(main(page)).to_contain_text("You said yes.")
