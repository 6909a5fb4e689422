"""Buying and recording, question by question, as somebody without JavaScript meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.budgets import agreeing
from app.core import clock
from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from app.plans import queries as plans
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests.factories import SYSTEM, actor_for, give_authority, make_account, make_budget, make_plan
from tests.marketplace.making import listing_of, make_pa, make_provider, put_outcodes, swim
from tests.web.buying_world import REST, SWIM, World, day, get, make_world, photo, post, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    put_outcodes()
    sign_in(client, made.account)
    return made


def newest() -> Purchase:
    return db.session.scalars(
        sa.select(Purchase).order_by(Purchase.id.desc()).limit(1).execution_options(populate_existing=True)
    ).one()


def test_something_bought_elsewhere_from_the_first_question_to_recorded(world: World, client: Any) -> None:
    assert "I bought something elsewhere" in said(get(client, f"{world.at}/buy"))
    at = post(client, f"{world.at}/buy").location
    at = post(client, at, description="Swim hat", amount="£12.50", category="activities-and-leisure").location
    outcomes = said(get(client, at))
    assert "£120 of £120 left in" in outcomes
    at = post(client, at, outcome=world.outcomes[SWIM]).location
    assert at.endswith("/details")
    at = post(client, at, payee_name="Catford Leisure", **day("bought_on", clock.today())).location
    assert at.endswith("/receipt")
    at = post(client, at, receipt=photo()).location
    check = said(get(client, at))
    assert "Fine to buy" in check
    assert "Catford Leisure" in check
    assert "till.jpg" in check
    assert f"This leaves £987.50 safe to spend in {clock.say_month(clock.today().replace(day=1))}." in check
    at = post(client, at.replace("/check", "/send")).location
    assert "Recorded" in said(get(client, at))
    purchase = newest()
    assert (purchase.state, purchase.total_pence, purchase.receipt_count) == (State.PAID, 1_250, 1)


def test_from_a_listing_the_price_is_worked_out_and_money_set_aside(world: World, client: Any) -> None:
    listing = listing_of(make_provider())
    db.session.commit()
    first = said(get(client, f"{world.at}/buy?listing={listing.ref}"))
    assert "One-to-one company at the pool Swim Together CIC £22 an hour" in first
    at = post(client, f"{world.at}/buy", listing=listing.ref).location
    assert "How many hours do you want?" in said(get(client, at))
    at = post(client, at, quantity="4").location
    at = post(client, at, outcome=world.outcomes[SWIM]).location
    assert at.endswith("/details"), "a listing for an activity does not ask about family"
    at = post(client, at, **day("needed_from", clock.today())).location
    assert "£88.00" in said(get(client, at))
    at = post(client, at.replace("/check", "/send")).location
    assert "Fine to buy" in said(get(client, at))
    assert newest().state is State.APPROVED


def test_a_listing_without_a_price_asks_for_the_one_they_were_told(world: World, client: Any) -> None:
    listing = listing_of(make_provider(listings=[swim(price_pence=None)]))
    db.session.commit()
    at = post(client, f"{world.at}/buy", listing=listing.ref).location
    again = post(client, at, status=400, quantity="2")
    assert "Enter the price you were told" in said(again)
    post(client, at, quantity="2", amount="50")
    assert newest().total_pence == 5_000


def test_paying_a_person_asks_whether_they_are_family(world: World, client: Any) -> None:
    listing = listing_of(make_pa(price_pence=1_800))
    db.session.commit()
    at = post(client, f"{world.at}/buy", listing=listing.ref).location
    at = post(client, at, quantity="2").location
    at = post(client, at, outcome=world.outcomes[REST]).location
    assert "Is the person who is paid in your family?" in said(get(client, at))
    assert "Say whether the person who is paid is family" in said(post(client, at, status=400))
    post(client, at, family_member="household")
    assert newest().lines[0].family_member == "household"


def test_a_page_with_an_error_keeps_all_that_was_typed(world: World, client: Any) -> None:
    at = post(client, f"{world.at}/buy").location
    soup = soup_of(
        post(client, at, status=400, description="Bath seat <b>", amount="eighteen", category="equipment-and-aids")
    )
    assert soup.find(id="description")["value"] == "Bath seat <b>"
    assert soup.find(id="amount")["value"] == "eighteen"
    assert soup.select_one("#category option[selected]")["value"] == "equipment-and-aids"
    assert soup.select_one(".nhsuk-error-summary a")["href"] == "#amount"
    assert soup.title.text.startswith("Error: ")


def test_going_back_finds_what_was_typed_and_a_draft_can_be_gone_on_with(world: World, client: Any) -> None:
    at = post(client, f"{world.at}/buy").location
    line = post(client, at, description="Swim hat", amount="12.50", category="").location.replace("/outcome", "")
    soup = soup_of(get(client, line))
    assert soup.find(id="description")["value"] == "Swim hat"
    assert soup.find(id="amount")["value"] == "12.50"
    start = get(client, f"{world.at}/buy")
    assert "You have begun already" in said(start)
    check = soup_of(start).select_one("a[href$='/check']")["href"]
    missing = said(get(client, check))
    assert "Something is still missing" in missing
    assert "Choose which outcome Swim hat is for" in missing
    refused = post(client, check.replace("/check", "/send"), status=400)
    assert "Choose which outcome Swim hat is for" in said(refused)


def test_changing_one_answer_comes_back_to_the_check(world: World, client: Any) -> None:
    purchase = world.draft()
    line = f"{world.at}/buy/{purchase.ref}/line/{purchase.lines[0].ref}?then=check"
    at = post(client, line, description="Pool sessions", amount="40", category="").location
    assert at.endswith("/check?then=check")
    assert "£960.00 safe to spend" in said(get(client, at))


def test_a_regular_payment_is_filled_in_and_only_its_day_is_asked(world: World, client: Any) -> None:
    payment = agreeing.agree_regular_payment(
        SYSTEM,
        world.budget,
        outcome_id=plans.outcome_for(actor_for(world.account), world.person, world.outcomes[REST]).id,
        words="Saturday afternoons with Marta",
        payee="Marta K.",
        category="personal-assistants",
        amount_pence=6_000,
        day_of_month=28,
        starts_on=clock.today().replace(day=1),
    )
    db.session.commit()
    assert "Saturday afternoons with Marta Marta K. £60.00" in said(
        get(client, f"{world.at}/buy?regular={payment.ref}")
    )
    at = post(client, f"{world.at}/buy", regular=payment.ref).location
    assert soup_of(get(client, at)).find(id="payee_name")["value"] == "Marta K."
    at = post(client, at, payee_name="Marta K.", **day("bought_on", clock.today())).location
    at = at.replace("/receipt", "/send")
    assert "Recorded" in said(get(client, post(client, at).location))
    stranger = make_world()
    db.session.commit()
    get(client, f"{stranger.at}/buy?regular={payment.ref}", 404)
    get(client, f"{world.at}/buy?regular=%00'", 404)


def test_wine_is_stopped_kindly_and_the_rest_goes_through(world: World, client: Any) -> None:
    purchase = world.draft(("Pool sessions", 1_840), ("2 bottles of Merlot", 1_600))
    base = f"{world.at}/buy/{purchase.ref}"
    page = get(client, f"{base}/check")
    words = said(page)
    assert "We can't pay for “2 bottles of Merlot”" in words
    assert "How we know" in words
    assert "The rest (£18.40) can go on." in words
    assert not soup_of(page).find("form", action=lambda to: to and to.endswith("/send")), "nothing to send yet"
    assert post(client, f"{base}/take-out").location.endswith("/check")
    assert "Merlot" not in said(get(client, f"{base}/check")).replace("We took it out", "")
    post(client, f"{base}/send")
    assert (newest().state, newest().total_pence) == (State.PAID, 1_840)


def test_what_was_stopped_after_sending_says_the_same(world: World, client: Any) -> None:
    purchase = world.sent(("Pool sessions", 1_840), ("2 bottles of Merlot", 1_600))
    assert purchase.state is State.BLOCKED
    words = said(get(client, f"{world.at}/purchases/{purchase.ref}"))
    assert "We can't pay for “2 bottles of Merlot”" in words
    assert "Until you ask, nobody else is told." in words
    assert "Priya Shah is your coordinator" in said(get(client, f"{world.at}/purchases/{purchase.ref}/ask"))
    assert post(client, f"{world.at}/purchases/{purchase.ref}/revise").location.endswith("/check")


def test_more_than_there_is_says_so_and_nothing_is_sent(world: World, client: Any) -> None:
    purchase = world.draft(("Pool sessions", 200_000))
    words = said(get(client, f"{world.at}/buy/{purchase.ref}/check"))
    assert "We can't pay for this now" in words
    assert "£1,000.00 is safe to spend" in words


def test_a_referral_names_who_answers_by_when_before_and_after_sending(world: World, client: Any) -> None:
    purchase = world.draft(("A trampoline for the garden", 3_200))
    by = clock.say_day(clock.add_working_days(clock.today(), 2))
    check = said(get(client, f"{world.at}/buy/{purchase.ref}/check"))
    assert "Priya Shah will look at this" in check
    assert f"Priya Shah will answer by {by}" in check
    at = post(client, f"{world.at}/buy/{purchase.ref}/send").location
    sent = said(get(client, at))
    assert f"Priya Shah will answer by {by} . We hold £32.00 for it meanwhile." in sent


def test_the_same_form_sent_twice_buys_once(world: World, client: Any) -> None:
    purchase = world.draft()
    form = {"form_id": str(uuid4())}
    first = post(client, f"{world.at}/buy/{purchase.ref}/send", **form).location
    assert post(client, f"{world.at}/buy/{purchase.ref}/send", **form).location == first
    form = {"form_id": str(uuid4())}
    assert post(client, f"{world.at}/buy", **form).location == post(client, f"{world.at}/buy", **form).location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Purchase)) == 2


def test_what_was_sent_already_shows_itself_in_place_of_a_question(world: World, client: Any) -> None:
    purchase = world.sent()
    for page in ("check", "details", "receipt", "line", f"line/{purchase.lines[0].ref}/outcome"):
        assert get(client, f"{world.at}/buy/{purchase.ref}/{page}", 303).location.endswith(f"purchases/{purchase.ref}")


def test_somebody_elses_purchase_does_not_exist(world: World, client: Any, sign_in: Any) -> None:
    purchase = world.draft()
    stranger = make_world()
    sign_in(client, stranger.account)
    get(client, f"{world.at}/buy/{purchase.ref}/check", 404)
    get(client, f"{stranger.at}/buy/{purchase.ref}/check", 404)
    post(client, f"{stranger.at}/buy/{purchase.ref}/send", 404)


def test_who_may_only_look_is_told_so(world: World, client: Any, sign_in: Any) -> None:
    aunt = make_account("Auntie May")
    give_authority(aunt, world.person, AuthorityKind.REPRESENTATIVE, Scope.VIEW)
    sign_in(client, aunt)
    assert "you cannot ask to buy" in said(get(client, f"{world.at}/buy", 403))


def test_a_broker_prepares_and_the_holder_says_yes(world: World, client: Any, sign_in: Any) -> None:
    broker = make_account("Bola Adeyemi")
    give_authority(broker, world.person, AuthorityKind.BROKER, Scope.PREPARE)
    purchase = world.draft(by=broker)
    sign_in(client, broker)
    assert "own side is asked to say yes" in said(get(client, f"{world.at}/buy/{purchase.ref}/check"))
    at = post(client, f"{world.at}/buy/{purchase.ref}/send").location
    assert "Sent to be confirmed" in said(get(client, at))
    own = f"{world.at}/purchases/{purchase.ref}"
    assert "Yes, buy this" not in said(get(client, own))
    post(client, f"{own}/confirm", 403)
    sign_in(client, world.account)
    assert "Bola Adeyemi prepared this for you" in said(get(client, own))
    post(client, f"{own}/confirm")
    assert newest().state is State.PAID


def naughty(shared: Path) -> list[str]:
    file = shared / "data" / "bad_input" / "naughty_strings.json"
    if not file.exists():
        pytest.skip("the list of naughty strings is not here")
    strings: list[str] = json.loads(file.read_text(encoding="utf-8"))
    return [text for text in strings if text.strip()]


def test_nothing_a_person_can_type_breaks_a_page_or_comes_out_as_markup(
    world: World, client: Any, shared: Path
) -> None:
    """As what it is, who was paid, and a note; read back on the pages that show it."""
    strings = naughty(shared)
    today = {name.replace("__", "-"): value for name, value in day("bought_on", clock.today()).items()}
    for start in range(0, len(strings), 18):
        base = post(client, f"{world.at}/buy").location.removesuffix("/line")
        for text in strings[start : start + 18]:
            answer = client.post(f"{base}/line", data={"description": text, "amount": "1", "category": ""})
            assert answer.status_code in (303, 400), text
        answer = client.post(f"{base}/details", data={"payee_name": text, "note": text, **today})
        assert answer.status_code in (303, 400), text
        assert_harmless(client.get(f"{base}/check", follow_redirects=True).text, text)
    answer = client.post(f"{base}/line", data={"description": "", "amount": strings[7], "category": strings[8]})
    assert answer.status_code == 400
    assert_harmless(answer.text, strings[7])


def assert_harmless(page: str, typed: str) -> None:
    soup = BeautifulSoup(page, "html.parser")
    assert len(soup.find_all("script")) <= 1, typed  # the one of the page itself
    assert not soup.find_all(["img", "iframe", "object", "embed", "link[rel=import]"]), typed
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)], typed


def test_somebody_with_two_budgets_chooses_which_one_pays(world: World, client: Any) -> None:
    chair = make_budget(world.person, make_plan(world.person), paid_in=True)
    chair.name = "Wheelchair budget"
    db.session.commit()
    page = soup_of(get(client, f"{world.at}/buy?budget={chair.ref}"))
    ticked = page.select_one("input[name=budget][checked]")
    assert ticked is not None
    assert ticked["value"] == chair.ref
    post(client, f"{world.at}/buy", budget=chair.ref)
    assert db.session.scalars(sa.select(Purchase).where(Purchase.budget_id == chair.id)).one()
    post(client, f"{world.at}/buy", 404, budget="h7kq2mzr9tcb")
