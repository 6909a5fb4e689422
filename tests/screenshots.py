"""Make the README's pictures again: ``python -m tests.screenshots``.

Starts a demonstration of its own, walks to each page as a person would, and writes ``.github/screenshots``.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.config import ROOT
from tests.browser import walks
from tests.browser.site import PHONE, Site, launch_options, running_site, sign_in

FOLDER = ROOT / ".github" / "screenshots"
_COLOURS = 128  # of a palette: enough for flat pages, and a quarter of the bytes


def take() -> None:
    """Write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = _open(browser, site, "holder@example.org")
        _write(page, "home", height=1420)
        walks.draft_of_two(page)
        _write(page, "check")
        walks.go_home(page)
        walks.draft_with_wine(page)
        _write(page, "stopped", height=1150)
        desk = _open(browser, site, "coordinator@example.org", width=1024)
        desk.goto("/staff/queue")
        _write(desk, "queue", height=900)
        browser.close()


def _open(browser: Browser, site: Site, email: str, width: int = PHONE["width"]) -> Page:
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": PHONE["height"]},
        device_scale_factor=2,
        locale="en-GB",
        timezone_id="Europe/London",
    )
    page = context.new_page()
    sign_in(page, email)
    return page


def _write(page: Page, name: str, height: int = 4000) -> None:
    """The page from its top to its footer, at most so many points high, as a small PNG."""
    page.mouse.move(0, 0)
    tall = page.evaluate("document.querySelector('main').getBoundingClientRect().bottom")
    size = page.viewport_size or PHONE
    page.set_viewport_size({"width": size["width"], "height": min(int(tall), height)})
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.set_viewport_size(size)
    path: Path = FOLDER / f"{name}.png"
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {picture.width} × {picture.height}  {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    take()
