"""Finding the right support with one thumb: a slip of the finger, narrowing, taking it back, looking at the map."""

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

Phone = Callable[..., Page]
HOLDER = "holder@example.org"


@pytest.mark.parametrize("javascript", [True, False], ids=["phone", "without-javascript"])
def test_a_misspelt_word_then_narrowed_until_it_fits(open_phone: Phone, javascript: bool) -> None:
    page = open_phone(HOLDER, javascript=javascript)
    see = check_accessible if javascript else lambda page: None
    follow(main(page).get_by_role("link", name="Find support").first)
    page.get_by_label("What are you looking for?").fill("swiming")
    walks.go_on(page, "Find")
    expect(main(page)).to_contain_text("Showing results for swimming. Search instead for swiming")
    expect(main(page).get_by_role("link", name="Swim Together CIC").first).to_be_visible()
    see(page)

    follow(main(page).get_by_role("link", name="swiming", exact=True))
    title(page, "Find support")
    expect(main(page)).to_contain_text("Nothing found")

    page.get_by_label("What are you looking for?").fill("carer")
    page.locator("summary", has_text="More choices").click()
    page.get_by_label("Kind of support").select_option("personal-assistants")
    page.get_by_label("My hours or visits a month").fill("10")
    page.get_by_role("checkbox", name=re.compile("Takes new people")).check()
    see(page)
    walks.go_on(page, "Find")
    expect(main(page)).to_contain_text("10 hours a month")
    before = _found(page)

    page.locator("summary", has_text="More choices (2 chosen)").click()
    choice = page.get_by_label("For personal care").locator("option[value=woman]")
    promised = int(re.sub(r"\D", "", choice.inner_text()))
    page.get_by_label("For personal care").select_option("woman")
    walks.go_on(page, "Find")
    assert _found(page) == promised < before, "what stood beside the choice is what was found"
    page.locator("summary", has_text="See where they are").click()
    expect(page.get_by_role("img", name=re.compile("of these results drawn around"))).to_be_visible()
    see(page)

    follow(page.get_by_role("link", name=re.compile("^Take away: Woman")))
    assert _found(page) == before
    follow(page.get_by_role("link", name="Clear all"))
    expect(page.get_by_label("My hours or visits a month")).to_have_value("10")
    assert _found(page) > before


def _found(page: Page) -> int:
    """How many the heading says there are."""
    words = page.get_by_role("heading", name=re.compile("found")).inner_text()
    return int(words.split()[0].replace(",", ""))
