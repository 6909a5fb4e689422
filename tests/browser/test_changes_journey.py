"""Nearly sixteen, on a phone: what changes is read at home, and a nominee is chosen by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_accessible
from tests.browser.site import follow
from tests.browser.walks import main, title

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-more")]


def test_nearly_sixteen(open_phone: Callable[..., Page]) -> None:
    page = open_phone("young@example.org")
    expect(main(page)).to_contain_text("You will be sixteen on")
    follow(main(page).get_by_role("link", name="What changes"))
    title(page, "You turn sixteen")
    expect(main(page)).to_contain_text("Femi Adebayo can still look, and can no longer buy or prepare.")
    check_accessible(page)
    follow(main(page).get_by_role("link", name="Choose who manages your money"))
    check_accessible(page)
    follow(main(page).get_by_role("button", name="Keep it"))
    expect(main(page)).to_contain_text("There is a problem")
    page.get_by_label("Femi Adebayo").check()
    follow(main(page).get_by_role("button", name="Keep it"))
    title(page, "You turn sixteen")
    expect(main(page)).to_contain_text("You chose Femi Adebayo as your nominee.")
    expect(main(page)).to_contain_text("Femi Adebayo goes on as Oluwaseun’s nominee")
