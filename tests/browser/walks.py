"""Steps that several journeys and the README's pictures share: what somebody with a phone does, one page after another.

Each step begins where the one before ended. ``see`` is called on every page of the way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from app.core import clock
from tests.browser.site import follow

See = Callable[[Page], None]


def _nothing(page: Page) -> None:
    """For walks on which nobody looks."""


def main(page: Page) -> Locator:
    """The page without its header and footer."""
    return page.locator("main")


def go_home(page: Page) -> None:
    """To the first page, by the menu."""
    follow(page.get_by_role("navigation", name="Main").get_by_role("link", name="Home"))


def go_on(page: Page, words: str = "Continue") -> None:
    follow(page.get_by_role("button", name=words, exact=True))


def title(page: Page, words: str) -> None:
    """The page is the one with this heading."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def fill_day(page: Page, legend: str, day: date) -> None:
    boxes = page.get_by_role("group", name=legend)
    boxes.get_by_label("Day").fill(str(day.day))
    boxes.get_by_label("Month").fill(str(day.month))
    boxes.get_by_label("Year").fill(str(day.year))


def safe_to_spend(page: Page) -> int:
    """Pence, as the first page says it."""
    return pence(page.locator(".cp-big").inner_text())


def pence(text: str) -> int:
    """The first sum of money in a text, below nought where it says so: at a month's end more may be promised."""
    found = re.search(r"(−?)£([\d,]+)(?:\.(\d\d))?", text)
    assert found, f"no money in {text!r}"
    sum_pence = int(found[2].replace(",", "")) * 100 + int(found[3] or 0)
    return -sum_pence if found[1] else sum_pence


def find(page: Page, words: str, who: str, see: See = _nothing) -> None:
    """From the first page to a listing near one's own postcode."""
    follow(main(page).get_by_role("link", name="Find support").first)
    title(page, "Find support")
    expect(page.get_by_label("Near which postcode?")).not_to_have_value("")
    see(page)
    page.get_by_label("What are you looking for?").fill(words)
    go_on(page, "Find")
    see(page)
    follow(main(page).get_by_role("link", name=who).first)
    see(page)


def ask_to_buy(
    page: Page,
    how_many: str,
    outcome: str,
    see: See = _nothing,
    *,
    on: date | None = None,
    family: str = "",
    fee: str = "",
) -> None:
    """From a listing to *Check your answers*.

    :param fee: what a broker says they get, in pounds.
    """
    follow(main(page).get_by_role("link", name="Ask to buy"))
    see(page)
    follow(page.get_by_role("button", name=re.compile("^Start")))
    see(page)
    page.get_by_label("How many").fill(how_many)
    go_on(page)
    see(page)
    page.get_by_label(outcome).check()
    go_on(page)
    if family:
        see(page)
        page.get_by_label(family, exact=True).check()
        go_on(page)
    see(page)
    fill_day(page, "When should it start?", on or clock.today())
    go_on(page)
    if fee:
        title(page, "What do you get from this?")
        see(page)
        page.get_by_label("Yes, something").check()
        page.get_by_label("If yes, how much is it?").fill(fee)
        page.get_by_label("Who is it from?").fill("Honor Oak Massage Practice")
        go_on(page)
    title(page, "Check your answers")
    see(page)


def begin_record(page: Page, see: See = _nothing) -> None:
    """From the first page to the first question about something bought elsewhere."""
    follow(main(page).get_by_role("link", name="I bought something"))
    see(page)
    follow(page.get_by_role("button", name=re.compile("^Start")))
    see(page)


def add_line(
    page: Page,
    what: str,
    amount: str,
    outcome: str,
    see: See = _nothing,
    *,
    kind: str = "I'm not sure",
    family: str = "",
) -> None:
    """What, how much, what for, and where it is asked whether family is paid."""
    page.get_by_label("What is it?").fill(what)
    page.get_by_label("How much is it in all?").fill(amount)
    page.get_by_label("What kind of thing is it?").select_option(label=kind)
    go_on(page)
    see(page)
    page.get_by_label(outcome).check()
    go_on(page)
    if family:
        see(page)
        page.get_by_label(family, exact=True).check()
        go_on(page)


def say_paid(page: Page, payee: str, see: See = _nothing, *, note: str = "", on: date | None = None) -> None:
    """Who was paid, and when."""
    see(page)
    page.get_by_label("Who was paid?").fill(payee)
    fill_day(page, "When was it paid?", on or clock.today())
    page.get_by_label(re.compile("Is there anything else")).fill(note)
    go_on(page)
    title(page, "Add the receipt")


def add_receipt(page: Page, see: See = _nothing) -> None:
    """A photo from the phone, to *Check your answers*."""
    see(page)
    page.get_by_label("A photo or PDF").set_input_files(photo())
    go_on(page)
    title(page, "Check your answers")
    see(page)


def later(page: Page) -> None:
    """The receipt can wait."""
    follow(page.get_by_role("link", name="Add it later"))
    title(page, "Check your answers")


def another(page: Page) -> None:
    """From *Check your answers* to the first question about one thing more."""
    follow(page.get_by_role("link", name="Add another thing"))


def draft_with_wine(page: Page, see: See = _nothing) -> None:
    """From the first page to a shop of two things, one of which the money cannot be used for."""
    begin_record(page, see)
    first = "Washing powder, bin bags and gloves"
    add_line(page, first, "18.40", "Keep the flat safe", see, kind="Home help and adaptations", family="No")
    say_paid(page, "Rushey Green Superstore", see)
    later(page)
    another(page)
    add_line(page, "2 bottles of Merlot", "17.98", "Keep the flat safe", see)
    title(page, "Check your answers")


def draft_of_two(page: Page) -> None:
    """From the first page to a visit to the pool: one thing fine with a note, one for a person to look at."""
    begin_record(page)
    add_line(page, "Beer battered fish and chips after the pool", "9.50", "See people", kind="Activities and leisure")
    say_paid(page, "Ladywell Leisure")
    later(page)
    another(page)
    add_line(page, "Waterproof pouch for my phone", "8.99", "Swim every week")
    title(page, "Check your answers")


def photo() -> Any:
    """A real JPEG, as a phone's camera makes it: with the place where it was taken."""
    picture = Image.new("RGB", (900, 1200), (120, 96, 76))
    ImageDraw.Draw(picture).rectangle((150, 120, 750, 1080), fill=(250, 249, 244))
    ImageDraw.Draw(picture).text((200, 200), "GYM\n1 MONTH\n\nPAID", fill=(30, 30, 30), font_size=60)
    place = Image.Exif()
    place[0x010F] = "Phone"
    place.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80, exif=place)
    return {"name": "till.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def soon(days: int = 3) -> date:
    """A day to come."""
    return clock.today() + timedelta(days=days)
