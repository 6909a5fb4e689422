"""Buying again and again, on its pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.budgets.models import RegularPayment
from app.budgets.regular_rules import PostedBy, RegularState
from app.core import clock
from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from app.marketplace.models import Listing
from app.purchases import regular
from tests.factories import SYSTEM, actor_for, give_authority, make_account
from tests.purchases.regular_world import noon, post_all
from tests.purchases.world import make_listing
from tests.web.buying_world import SWIM, World, day, get, make_world, post, said

MONDAY = date(2026, 10, 5)


@pytest.fixture
def world(session: object) -> Any:
    with clock.at(noon(date(2026, 10, 1))):
        yield make_world()


def walk(client: Any, world: World, begin: str, *, until: date | None = None, quantity: str = "4") -> str:
    """From the link to *Check your answers*; its address."""
    at = get(client, begin, 303).location
    at = post(client, at, rhythm="weekly").location
    at = post(client, at, **day("first_on", MONDAY)).location
    at = post(client, at, **(day("until", until) if until else {})).location
    at = post(client, at, quantity=quantity, amount="12.50").location
    at = post(client, at, outcome=world.outcomes[SWIM]).location
    return str(post(client, at, posted_by="carepurse").location)


def one(world: World, listing: Listing | None = None, hours: str = "100") -> RegularPayment:
    thing = regular.thing_from_listing((listing or make_listing(2_000)).ref)
    wanted = regular.RegularInput("weekly", MONDAY, None, world.outcomes[SWIM], int(hours))
    payment = regular.start(actor_for(world.account), world.person, world.budget, thing, wanted)
    db.session.commit()
    return payment


def test_from_a_listing_to_running(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    listing = make_listing(2_200)
    assert f"/regular/new?listing={listing.ref}" in get(client, f"{world.at}/find/{listing.ref}").text
    at = walk(client, world, f"{world.at}/regular/new?listing={listing.ref}")
    page = said(get(client, at))
    assert "4 hours at £22.00" in page
    assert "Mondays 5, 12, 19 and 26" in page
    assert "November has five Mondays: £440 instead of £352." in page
    assert "leaves £648.00 safe to spend" in page
    assert "This is fine." in page
    shown = said(client.get(post(client, at).location))
    assert "Running" in shown
    assert "Monday 5 October £88.00" in shown
    assert "£88.00" in said(get(client, f"{world.at}/"))
    assert "One-to-one company at the pool" in said(get(client, f"{world.at}/regular/coming"))


def test_from_something_bought_before(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    purchase = world.sent(("Pool sessions", 3_200))
    page = get(client, f"{world.at}/purchases/{purchase.ref}").text
    line = purchase.lines[0].ref
    assert f"/regular/new?purchase={purchase.ref}&amp;line={line}" in page
    at = walk(client, world, f"{world.at}/regular/new?purchase={purchase.ref}", until=date(2026, 12, 31))
    page = said(get(client, at))
    assert "£12.50" in page
    assert "Catford Leisure" in page
    post(client, at)
    payment = db.session.scalars(select(RegularPayment)).one()
    assert (payment.ends_on, payment.posted_by) == (date(2026, 12, 31), PostedBy.CAREPURSE)


def test_an_answer_that_is_missing_is_asked_for_and_one_that_cannot_be_is_said(
    world: World, client: Any, sign_in: Any
) -> None:
    sign_in(client, world.account)
    new = f"{world.at}/regular/new"
    listing = make_listing(2_200).ref
    assert get(client, f"{new}/check?listing={listing}&rhythm=hourly", 303).location.split("?")[0].endswith("/often")
    answers = f"listing={listing}&rhythm=weekly&until=none&quantity=100&outcome={world.outcomes[SWIM]}&by=carepurse"
    assert "Enter a day from today" in said(get(client, f"{new}/check?{answers}&first=2026-09-01"))
    assert "Enter the first day" in said(post(client, f"{new}/first?listing={listing}", 400))
    get(client, f"{new}/dance?listing={listing}", 404)
    get(client, f"{new}?listing=nothing", 404)
    get(client, new, 404)


def test_what_the_rules_stop_can_not_be_sent(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    listing = make_listing(2_200)
    listing.title = "A bottle of whisky a week"
    at = walk(client, world, f"{world.at}/regular/new?listing={listing.ref}")
    page = said(get(client, at))
    assert "We can't pay for this" in page
    assert "Start it" not in page


def test_pause_leave_out_change_and_end(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    payment = one(world)
    at = f"{world.at}/regular/{payment.ref}"
    assert "may still have to be paid" in said(get(client, f"{at}/pause"))
    post(client, f"{at}/pause", **day("from_on", date(2026, 10, 12)), **day("until_on", date(2026, 10, 18)))
    page = said(get(client, at))
    assert "Monday 12 October" not in page.split("What it is")[0].split("Next")[1]
    post(client, f"{at}/resume")
    post(client, f"{at}/skip", day="2026-10-19")
    assert "Left out by Sam Okafor" in said(get(client, at))
    post(client, f"{at}/skip", 404, day="2026-10-20")
    answers = {**day("from_on", date(2026, 10, 26)), "rhythm": "fortnightly", "quantity": "2"}
    preview = said(post(client, f"{at}/change", 200, **answers))
    assert "£40.00 (2 hours at £20.00) every second Monday" in preview
    assert payment.terms_on(date(2026, 10, 26)).quantity_hundredths == 100, "looking changes nothing"
    post(client, f"{at}/change", **answers, step="send")
    assert payment.terms_on(date(2026, 10, 26)).quantity_hundredths == 200
    post(client, f"{at}/written", by="person")
    assert payment.posted_by is PostedBy.PERSON
    post(client, f"{at}/end", **day("on", date(2026, 10, 31)))
    assert payment.ends_on == date(2026, 10, 31)


def test_a_dearer_price_is_on_home_and_waits_for_a_yes(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    listing = make_listing(1_720)
    payment = one(world, listing, "400")
    regular.price_changed(SYSTEM, listing, 1_720, 1_810, date(2026, 12, 1))
    db.session.commit()
    home = said(get(client, f"{world.at}/"))
    assert "New price from Swim Together CIC, from Tuesday 1 December" in home
    at = f"{world.at}/regular/{payment.ref}/price"
    page = said(get(client, at))
    assert "goes from £17.20 to £18.10 an hour from Tuesday 1 December: £14.40 more in a month" in page
    post(client, at, answer="yes")
    assert payment.terms_on(date(2026, 12, 7)).unit_price_pence == 1_810
    assert "New price from" not in said(get(client, f"{world.at}/"))


def test_what_did_not_go_through_says_why_and_can_be_tried(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    listing = make_listing(2_000)
    payment = one(world, listing)
    regular.price_changed(SYSTEM, listing, 2_000, 2_100, MONDAY)
    with clock.at(noon(MONDAY)):
        post_all()
        db.session.commit()
        at = f"{world.at}/regular/{payment.ref}"
        sign_in(client, world.account)
        assert "Has not gone through: The price goes up to £21.00 each time" in said(get(client, at))
        post(client, f"{at}/now", day=MONDAY.isoformat())
        assert "did not go through" in said(get(client, at))
        post(client, f"{at}/price", answer="yes")
        post(client, f"{at}/now", day=MONDAY.isoformat())
        assert "Monday 5 October Paid £21.00" in said(get(client, at))


def test_a_coordinator_decides_it_and_the_person_answers(world: World, client: Any, sign_in: Any) -> None:
    listing = make_listing(30_000)
    payment = one(world, listing)
    assert payment.state is RegularState.AWAITING_APPROVAL
    from app.approvals import queries as approvals

    request = approvals.latest_for(payment.id)
    assert request is not None
    sign_in(client, world.coordinator)
    page = said(get(client, f"/staff/requests/{request.ref}"))
    assert "Every Monday" in page
    assert "short in" in page
    post(client, f"/staff/requests/{request.ref}/ask", question="Would two do?")
    sign_in(client, world.account)
    at = f"{world.at}/regular/{payment.ref}"
    assert "Would two do?" in said(get(client, at))
    post(client, f"{at}/answer", answer="No, sorry.")
    assert "Would two do?" in said(get(client, at))
    sign_in(client, world.coordinator)
    post(client, f"/staff/requests/{request.ref}/approve", why="Enjoy.")
    assert payment.state is RegularState.RUNNING


def test_who_may_look_may_not_change_and_a_stranger_finds_nothing(world: World, client: Any, sign_in: Any) -> None:
    payment = one(world)
    at = f"{world.at}/regular/{payment.ref}"
    friend = make_account("Femi Okafor")
    give_authority(friend, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    sign_in(client, friend)
    page = get(client, at).text
    assert "Leave out" not in page
    post(client, f"{at}/skip", 403, day=MONDAY.isoformat())
    stranger = make_world()
    sign_in(client, stranger.account)
    get(client, at, 404)
    get(client, f"{stranger.at}/regular/{payment.ref}", 404)
    post(client, f"{stranger.at}/regular/{payment.ref}/end", 404, **day("on", MONDAY + timedelta(7)))


def test_recording_one_by_hand_names_its_day(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    payment = one(world)
    post(client, f"{world.at}/regular/{payment.ref}/written", by="person")
    with clock.at(noon(date(2026, 10, 13))):
        sign_in(client, world.account)
        link = f"{world.at}/buy?regular={payment.ref}&amp;due=2026-10-12"
        assert link in get(client, f"{world.at}/").text
        assert "due Monday 12 October" in said(get(client, link.replace("&amp;", "&")))
        at = post(client, f"{world.at}/buy", regular=payment.ref, due="2026-10-12").location
        post(client, at, payee_name=payment.payee, **day("bought_on", date(2026, 10, 13)))
        from app.purchases.models import Purchase

        draft = db.session.scalars(select(Purchase)).one()
        assert draft.regular_due_on == date(2026, 10, 12)
