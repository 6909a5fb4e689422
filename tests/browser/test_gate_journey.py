"""The privacy gate on a phone: closed, announced, open on its day, and the person who reads who has looked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import go_home, go_on, main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]
Phone = Callable[..., Page]


def _money_of(page: Page, name: str) -> None:
    page.goto(f"/staff/people?q={name}")
    follow(main(page).get_by_role("link", name=name).first)
    check_accessible(page)
    follow(main(page).get_by_role("link", name="Money and plan"))


def test_closed_announced_open_and_seen(open_phone: Phone) -> None:
    priya = open_phone("coordinator@example.org")
    _money_of(priya, "Harriet")
    title(priya, "is closed")
    check_accessible(priya)
    follow(main(priya).get_by_role("link", name="Announce a review"))
    check_accessible(priya)
    go_on(priya, "Announce it")
    expect(main(priya)).to_contain_text("The review is announced for")
    check_accessible(priya)

    # one that was announced a fortnight ago is open today
    _money_of(priya, "Sam")
    title(priya, "Spending of Sam Okafor")
    expect(main(priya)).to_contain_text("side can see that you looked")
    check_accessible(priya)
    bought = main(priya).get_by_role("row").get_by_role("link").first
    words = bought.inner_text()
    follow(bought)
    check_accessible(priya)

    sam = open_phone("holder@example.org")
    go_home(sam)
    follow(main(sam).get_by_role("link", name="Who has looked?"))
    title(sam, "Who has looked")
    expect(main(sam)).to_contain_text("Priya Shah looked at the spending from")
    expect(main(sam)).to_contain_text(words.split(",")[0][:20])
    expect(main(sam)).to_contain_text("Stephen Kwan looked at the spending")
    check_accessible(sam)
    follow(main(sam).get_by_role("link", name="Reviews"))
    check_accessible(sam)
    follow(main(sam).get_by_role("link", name="Yearly").or_(main(sam).locator(".cp-rows a")).first)
    title(sam, "Yearly review")
    check_accessible(sam)
