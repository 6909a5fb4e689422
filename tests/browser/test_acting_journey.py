"""A broker is asked, says yes from the e-mail with a new account, sees only their own, and is ended in an open tab."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_accessible
from tests.browser.site import Site, follow
from tests.browser.walks import go_on, main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]
Phone = Callable[..., Page]
PHRASE = "seven quiet otters swim upstream"


def _add_second_step(page: Page) -> None:
    """A broker needs one before anything else opens."""
    assert "/second-step" in page.url
    page.goto("/second-step/app")
    secret = page.locator(".cp-secret").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    go_on(page, "Finish")
    if "/second-step/codes" in page.url:
        go_on(page, "I have kept them")


def test_a_broker_from_invitation_to_end(open_phone: Phone, site: Site) -> None:
    sam = open_phone("holder@example.org")
    home = sam.url
    follow(main(sam).get_by_role("link", name="Who can act"))
    title(sam, "Who acts for you")
    expect(main(sam)).to_contain_text("ngozi@example.org")
    check_accessible(sam)
    follow(main(sam).get_by_role("link", name="Ask somebody"))
    check_accessible(sam)
    go_on(sam, "Send the e-mail")
    expect(sam.get_by_role("alert")).to_contain_text("Enter their e-mail address")
    sam.get_by_label("Their e-mail address").fill("bola.broker@example.org")
    sam.get_by_label("Broker").check()
    sam.get_by_label("Buy", exact=True).check()
    sam.get_by_label("The most for one purchase").fill("50")
    go_on(sam, "Send the e-mail")
    expect(main(sam)).to_contain_text("We have sent an e-mail to bola.broker@example.org")

    sent = site.flask("jobs", "work", "--once")
    mails = [mail for mail in (sent.stdout + sent.stderr).split("E-mail to ") if mail.startswith("bola.broker")]
    found = re.search(r"/invitation/[\w-]+", mails[0])
    assert found is not None
    assert "Sam" not in mails[0]
    bola = open_phone()
    bola.goto(found[0])
    title(bola, "Will you act for Sam?")
    expect(main(bola)).to_contain_text("You can buy up to £50 at a time.")
    expect(bola.locator("body")).not_to_contain_text("Hydrotherapy")
    check_accessible(bola)
    bola.get_by_label("Your name").fill("Bola Ade")
    bola.get_by_label("Choose a passphrase").fill(PHRASE)
    bola.get_by_label("The passphrase again").fill(PHRASE)
    go_on(bola, "Open the account and say yes")
    _add_second_step(bola)
    bola.goto(home)
    expect(bola.get_by_role("region", name="Whose budget this is")).to_contain_text("You are acting for Sam")
    bola.goto(f"{home}acting")
    expect(main(bola)).to_contain_text("You see only what you may do yourself.")
    expect(main(bola)).not_to_contain_text("Leonie")
    check_accessible(bola)
    follow(main(bola).get_by_role("link", name="Give it up"))
    title(bola, "Give up acting for Sam")

    sam.reload()
    follow(main(sam).get_by_role("link", name="End that Bola Ade acts"))
    check_accessible(sam)
    follow(sam.get_by_role("button", name="End it now"))
    expect(main(sam)).to_contain_text("Bola Ade cannot act any more.")

    with bola.expect_response(lambda answer: answer.request.method == "POST") as answered:
        bola.get_by_role("button", name="Give it up").click()
    assert answered.value.status == 404
    bola.goto(home)
    title(bola, "We cannot find that page")
