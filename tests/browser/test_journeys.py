"""What people come for, from signing in to an answer, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Phone = Callable[..., Page]
HOLDER, PARENT, BROKER = "holder@example.org", "representative@example.org", "broker@example.org"
PRIYA = "coordinator@example.org"


def looking(page: Page, javascript: bool) -> walks.See:
    """What is done on every page of the way: axe, or without JavaScript that there is a way on."""
    return (
        check_accessible if javascript else lambda page: expect(main(page).locator("a, button").first).to_be_visible()
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["phone", "without-javascript"])
def test_four_hours_from_somebody_near_me(open_phone: Phone, javascript: bool) -> None:
    page = open_phone(HOLDER, javascript=javascript)
    see = looking(page, javascript)
    expect(page.locator(".cp-big")).to_contain_text("safe to spend until")
    see(page)
    before = walks.safe_to_spend(page)

    walks.find(page, "company at the pool", "Swim Together CIC", see)
    title(page, "One-to-one company at the pool")
    expect(main(page)).to_contain_text("safe to spend")

    walks.ask_to_buy(page, "4", "Swim every week", see, on=walks.soon(20 if javascript else 27))
    expect(main(page)).to_contain_text("Fine to buy")
    expect(main(page)).to_contain_text("All together £96.00")
    left = walks.pence(main(page).get_by_text("This leaves").inner_text())
    assert left == before - 96_00

    walks.go_on(page, "Ask to buy")
    title(page, "Fine to buy")
    see(page)
    follow(main(page).get_by_role("link", name="Go to the start page"))
    assert walks.safe_to_spend(page) == left
    more = page.locator("summary", has_text="more waiting")
    if more.count():
        more.click()
    waiting = page.get_by_role("listitem").filter(has_text="One-to-one company at the pool £96.00")
    follow(waiting.get_by_role("link", name="I have paid").first)
    title(page, "I have paid")
    see(page)
    follow(page.get_by_role("link", name="Back").first)
    title(page, "One-to-one company at the pool")
    expect(main(page)).to_contain_text("nobody had to look at it")
    see(page)


def record_gym(page: Page, see: walks.See, what: str) -> None:
    """Record a gym membership with a photo of the receipt, and send it."""
    walks.begin_record(page, see)
    walks.add_line(page, what, "36", "Swim every week", see)
    walks.say_paid(page, "Rushey Green Gym", see, note="The low machines, and it is cool in there.")
    walks.add_receipt(page, see)
    expect(main(page)).to_contain_text("till.jpg")
    expect(main(page)).to_contain_text("Priya Shah will look at this")
    walks.go_on(page, "Send to Priya Shah")
    title(page, "Sent to Priya Shah")
    expect(main(page)).to_contain_text("Priya Shah will answer by")
    expect(main(page)).to_contain_text("We hold £36.00 for it")
    see(page)


def test_a_gym_membership_bought_elsewhere(open_phone: Phone) -> None:
    what = "Strength machines membership, a month"
    holder = open_phone(HOLDER)
    spent_before = spent(holder)
    record_gym(holder, check_accessible, what)

    priya = open_phone(PRIYA)
    priya.goto("/staff/queue")
    follow(priya.get_by_role("link", name=what))
    expect(main(priya)).to_contain_text("Swim every week")
    expect(main(priya)).to_contain_text("Safe to spend now")
    expect(main(priya)).to_contain_text("The low machines")
    check_accessible(priya)
    follow(priya.get_by_role("link", name="till.jpg"))
    assert priya.url.count("/receipts/"), "the coordinator who is asked sees the receipt"
    priya.go_back()
    follow(priya.get_by_role("link", name="Ask", exact=True))
    check_accessible(priya)
    priya.get_by_label("Your question").fill("Hello Sam. Does your physio know about the machines?")
    walks.go_on(priya, "Send the question")
    expect(main(priya)).to_contain_text("Your question went to Sam")
    check_accessible(priya)

    walks.go_home(holder)
    asked = holder.get_by_role("listitem").filter(has_text=f"{what} £36.00")
    expect(asked).to_contain_text("Priya Shah asked a question about this")
    follow(asked.get_by_role("link", name="Answer"))
    expect(main(holder)).to_contain_text("Does your physio know")
    check_accessible(holder)
    holder.get_by_label("Your answer").fill("Yes, she wrote me the exercises. Ten minutes each.")
    walks.go_on(holder, "Send your answer")
    expect(main(holder)).to_contain_text("Priya Shah will answer by")
    check_accessible(holder)

    priya.goto("/staff/queue")
    follow(priya.get_by_role("link", name=what))
    expect(main(priya)).to_contain_text("Ten minutes each")
    priya.locator("summary", has_text="Add a word to your yes").click()
    priya.get_by_label("A word to go with your yes").fill("Good idea. Enjoy it.")
    check_accessible(priya)
    walks.go_on(priya, "Approve")
    expect(main(priya)).to_contain_text(f"You approved {what}")

    follow(holder.get_by_role("link", name="Notices"))
    check_accessible(holder)
    expect(main(holder)).to_contain_text(what)
    follow(holder.get_by_role("link", name="CarePurse, start page"))
    assert spent(holder) == spent_before + 36_00
    expect(holder.get_by_role("listitem").filter(has_text=f"{what} £36.00")).to_have_count(0)
    follow(main(holder).get_by_role("link", name="All spending"))
    expect(main(holder)).not_to_contain_text(re.compile(r"Purchase \w{12}"))  # a movement without a name is no answer
    expect(holder.get_by_role("link", name=what)).to_have_count(1)
    follow(holder.get_by_role("link", name=what).first)
    expect(main(holder)).to_contain_text("Good idea. Enjoy it.")
    check_accessible(holder)


def spent(page: Page) -> int:
    """Pence spent this month, as the first page says."""
    return walks.pence(main(page).locator(".cp-legend, dl, ul").filter(has_text="Spent").first.inner_text())


def test_recording_without_javascript(open_phone: Phone) -> None:
    page = open_phone(HOLDER, javascript=False)
    record_gym(page, looking(page, False), "Stretching class, a month")


def test_wine_on_a_line(open_phone: Phone) -> None:
    page = open_phone(HOLDER)
    walks.draft_with_wine(page, check_accessible)
    stopped = main(page)
    expect(stopped).to_contain_text("We can't pay for “2 bottles of Merlot”")
    page.locator("summary", has_text="How we know").first.click()
    expect(stopped).to_contain_text("What we noticed: “")
    expect(stopped).to_contain_text("The rest (£18.40) can go on")
    expect(stopped.get_by_role("link", name="Ask a person")).to_be_visible()
    expect(page.get_by_role("button", name="Record this")).to_have_count(0)
    for unkind in ("violation", "prohibited", "rejected", "suspicious", "inappropriate"):
        assert unkind not in stopped.inner_text().lower()
    check_accessible(page)

    walks.go_on(page, "Take it out and go on")
    expect(stopped).to_contain_text("We took it out. Here is the rest.")
    expect(stopped).not_to_contain_text("Merlot")
    expect(stopped).to_contain_text("All together £18.40")
    check_accessible(page)
    walks.go_on(page, "Record this")
    title(page, "Recorded")
    check_accessible(page)


def test_a_parent_for_her_child(open_phone: Phone) -> None:
    page = open_phone(PARENT)

    def see(page: Page) -> None:
        banner = page.get_by_role("region", name="Whose budget this is")
        expect(banner).to_contain_text("You are acting for Amira, aged 9")
        check_accessible(page)

    see(page)
    before = walks.safe_to_spend(page)
    walks.find(page, "drumming", "Loud and Proud Drumming", see)
    walks.ask_to_buy(page, "2", "Play and swim", see, on=walks.soon())
    walks.go_on(page, "Ask to buy")
    title(page, "Fine to buy")
    expect(main(page)).to_contain_text("Amira's budget account")
    see(page)
    follow(main(page).get_by_role("link", name="Go to the start page"))
    assert walks.safe_to_spend(page) == before - 24_00
    for name in ("Spending", "Find support", "My plan"):
        follow(page.get_by_role("navigation", name="Main").get_by_role("link", name=name))
        see(page)


def test_a_broker_prepares_and_the_holder_says_yes(open_phone: Phone) -> None:
    broker = open_phone(BROKER)
    title(broker, "What do you want to look at?")
    check_accessible(broker)
    expect(main(broker).get_by_role("link")).to_have_count(4)
    follow(main(broker).get_by_role("link", name="The people you help"))
    title(broker, "The people you help")
    check_accessible(broker)
    follow(main(broker).get_by_role("heading", name="Sam Okafor").get_by_role("link"))
    expect(broker.get_by_role("region", name="Whose budget this is")).to_contain_text("Sam Okafor")
    walks.find(broker, "massage", "Honor Oak Massage Practice", check_accessible)
    walks.ask_to_buy(broker, "1", "Swim every week", check_accessible, on=walks.soon(), fee="10")
    expect(main(broker)).to_contain_text("Leonie Baptiste gets £10.00")
    expect(main(broker)).to_contain_text("own side is asked to say yes")
    walks.go_on(broker, "Send to Sam to say yes")
    title(broker, "Sent to be confirmed")
    check_accessible(broker)

    holder = open_phone(HOLDER)
    before = walks.safe_to_spend(holder)
    more = holder.locator("summary", has_text="more waiting")
    if more.count():
        more.click()
    prepared = holder.get_by_role("listitem").filter(has_text="Massage for neck and back £54.00")
    expect(prepared).to_contain_text("Prepared by Leonie Baptiste")
    follow(prepared.get_by_role("link", name="Say yes or no"))
    expect(main(holder)).to_contain_text("Nothing is bought before you say yes")
    expect(main(holder)).to_contain_text("Leonie Baptiste gets £10.00 from Honor Oak Massage Practice")
    check_accessible(holder)
    walks.go_on(holder, "Yes, buy this")
    expect(main(holder)).to_contain_text("You said yes")
    check_accessible(holder)
    walks.go_home(holder)
    assert walks.safe_to_spend(holder) == before - 54_00
