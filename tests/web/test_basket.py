"""The basket, as somebody without JavaScript meets it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.core import clock
from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from app.marketplace.models import Listing
from app.marketplace.rules import Category, Unit
from app.messages.models import Notice
from app.purchases import service
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests.factories import actor_for, give_authority, make_account, make_budget
from tests.marketplace.making import listing_of, make_pa, make_provider, put_outcodes, swim
from tests.web.buying_world import REST, SWIM, World, day, get, make_world, post, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    put_outcodes()
    sign_in(client, made.account)
    return made


def offer(
    name: str, pence: int | None, title: str = "Pool sessions", category: Category = Category.ACTIVITIES
) -> Listing:
    found = listing_of(make_provider(name, listings=[swim(title, pence, category=category, unit=Unit.MONTH)]))
    db.session.commit()
    return found


def put(client: Any, world: World, listing: Listing, quantity: str = "1", **more: str) -> str:
    sent = {"quantity": quantity, "outcome": world.outcomes[SWIM], **day("needed_from", clock.today()), **more}
    return str(post(client, f"{world.at}/find/{listing.ref}/basket", **sent).location)


def seen(client: Any, world: World) -> str:
    return str(soup_of(get(client, f"{world.at}/basket")).select_one("input[name=seen]")["value"])


def states() -> dict[str, State]:
    rows = db.session.scalars(sa.select(Purchase).execution_options(populate_existing=True))
    return {row.title: row.state for row in rows}


def test_two_things_are_added_checked_sent_and_summed_up(world: World, client: Any) -> None:
    pool, karaoke = offer("Swim Together CIC", 2_200), offer("Karaoke Kate", 3_200, "Karaoke", Category.EQUIPMENT)
    page = soup_of(get(client, f"{world.at}/find/{pool.ref}/basket"))
    filled = {item["name"]: item.get("value") for item in page.select("main input[type=text]")}
    assert (filled["quantity"], filled["needed_from-year"]) == ("1", str(clock.today().year))
    assert page.select_one("input[name=outcome][checked]")["value"] == world.outcomes[SWIM]
    at = put(client, world, pool, "2")
    assert at == f"{world.at}/find/{pool.ref}", "back to where they were"
    there = said(get(client, at))
    assert "Pool sessions is in the basket. Nothing is sent yet." in there
    assert "Basket (1" in there
    put(client, world, karaoke)
    for where in ("/", "/find"):
        assert "Basket (2" in said(get(client, f"{world.at}{where}"))
    check = said(get(client, f"{world.at}/basket"))
    assert "2 things from 2 providers" in check
    assert "Swim Together CIC" in check
    assert "2 months £44.00" in check
    assert f"Helps with: {SWIM}" in check
    assert "Priya Shah will look at this, answer by" in check
    assert "All together £76.00" in check
    assert f"This leaves £924.00 safe to spend in {clock.say_month(clock.today().replace(day=1))}." in check
    assert "£32.00 is held while somebody looks" in check
    at = post(client, f"{world.at}/basket/send", seen=seen(client, world)).location
    summary = said(get(client, at))
    assert "Sent 2 purchases, £76.00 in all" in summary
    assert "We have set £44.00 aside" in summary
    assert "Priya Shah will answer by" in summary
    assert "£924.00 is safe to spend" in summary
    links = [str(link["href"]) for link in soup_of(get(client, at)).select("main .cp-rows a")]
    assert len(links) == 2
    for link in links:
        get(client, link)
    assert states() == {"Pool sessions": State.APPROVED, "Karaoke": State.AWAITING_APPROVAL}
    assert "Basket (" not in said(get(client, f"{world.at}/find"))


def test_what_does_not_fit_together_is_said_and_taken_out(world: World, client: Any) -> None:
    put(client, world, offer("Swim Together CIC", 60_000))
    put(client, world, offer("Ladywell Leisure", 60_000, "Gym"))
    page = said(get(client, f"{world.at}/basket"))
    assert "By itself this would fit. Together with what stands before it in the basket there is not enough." in page
    assert "We can't pay for this together with the rest" in page
    assert "Ask to buy all of it" not in page
    assert "All together £600.00" in page
    drafts = db.session.scalars(sa.select(Purchase).order_by(Purchase.id)).all()
    versions = " ".join(f"{item.ref}:{item.version}" for item in drafts)
    refused = post(client, f"{world.at}/basket/send", 409, seen=versions)
    assert "Gym from Ladywell Leisure cannot go now." in said(refused)
    assert set(states().values()) == {State.DRAFT}, "nothing of it was sent"
    post(client, f"{world.at}/basket/{drafts[1].ref}/take-out-stopped")
    post(client, f"{world.at}/basket/send", seen=seen(client, world))
    assert states() == {"Pool sessions": State.AWAITING_APPROVAL, "Gym": State.CANCELLED}


def test_money_that_has_just_gone_sends_nothing_and_says_which(world: World, client: Any) -> None:
    put(client, world, offer("Swim Together CIC", 20_000))
    put(client, world, offer("Ladywell Leisure", 30_000, "Gym"))
    before = seen(client, world)
    world.sent(("Swim hat", 60_000))
    page = post(client, f"{world.at}/basket/send", 409, seen=before)
    assert "Gym from Ladywell Leisure cannot go now." in said(page)
    assert "Nothing was sent." in said(page)
    assert "Pool sessions" in said(page), "nothing typed is lost"
    assert states()["Pool sessions"] is State.DRAFT


def test_a_second_tab_sends_nothing_twice(world: World, client: Any) -> None:
    put(client, world, offer("Swim Together CIC", 2_200))
    first = seen(client, world)
    put(client, world, offer("Ladywell Leisure", 3_200, "Gym"))
    stale = post(client, f"{world.at}/basket/send", 409, seen=first)
    assert "The basket has changed since you looked at it." in said(stale)
    now = seen(client, world)
    post(client, f"{world.at}/basket/send", seen=now)
    again = post(client, f"{world.at}/basket/send", 409, seen=now)
    assert "There is nothing in the basket. Perhaps it was sent a moment ago." in said(again)


def test_change_take_out_by_itself_and_empty(world: World, client: Any) -> None:
    pool, gym = offer("Swim Together CIC", 2_200), offer("Ladywell Leisure", 3_200, "Gym")
    put(client, world, pool)
    put(client, world, gym)
    soup = soup_of(get(client, f"{world.at}/basket"))
    change = next(str(a["href"]) for a in soup.select("main a") if "Change how many: Pool" in a.get_text())
    back = post(client, change, quantity="3").location
    assert get(client, back, 303).location == f"{world.at}/basket", "what is in the basket is checked there"
    assert "3 months £66.00" in said(get(client, f"{world.at}/basket"))
    forms = [str(form["action"]) for form in soup.select("main form[action]")]
    alone = next(at for at in forms if at.endswith("/by-itself"))
    at = post(client, alone).location
    assert "Check your answers" in said(get(client, at))
    assert "Put this in the basket" in said(get(client, at))
    assert "Basket (1" in said(get(client, f"{world.at}/find"))
    post(client, next(str(f["action"]) for f in soup_of(get(client, at)).select("form[action$=put-in]")))
    assert "2 things from 2 providers" in said(get(client, f"{world.at}/basket"))
    out = next(at for at in forms if at.endswith("/take-out"))
    post(client, out)
    assert "Pool sessions" not in said(get(client, f"{world.at}/basket")).replace("We took Pool sessions out.", "")
    assert "Gym from Ladywell Leisure, £32.00" in said(get(client, f"{world.at}/basket/empty"))
    post(client, f"{world.at}/basket/empty")
    assert "The basket is empty." in said(get(client, f"{world.at}/basket"))
    assert set(states().values()) == {State.CANCELLED}


def test_what_needs_another_look_is_asked_again_with_what_was_typed(world: World, client: Any) -> None:
    helper = listing_of(make_pa())
    told = offer("Ladywell Leisure", None, "Gym")
    db.session.commit()
    answer = post(
        client, f"{world.at}/find/{helper.ref}/basket", 400, quantity="none", **day("needed_from", clock.today())
    )
    page = said(answer)
    assert "Enter a number, like 4 or 2.5" in page
    assert "Say whether the person who is paid is family" in page
    assert soup_of(answer).select_one("input[name=quantity]")["value"] == "none"
    assert "Enter the price you were told" in said(
        post(client, f"{world.at}/find/{told.ref}/basket", 400, quantity="1")
    )
    put(client, world, told, amount="86.50")
    put(client, world, helper, outcome=world.outcomes[REST], family_member="household")
    page = said(get(client, f"{world.at}/basket"))
    assert "£86.50" in page
    assert "Family: Yes, and we live together" in page
    assert states() == {"Gym": State.DRAFT, "Company and care": State.DRAFT}


def test_one_basket_is_for_one_budget(world: World, client: Any) -> None:
    second = make_budget(world.person)
    second.name = "Equipment budget"
    pool = offer("Swim Together CIC", 2_200)
    assert "Which budget is it for?" in said(get(client, f"{world.at}/find/{pool.ref}/basket"))
    assert "Choose a budget" not in put(client, world, pool, budget=second.ref)
    assert "The basket is for Equipment budget." in said(get(client, f"{world.at}/find/{pool.ref}/basket"))
    assert "It is for Equipment budget." in said(get(client, f"{world.at}/basket"))
    sent = {"quantity": "1", "outcome": world.outcomes[SWIM], "budget": world.budget.ref}
    page = post(client, f"{world.at}/find/{pool.ref}/basket", 400, **sent, **day("needed_from", clock.today()))
    assert "The basket is for Equipment budget. Send or empty it first" in said(page)


def test_a_broker_over_the_limit_asks_the_person_once_for_all_of_it(world: World, client: Any, sign_in: Any) -> None:
    broker = make_account("Bea Broker")
    give_authority(broker, world.person, AuthorityKind.BROKER, Scope.BUY, 5_000)
    db.session.commit()
    sign_in(client, broker)
    put(client, world, offer("Swim Together CIC", 2_200))
    put(client, world, offer("Ladywell Leisure", 3_200, "Gym"))
    missing = soup_of(get(client, f"{world.at}/basket")).find(string="Say whether you get anything from this")
    at = missing.parent["href"]
    for _ in range(2):  # one question for each provider, one after the other
        at = post(client, at, gets="no").location
    assert at == f"{world.at}/basket"
    assert "Send all of it to" in said(get(client, at))
    at = post(client, f"{world.at}/basket/send", seen=seen(client, world)).location
    assert "says yes or no to each" in said(get(client, at))
    sign_in(client, world.account)
    notice = db.session.scalars(sa.select(Notice).where(Notice.account_id == world.account.id)).one()
    assert "2 things, £54.00 in all" in notice.title
    page = get(client, post(client, f"/notices/{notice.ref}").location)
    assert len(re.findall("Say yes or no :", said(page))) == 2
    first = db.session.scalars(sa.select(Purchase).order_by(Purchase.id)).first()
    assert first is not None
    service.confirm(actor_for(world.account), first)
    db.session.commit()
    assert "Fine to buy We have set £22.00 aside" in said(get(client, unquote(at)))


def test_who_may_only_look_sees_no_basket(world: World, client: Any, sign_in: Any) -> None:
    pool = offer("Swim Together CIC", 2_200)
    put(client, world, pool)
    looker = make_account("Val Viewer")
    give_authority(looker, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    db.session.commit()
    sign_in(client, looker)
    assert "Basket" not in said(get(client, f"{world.at}/find/{pool.ref}"))
    get(client, f"{world.at}/basket", 403)
    post(client, f"{world.at}/basket/send", 403)
    soup = BeautifulSoup(get(client, f"{world.at}/").text, "html.parser")
    assert not soup.select(".cp-basket-link")
