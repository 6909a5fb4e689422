"""Several providers at once on a phone: into the basket, one check, one send, one summary."""

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

HOLDER = "holder@example.org"


def test_two_providers_one_check_one_send(open_phone: Callable[..., Page]) -> None:
    page = open_phone(HOLDER)
    walks.find(page, "massage", "Massage for neck and back")
    follow(main(page).get_by_role("link", name="Add to basket"))
    title(page, "Add to basket")
    check_accessible(page)
    page.get_by_label("How many").fill("1")
    page.get_by_label("Swim every week").check()
    walks.go_on(page, "Add to basket")
    expect(main(page)).to_contain_text("Massage for neck and back is in the basket")
    follow(main(page).get_by_role("link", name=re.compile(r"^Basket \(3")))
    title(page, "Basket")
    check_accessible(page)
    follow(page.get_by_role("button", name=re.compile("^Take out.*Massage")))
    expect(main(page)).to_contain_text("2 things from 2 providers")
    follow(page.get_by_role("link", name=re.compile("^Change how many.*Drumming")))
    page.get_by_label("How many").fill("1")
    walks.go_on(page)
    title(page, "Basket")
    expect(main(page)).to_contain_text(re.compile(r"This leaves £[\d,.]+ safe to spend"))
    walks.go_on(page, "Ask to buy all of it")
    expect(main(page)).to_contain_text("2 purchases")
    expect(main(page)).to_contain_text("is safe to spend in")
    check_accessible(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Go to the start page")).to_be_hidden()
