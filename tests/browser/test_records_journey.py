"""Everything that is held on somebody, on a phone: ask, be told, fetch, and open it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_accessible
from tests.browser.site import Site, follow
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]


def test_ask_wait_fetch_and_open(open_phone: Callable[..., Page], site: Site) -> None:
    page = open_phone("holder@example.org")
    follow(main(page).get_by_role("link", name="What we hold on you"))
    title(page, "What we hold on you")
    check_accessible(page)
    main(page).get_by_role("button", name="Make a copy for me").click()
    expect(main(page)).to_contain_text("We are making it")
    assert site.flask("jobs", "work", "--once").returncode == 0
    follow(main(page).get_by_role("link", name="Look again"))
    with page.expect_download() as waited:
        main(page).get_by_role("link", name="Fetch it").first.click()
    with zipfile.ZipFile(waited.value.path()) as bundle:
        everything = json.loads(bundle.read("everything.json"))
        assert bundle.read("summary.pdf").startswith(b"%PDF-")
    assert everything["about"]["name"] == "Sam Okafor"
    assert len(everything["sections"]["purchases"]["rows"]) > 20
    follow(page.get_by_role("link", name="Who gets what"))
    title(page, "Who gets what")
    check_accessible(page)
    follow(page.get_by_role("link", name="What we hold"))
    follow(main(page).get_by_role("link", name="Your details"))
    title(page, "Your details")
    check_accessible(page)
