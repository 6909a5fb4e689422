"""Asking a provider, buying at the price they gave, saying how it was, and suggesting whom one misses: on a phone."""

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
PARENT, BEA, JOY = "representative@example.org", "provider@example.org", "admin@example.org"
WORDS = "Could Saturdays at eleven work, in the small pool?"


def test_a_question_becomes_a_price_and_a_purchase(open_phone: Phone) -> None:
    nadia = open_phone(PARENT)
    walks.find(nadia, "company at the pool", "Swim Together CIC")
    follow(main(nadia).get_by_role("link", name="Ask for a price"))
    title(nadia, "Ask Swim Together CIC")
    check_accessible(nadia)
    nadia.get_by_label("What would you like to know?").fill(WORDS)
    nadia.get_by_label(re.compile("How many hours")).fill("3")
    walks.go_on(nadia, "Send")
    expect(main(nadia)).to_contain_text(WORDS)
    check_accessible(nadia)
    thread = nadia.url

    bea = open_phone(BEA)
    follow(bea.get_by_role("navigation", name="Main").get_by_role("link", name="Questions"))
    check_accessible(bea)
    follow(main(bea).get_by_role("link", name=re.compile("Amira.*One-to-one company")).first)
    expect(main(bea)).to_contain_text(WORDS)
    expect(main(bea)).not_to_contain_text("Rahman")
    check_accessible(bea)
    follow(main(bea).get_by_role("link", name="Send a price"))
    bea.get_by_label("Price an hour").fill("21.50")
    bea.get_by_label("Anything to add?").fill("With Jo, who signs.")
    check_accessible(bea)
    walks.go_on(bea, "Send this price")
    expect(main(bea)).to_contain_text("3 hours at £21.50 an hour: £64.50")
    check_accessible(bea)

    walks.go_home(nadia)
    waiting = nadia.get_by_role("listitem").filter(has_text="keeps this price until").filter(has_text="£64.50")
    follow(waiting.get_by_role("link", name="See the price"))
    assert nadia.url == thread
    check_accessible(nadia)
    walks.go_on(nadia, "Ask to buy at this price")
    title(nadia, "What does it help with?")
    main(nadia).get_by_role("radio").nth(1).check()
    walks.go_on(nadia)
    walks.fill_day(nadia, "When should it start?", walks.soon(12))
    walks.go_on(nadia)
    title(nadia, "Check your answers")
    expect(main(nadia)).to_contain_text("All together £64.50")
    expect(main(nadia)).to_contain_text("They keep it for Amira until")
    check_accessible(nadia)
    follow(main(nadia).get_by_role("button", name=re.compile("^(Ask to buy|Send to)")))
    nadia.goto(thread)
    expect(main(nadia)).to_contain_text("You asked to buy at this price")
    bea.reload()
    expect(main(bea)).to_contain_text("Your price was used")


def test_saying_how_it_was_and_a_reply(open_phone: Phone) -> None:
    sam = open_phone("holder@example.org")
    follow(sam.get_by_role("navigation", name="Main").get_by_role("link", name="Spending"))
    sam.goto(f"{sam.url.partition('?')[0]}?q=company+at+the+pool")
    bought = main(sam).get_by_role("link", name="One-to-one company at the pool")
    follow(bought.last)
    follow(main(sam).get_by_role("link", name="Say how it was"))
    title(sam, "How was it?")
    check_accessible(sam)
    sam.get_by_label("Good", exact=True).check()
    sam.get_by_label("In your words").fill("Nobody hurried me, and they wait at the door. Parking is hard.")
    walks.go_on(sam, "Send it")
    title(sam, "What you wrote about Swim Together CIC")
    check_accessible(sam)
    follow(main(sam).get_by_role("link", name="All about Swim Together CIC"))
    review = main(sam).get_by_role("listitem").filter(has_text="Parking is hard")
    expect(review).to_contain_text("Someone who bought this")
    expect(review).not_to_contain_text("Sam")
    check_accessible(sam)

    bea = open_phone(BEA)
    follow(bea.get_by_role("navigation", name="Main").get_by_role("link", name="Reviews"))
    said = main(bea).get_by_role("listitem").filter(has_text="Parking is hard")
    check_accessible(bea)
    follow(said.get_by_role("link", name="Reply"))
    bea.get_by_label("Your reply").fill("Thank you. There are two bays behind the baths: ask at the desk.")
    check_accessible(bea)
    walks.go_on(bea, "Send the reply")
    sam.reload()
    expect(main(sam)).to_contain_text("two bays behind the baths")


def test_somebody_who_is_missing_is_added(open_phone: Phone) -> None:
    nadia = open_phone(PARENT)
    follow(main(nadia).get_by_role("link", name="Find support").first)
    nadia.get_by_label("What are you looking for?").fill("Downham Trampoline Friends")
    nadia.get_by_label("Near which postcode?").fill("")
    walks.go_on(nadia, "Find")
    follow(main(nadia).get_by_role("link", name="Suggest them"))
    title(nadia, "Suggest somebody who is missing")
    nadia.get_by_label("What are they called?").fill("Downham Trampoline Friends")
    nadia.get_by_label("What do they do?").fill("Trampoline for disabled children, with a hoist")
    check_accessible(nadia)
    walks.go_on(nadia, "Send")
    expect(main(nadia)).to_contain_text("Someone is looking at it")
    check_accessible(nadia)

    joy = open_phone(JOY)
    follow(joy.get_by_role("navigation", name="Main").get_by_role("link", name="Marketplace"))
    check_accessible(joy)
    follow(main(joy).get_by_role("link", name="Downham Trampoline Friends"))
    check_accessible(joy)
    follow(main(joy).get_by_role("link", name="Add it", exact=True))
    joy.get_by_label("Kind of support").select_option(label="Activities and leisure")
    joy.get_by_label("At their place").check()
    joy.get_by_label("No", exact=True).check()
    check_accessible(joy)
    walks.go_on(joy, "Add it")
    title(joy, "Marketplace")

    nadia.reload()
    follow(main(nadia).get_by_role("link", name="Downham Trampoline Friends"))
    expect(main(nadia)).to_contain_text("Ask for a price")
    check_accessible(nadia)
