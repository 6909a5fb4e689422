"""Saved things and watched searches, as somebody sees them."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.core import clock
from app.core.db import db
from app.marketplace import looking
from app.marketplace.bulk import settle_listings
from app.marketplace.kept_models import SavedItem, Watch
from tests.factories import make_holder
from tests.marketplace.making import listing_of, make_provider, put_outcodes, swim
from tests.web.test_comparing import by_words, page, said


@pytest.fixture
def home(session: Any, client: Any, sign_in: Any) -> str:
    account, person, *_ = make_holder()
    put_outcodes()
    sign_in(client, account)
    return f"/p/{person.ref}"


def press(client: Any, address: str, **data: str) -> BeautifulSoup:
    db.session.commit()
    answer = client.post(address, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def test_save_from_a_listing_and_find_it_again(home: str, client: Any) -> None:
    listing = listing_of(make_provider())
    address = f"{home}/find/{listing.ref}"
    form = page(client, address).find("button", string="Save this for later").find_parent("form")
    sent = {field["name"]: field["value"] for field in form.select("input") if field["name"] in {"listing", "back"}}
    soup = press(client, form["action"], **sent)
    assert "We saved One-to-one company at the pool" in said(soup)
    assert soup.find("a", string="Saved")
    listing.price_pence = 2_500
    words = said(page(client, f"{home}/saved").main)
    assert "£25 an hour" in words
    assert "The price went up It was £22 an hour when you saved it" in words
    assert "Saved by you on" in words
    listing.active = False
    db.session.flush()
    settle_listings("listing.id = :key", key=listing.id, now=clock.now())
    assert "Not offered any more" in said(page(client, f"{home}/saved").main)


def test_the_way_back_never_leads_elsewhere(home: str, client: Any) -> None:
    listing = listing_of(make_provider())
    db.session.commit()
    for back in ("https://example.org/", "//example.org", f"{home}.example.org", "/staff/", f"{home}/find?q=a\r\nX: y"):
        answer = client.post(f"{home}/saved", data={"listing": listing.ref, "back": back})
        assert answer.location == f"{home}/saved", back
    answer = client.post(f"{home}/saved", data={"listing": listing.ref, "back": f"{home}/find?q=pool"})
    assert answer.location == f"{home}/find?q=pool"


def test_a_note_is_kept_and_shown_as_typed(home: str, client: Any) -> None:
    provider = make_provider()
    press(client, f"{home}/saved", provider=provider.ref)
    ref = db.session.query(SavedItem).one().ref
    soup = press(client, f"{home}/saved/{ref}/note", note="<b>Ask</b> about Wednesdays")
    assert "“<b>Ask</b> about Wednesdays”" in said(soup.main)
    soup = press(client, f"{home}/saved/{ref}/out")
    assert "Nothing is saved yet" in said(soup.main)


def test_ask_to_be_told_from_a_search_that_found_nothing(home: str, client: Any) -> None:
    search = {"q": "pool", "near": "SE6", "miles": "5", "price": "25"}
    way = page(client, f"{home}/find", **search)
    way = by_words(way, "a", "Tell me when")["href"]
    soup = page(client, way)
    for words in ("pool", "SE6, within 5 miles", "£25 or less"):
        assert words in said(soup.main)
    assert soup.find(id="name")["value"] == "Pool, within 5 miles of SE6"
    soup = press(client, way, name="Swimming")
    assert "We look out for “Swimming” every day" in said(soup)
    watch = db.session.query(Watch).one()
    again = page(client, soup.find("a", string="See all that fits now")["href"])
    assert again.find(id="q")["value"] == "pool"
    make_provider(listings=[swim()])
    looking.look_for([watch.id], clock.now())
    notices = page(client, "/notices")
    assert "Something new like “Swimming”" in said(notices.main)
    soup = press(client, by_words(notices, "button", "Open").find_parent("form")["action"])
    assert soup.h1.text == "Swimming"
    assert "Found so far One-to-one company at the pool" in said(soup.main)


def test_pause_start_again_stop(home: str, client: Any) -> None:
    press(client, f"{home}/watches/new?q=pool&near=SE6", name="")
    at = f"{home}/watches/{db.session.query(Watch).one().ref}"
    assert "Paused" in said(press(client, f"{at}/pause").main)
    assert "Paused" in said(page(client, f"{home}/saved").main)
    assert "Paused" not in said(press(client, f"{at}/resume").main)
    assert "any more" in said(press(client, f"{at}/stop"))
    db.session.commit()
    assert client.get(at).status_code == 404


def test_a_search_that_says_nothing_is_sent_back_kindly(home: str, client: Any) -> None:
    assert "so that we know what to look out for" in said(page(client, f"{home}/watches/new", near="SE6").main)
    answer = client.post(f"{home}/watches/new?near=SE6", data={"name": "All"})
    assert answer.status_code == 400
    assert not db.session.query(Watch).count()


def test_another_persons_things_are_not_there(home: str, client: Any) -> None:
    from app.marketplace import keeping, watching
    from tests.factories import actor_for

    account, person, *_ = make_holder()
    me, listing = actor_for(account), listing_of(make_provider())
    item = keeping.save(me, person, listing_ref=listing.ref)
    watch = watching.start_watch(me, person, "", watching.asked_of({"q": "pool"}))
    db.session.commit()
    for address in (f"saved/{item.ref}/note", f"watches/{watch.ref}"):
        assert client.get(f"{home}/{address}").status_code == 404
        assert client.get(f"/p/{person.ref}/{address}").status_code == 404
    for address in (f"saved/{item.ref}/out", *(f"watches/{watch.ref}/{verb}" for verb in ("pause", "resume", "stop"))):
        assert client.post(f"{home}/{address}").status_code == 404
