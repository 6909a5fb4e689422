"""A swimming club and a personal assistant at work on a phone: an order, a price to come, days away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core import clock
from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]

Phone = Callable[..., Page]
SWIM, MARTA, HOLDER = "provider@example.org", "pa@example.org", "holder@example.org"


def link(page: Page, words: str) -> None:
    follow(main(page).get_by_role("link", name=re.compile(words)).first)
    check_accessible(page)


def menu(page: Page, words: str) -> None:
    follow(page.get_by_role("navigation", name="Main").get_by_role("link", name=words))
    check_accessible(page)


def test_an_order_from_new_to_done_and_a_new_price(open_phone: Phone) -> None:
    bea = open_phone(SWIM)
    check_accessible(bea)
    expect(main(bea)).to_contain_text("Waiting for you")
    link(bea, "One-to-one company at the pool: 4 hours")
    expect(main(bea)).to_contain_text("Sam would like this")
    expect(main(bea)).not_to_contain_text("Okafor")
    walks.go_on(bea, "Yes, we can do it")
    expect(main(bea)).to_contain_text("Sam is told")
    order = bea.url
    link(bea, "It is done")
    walks.go_on(bea, "Say that it is done")
    expect(main(bea)).to_contain_text("Sam is asked to say so too")
    check_accessible(bea)

    sam = open_phone(HOLDER)
    sam.goto("/notices")
    follow(sam.get_by_role("button", name=re.compile("One-to-one company at the pool was done")).first)
    expect(main(sam)).to_contain_text("Is that right?")
    check_accessible(sam)

    bea.goto(order.split("/orders/")[0] + "/owed")
    expect(main(bea)).to_contain_text("not paid yet")
    check_accessible(bea)

    menu(bea, "What we offer")
    link(bea, "One-to-one company at the pool")
    link(bea, "Change price")
    bea.get_by_label("New price an hour").fill("26.50")
    walks.fill_day(bea, "From which day?", clock.add_months(clock.period_of(clock.today()), 3))
    walks.go_on(bea, "Set this price")
    expect(main(bea)).to_contain_text("£26.50 an hour")
    expect(main(bea)).to_contain_text("Today: £24 an hour")
    check_accessible(bea)
    follow(bea.get_by_role("button", name=re.compile("Take it back")).last)
    expect(main(bea)).not_to_contain_text("£26.50 an hour")


def test_a_personal_assistant_keeps_her_page(open_phone: Phone) -> None:
    marta = open_phone(MARTA)
    menu(marta, "About us")
    expect(main(marta)).to_contain_text("You cannot change these yourself")
    link(marta, "Change this")
    marta.get_by_label("Website").fill("not a website")
    walks.go_on(marta, "Save")
    expect(marta.get_by_role("alert")).to_contain_text("Enter a website")
    check_accessible(marta)
    marta.get_by_label("Website").fill("marta.example.org")
    walks.go_on(marta, "Save")
    expect(main(marta)).to_contain_text("https://marta.example.org")

    link(marta, "Say when you are away")
    link(marta, "Add days away")
    walks.fill_day(marta, "First day away", walks.soon(60))
    walks.fill_day(marta, "Last day away", walks.soon(62))
    walks.go_on(marta, "Save")
    expect(main(marta)).to_contain_text("People read that you are away then")
    check_accessible(marta)

    menu(marta, "Orders")
    link(marta, "Company in the evening: 2 hours")
    link(marta, "I cannot do it")
    marta.get_by_label("Why can't you do it?").fill("My car is at the garage this week. Next Friday is free.")
    walks.go_on(marta, "Tell Precious")
    title(marta, "Company in the evening")
    expect(main(marta)).to_contain_text("My car is at the garage")
    check_accessible(marta)

    menu(marta, "What we offer")
    link(marta, "Add something")
    marta.get_by_label("What do you offer?").fill("A day at the sea")
    marta.get_by_label("What kind of support is it?").select_option(label="Personal assistants")
    marta.get_by_label("By the visit").check()
    marta.get_by_label("Price", exact=True).fill("120")
    marta.get_by_label("At the person's home, or out with them").check()
    walks.go_on(marta)
    title(marta, "When, and for whom")
    check_accessible(marta)
    marta.get_by_label("Saturday morning").check()
    walks.go_on(marta, "Save")
    expect(main(marta)).to_contain_text("Saturday mornings")
    walks.go_on(marta, "Let people see it")
    expect(main(marta)).to_contain_text("People see this")
    check_accessible(marta)
