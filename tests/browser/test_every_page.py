"""Every page that a role can reach in the demonstration: accessible, narrow enough, light enough."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ROLES = (
    "holder",
    "representative",
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
_EACH = 2
_LATER_BYTES = 20_000
_FIRST_BYTES = 100_000


class Weight:
    """What a browser fetched, in bytes on the wire."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("response", self._add)

    def _add(self, response: Response) -> None:
        if not response.from_service_worker:
            self.bytes += int(response.headers.get("content-length", 0))

    def take(self) -> int:
        taken, self.bytes = self.bytes, 0
        return taken


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
        if urlsplit(href).netloc == own and not re.search(r"/sign-out|\.csv|/receipts/|download", href)
    ]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of(role: str, open_phone: Callable[..., Page]) -> None:
    page = open_phone(f"{role}@example.org")
    seen: Counter[str] = Counter()
    weight = Weight(page)
    waiting = deque([page.url, *links(page)])
    done: set[str] = set()
    while waiting:
        address = waiting.popleft()
        if address in done or seen[shape(address)] >= _EACH:
            continue
        done.add(address)
        seen[shape(address)] += 1
        weight.take()
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{role}: {address} answered {answer.status}"
        assert weight.take() <= _LATER_BYTES, address
        check_accessible(page)
        page.set_viewport_size({"width": 320, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} scrolls sideways by {wide}px at 320px"
        page.set_viewport_size({"width": 390, "height": 844})
        waiting.extend(links(page))
    assert len(done) >= 3, f"{role} reaches {done}"


def test_pages_for_anybody(open_phone: Callable[..., Page]) -> None:
    page = open_phone()
    weight = Weight(page)
    page.goto("/sign-in")
    assert weight.take() <= _FIRST_BYTES, "the first page load"
    for address in ("/sign-in", "/help", "/accessibility", "/privacy", "/no-such-page"):
        page.goto(address)
        check_accessible(page)
        assert page.locator("form, main a").count(), "no page leads nowhere"


def test_nothing_is_fetched_from_elsewhere(open_phone: Callable[..., Page]) -> None:
    page = open_phone()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto("/sign-in")
    assert hosts == {urlsplit(page.url).netloc}
