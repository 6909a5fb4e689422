"""Pages of asking, reviews and suggestions: each side's own, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import db
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.marketplace import service as marketplace
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.models import Listing
from app.marketplace.review_models import Review
from app.marketplace.suggestion_models import Suggestion
from app.purchases.models import Purchase
from tests import factories as make
from tests.marketplace.making import SYSTEM, listing_of, make_provider
from tests.web.asked import make_asked
from tests.web.buying_world import SWIM, World, get, make_world, post, said, soup_of


@pytest.fixture
def world(session: Any) -> World:
    return make_world()


@pytest.fixture
def pool(world: World) -> Listing:
    return listing_of(make_provider(phone="020 7946 0123"))


@pytest.fixture
def bea(pool: Listing) -> Account:
    account = make.make_account("Bea Holloway")
    marketplace.add_member(SYSTEM, pool.provider, account.id)
    db.session.commit()
    return account


def test_from_a_question_to_a_purchase_at_the_price_given(
    world: World, pool: Listing, bea: Account, client: FlaskClient, sign_in: Any
) -> None:
    sign_in(client, world.account)
    assert "Ask for a price" in said(get(client, f"{world.at}/find/{pool.ref}"))
    ask = f"{world.at}/questions/ask?listing={pool.ref}&price=1"
    page = said(get(client, ask))
    assert "They see your first name, the area, and what you write here" in page
    assert "Choose" not in page
    assert "Enter a number" in said(post(client, ask, 400, kind="price", words="Tuesdays?", quantity="lots"))
    went = post(client, ask, kind="price", words="Could it be Tuesdays?", quantity="4").location
    assert "Could it be Tuesdays?" in said(get(client, went))
    enquiry = db.session.query(Enquiry).one()

    sign_in(client, bea)
    at = f"/provider/{pool.provider.ref}/questions"
    assert "Sam, SE6: One-to-one company at the pool 4 hours" in said(get(client, at))
    page = said(get(client, f"{at}/{enquiry.ref}"))
    assert "Sam asks for a price" in page
    assert "Okafor" not in page
    assert soup_of(get(client, f"{at}/{enquiry.ref}/price")).find(id="price")["value"] == "22.00"
    wrong = post(client, f"{at}/{enquiry.ref}/price", 400, what="Four hours", price="", quantity="4")
    assert "Enter the price for one" in said(wrong)
    post(client, f"{at}/{enquiry.ref}/price", what="Four hours at the pool", price="19.50", quantity="4")
    quote = db.session.query(Quote).one()

    sign_in(client, world.account)
    pool.price_pence = 9_900
    db.session.commit()
    assert "Four hours at the pool £78.00" in said(get(client, f"{world.at}/"))
    assert "4 hours at £19.50 an hour" in said(get(client, went))
    first = post(client, f"{went}/buy").location
    assert first.endswith("/outcome")
    assert get(client, first.replace("/outcome", ""), 303).location == first  # how many stays as it was quoted
    post(client, first, outcome=world.outcomes[SWIM])
    draft = db.session.query(Purchase).one()
    when = clock.today()
    details = {"needed_from__day": when.day, "needed_from__month": when.month, "needed_from__year": when.year}
    check = post(client, f"{world.at}/buy/{draft.ref}/details", **details).location
    page = said(get(client, check))
    assert "All together £78.00" in page
    assert "They keep it for you until" in page
    assert post(client, f"{went}/buy").location == check  # begun once, gone on with
    post(client, f"{world.at}/buy/{draft.ref}/send")
    assert "You asked to buy at this price" in said(get(client, went))
    sign_in(client, bea)
    post(client, f"{at}/{enquiry.ref}/price/{quote.ref}/take-back", 409)


def test_a_price_that_has_run_out_says_so_and_offers_to_ask_again(
    world: World, pool: Listing, bea: Account, client: FlaskClient, sign_in: Any
) -> None:
    world.draft()
    refs = make_asked(world.person, world.account, pool)
    db.session.query(Quote).update({"valid_until": clock.today() - timedelta(days=1)})
    sign_in(client, world.account)
    at = f"{world.at}/questions/{refs['enquiry_ref']}"
    page = said(get(client, at))
    assert "This price has run out" in page
    assert "Ask to buy at this price" not in page
    post(client, f"{at}/buy", 409)
    post(client, f"{at}/again")
    assert "Could you give me a new one?" in said(get(client, at))
    post(client, f"{at}/close")
    assert "Closed" in said(get(client, f"{world.at}/questions"))


def test_what_was_typed_for_a_question_that_was_closed_meanwhile_is_not_lost(
    world: World, pool: Listing, bea: Account, client: FlaskClient, sign_in: Any
) -> None:
    world.draft()
    refs = make_asked(world.person, world.account, pool)
    sign_in(client, world.account)
    at = f"{world.at}/questions/{refs['enquiry_ref']}"
    post(client, f"{at}/close")
    assert "Could it be Fridays?" in post(client, at, 400, words="Could it be Fridays?").text
    sign_in(client, bea)
    at = f"/provider/{pool.provider.ref}/questions/{refs['enquiry_ref']}"
    assert "Fridays are fine." in post(client, at, 400, words="Fridays are fine.").text
    offer = {"what": "Four hours on Fridays", "price": "20", "quantity": "4"}
    page = post(client, f"{at}/price", 400, **offer)
    assert "This question is closed" in said(page)
    assert "Four hours on Fridays" in page.text


def test_who_may_only_look_reads_and_is_offered_nothing(
    world: World, pool: Listing, bea: Account, client: FlaskClient, sign_in: Any
) -> None:
    world.draft()
    refs = make_asked(world.person, world.account, pool)
    viewer = make.make_account("Vic Viewer")
    make.give_authority(viewer, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    sign_in(client, viewer)
    page = get(client, f"{world.at}/questions/{refs['enquiry_ref']}")
    assert not soup_of(page).main.find("form")
    get(client, f"{world.at}/questions/ask?listing={pool.ref}", 403)
    get(client, f"{world.at}/suggest", 403)
    assert "Ask a question" not in said(get(client, f"{world.at}/find/{pool.ref}"))


def test_nobody_who_reads_is_not_asked(world: World, pool: Listing, client: FlaskClient, sign_in: Any) -> None:
    sign_in(client, world.account)
    assert "Ask a question" not in said(get(client, f"{world.at}/find/{pool.ref}"))
    page = said(get(client, f"{world.at}/questions/ask?listing={pool.ref}"))
    assert "They do not read questions here yet" in page
    assert "020 7946 0123" in page


def test_reviews_stand_on_the_providers_page_without_a_name(
    world: World, pool: Listing, bea: Account, client: FlaskClient, sign_in: Any
) -> None:
    world.draft()
    refs = make_asked(world.person, world.account, pool)
    sign_in(client, world.account)
    for page in (f"/providers/{pool.provider.ref}", f"/find/{pool.ref}"):
        text = said(get(client, world.at + page))
        assert "4 out of 5 Someone who bought this" in text
        assert "Sam" not in text
    report = f"/reviews/{refs['review_ref']}/report?next={world.at}/"
    assert post(client, report, why="It is about another pool.").location == f"{world.at}/"
    sign_in(client, bea)
    reply = f"/provider/{pool.provider.ref}/reviews/{refs['review_ref']}"
    post(client, reply, words="Thank you.")
    assert get(client, f"/provider-reviews/{refs['review_ref']}", 303).location == reply
    sign_in(client, world.coordinator)
    page = said(get(client, "/staff/reviews"))
    assert "Reported" in page
    text = said(get(client, f"/staff/reviews/{refs['review_ref']}"))
    assert "It is about another pool." in text
    assert "Sam" not in text
    post(client, f"/staff/reviews/{refs['review_ref']}", 400, answer="hide")
    stale = {"answer": "show", "what": "review", "reason": "It is fine.", "as_read": "0123456789abcdef"}
    again = said(post(client, f"/staff/reviews/{refs['review_ref']}", 400, **stale))
    assert "It was changed a moment ago." in again
    assert "It is fine." in again
    post(client, f"/staff/reviews/{refs['review_ref']}", answer="hide", what="review", reason="It is another pool.")
    assert not db.session.query(Review).one().is_shown
    sign_in(client, world.account)
    assert "Someone who bought" not in said(get(client, f"{world.at}/providers/{pool.provider.ref}"))
    assert "It is another pool." in said(get(client, f"{world.at}/reviews/{refs['review_ref']}"))


def test_a_suggestion_is_compared_checked_and_answered(
    world: World, pool: Listing, client: FlaskClient, sign_in: Any
) -> None:
    sign_in(client, world.account)
    nothing = get(client, f"{world.at}/find?q=ukulele&near=")
    link = soup_of(nothing).find("a", string="Suggest them")["href"]
    assert soup_of(get(client, link)).find(id="name")["value"] == "ukulele"
    asked = {"name": "Swim Togther", "area": "SE6 1HP", "does": "Swimming"}
    page = client.post(f"{world.at}/suggest", data=asked)
    assert page.status_code == 200
    assert "Swim Together CIC" in said(page)
    hidden = {field["name"]: field.get("value", "") for field in BeautifulSoup(page.text, "html.parser").main("input")}
    assert hidden["sure"] == "yes"
    went = post(client, f"{world.at}/suggest", **{k: v for k, v in hidden.items() if k != "form_id"}).location
    assert "Someone is looking at it" in said(get(client, went))
    made = db.session.query(Suggestion).one()

    sign_in(client, world.coordinator)
    assert "Swim Togther" in said(get(client, "/staff/suggestions"))
    at = f"/staff/suggestions/{made.ref}"
    assert "It is this one" in said(get(client, at))
    refused = post(client, f"{at}/add", 400, name="X", title="Y", category="home-care", unit="hour", where="at_home",
        regulated="no")  # fmt: skip
    assert "only a registered provider may give" in said(refused)
    post(client, f"{at}/there", provider=pool.provider.ref)
    post(client, f"{at}/leave-out", 409, reason="No.")

    sign_in(client, world.account)
    assert "It is here already: Swim Together CIC" in said(get(client, went))


def test_other_peoples_threads_do_not_exist(
    world: World, pool: Listing, bea: Account, client: FlaskClient, sign_in: Any
) -> None:
    world.draft()
    refs = make_asked(world.person, world.account, pool)
    account, person, *_ = make.make_holder()
    other = make_provider("Other Pool CIC")
    eve = make.make_account("Eve Marsh")
    marketplace.add_member(SYSTEM, other, eve.id)
    db.session.commit()
    at, theirs = f"/p/{person.ref}", f"/provider/{other.ref}"
    sign_in(client, account)
    for page in (f"{at}/questions/{refs['enquiry_ref']}", f"{at}/reviews/{refs['review_ref']}",
                 f"{at}/suggestions/{refs['suggestion_ref']}", f"{world.at}/questions"):  # fmt: skip
        get(client, page, 404)
    sign_in(client, eve)
    for page in (f"{theirs}/questions/{refs['enquiry_ref']}", f"{theirs}/reviews/{refs['review_ref']}",
                 f"/provider-questions/{refs['enquiry_ref']}", f"/provider-reviews/{refs['review_ref']}"):  # fmt: skip
        get(client, page, 404)
    post(client, f"{theirs}/questions/{refs['enquiry_ref']}/price/{refs['quote_ref']}/take-back", 404)
