"""Every page that a role can reach in the demonstration: accessible, narrow enough, light enough."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.purchases.rules import State
from tests.browser import walks
from tests.browser.conftest import check_accessible
from tests.browser.site import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Phone = Callable[..., Page]
ROLES = (
    "holder",
    "representative",
    "representative2",
    "young",
    "broker",
    "coordinator",
    "coordinator2",
    "finance",
    "admin",
    "auditor",
    "provider",
    "pa",
)
_REF = re.compile(r"/[2-9b-df-hj-km-np-tv-z]{12}(?=/|$)")
#: Pages that look alike but for whose they are: this many of each are opened.
_EACH = {"holder": 2, "coordinator": 2}
#: Everybody's, looked at once.
_COMMON = {"/help", "/privacy", "/accessibility"}
#: Where a closed gate says why, and what would open it.
_GATE = re.compile(r"/staff/people/\w+/money$")
_LATER_BYTES = 20_000
_FIRST_BYTES = 100_000


def weight(page: Page) -> int:
    """What the browser fetched over the wire for the page it shows, in bytes; what it had already counts nothing."""
    sizes: list[int] = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind)).map(one => one.transferSize)"
    )
    assert sizes[0] > 0, "the page itself came from somewhere"
    return sum(sizes)


def shape(address: str) -> str:
    """An address without what differs between two of a kind."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return _REF.sub("/*", parts.path) + ("?" + "&".join(names) if names else "")


def links(page: Page) -> list[str]:
    hrefs: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    own = urlsplit(page.url).netloc
    return [
        href.split("#")[0]
        for href in hrefs
        if urlsplit(href).netloc == own and not re.search(r"/sign-out|\.csv|/receipts/|/papers/\w|download", href)
    ]


def look_at(page: Page, address: str, linked_from: str = "") -> list[str]:
    """What is wrong with a page, in words."""
    answer = page.goto(address)
    wrong = []
    closed = answer is not None and answer.status == 403 and _GATE.search(urlsplit(address).path)
    if answer is None or (answer.status != 200 and not closed):
        return [f"{address} answered {answer and answer.status}, linked from {linked_from or 'nowhere'}"]
    if (heavy := weight(page)) > _LATER_BYTES:
        wrong.append(f"{address} weighs {heavy:,} bytes")
    try:
        check_accessible(page)
    except AssertionError as error:
        wrong.append(str(error))
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        wrong.append(f"{address} scrolls sideways by {wide}px at 320px")
    page.set_viewport_size(PHONE)
    return wrong


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of(role: str, open_phone: Phone) -> None:
    page = open_phone(f"{role}@example.org")
    seen: Counter[str] = Counter()
    waiting = deque((address, page.url) for address in (page.url, *links(page)))
    done: set[str] = set()
    wrong: list[str] = []
    while waiting:
        address, linked_from = waiting.popleft()
        if address in done or seen[shape(address)] >= _EACH.get(role, 1) or urlsplit(address).path in _COMMON:
            continue
        done.add(address)
        seen[shape(address)] += 1
        wrong += look_at(page, address, linked_from)
        waiting.extend((further, address) for further in links(page))
    assert not wrong, "\n".join(wrong)
    assert len(done) >= 3, f"{role} reaches {done}"


def test_a_purchase_in_every_state(open_phone: Phone) -> None:
    page = open_phone("holder@example.org")
    home, found, wrong = page.url, set(), []
    for state in State:
        page.goto(f"{home}spending?state={state}")
        link = page.locator("main a[href*='/purchases/']").first
        if link.count():
            found.add(state)
            wrong += look_at(page, urljoin(home, link.get_attribute("href") or ""))
    assert not wrong, "\n".join(wrong)
    assert {State.BLOCKED, State.DECLINED, State.CANCELLED, State.DELIVERED, State.AWAITING_APPROVAL} <= found, found


def test_forms_in_which_something_is_missing(open_phone: Phone) -> None:
    """Each says so at the top, with the way to the field, and beside it."""
    page = open_phone("holder@example.org")

    def nothing_typed(button: str = "Continue") -> None:
        walks.go_on(page, button)
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("There is a problem")
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
        assert page.title().startswith("Error: ")
        check_accessible(page)
        summary.get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.matches('input, textarea, select')"), "the link leads to the field"

    walks.begin_record(page)
    nothing_typed()
    page.get_by_label("What is it?").fill("Tea towels")
    page.get_by_label("How much is it in all?").fill("4.50")
    walks.go_on(page)
    nothing_typed()
    page.get_by_label("Keep the flat safe").check()
    walks.go_on(page)
    nothing_typed()
    walks.say_paid(page, "The corner shop")
    nothing_typed()
    page.goto("/passphrase")
    nothing_typed("Change it")
    stranger = open_phone()
    stranger.goto("/sign-in")
    walks.go_on(stranger, "Sign in")
    expect(stranger.get_by_role("alert")).to_contain_text("Enter your e-mail address")
    check_accessible(stranger)


def test_pages_for_anybody(open_phone: Phone) -> None:
    page = open_phone()
    page.goto("/sign-in")
    assert weight(page) <= _FIRST_BYTES, "the first page load"
    for address in ("/sign-in", "/help", "/accessibility", "/privacy", "/signed-out", "/no-such-page"):
        page.goto(address)
        check_accessible(page)
        assert page.locator("form, main a, .nhsuk-back-link").count(), f"{address} leads nowhere"


def test_a_page_of_somebody_elses(open_phone: Phone) -> None:
    page = open_phone("provider@example.org")
    for address, status in (("/staff/", 403), ("/p/nobodyofours/", 404)):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        check_accessible(page)
        assert page.locator("main a").count(), f"{address} leads nowhere"


def test_nothing_is_fetched_from_elsewhere(open_phone: Phone) -> None:
    page = open_phone()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto("/sign-in")
    assert hosts == {urlsplit(page.url).netloc}
