"""The policy is read, tried, changed by one person and published by another, on a phone."""

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


def test_two_people_publish_a_change(open_phone: Phone) -> None:
    joy = open_phone("admin@example.org")
    joy.goto("/staff/policy")
    follow(joy.get_by_role("link", name="Who changed what, why and from when"))
    expect(main(joy)).to_contain_text("published by Kofi Mensah")
    check_accessible(joy)
    joy.go_back()
    walks.go_on(joy, "Start a draft")
    title(joy, "Draft of the policy")
    draft = joy.url
    check_accessible(joy)

    follow(joy.get_by_role("link", name="Change something"))
    check_accessible(joy)
    follow(joy.get_by_role("link", name=re.compile(r"^Its words ?: Alcohol$")))
    joy.get_by_label("Words to put in").fill("zingleberry")
    joy.get_by_label("Something to try").fill("a zingleberry for Sunday")
    walks.go_on(joy, "Try it")
    expect(main(joy)).to_contain_text("the draft answers otherwise")
    expect(joy.get_by_label("Words to put in")).to_have_value("zingleberry")
    check_accessible(joy)
    walks.go_on(joy, "Keep it in the draft")
    expect(main(joy)).to_contain_text("zingleberry")

    joy.goto(f"{draft}/rule?rule=vapes")
    joy.get_by_label("Fine", exact=True).check()
    walks.go_on(joy, "Keep it in the draft")
    expect(joy.get_by_role("alert")).to_contain_text("Say why, in a sentence")
    check_accessible(joy)
    joy.get_by_label("Why? (needed").fill("The stop smoking team gives kits away now.")
    walks.go_on(joy, "Keep it in the draft")

    follow(joy.get_by_role("link", name="Try it on past purchases"))
    walks.go_on(joy, "Try it on past purchases")
    title(joy, "Tried on past purchases")
    check_accessible(joy)
    joy.goto(draft)
    joy.get_by_label("What does it change, and why?").fill("A new drink, and vapes without waiting.")
    walks.fill_day(joy, "From when?", walks.soon(20))
    walks.go_on(joy, "Ask a second person")
    expect(main(joy)).to_contain_text("Waits for a second person")
    expect(joy.get_by_role("button", name="Publish it")).to_have_count(0)

    kofi = open_phone("admin2@example.org")
    kofi.goto("/notices")
    follow(kofi.get_by_role("button", name=re.compile("Joy Abara asks you")).first)
    kofi.goto(draft)
    expect(main(kofi)).to_contain_text("The stop smoking team gives kits away now.")
    check_accessible(kofi)
    walks.go_on(kofi, "Publish it")
    title(kofi, "History of the policy")
    expect(main(kofi)).to_contain_text("A new drink, and vapes without waiting.")
    check_accessible(kofi)
    follow(kofi.get_by_role("link", name=re.compile("before it begins")))
    kofi.get_by_label("Why do you take it back?").fill("Only a rehearsal for the two of us.")
    check_accessible(kofi)
    walks.go_on(kofi, "Take it back")
    expect(main(kofi)).to_contain_text("Taken back")
