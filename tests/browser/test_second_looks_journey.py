"""A second look, money back, a change of what is agreed, and an idea: on a phone, from the person to the answer."""

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
HOLDER, PRIYA, MARCUS = "holder@example.org", "coordinator@example.org", "coordinator2@example.org"


def open_purchase(page: Page, words: str) -> None:
    """From anywhere to a purchase, by Spending."""
    page.goto(f"{page.url.split('/p/')[0]}/p/{page.url.split('/p/')[1].split('/')[0]}/spending?words={words}")
    follow(main(page).get_by_role("link", name=re.compile(words)).first)


def test_somebody_else_looks_again_at_a_no(open_phone: Phone) -> None:
    sam = open_phone(HOLDER)
    walks.go_home(sam)
    open_purchase(sam, "Second television")
    expect(main(sam)).to_contain_text("did not agree to it")
    follow(main(sam).get_by_role("link", name="Ask for a second look"))
    title(sam, "Ask for a second look")
    expect(main(sam)).not_to_contain_text("Priya Shah")
    check_accessible(sam)
    sam.get_by_label("Why should somebody look again?").fill("On bad days it is how I am with the MS group.")
    walks.go_on(sam, "Send it")
    title(sam, "Second television")
    expect(main(sam)).to_contain_text("You asked for a second look")
    check_accessible(sam)

    marcus = open_phone(MARCUS)
    marcus.goto("/staff/queue")
    follow(main(marcus).get_by_role("link", name=re.compile("Air cooler")))
    expect(main(marcus)).to_contain_text("Priya Shah said no")
    check_accessible(marcus)
    marcus.locator("summary", has_text="Add a word to your yes").click()
    marcus.get_by_label("A word to go with your yes").fill("I read your plan again, and you are right.")
    follow(marcus.get_by_role("button", name="Approve", exact=True))

    open_purchase(sam, "Air cooler")
    expect(main(sam)).to_contain_text("I read your plan again, and you are right.")
    expect(main(sam)).to_contain_text("This was paid on")


def test_what_never_came_is_told_helped_with_and_the_money_is_back(open_phone: Phone) -> None:
    sam = open_phone(HOLDER)
    walks.go_home(sam)
    before = walks.safe_to_spend(sam)
    open_purchase(sam, "Paints for the Thursday")
    expect(main(sam)).to_contain_text("still owes £6.00")
    follow(main(sam).get_by_role("link", name="It never came, or something is wrong"))
    check_accessible(sam)
    sam.get_by_label("What is wrong?").fill("The red is dried out too.")
    walks.go_on(sam, "Tell them")
    expect(main(sam)).to_contain_text("The red is dried out too.")
    check_accessible(sam)

    priya = open_phone(PRIYA)
    priya.goto("/staff/queue")
    follow(main(priya).get_by_role("link", name=re.compile("something went wrong")))
    follow(main(priya).get_by_role("link", name=re.compile("Paints for the Thursday")))
    priya.locator("summary", has_text="Write to Sam").click()
    priya.get_by_label("Your message").fill("I rang the shop. They give you the money for the red.")
    walks.go_on(priya, "Send")
    check_accessible(priya)

    sam.reload()
    expect(main(sam)).to_contain_text("I rang the shop.")
    follow(main(sam).get_by_role("link", name="Money came back"))
    check_accessible(sam)
    sam.get_by_label("How much came back?").fill("4")
    sam.get_by_label("The money came back").check()
    walks.go_on(sam, "Write it down")
    expect(main(sam)).to_contain_text("£4.00 of £18.00 came back")
    check_accessible(sam)
    walks.go_home(sam)
    assert walks.safe_to_spend(sam) == before + 4_00


def test_what_is_agreed_is_changed_and_cheaper_needs_nobody(open_phone: Phone) -> None:
    sam = open_phone(HOLDER)
    walks.go_home(sam)
    before = walks.safe_to_spend(sam)
    walks.find(sam, "company at the pool", "Swim Together CIC")
    walks.ask_to_buy(sam, "3", "Swim every week", on=walks.soon(33))
    walks.go_on(sam, "Ask to buy")
    follow(main(sam).get_by_role("link", name="See this purchase"))
    follow(main(sam).get_by_role("button", name="Change this"))
    title(sam, "Check your answers")
    expect(main(sam)).to_contain_text("You are changing something that is agreed")
    check_accessible(sam)
    follow(main(sam).get_by_role("link", name=re.compile("^Change how many")))
    sam.get_by_label("How many").fill("2")
    walks.go_on(sam)
    walks.go_on(sam, "Ask to buy")
    follow(main(sam).get_by_role("link", name="See this purchase"))
    expect(main(sam)).to_contain_text("This took the place of what was agreed for £72.00")
    check_accessible(sam)
    walks.go_home(sam)
    assert walks.safe_to_spend(sam) == before - 48_00


def test_an_idea_is_asked_agreed_and_used(open_phone: Phone) -> None:
    sam = open_phone(HOLDER)
    follow(sam.get_by_role("navigation", name="Main").get_by_role("link", name="My plan"))
    follow(main(sam).get_by_role("link", name="Ask about an idea"))
    check_accessible(sam)
    follow(main(sam).get_by_role("link", name="Ask about an idea"))
    check_accessible(sam)
    sam.get_by_label("What do you have in mind?").fill("Harmonica for my breathing")
    sam.get_by_label("Swim every week").check()
    sam.get_by_label("About how much is it?").fill("25")
    sam.get_by_label("Just once").check()
    walks.go_on(sam, "Go on")
    title(sam, "Check your idea")
    check_accessible(sam)
    walks.go_on(sam, "Send to Priya Shah")
    expect(main(sam)).to_contain_text("Priya Shah will answer by")
    check_accessible(sam)

    priya = open_phone(PRIYA)
    priya.goto("/staff/queue")
    follow(main(priya).get_by_role("link", name=re.compile("Harmonica")))
    follow(main(priya).get_by_role("link", name="Change what a yes would mean"))
    check_accessible(priya)
    priya.get_by_label("Up to how much in all?").fill("30")
    walks.go_on(priya, "Keep this")
    expect(main(priya)).to_contain_text("Up to £30.00 in all")
    follow(priya.get_by_role("button", name="Approve", exact=True))

    sam.reload()
    expect(main(sam)).to_contain_text("You can use up to £30.00 in all for this")
    check_accessible(sam)
    follow(main(sam).get_by_role("button", name="I bought it elsewhere"))
    walks.go_on(sam)
    sam.get_by_label("Swim every week").check()
    walks.go_on(sam)
    walks.say_paid(sam, "Catford Sound")
    walks.later(sam)
    expect(main(sam)).to_contain_text("This is for your idea")
    expect(main(sam)).to_contain_text("Fine to buy")
    check_accessible(sam)
