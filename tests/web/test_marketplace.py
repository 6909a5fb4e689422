"""Finding support, as somebody sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from app.marketplace import service
from app.marketplace.models import Location
from app.marketplace.rules import Category, Rating, RegisterStatus, Unit
from tests.factories import (
    give_authority,
    make_account,
    make_commissioner,
    make_person,
)
from tests.marketplace.making import BR1, SE6, SYSTEM, listing_of, make_pa, make_provider, swim
from tests.web.market_pages import at_home, page, results, said


@pytest.fixture
def home(session: Any, client: Any, sign_in: Any) -> str:
    return at_home(client, sign_in)


def test_a_result_says_who_how_far_how_good_what_it_costs_and_what_it_leaves(home: str, client: Any) -> None:
    make_provider(
        at=BR1,
        rating=Rating.GOOD,
        is_regulated=True,
        listings=[swim(times=["tuesday-afternoon", "thursday-afternoon"])],
    )
    soup = page(client, f"{home}/find")
    assert "within 10 miles of SE6 1HP" in said(soup)  # the person's own postcode to begin with
    (row,) = results(soup)
    for words in (
        "Swim Together CIC",
        "One-to-one company at the pool",
        "2.5 miles",
        "Good on the care register",
        "£22 an hour · free Tue, Thu afternoons",
        "4 hours a month £88 · leaves £912 safe",
    ):
        assert words in row


def test_what_does_not_fit_says_by_how_much(home: str, client: Any) -> None:
    make_provider(listings=[swim(unit=Unit.ITEM, price_pence=120_000), swim(price_pence=0), swim(price_pence=None)])
    rows = results(page(client, f"{home}/find", sort="cheapest"))
    assert "Free" in rows[0]
    assert "£1,200 each One £1,200 · £200 more than is safe to spend this month" in rows[1]
    assert "Ask for a price" in rows[2]


def test_a_shared_address_gives_the_same_page_and_page_two_goes_on(home: str, client: Any) -> None:
    service.add_many(
        SYSTEM,
        [service.NewProvider(name=f"Pool {n}", lat=SE6[0], lon=SE6[1], listings=[swim()]) for n in range(25)],
    )
    args = {"q": "pool", "near": "SE6", "miles": "5", "category": "activities-and-leisure", "price": "30"}
    first = page(client, f"{home}/find", **args)
    assert results(first) == results(page(client, f"{home}/find", **args))
    assert "25 found" in said(first)
    onward = first.select_one("a[rel=next]")["href"]
    assert all(f"{name}=" in onward for name in args)
    second = page(client, onward)
    assert len(results(first)) + len(results(second)) == 25
    assert not set(results(first)) & set(results(second))


def test_nothing_found_offers_ways_that_find_something(home: str, client: Any) -> None:
    make_provider(at=BR1)
    soup = page(client, f"{home}/find", q="pool", near="SE6", miles="1")
    assert "Nothing found" in said(soup)
    further = soup.find("a", string="Look within 2 miles")["href"]
    assert not results(page(client, further))
    assert len(results(page(client, soup.find("a", string="Look anywhere")["href"]))) == 1


def test_what_cannot_be_used_is_said_and_the_rest_is_searched(home: str, client: Any) -> None:
    make_provider()
    soup = page(client, f"{home}/find", q="pool", near="ZZ9 9ZZ", price="lots", category="wine", page="x")
    for words in ("“ZZ9 9ZZ”", "“lots”", "“wine”", "“x”"):
        assert words in said(soup)
    assert len(results(soup)) == 1


def test_nothing_typed_breaks_a_page_or_comes_out_as_code(home: str, client: Any, shared: Any) -> None:
    path = shared / "data" / "bad_input" / "naughty_strings.json"
    if not path.exists():
        pytest.skip("the naughty strings are not here")
    hostile = [text for text in json.loads(path.read_text()) if "<" in text or "\\" in text][::6]
    for text in [*hostile, "\0", "'" * 300, "٣", "9" * 400]:
        names = "q near miles category price rating sort page language day time where access gender taking how_many"
        answer = client.get(f"{home}/find", query_string=dict.fromkeys(names.split(), text))
        assert answer.status_code == 200
        assert not text.startswith("<script") or text not in answer.text
        assert client.get(f"{home}/find/" + text.replace("/", "_").replace("\0", "%00")).status_code in {
            404,
            400,
            308,
        }


def test_a_listing_leads_to_asking_for_it(home: str, client: Any) -> None:
    provider = make_provider(phone="02084613062", listings=[swim(at_home=True, radius_miles=4, languages=["BSL"])])
    make_provider("Others", listings=[swim(price_pence=pence) for pence in (1800, 2000, 2400, 2600)])
    listing = listing_of(provider)
    soup = page(client, f"{home}/find/{listing.ref}")
    for words in (
        "£22 an hour",
        "leaves £912 safe",
        "£18 to £26 an hour",
        "BSL",
        "up to 4 miles",
        "02084613062",
    ):
        assert words in said(soup)
    ask = soup.find("a", string="Ask to buy")["href"]
    assert ask.endswith(f"?listing={listing.ref}")
    assert client.get(ask).status_code == 200


def test_who_may_only_look_is_told_so(session: Any, client: Any, sign_in: Any) -> None:
    person = make_person(make_commissioner())
    account = make_account("Lena Fox")
    give_authority(account, person, AuthorityKind.NOMINEE, Scope.VIEW)
    listing = listing_of(make_provider())
    sign_in(client, account)
    soup = page(client, f"/p/{person.ref}/find/{listing.ref}")
    assert soup.find("a", string="Ask to buy") is None
    assert "cannot ask to buy" in said(soup)
    assert "leaves" not in said(soup)  # no budget runs


def test_what_is_no_longer_registered_cannot_be_asked_for(home: str, client: Any) -> None:
    provider = make_provider("Closed Care", status=RegisterStatus.DEREGISTERED, is_regulated=True, phone="02084613062")
    assert not results(page(client, f"{home}/find"))
    for address in (f"find/{listing_of(provider).ref}", f"providers/{provider.ref}"):
        soup = page(client, f"{home}/{address}")
        assert "no longer on the care register" in said(soup)
        assert soup.find("a", string="Ask to buy") is None
        assert "02084613062" not in said(soup)


def test_a_providers_page_has_offers_places_and_dated_checks(home: str, client: Any) -> None:
    from datetime import date

    provider = make_provider("Rowan Care Limited", rating=Rating.GOOD, rating_on=date(2026, 3, 2), is_regulated=True,
                             status=RegisterStatus.REGISTERED, address="1 Rushey Green")  # fmt: skip
    at = db.session.query(Location).filter_by(provider_id=provider.id).one()
    at.register_url, at.checked_on = "https://www.cqc.org.uk/location/1-10001", date(2022, 5, 19)
    soup = page(client, f"{home}/providers/{provider.ref}")
    for words in (
        "leaves £912 safe",
        "Good",
        "given on Monday 2 March",
        "1 Rushey Green, SE6 1HP",
        "Thursday 19 May 2022",
    ):
        assert words in said(soup)
    assert soup.find("a", href=at.register_url)


def test_a_personal_assistants_page_has_papers_and_no_rating(home: str, client: Any) -> None:
    from datetime import date

    pa = make_pa(dbs_checked_on=date(2026, 1, 5), references_seen=2)
    soup = page(client, f"{home}/providers/{pa.ref}")
    for words in (
        "self-employed",
        "Criminal record check (called DBS) seen on Monday 5 January",
        "2 references seen",
        "Insurance that has not run out",
    ):
        assert words in said(soup)
    assert "Overall rating" not in said(soup)


def test_what_is_not_there_is_not_found(home: str, client: Any) -> None:
    page(client, f"{home}/find/nosuchthing2", 404)
    page(client, f"{home}/providers/nosuchthing2", 404)
    listing = listing_of(make_provider())
    page(client, f"/p/someoneelse2/find/{listing.ref}", 404)


def test_the_search_page_runs_the_same_statements_whatever_it_finds(home: str, client: Any) -> None:
    def count() -> int:
        seen: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            page(client, f"{home}/find", q="pool")
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    make_provider(listings=[swim() for _ in range(5)])  # so many that nobody wonders what was meant
    count()
    few = count()
    service.add_many(
        SYSTEM,
        [service.NewProvider(name=f"Pool {n}", lat=SE6[0], lon=SE6[1], listings=[swim()]) for n in range(60)],
    )
    db.session.commit()
    assert count() == few
    assert Category.ACTIVITIES.label in said(page(client, f"{home}/find"))


def test_a_place_that_we_do_not_know_stays_in_its_box(home: str, client: Any) -> None:
    soup = page(client, f"{home}/find?near=NOTAPLACE")
    assert soup.find(id="near")["value"] == "NOTAPLACE"
    assert "is not a postcode" in said(soup)
