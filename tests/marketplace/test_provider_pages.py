"""What providers keep themselves: prices by date, holidays, profile, places, listings; and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity.rules import Actor
from app.marketplace import holidays, listings, prices, profiles, service
from app.marketplace.listings import WhatInput, WhenInput, WhereInput
from app.marketplace.models import Listing, Provider
from app.marketplace.profiles import LocationInput, ProfileInput
from app.marketplace.provider_rules import Span, next_free, price_at, say_span, tidy_website
from app.marketplace.rules import Category, Employment, RegisterStatus, Unit
from tests.factories import actor_for, make_account
from tests.marketplace.making import SYSTEM, listing_of, make_pa, make_provider, put_outcodes

DAY = date(2026, 11, 1)
_DAYS = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))


def keeper(provider: Provider) -> Actor:
    account = make_account("Dee Marsh")
    service.add_member(SYSTEM, provider, account.id)
    return replace(actor_for(account), provider_ids=(provider.id,))


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=clock.LONDON)):
        yield


@pytest.fixture
def swim(session: Any) -> tuple[Actor, Listing]:
    with on(DAY):
        put_outcodes()
        provider = make_provider()
        return keeper(provider), listing_of(provider)


@given(st.dictionaries(_DAYS, st.one_of(st.none(), st.integers(0, 10_000)), max_size=8), _DAYS)
def test_the_price_on_a_day_is_the_latest_that_has_begun(prices_: dict[date, int | None], day: date) -> None:
    """Walking day by day from the beginning comes to the same."""
    now = None
    for n in range((day - DAY).days + 1):
        today = DAY + timedelta(days=n)
        now = prices_.get(today, now)
        if today in prices_:
            now = prices_[today]
    assert price_at(prices_.items(), day) == now


@given(
    st.lists(st.sampled_from(["monday-morning", "thursday-evening", "sunday-night"])),
    st.lists(st.tuples(_DAYS, st.integers(0, 20)), max_size=4),
    _DAYS,
)
def test_the_next_free_day_is_a_day_of_theirs_and_not_away(
    times: list[str], away: list[tuple[date, int]], today: date
) -> None:
    spans = [Span(first, first + timedelta(days=long)) for first, long in away]
    free = next_free(times, spans, today)
    if free is not None:
        assert free >= today
        assert not times or any(slot.startswith(f"{free:%A}".lower()) for slot in times)
        assert not any(span.first <= free <= span.last for span in spans)
    if not times and not spans:
        assert free == today


def test_an_announced_price_begins_on_its_day_once_and_missed_days_are_caught_up(swim: tuple[Actor, Listing]) -> None:
    dee, listing = swim
    with on(DAY):
        prices.set_price(dee, listing, 2_400, DAY + timedelta(days=30))
        prices.set_price(dee, listing, 2_500, DAY + timedelta(days=31))
        prices.set_price(dee, listing, 2_600, DAY + timedelta(days=90))
        assert listing.price_pence == 2_200
        assert [each.price_pence for each in prices.coming_prices(listing)] == [2_400, 2_500, 2_600]
        assert prices.turn(SYSTEM) == 0
    with on(DAY + timedelta(days=40)):  # the worker was away for ten days
        assert (prices.turn(SYSTEM), prices.turn(SYSTEM)) == (1, 0)
        assert (listing.price_pence, listing.priced_from) == (2_500, DAY + timedelta(days=31))
        assert [prices.price_on(listing, DAY + timedelta(days=n)) for n in (0, 29, 30, 31, 89, 90)] == [
            2_200, 2_200, 2_400, 2_500, 2_500, 2_600,
        ]  # fmt: skip


def test_a_price_for_a_day_is_one_and_can_be_changed_or_taken_back_before_it_begins(
    swim: tuple[Actor, Listing],
) -> None:
    dee, listing = swim
    later = DAY + timedelta(days=30)
    with on(DAY):
        prices.set_price(dee, listing, 2_400, later)
        changed = prices.set_price(dee, listing, 2_300, later)
        assert (changed.old_pence, changed.new_pence) == (2_400, 2_300)
        assert [each.price_pence for each in prices.coming_prices(listing)] == [2_300]
        assert prices.take_back(dee, listing, later).new_pence == 2_200
        assert prices.coming_prices(listing) == []
        for wrong in (later, DAY):
            with pytest.raises(NotFoundError):
                prices.take_back(dee, listing, wrong)
        with pytest.raises(InvalidError) as refused:
            prices.set_price(dee, listing, 2_400, DAY - timedelta(days=1))
        assert "never changed for days that are past" in refused.value.errors["from_day"]
        with pytest.raises(InvalidError):
            prices.set_price(dee, listing, 2_200, DAY)  # it is that already
        prices.set_price(dee, listing, 0, DAY)
        assert listing.price == "Free"
    verbs = db.session.query(AuditEntry.verb).filter(AuditEntry.actor_id == dee.account_id).all()
    assert [verb for (verb,) in verbs].count("marketplace.set_price") == 3


def test_nobody_else_keeps_them(swim: tuple[Actor, Listing]) -> None:
    _, listing = swim
    provider = listing.provider
    other = keeper(make_provider("Splash Ltd"))
    with on(DAY):
        for ask in (
            lambda: prices.set_price(other, listing, 1, DAY),
            lambda: prices.take_back(other, listing, DAY),
            lambda: holidays.add(other, provider, DAY, DAY),
            lambda: listings.switch(other, listing, False),
            lambda: listings.change_when(other, listing, WhenInput()),
            lambda: listings.listing_of(other, provider, listing.ref),
            lambda: profiles.change_profile(other, provider, ProfileInput("Mine")),
            lambda: profiles.add_location(other, provider, LocationInput("A", "B", "SE6 1HP")),
            lambda: profiles.set_area(SYSTEM, provider, "SE6"),
        ):
            with pytest.raises(NotFoundError):
                ask()


def test_days_away_of_all_and_of_one_thing(swim: tuple[Actor, Listing]) -> None:
    dee, listing = swim
    provider = listing.provider
    with on(DAY):
        what, where = WhatInput("Evening swim", "", Category.ACTIVITIES), WhereInput(remote=True)
        other, _ = listings.add(dee, provider, what, Unit.HOUR, 2_000, where)
        first, last = date(2026, 12, 20), date(2027, 1, 2)
        holiday = holidays.add(dee, provider, first, last)
        holidays.add(dee, provider, DAY, DAY + timedelta(days=2), listing)
        assert holidays.soon(holidays.away(listing)) == ["1 to 3 November", "20 December to 2 January"]
        assert holidays.soon(holidays.away(other)) == ["20 December to 2 January"]
        assert holidays.next_free_day(listing) == DAY + timedelta(days=3)
        assert holidays.next_free_day(other) == DAY
        with pytest.raises(InvalidError):
            holidays.add(dee, provider, last, first)
        holidays.remove(dee, provider, holiday.ref)
        assert holidays.away(other) == []
        with pytest.raises(NotFoundError):
            holidays.remove(dee, provider, holiday.ref)
    with on(DAY + timedelta(days=3)):
        assert holidays.away(listing) == []


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 24), date(2026, 12, 24), "24 December"),
        (date(2026, 6, 1), date(2026, 6, 5), "1 to 5 June"),
        (date(2028, 6, 1), date(2028, 6, 5), "1 to 5 June 2028"),
    ],
)
def test_days_away_in_words(first: date, last: date, words: str) -> None:
    assert say_span(Span(first, last), DAY) == words


def test_what_the_policy_stops_cannot_be_listed_and_the_word_is_named(swim: tuple[Actor, Listing]) -> None:
    dee, listing = swim
    with pytest.raises(InvalidError) as refused:
        listings.change_what(dee, listing, WhatInput("Pub crawl with vodka", "", Category.ACTIVITIES))
    assert "vodka" in refused.value.errors["title"]
    assert listing.title == "One-to-one company at the pool"
    assert not listings.change_what(dee, listing, WhatInput("Swimming with a friend", "", Category.ACTIVITIES))
    with pytest.raises(InvalidError) as about:
        profiles.change_profile(dee, listing.provider, ProfileInput("Swim Together", "We also sell cigarettes."))
    assert "cigarettes" in about.value.errors["description"]


def test_care_is_offered_only_by_those_on_the_register(swim: tuple[Actor, Listing]) -> None:
    dee, listing = swim
    provider = listing.provider
    care = WhatInput("Help with washing", "", Category.HOME_CARE)
    for status, word in ((RegisterStatus.DEREGISTERED, "you left it"), (RegisterStatus.NOT_REGISTERED, "register")):
        provider.status = status
        with pytest.raises(InvalidError) as refused:
            listings.change_what(dee, listing, care)
        assert word in refused.value.errors["category"]
    provider.status = RegisterStatus.REGISTERED
    listings.change_what(dee, listing, care)
    listings.switch(dee, listing, False)
    provider.status = RegisterStatus.DEREGISTERED
    with pytest.raises(StateError):
        listings.switch(dee, listing, True)


def test_a_new_listing_is_found_once_it_is_switched_on(swim: tuple[Actor, Listing]) -> None:
    dee, listing = swim
    provider = listing.provider
    place = listing.location
    assert place is not None
    what = WhatInput("Aqua aerobics", "Gentle, in warm water.", Category.ACTIVITIES)
    with pytest.raises(InvalidError) as refused:
        listings.add(dee, provider, what, Unit.SESSION, 1_000, WhereInput(at_venue=True))
    assert "location" in refused.value.errors
    at = WhereInput(at_venue=True, location_ref=place.ref)
    made, notes = listings.add(dee, provider, what, Unit.SESSION, 1_000, at)
    assert (made.offered, notes) == (False, [])
    listings.change_when(dee, made, WhenInput(times=["tuesday-morning"], languages="polish, Urdu, polish"))
    assert made.languages == ["Polish", "Urdu"]
    listings.switch(dee, made, True)
    assert made.offered
    assert (made.lat, made.who) == (place.lat, provider.name)
    profiles.close_location(dee, provider, place.ref)
    db.session.refresh(made)
    assert not made.offered
    with pytest.raises(StateError):
        listings.switch(dee, made, True)


def test_what_the_register_says_is_changed_there(session: Any) -> None:
    put_outcodes()
    provider = make_provider(status=RegisterStatus.REGISTERED, is_regulated=True)
    provider.cqc_id, provider.locations[0].cqc_id = "1-123", "1-456"
    listing = listing_of(provider)
    listing.from_register = True
    db.session.flush()
    dee = keeper(provider)
    profiles.change_profile(dee, provider, ProfileInput("Another name", "New words", "020 7946 0999"))
    assert (provider.name, provider.description, provider.phone) == ("Swim Together CIC", "New words", "")
    for ask in (
        lambda: profiles.close_location(dee, provider, provider.locations[0].ref),
        lambda: listings.change_what(dee, listing, WhatInput("X", "", Category.ACTIVITIES)),
        lambda: listings.switch(dee, listing, False),
    ):
        with pytest.raises(StateError):
            ask()
    listings.change_when(dee, listing, WhenInput(takes_new_people=False))
    assert not listing.takes_new_people


def test_a_personal_assistant_is_a_first_name_an_initial_and_an_outcode(session: Any) -> None:
    put_outcodes()
    pa = make_pa()
    marta = keeper(pa)
    as_is = ProfileInput("Marta K", employment=Employment.SELF_EMPLOYED, gender="Woman")
    profiles.change_profile(marta, pa, as_is)
    assert (pa.name, pa.gender) == ("Marta K.", "Woman")
    with pytest.raises(InvalidError):
        profiles.change_profile(marta, pa, replace(as_is, name="Marta Kowalczyk"))
    with pytest.raises(StateError):
        profiles.add_location(marta, pa, LocationInput("Home", "1 My Street", "SE6 1HP"))
    profiles.set_area(marta, pa, "BR1 3QQ")
    assert (pa.outcode, round(listing_of(pa).lat or 0, 3)) == ("BR1", 51.406)
    with pytest.raises(InvalidError):
        profiles.set_area(marta, pa, "ZZ99")


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "https://user@evil.example.org", "nonsense", "http://", "a b.example.org"]
)
def test_a_website_is_one(typed: str) -> None:
    with pytest.raises(ValueError, match="Enter a website"):
        tidy_website(typed)
