"""Finding support by its filters, with slips mended, as somebody sees it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.marketplace import finding
from app.marketplace.provider_models import Holiday
from tests.marketplace.making import BR1, listing_of, make_pa, make_provider, swim
from tests.web.market_pages import at_home, page, results, said


@pytest.fixture
def home(session: Any, client: Any, sign_in: Any) -> str:
    return at_home(client, sign_in)


def test_what_was_meant_is_shown_with_a_way_back_to_what_was_typed(home: str, client: Any) -> None:
    make_provider(listings=[swim("Swimming lessons")])
    finding.gather_words()
    soup = page(client, f"{home}/find", q="swiming lesons", taking="yes")
    assert "Showing results for swimming lessons . Search instead for swiming lesons" in said(soup)
    assert len(results(soup)) == 1
    back = soup.find("a", string="swiming lesons")["href"]
    assert "taking=yes" in back, "what else was asked stays"
    exact = page(client, back)
    assert "Nothing found" in said(exact)
    assert "Showing results" not in said(exact)


def test_what_was_chosen_can_be_taken_away_one_by_one_or_all_at_once(home: str, client: Any) -> None:
    make_provider(listings=[swim(accessibility=["Hoist", "Step-free"], languages=["Polish"])])
    address = f"{home}/find?access=Hoist&access=Step-free&language=Polish&where=at_venue&how_many=10&category="
    soup = page(client, address)
    assert "10 hours a month £220 · leaves £780 safe" in results(soup)[0]
    found = {re.sub(r"\s+", " ", chip.get_text()).strip(): chip["href"] for chip in soup.select(".cp-chip")}
    assert list(found) == [f"Take away: {words} ×" for words in ("I go to them", "Speaks Polish", "Hoist", "Step-free")]
    without = found["Take away: Hoist ×"]
    assert "access=Step-free" in without
    assert "access=Hoist" not in without
    ticked = page(client, without).select("input[name=access][checked]")
    assert [box["value"] for box in ticked] == ["Step-free"]
    cleared = soup.find("a", string="Clear all")["href"]
    assert "language" not in cleared
    assert "how_many=10" in cleared, "my hours are not a filter"
    assert not page(client, cleared).select(".cp-chip")


def test_each_choice_says_how_many_it_finds_and_women_or_men_only_for_personal_care(home: str, client: Any) -> None:
    make_provider()
    for name, gender in (("Marta K.", "Woman"), ("Tom B.", "Man"), ("Sam L.", None)):
        pa = make_pa(name, gender=gender)
        listing_of(pa).personal_care = True
    make_pa("Ann C.", gender="Woman")  # company, not care
    soup = page(client, f"{home}/find")
    assert soup.find("option", value="personal-assistants").text.strip() == "Personal assistants (4)"
    assert soup.find(id="gender") is None
    assistants = page(client, f"{home}/find", category="personal-assistants")
    assert [option.text.strip() for option in assistants.select("#gender option")] == [
        "A woman or a man",
        "Woman (1)",
        "Man (1)",
    ]
    assert "The law lets you choose" in said(assistants)
    women = page(client, f"{home}/find", category="personal-assistants", gender="woman")
    assert [row[:12] for row in results(women)] == ["1. Marta K. "]
    assert "only among personal assistants" in said(page(client, f"{home}/find", gender="woman"))


def test_the_drawing_has_the_numbers_of_the_list_and_loads_nothing(home: str, client: Any) -> None:
    make_provider("Near")
    make_provider("Further", at=BR1)
    make_provider("By video", at=BR1, listings=[swim(at_venue=False, remote=True)])
    soup = page(client, f"{home}/find", sort="nearest")
    svg = soup.select_one(".cp-map svg")
    assert svg["role"] == "img"
    assert svg.title.text == "2 of these results drawn around SE6 1HP, the furthest 2.5 miles away"
    labels = {text.text for text in svg.select(".cp-map__number")}
    assert labels < {"1", "2", "3"}
    assert len(labels) == 2
    assert not soup.select("main img, main image, main iframe")
    assert page(client, f"{home}/find", near="").select_one(".cp-map") is None


def test_when_they_are_free_next_and_not_while_they_are_away(home: str, client: Any) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    provider = make_provider(listings=[swim(times=[f"{tomorrow:%A}-afternoon".lower()])])
    assert "next: tomorrow afternoon" in results(page(client, f"{home}/find"))[0]
    db.session.add(Holiday(provider_id=provider.id, starts_on=tomorrow, ends_on=tomorrow))
    db.session.flush()
    again = tomorrow + timedelta(days=7)
    assert f"next: afternoon of {again:%A} {again.day} {again:%B}" in results(page(client, f"{home}/find"))[0]
