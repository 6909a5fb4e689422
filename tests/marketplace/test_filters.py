"""Every filter and every count beside it, against the same worked out in Python over listings of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.marketplace import queries, service
from app.marketplace.asking import MILES, SearchQuery, Sort
from app.marketplace.filters import Day, Gender, Part, Where, next_free, slot_bits, slot_mask
from app.marketplace.places import Place, miles_between
from app.marketplace.rules import SLOTS, Category, Employment, ProviderKind, Rating, RegisterStatus, Unit
from app.marketplace.service import NewListing, NewProvider
from tests.marketplace.making import SE6, SYSTEM

CATFORD = Place("SE6", *SE6)
LANGUAGES, ACCESS = ("Polish", "Urdu", "British Sign Language"), ("Hoist", "Step-free", "Quiet hour")
KINDS = (Category.PERSONAL_ASSISTANT, Category.THERAPIES, Category.ACTIVITIES)


@dataclass(frozen=True)
class Thing:
    """A listing as the model sees it."""

    new: NewListing
    provider: NewProvider

    @property
    def miles(self) -> float:
        return miles_between(*SE6, self.provider.lat or 0, self.provider.lon or 0)


def made(dice: random.Random) -> list[Thing]:
    things = []
    for number in range(150):
        is_pa = dice.random() < 0.4
        provider = NewProvider(
            name=f"Someone {number}",
            kind=ProviderKind.PA if is_pa else ProviderKind.ORGANISATION,
            employment=Employment.SELF_EMPLOYED if is_pa else None,
            gender=dice.choice(("Woman", "Man", "woman", None)) if is_pa else None,
            rating=None if is_pa else dice.choice((*Rating, None)),
            status=dice.choice([RegisterStatus.REGISTERED] * 9 + [RegisterStatus.DEREGISTERED]),
            lat=SE6[0] + dice.uniform(-0.3, 0.3),
            lon=SE6[1] + dice.uniform(-0.5, 0.5),
        )
        home, venue, remote = dice.choice([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1)])
        new = NewListing(
            title=dice.choice(("Whistling evenings", "Knitting evenings", "Stargazing")),
            category=Category.PERSONAL_ASSISTANT if is_pa else dice.choice(KINDS[1:]),
            unit=Unit.HOUR,
            price_pence=dice.choice((None, 0, 1500, 2000, 2500)),
            at_home=bool(home),
            at_venue=bool(venue),
            remote=bool(remote),
            radius_miles=dice.choice((None, 3, 12)) if home else None,
            languages=dice.sample(LANGUAGES, dice.choice((0, 0, 1, 2))),
            accessibility=dice.sample(ACCESS, dice.choice((0, 1, 3))),
            times=dice.sample(SLOTS, dice.choice((0, 2, 9))),
            takes_new_people=dice.random() < 0.8,
            personal_care=is_pa and dice.random() < 0.6,
        )
        things.append(Thing(new, replace(provider, listings=[new])))
    return things


@pytest.fixture
def things(session: Any) -> list[Thing]:
    found = made(random.Random(3))
    service.add_many(SYSTEM, [thing.provider for thing in found])
    return [thing for thing in found if thing.provider.status is not RegisterStatus.DEREGISTERED]


def fits(thing: Thing, query: SearchQuery) -> bool:
    """The model: whether a listing is what was asked for."""
    new, provider = thing.new, thing.provider
    reach = query.miles if new.at_venue or new.radius_miles is None else min(query.miles, new.radius_miles)
    rank = provider.rating.rank if provider.rating else 0
    free = new.times or SLOTS
    return all((
        not query.words or query.words in new.title.lower(),
        query.place is None or new.remote or thing.miles <= reach,
        query.category in (None, new.category),
        query.max_pence is None or (new.price_pence is not None and new.price_pence <= query.max_pence),
        query.min_rating is None or rank >= query.min_rating.rank,
        not query.language or query.language in new.languages,
        any(
            (query.day is None or slot.startswith(query.day)) and (query.part is None or slot.endswith(query.part))
            for slot in free
        ),
        query.where is None or getattr(new, query.where),
        set(query.access) <= set(new.accessibility),
        not query.gender or (new.personal_care and (provider.gender or "").lower() == query.gender),
        not query.taking or new.takes_new_people,
    ))  # fmt: skip


QUERIES = st.builds(
    SearchQuery,
    words=st.sampled_from(("", "", "whistling", "evenings")),
    place=st.sampled_from((None, CATFORD)),
    miles=st.sampled_from(MILES),
    category=st.sampled_from((None, *KINDS)),
    max_pence=st.sampled_from((None, None, 0, 2000)),
    min_rating=st.sampled_from((None, None, Rating.GOOD)),
    language=st.sampled_from(("", "", "Polish", "Klingon")),
    day=st.sampled_from((None, None, *Day)),
    part=st.sampled_from((None, None, *Part)),
    where=st.sampled_from((None, None, *Where)),
    access=st.sampled_from(((), (), ("Hoist",), ("Hoist", "Step-free"))),
    taking=st.booleans(),
    gender=st.sampled_from((None, *Gender)),
    sort=st.sampled_from(Sort),
).map(lambda query: query if query.category is KINDS[0] else replace(query, gender=None))


def every_choice(query: SearchQuery) -> Iterator[tuple[str, str, SearchQuery]]:
    """Each choice of each filter: where its count stands, and the search it would make."""
    for category in KINDS:
        yield "category", category, replace(query, category=category, gender=None)
    for rating in Rating:
        yield "rating", rating, replace(query, min_rating=rating)
    for miles in MILES if query.place else ():
        yield "miles", str(miles), replace(query, miles=miles)
    for day in Day:
        yield "when", day, replace(query, day=day)
    for part in Part:
        yield "when", part, replace(query, part=part)
    for where in Where:
        yield "where", where, replace(query, where=where)
    for language in LANGUAGES:
        yield "language", language, replace(query, language=language)
    for access in ACCESS:
        yield "access", access, replace(query, access=(*query.access, access))
    yield "taking", "yes", replace(query, taking=True)
    yield "priced", "yes", replace(query, max_pence=10**9)
    for gender in Gender if query.category is KINDS[0] else ():
        yield "gender", gender, replace(query, gender=gender)


def test_every_filter_and_count_is_what_the_model_says(things: list[Thing]) -> None:
    def count(query: SearchQuery) -> int:
        return sum(fits(thing, query) for thing in things)

    @settings(max_examples=120, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(QUERIES)
    def agrees(query: SearchQuery) -> None:
        page = queries.search(query)
        assert page.total == count(query)
        assert len(page.hits) == min(20, page.total)
        for name, value, other in every_choice(query):
            assert page.counts[name].get(value, 0) == count(other), (name, value)
        bare = queries.search(query, counts=False)
        assert (bare.total, bare.hits) == (page.total, page.hits)

    agrees()


def test_a_count_is_what_choosing_it_finds(things: list[Thing]) -> None:
    """The same, asked of the search itself: what stands beside a choice is what is found when it is taken."""
    query = SearchQuery(place=CATFORD, miles=15, category=KINDS[0], day=Day.TUESDAY, taking=True, access=("Hoist",))
    page = queries.search(query)
    assert page.total
    for name, value, other in every_choice(query):
        assert page.counts[name].get(value, 0) == queries.search(other).total, (name, value)


def test_a_filter_holds_on_every_page_and_nothing_comes_twice(things: list[Thing]) -> None:
    query = SearchQuery(sort=Sort.CHEAPEST)
    first = queries.search(query)
    hits = [hit for page in range(1, first.pages + 1) for hit in queries.search(replace(query, page=page)).hits]
    assert len(hits) == len({hit.ref for hit in hits}) == first.total == len(things)
    prices = [hit.price_pence for hit in hits]
    known = [pence for pence in prices if pence is not None]
    assert prices[: len(known)] == sorted(known), "the cheapest first, whoever has no price last"


def test_the_bits_of_the_database_are_those_of_the_rules(things: list[Thing]) -> None:
    from app.marketplace.models import Listing

    for times, slots in db.session.query(Listing.times, Listing.slots):
        assert slots == slot_bits(times)
    assert slot_mask(Day.TUESDAY, Part.AFTERNOON) == slot_bits(["tuesday-afternoon"])
    assert slot_mask(None, None) == slot_bits([])


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(2026, 11, 24, 9), "this afternoon"),  # a Tuesday
        (at(2026, 11, 24, 12), "Thursday afternoon"),  # it has begun
        (at(2026, 11, 23, 20), "tomorrow afternoon"),
        (at(2026, 11, 26, 18), "Tuesday afternoon"),
    ],
)
def test_when_somebody_is_free_next(now: datetime, said: str) -> None:
    assert next_free(["thursday-afternoon", "tuesday-afternoon"], now) == said


def test_holidays_put_it_off() -> None:
    now, slots = at(2026, 11, 23, 9), ["tuesday-evening"]
    assert next_free(slots, now, [(date(2026, 11, 24), date(2026, 11, 30))]) == "evening of Tuesday 1 December"
    assert next_free(slots, now, [(date(2026, 11, 1), date(2027, 11, 1))]) == ""
    assert next_free([], now) == ""
    assert next_free(["monday-night"], now) == "tonight"
