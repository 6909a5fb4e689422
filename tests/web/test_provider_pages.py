"""A provider's pages as they use them on a phone: profile, listings, prices, days away, orders."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.identity.rules import Actor
from app.marketplace import prices, service
from app.marketplace.models import Listing, Location, Provider
from app.purchases import service as purchases
from app.purchases.rules import DetailsInput, State
from tests.factories import actor_for, make_account
from tests.marketplace.making import SYSTEM, listing_of, make_pa, make_provider, put_outcodes
from tests.purchases.world import World, build


@pytest.fixture
def provider(session: Any, client: Any, sign_in: Any) -> Provider:
    """A provider whose account is signed in."""
    put_outcodes()
    made = make_provider(description="We swim with you.")
    account = make_account("Dee Marsh")
    service.add_member(SYSTEM, made, account.id)
    sign_in(client, account)
    return made


def page(client: Any, address: str, status: int = 200) -> str:
    db.session.commit()  # a page that is refused undoes what was not kept
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return words(answer)


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())


def send(client: Any, to: str, status: int = 303, **data: Any) -> str:
    db.session.commit()
    answer = client.post(to, data=data)
    assert answer.status_code == status, words(answer)
    db.session.expire_all()
    return answer.location if status == 303 else words(answer)


def day_fields(name: str, day: Any) -> dict[str, int]:
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def test_the_page_about_us_is_changed_and_said_back(provider: Provider, client: Any) -> None:
    at = f"/provider/{provider.ref}/profile"
    assert "We swim with you." in page(client, at)
    page(client, f"{at}/change")
    typed = {"name": "Swim Together", "description": "Warm water.", "website": "swim.example.org"}
    send(client, f"{at}/change", **typed, phone="020 7946 0123", accessibility=["Hoist"], languages="Urdu, Polish")
    shown = page(client, at)
    for part in ("Your page is changed.", "Warm water.", "https://swim.example.org", "Hoist", "Urdu, Polish"):
        assert part in shown
    refused = send(client, f"{at}/change", 400, name="", description="We sell vodka.", website="javascript:x")
    for part in ("vodka", "Enter a website", "Enter the name"):
        assert part in refused


def test_a_place_is_added_changed_and_closed(provider: Provider, client: Any) -> None:
    at = f"/provider/{provider.ref}/places"
    place = {"name": "Glass Mill", "address": "41 Loampit Vale", "postcode": "se6 1aa"}
    assert "Enter a full postcode" in send(client, f"{at}/add", 400, **(place | {"postcode": "SE6"}))
    send(client, f"{at}/add", **place)
    ref = db.session.scalars(select(Location.ref).where(Location.name == "Glass Mill")).one()
    assert "SE6 1AA" in page(client, f"/provider/{provider.ref}/profile")
    send(client, f"{at}/{ref}", **(place | {"name": "Glass Mill Pool"}))
    page(client, f"{at}/{ref}/close")
    send(client, f"{at}/{ref}/close")
    assert "You closed this place" in page(client, f"{at}/{ref}")
    registered = next(each for each in provider.locations if each.closed_on is None)
    registered.cqc_id = "1-9"
    assert "Care Quality Commission" in page(client, f"{at}/{registered.ref}")
    other = make_provider("Splash Ltd").locations[0].ref
    page(client, f"{at}/{other}", 404)


def test_something_new_is_offered_from_a_phone(provider: Provider, client: Any) -> None:
    at = f"/provider/{provider.ref}/listings"
    page(client, f"{at}/add")
    what = {"title": "Aqua aerobics", "summary": "To music.", "category": "activities-and-leisure", "unit": "session"}
    refused = send(client, f"{at}/add", 400, **what)
    assert "Say where it happens" in refused
    where = {"ways": ["at_venue"], "location": provider.locations[0].ref}
    send(client, f"{at}/add", **what, **where, price="9")
    made = db.session.scalars(select(Listing).where(Listing.title == "Aqua aerobics")).one()
    one = f"{at}/{made.ref}"
    page(client, f"{one}/when")
    send(client, f"{one}/when", times=["monday-morning", "friday-morning"], takes_new_people="y")
    shown = page(client, one)
    for part in ("Hidden now", "£9 a session", "Monday and Friday mornings", "Let people see it"):
        assert part in shown
    send(client, f"{one}/on")
    assert "People see this" in page(client, one)
    refused = send(client, f"{one}/what", 400, **(what | {"title": "Poker and vodka night"}))
    assert "vodka" in refused
    page(client, f"{one}/where")
    send(client, f"{one}/where", ways=["at_home"], location=provider.locations[0].ref, miles="5")
    assert "up to 5 miles" in page(client, one)
    send(client, f"{one}/off")
    assert not db.session.get_one(Listing, made.id).offered


def test_a_price_is_announced_taken_back_and_never_past(provider: Provider, client: Any) -> None:
    listing = listing_of(provider)
    at = f"/provider/{provider.ref}/listings/{listing.ref}/price"
    page(client, at)
    later = clock.add_months(clock.period_of(clock.today()), 1)
    yesterday = clock.today() - timedelta(days=1)
    assert "never changed for days that are past" in send(
        client, at, 400, price="24", **day_fields("from_day", yesterday)
    )
    send(client, at, price="24", **day_fields("from_day", later))
    shown = page(client, at)
    assert "£24 an hour" in shown
    assert "Today: £22 an hour" in shown
    send(client, f"{at}/take-back", day=later.isoformat())
    assert prices.coming_prices(listing) == []
    for wrong in (later.isoformat(), "nonsense", ""):
        send(client, f"{at}/take-back", 404, day=wrong)


def test_days_away_are_read_by_who_would_buy(provider: Provider, client: Any, sign_in: Any) -> None:
    at, listing = f"/provider/{provider.ref}/away", listing_of(provider)
    page(client, f"{at}/add")
    start, end = clock.today() + timedelta(days=5), clock.today() + timedelta(days=9)
    wrong = {**day_fields("starts_on", end), **day_fields("ends_on", start), "listing": ""}
    assert "not before the first" in send(client, f"{at}/add", 400, **wrong)
    send(client, f"{at}/add", **day_fields("starts_on", start), **day_fields("ends_on", end), listing="")
    assert "Everything" in page(client, at)
    prices.set_price(_keeper(provider), listing, 2_500, clock.today() + timedelta(days=40))
    world = build()
    sign_in(client, world.holder)
    seen = page(client, f"/p/{world.person.ref}/find/{listing.ref}")
    assert "They are away" in seen
    assert "£25 an hour from" in seen
    draft = world.from_listing(listing)
    for day, warned in ((start, True), (end + timedelta(days=1), False)):
        purchases.set_details(world.me, draft, DetailsInput(needed_from=day))
        assert ("is away" in page(client, f"/p/{world.person.ref}/buy/{draft.ref}/check")) is warned


def _keeper(provider: Provider) -> Actor:
    return replace(actor_for(make_account("Di Keeper")), provider_ids=(provider.id,))


class TestOrders:
    @pytest.fixture
    def world(self, provider: Provider) -> World:
        return build()

    def order(self, world: World, provider: Provider) -> Any:
        purchase = purchases.submit(world.me, world.from_listing(listing_of(provider)))
        assert purchase.state is State.APPROVED
        return purchase

    def test_accept_and_done_and_the_holder_reads_it(
        self, world: World, provider: Provider, client: Any, sign_in: Any
    ) -> None:
        purchase = self.order(world, provider)
        at = f"/provider/{provider.ref}/orders"
        shown = page(client, at)
        assert "4 hours" in shown
        assert "Sam" in shown
        assert "Okafor" not in shown
        one = page(client, f"{at}/{purchase.ref}")
        for hidden in ("Okafor", "Swim every week", world.person.postcode or "SE6"):
            assert hidden not in one
        send(client, f"{at}/{purchase.ref}/accept")
        assert "accepted this already" in send(client, f"{at}/{purchase.ref}/accept", 409)
        tomorrow = clock.today() + timedelta(days=1)
        assert "in the future" in send(client, f"{at}/{purchase.ref}/done", 400, **day_fields("day", tomorrow))
        send(client, f"{at}/{purchase.ref}/done", **day_fields("day", clock.today()))
        owed = page(client, f"/provider/{provider.ref}/owed")
        assert re.search(r"£88.00 not paid yet, for 1 order", owed)
        rows = list(csv.reader(io.StringIO(client.get(f"/provider/{provider.ref}/owed.csv").text.lstrip("\ufeff"))))
        assert rows[1][:3] == [purchase.ref, "Sam", "One-to-one company at the pool: 4 hours"]
        assert rows[1][-3:] == ["88.00", "0.00", "Not paid yet"]
        for show in ("new", "accepted", "to_deliver", "delivered", "unpaid", "ended", "all", "nonsense"):
            page(client, f"{at}?show={show}")
        sign_in(client, world.holder)
        assert "Is that right?" in page(client, f"/p/{world.person.ref}/purchases/{purchase.ref}")

    def test_decline_needs_a_reason_and_the_holder_reads_it(
        self, world: World, provider: Provider, client: Any, sign_in: Any
    ) -> None:
        purchase = self.order(world, provider)
        at = f"/provider/{provider.ref}/orders/{purchase.ref}"
        assert "Write why you cannot do it" in send(client, f"{at}/decline", 400)
        send(client, f"{at}/decline", reason="Our lift is broken.")
        assert "Our lift is broken." in page(client, at)
        sign_in(client, world.holder)
        seen = page(client, f"/p/{world.person.ref}/purchases/{purchase.ref}")
        assert "Swim Together CIC cannot do it." in seen
        assert seen.count("Our lift is broken.") == 1
        assert "They cannot do it" in seen

    def test_a_notice_leads_to_the_order_and_only_theirs(
        self, world: World, provider: Provider, client: Any, sign_in: Any
    ) -> None:
        purchase = self.order(world, provider)
        db.session.commit()
        assert client.get(f"/orders/{purchase.ref}").location == f"/provider/{provider.ref}/orders/{purchase.ref}"
        sign_in(client, world.holder)
        page(client, f"/orders/{purchase.ref}", 404)
        page(client, f"/provider/{provider.ref}/orders/{purchase.ref}", 404)


def test_a_personal_assistant_keeps_their_own_page(session: Any, client: Any, sign_in: Any) -> None:
    put_outcodes()
    pa, account = make_pa(), make_account("Marta Kowalska")
    service.add_member(SYSTEM, pa, account.id)
    sign_in(client, account)
    at = f"/provider/{pa.ref}"
    assert "You cannot change these yourself" in page(client, f"{at}/profile")
    typed = {"name": "Marta K.", "employment": "wants_to_be_employed", "gender": "Woman"}
    send(client, f"{at}/profile/change", **typed)
    assert "Looking to be employed" in page(client, f"{at}/profile")
    send(client, f"{at}/area", area="BR1")
    assert "People find you near BR1" in page(client, f"{at}/profile")
    assert "first letter of your last name" in send(
        client, f"{at}/profile/change", 400, **(typed | {"name": "Marta Kowalska"})
    )
    send(client, f"{at}/listings/add", title="Out and about", category="personal-assistants", unit="hour",
        price="18", ways=["at_home"], miles="6")  # fmt: skip
