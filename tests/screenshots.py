"""Make the README's pictures again: ``python -m tests.screenshots``.

Starts a demonstration of its own, walks to each page as a person would, and writes ``.github/screenshots``.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Page, sync_playwright

from app.config import ROOT
from tests.browser import walks
from tests.browser.site import PHONE, Site, launch_options, running_site, sign_in

FOLDER = ROOT / ".github" / "screenshots"


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = _open(browser, site, "holder@example.org")
        page.screenshot(path=FOLDER / "home.png")
        walks.draft_with_wine(page)
        page.screenshot(path=FOLDER / "check.png", full_page=True)
        walks.send(page)
        page.screenshot(path=FOLDER / "stopped.png", full_page=True)
        desk = _open(browser, site, "coordinator@example.org", width=1280)
        desk.goto("/staff/queue")
        desk.screenshot(path=FOLDER / "queue.png")
        browser.close()


def _open(browser: Browser, site: Site, email: str, width: int = PHONE["width"]) -> Page:
    context = browser.new_context(base_url=site.url, viewport={"width": width, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    sign_in(page, email)
    return page


if __name__ == "__main__":
    main()
