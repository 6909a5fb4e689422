"""What a team does on a phone, and a person who asks them: messages, many alike, a simple rule, leave, money moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.core import clock
from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import fill_day, go_on, main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]
Phone = Callable[..., Page]


def test_asking_a_person_from_any_page(open_phone: Phone) -> None:
    page = open_phone("representative@example.org")
    page.goto(f"{page.url.rstrip('/')}/spending")
    follow(page.get_by_role("contentinfo").get_by_role("link", name="Ask a person"))
    title(page, "Ask a person")
    check_accessible(page)
    go_on(page, "Send")
    expect(page.get_by_role("alert")).to_contain_text("Write your message")
    page.get_by_label("What is it about?").fill("The swing and the tree")
    page.get_by_label("Your message").fill("The tree is the neighbours'. Who has to say yes?")
    page.get_by_label("Photos or PDFs").set_input_files([walks.photo(), {**walks.photo(), "name": "tree.jpg"}])
    go_on(page, "Send")
    expect(main(page)).to_contain_text("Priya Shah will answer by")
    check_accessible(page)

    priya = open_phone("coordinator@example.org")
    follow(priya.get_by_role("navigation", name="Main").get_by_role("link", name="Messages"))
    check_accessible(priya)
    follow(main(priya).get_by_role("link", name="The swing and the tree"))
    expect(main(priya).get_by_role("link", name="tree.jpg")).to_be_visible()
    check_accessible(priya)
    priya.get_by_label("Your message").fill("They do. A letter from them is enough.")
    go_on(priya, "Send the answer")

    page.reload()
    expect(main(page)).to_contain_text("A letter from them is enough.")
    follow(page.get_by_role("button", name="Nothing more to say: finish this"))
    expect(main(page)).to_contain_text("Finished: The swing and the tree.")


def test_the_team_lead_answers_many_and_says_yes_in_advance(open_phone: Phone) -> None:
    marcus = open_phone("coordinator2@example.org")
    marcus.goto("/staff/queue")
    check_accessible(marcus)
    follow(main(marcus).get_by_role("link", name="Answer them together").first)
    check_accessible(marcus)
    boxes = marcus.get_by_role("group", name="Which of them?").get_by_role("checkbox")
    there = boxes.count()
    assert there >= 3
    boxes.first.uncheck()
    marcus.get_by_role("radio", name="Yes", exact=True).check()
    marcus.get_by_label("In your own words").fill("Getting there is half of it.")
    go_on(marcus, "Answer them all")
    expect(main(marcus)).to_contain_text(f"You approved {there - 1}.")

    follow(main(marcus).get_by_role("link", name="Simple rules"))
    check_accessible(marcus)
    follow(main(marcus).get_by_role("link", name="Make a rule"))
    check_accessible(marcus)
    marcus.get_by_label("What do you call it?").fill("Fares to a class")
    marcus.get_by_label("Which kind of thing?").select_option(label="Transport")
    marcus.get_by_label("Up to how much?").fill("40")
    marcus.get_by_label("Why does nobody have to look").fill("Who cannot get there cannot go.")
    go_on(marcus, "Make the rule")
    expect(main(marcus)).to_contain_text("From now on: Fares to a class.")
    marcus.goto("/staff/away/new")
    check_accessible(marcus)
    day = clock.today() + timedelta(days=40)
    marcus.get_by_label("Who is away?").select_option(label="Marcus Bell")
    fill_day(marcus, "First day away", day)
    fill_day(marcus, "Last day away", day)
    go_on(marcus, "Note it")
    expect(main(marcus)).to_contain_text("Marcus Bell")
    check_accessible(marcus)


def test_moving_money_between_outcomes(open_phone: Phone) -> None:
    page = open_phone("holder@example.org")
    before = walks.safe_to_spend(page)
    follow(page.get_by_role("navigation", name="Main").get_by_role("link", name="My plan"))
    follow(main(page).get_by_role("link", name="Move money between outcomes"))
    check_accessible(page)
    follow(main(page).get_by_role("link", name="Use some"))
    check_accessible(page)
    page.get_by_role("group", name="What is it for now?").get_by_label("See people").check()
    page.get_by_label("How much?").fill("12.50")
    go_on(page, "See what it comes to")
    expect(page.get_by_role("alert")).to_contain_text("Say what it is needed for")
    page.get_by_label("Why?").fill("Two extra evenings with the group, after a bad week.")
    go_on(page, "See what it comes to")
    expect(main(page)).to_contain_text("You can do this yourself.")
    check_accessible(page)
    go_on(page, "Move it")
    expect(main(page)).to_contain_text("£12.50 is moved.")
    check_accessible(page)
    walks.go_home(page)
    assert walks.safe_to_spend(page) == before + 12_50
