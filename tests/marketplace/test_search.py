"""The search finds what is there, hides what may not be bought, and costs one statement."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from app.core.db import db
from app.marketplace import asking, finding, narrowing, queries, service
from app.marketplace.asking import SearchQuery, Sort
from app.marketplace.places import Place, miles_between
from app.marketplace.rules import Category, Rating, RegisterStatus, Unit
from tests.marketplace.making import (
    BR1,
    M1,
    SE6,
    SYSTEM,
    listing_of,
    make_pa,
    make_provider,
    put_outcodes,
    swim,
)

CATFORD = Place("SE6", *SE6)
pytestmark = pytest.mark.usefixtures("session")


def names(**asked: Any) -> list[str]:
    return [hit.who for hit in queries.search(SearchQuery(**asked)).hits]


def test_words_find_title_name_kind_and_what_people_call_it_whatever_the_accents() -> None:
    make_provider("Café Mosaïque", listings=[swim("Art mornings", summary="Clay and watercolours")])
    make_provider("Splash Ltd")
    assert names(words="cafe mosaique") == ["Café Mosaïque"]
    assert names(words="wátercolour") == ["Café Mosaïque"]
    assert names(words="splash pool") == ["Splash Ltd"]
    assert len(names(words="leisure")) == 2  # the kind
    assert len(names(words="gym")) == 2  # what others call that kind
    assert names(words="pool -splash") == []


def test_a_word_in_the_title_counts_more_than_one_in_the_text() -> None:
    make_provider("Second", listings=[swim("Afternoons out", summary="Sometimes to the harbour, sometimes pottery")])
    make_provider("First", listings=[swim("Pottery", summary="With clay")])
    assert names(words="pottery") == ["First", "Second"]


def test_the_beginning_of_a_word_finds_it_and_comes_before_the_kind_it_belongs_to() -> None:
    """Physio is a word for the whole kind, so every therapy has it: the physiotherapist comes first all the same."""
    for name, title, at in (("Near", "Music therapy", SE6), ("Further", "Physiotherapy at home", BR1)):
        make_provider(name, at=at, listings=[swim(title, category=Category.THERAPIES, summary="For an hour")])
    assert names(words="physio", place=CATFORD) == ["Further", "Near"]
    assert names(words="musi") == ["Near"]
    assert names(words='"musi"') == [], "quotes say exactly what"
    assert names(words="mus ther") == [], "three letters are too few to begin with"


def test_near_is_a_circle_not_a_box_and_nearest_comes_first() -> None:
    make_provider("Far", at=BR1)
    make_provider("Here")
    make_provider("Other end", at=M1)
    corner = (SE6[0] + 0.055, SE6[1] + 0.088)  # inside the box of five miles, outside the circle
    make_provider("Corner", at=corner)
    assert miles_between(*SE6, *corner) > 5
    found = queries.search(SearchQuery(place=CATFORD, miles=5, sort=Sort.NEAREST))
    assert [hit.who for hit in found.hits] == ["Here", "Far"]
    assert found.hits[1].miles == pytest.approx(miles_between(*SE6, *BR1), abs=0.001)


def test_who_comes_to_the_home_comes_as_far_as_they_said_and_video_reaches_everyone() -> None:
    make_provider("Two miles", at=BR1, listings=[swim(at_venue=False, at_home=True, radius_miles=2)])
    make_provider("Five miles", at=BR1, listings=[swim(at_venue=False, at_home=True, radius_miles=5)])
    make_provider("By video", at=M1, listings=[swim(at_venue=False, remote=True)])
    assert names(place=CATFORD, miles=10) == ["Five miles", "By video"]


def test_category_price_and_rating_narrow() -> None:
    make_provider("Dear", listings=[swim(price_pence=5000)], rating=Rating.GOOD)
    make_provider("Free", listings=[swim(price_pence=0)], rating=Rating.REQUIRES_IMPROVEMENT)
    make_provider("Ask", listings=[swim(price_pence=None)], rating=Rating.OUTSTANDING)
    make_provider("Ramp", listings=[swim(category=Category.HOME_HELP, price_pence=100)])
    assert set(names(max_pence=4999)) == {"Free", "Ramp"}
    assert names(category=Category.HOME_HELP) == ["Ramp"]
    assert names(min_rating=Rating.GOOD, sort=Sort.RATED) == ["Ask", "Dear"]
    assert names(sort=Sort.CHEAPEST) == ["Free", "Ramp", "Dear", "Ask"]
    assert names(sort=Sort.RATED)[0] == "Ask"


def test_deregistered_is_never_offered() -> None:
    provider = make_provider("Gone", status=RegisterStatus.DEREGISTERED)
    closed = make_provider("Place closed")
    assert names() == ["Place closed"]
    closed.locations[0].status = RegisterStatus.DEREGISTERED
    db.session.flush()
    from app.marketplace.bulk import settle_listings

    settle_listings("listing.provider_id = :key", key=closed.id, now=closed.written_at)
    assert names() == []
    assert queries.listings_of(provider) == []
    assert not listing_of(provider).offered  # kept all the same


def test_pages_hold_every_listing_once_even_when_all_are_alike() -> None:
    service.add_many(SYSTEM, [service.NewProvider(name="Same", listings=[swim() for _ in range(45)])])
    seen = [hit.ref for page in (1, 2, 3) for hit in queries.search(SearchQuery(page=page)).hits]
    assert len(seen) == len(set(seen)) == 45
    beyond = queries.search(SearchQuery(page=900))
    assert (beyond.page, beyond.pages, beyond.total, len(beyond.hits)) == (3, 3, 45, 5)
    assert not beyond.has_next


def test_nothing_found_and_words_that_say_nothing() -> None:
    make_provider()
    nothing = queries.search(SearchQuery(words="zebra", page=4))
    assert (nothing.total, nothing.hits, nothing.page) == (0, (), 1)
    common = queries.search(SearchQuery(words="the and of"))
    assert common.wordless
    assert common.total == 1


@pytest.mark.parametrize("size", [1, 30])
def test_a_search_is_one_statement_whatever_is_there(size: int) -> None:
    service.add_many(
        SYSTEM,
        [service.NewProvider(name=f"P{n}", lat=SE6[0], lon=SE6[1], listings=[swim()]) for n in range(size)],
    )
    db.session.flush()
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = queries.search(SearchQuery(words="pool", place=CATFORD, category=Category.ACTIVITIES, max_pence=9000))
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert found.total == size
    assert len(statements) == 1


def test_what_cannot_be_used_is_named_and_the_rest_still_works() -> None:
    asked = asking.read(
        {"q": "swim\0ming", "near": "nowhere", "miles": "9" * 40, "category": "wine", "price": "1e5", "rating": "best",
         "sort": "up", "page": "-1"}
    )  # fmt: skip
    assert {field for field, _ in asked.problems} == {
        "near",
        "miles",
        "category",
        "price",
        "rating",
        "sort",
        "page",
    }
    assert asked.query == SearchQuery(words="swim ming")


def test_an_address_says_the_same_search_again() -> None:
    args = {"q": "swim", "near": "se61hp", "miles": "5", "category": "therapies", "price": "£1,000.50"}
    args |= {"rating": "good", "sort": "nearest", "page": "3", "language": "Polish", "day": "monday", "time": "night"}
    args |= {"where": "remote", "access": "Hoist", "taking": "yes", "how_many": "12", "exact": "yes"}
    asked = asking.read(args)
    assert not asked.problems
    assert asking.read(MultiDict(asked.params())) == asked
    two = asking.read(MultiDict([("access", "Hoist"), ("access", "Step-free"), ("gender", "woman")]))
    assert two.query.access == ("Hoist", "Step-free")
    assert [field for field, _ in two.problems] == ["gender"], "only among personal assistants"
    assert asking.read({"near": ""}, "SE6 1HP").near == ""  # asked for anywhere
    assert asking.read({}, "SE6 1HP").near == "SE6 1HP"


def test_each_way_to_widen_drops_one_thing() -> None:
    asked = asking.read({"q": "swim", "near": "SE6", "miles": "5", "category": "therapies", "page": "2"})
    ways = dict(narrowing.widen(asked))
    assert ways["Look within 10 miles"]["miles"] == "10"
    assert ways["Look anywhere"]["near"] == ""
    assert "category" not in ways["Look beyond therapies"]
    assert "q" not in ways["Look without “swim”"]
    assert not any("page" in params for params in ways.values())


def test_anything_a_person_can_type_is_only_text(shared: Any) -> None:
    path = shared / "data" / "bad_input" / "naughty_strings.json"
    if not path.exists():
        pytest.skip("the naughty strings are not here")
    fields = ("q", "near", "miles", "category", "price", "rating", "sort", "page", "language", "access", "day", "where")
    for text in [*json.loads(path.read_text()), "\0", "\ud800", "'", "a & | ! :* <->", "9" * 5000, "carer \ufdfa"]:
        asked = asking.read(dict.fromkeys(fields, text))
        queries.search(asked.query)
        finding.find(replace(asked.query, language="", access=()))
        queries.place(text)


def test_a_postcode_becomes_the_middle_of_its_outcode() -> None:
    put_outcodes()
    assert queries.place(" se6  1hp ") == Place("SE6 1HP", *SE6)
    assert queries.place("se6") == Place("SE6", *SE6)
    assert queries.place("ZZ9 9ZZ") is None
    assert queries.place("Catford") is None


def test_the_local_range_needs_five_to_compare_with_and_leaves_out_the_far_and_the_free() -> None:
    prices = [1000, 2000, 3000, 4000]
    make_provider("Some", listings=[swim(price_pence=pence) for pence in prices])
    make_provider("Others", at=M1, listings=[swim(price_pence=9000)])
    make_provider("Free", listings=[swim(price_pence=0), swim(price_pence=None)])
    assert queries.local_range(Category.ACTIVITIES, Unit.HOUR, *SE6) is None
    make_provider("Fifth", listings=[swim(price_pence=5000)])
    assert queries.local_range(Category.ACTIVITIES, Unit.HOUR, *SE6) == (1000, 5000)
    assert queries.local_range(Category.ACTIVITIES, Unit.SESSION, *SE6) is None


def test_only_the_software_fills_the_marketplace_and_personal_assistants_are_not_rated() -> None:
    from app.core.errors import InvalidError, NotAllowedError
    from app.core.ids import new_id
    from app.identity.rules import Actor

    with pytest.raises(NotAllowedError):
        service.add_many(Actor(new_id(), "Somebody"), [])
    with pytest.raises(InvalidError):
        make_pa(rating=Rating.GOOD)
    pa = make_pa()
    assert service.add_listing(SYSTEM, pa, swim(at_venue=False, at_home=True)).lat == SE6[0]
    with pytest.raises(sa.exc.IntegrityError, match="ck_provider_pa_unrated"), db.session.begin_nested():
        db.session.execute(sa.text("UPDATE provider SET rating = 'good' WHERE id = :id"), {"id": pa.id})
