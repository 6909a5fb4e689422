"""The pages of second looks: appeals, what went wrong, money back, changes, ideas."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.purchases import service
from app.purchases.models import Purchase
from app.purchases.problem_queries import problem_of
from app.purchases.refund_rules import RefundInput
from app.purchases.rules import State
from tests.factories import actor_for, make_account, make_post
from tests.web.buying_world import SWIM, World, day, get, make_world, post, said
from tests.web.test_purchases import again, approved, page_of, request_ref


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    marcus = make_account("Marcus Bell")
    make_post(marcus, made.commissioner)
    sign_in(client, made.account)
    return made


def sent(world: World, *lines: tuple[str, int]) -> Purchase:
    purchase = service.submit(actor_for(world.account), world.draft(*lines))
    db.session.commit()
    return purchase


def declined(world: World) -> Purchase:
    purchase = sent(world, ("Karaoke machine", 3_200))
    ref = request_ref(world, purchase)
    service.decline(actor_for(world.coordinator), ref, "not_in_plan", "It is not in your plan.")
    db.session.commit()
    return purchase


def paid(world: World) -> Purchase:
    purchase = sent(world)
    assert purchase.state is State.PAID
    return purchase


def test_an_appeal_says_who_reads_it_and_keeps_what_was_typed(world: World, client: Any) -> None:
    purchase = declined(world)
    assert "Ask for a second look" in said(get(client, page_of(world, purchase)))
    at = f"{page_of(world, purchase)}/appeal"
    page = said(get(client, at))
    assert "Marcus Bell will look at it" in page
    assert world.coordinator.name not in page
    assert client.post(at, data={"why": " "}).status_code == 400
    post(client, at, why="Singing keeps my lungs open.")
    assert again(purchase).state is State.UNDER_APPEAL
    page = said(get(client, page_of(world, purchase)))
    assert "We hold £32.00 for it meanwhile" in page
    assert "Singing keeps my lungs open." in page
    service.decline(actor_for(_marcus(purchase)), request_ref(world, purchase), "too_much", "I looked again.")
    db.session.commit()
    page = said(get(client, page_of(world, purchase)))
    assert "This was the second look" in page
    assert "Ombudsman" in page
    assert client.get(at).status_code == 303


def _marcus(purchase: Purchase) -> Any:
    from app.approvals import queries as approval_queries

    request = approval_queries.latest_for(purchase.id)
    assert request is not None
    return request.assignee


def test_what_was_stopped_says_what_becomes_known(world: World, client: Any) -> None:
    purchase = sent(world, ("2 bottles of Merlot", 1_798))
    assert purchase.state is State.BLOCKED
    page = said(get(client, f"{page_of(world, purchase)}/appeal"))
    assert "Until now nobody but your own side knows" in page


def test_a_second_look_at_a_stop_is_asked_for_from_the_check(world: World, client: Any) -> None:
    purchase = world.draft(("2 bottles of Merlot", 1_600))
    base = f"{world.at}/buy/{purchase.ref}"
    assert "Ask for a second look" in said(get(client, f"{base}/check"))
    there = post(client, f"{base}/send", second_look="yes").location
    assert there == f"{page_of(world, purchase)}/appeal"
    post(client, there, why="The wine is for a cooking course in the plan.")
    db.session.refresh(purchase)
    assert purchase.state is State.UNDER_APPEAL


def test_wrong_then_money_back_then_it_is_in_spending(world: World, client: Any, sign_in: Any) -> None:
    purchase = paid(world)
    at = page_of(world, purchase)
    assert client.post(f"{at}/wrong", data={"words": ""}).status_code == 400
    post(client, f"{at}/wrong", words="The pool was shut.")
    page = said(get(client, at))
    assert "The pool was shut." in page
    post(client, f"{at}/message", message="Could you ring them?")
    assert "Could you ring them?" in said(get(client, at))
    typed = {"amount": "99", "how": "money", "why": "Shut", **day("on", clock.today())}
    answer = post(client, f"{at}/refund", 400, **typed)
    assert "£32.00 or less" in answer.text
    post(client, f"{at}/refund", **typed | {"amount": "12"})
    assert again(purchase).state is State.PART_REFUNDED
    assert "£12.00 of £32.00 came back" in said(get(client, at))
    assert "Money back: Pool sessions" in said(get(client, f"{world.at}/spending"))
    assert "something is wrong" in said(get(client, at))  # with the rest it still can be
    post(client, f"{at}/refund", **typed | {"amount": "20"})
    assert client.get(f"{at}/wrong").status_code == 303


def test_a_coordinator_helps_and_finishes_it(world: World, client: Any, sign_in: Any) -> None:
    purchase = paid(world)
    service.dispute(actor_for(world.account), purchase, "It never came.")
    db.session.commit()
    sign_in(client, world.coordinator)
    assert "1 person says" in said(get(client, "/staff/queue"))
    assert "It never came." in said(get(client, "/staff/problems"))
    problem = problem_of(purchase.id)
    assert problem is not None
    at = f"/staff/problems/{problem.ref}"
    assert "It never came." in said(get(client, at))
    assert client.post(f"{at}/message", data={"message": ""}).status_code == 400
    post(client, f"{at}/message", message="I rang them.")
    assert client.post(f"{at}/refund", data={"amount": "x"}).status_code == 400
    assert client.post(f"{at}/note", data={"words": " "}).status_code == 400
    post(client, f"{at}/note", words="They showed me the slip.")
    assert again(purchase).state is State.DELIVERED
    sign_in(client, _other(world))
    assert client.get(at).status_code == 404


def _other(world: World) -> Any:
    other = make_account("Una Other")
    make_post(other, world.commissioner)
    return other


def test_a_credit_note_is_offered_when_the_next_one_is_paid(world: World, client: Any) -> None:
    first = approved(world)
    service.mark_paid(actor_for(world.account), first, clock.today(), "By card")
    service.refund(actor_for(world.account), first, RefundInput(500, clock.today(), "credit_note"))
    db.session.commit()
    second = service.start_draft(actor_for(world.account), world.person, listing_ref=_listing(first))
    line = second.lines[0]
    line.outcome_id = first.lines[0].outcome_id
    second.needed_from = clock.today()
    db.session.flush()
    service.submit(actor_for(world.account), second)
    db.session.commit()
    at = f"{page_of(world, second)}/pay"
    assert "owes you £5.00" in said(get(client, at))
    post(client, at, **{"how": "card", "use_credit": "y", **day("paid_on", clock.today())})
    assert again(first).refunded_pence == 500
    assert "Taken off" in said(get(client, page_of(world, first)))


def _listing(purchase: Purchase) -> str:
    from app.marketplace.models import Listing

    return db.session.get_one(Listing, purchase.lines[0].listing_id).ref


def test_a_change_opens_a_draft_and_says_so(world: World, client: Any) -> None:
    purchase = approved(world)
    assert "Change this" in said(get(client, page_of(world, purchase)))
    answer = post(client, f"{page_of(world, purchase)}/change")
    assert "You are changing something that is agreed" in said(get(client, answer.headers["Location"]))
    assert "A change of this is not sent yet" in said(get(client, page_of(world, purchase)))
    assert f"A change of {purchase.title}" in said(get(client, f"{world.at}/"))


def test_an_idea_from_the_first_word_to_the_plan(world: World, client: Any, sign_in: Any) -> None:
    typed = {"words": "Wine tasting", "outcome": world.outcomes[SWIM], "amount": "12", "how_often": "once", "why": "x"}
    at = f"{world.at}/ideas"
    assert "No ideas yet" in said(get(client, at))
    assert client.post(f"{at}/new", data={"words": "Pottery"}).status_code == 400
    look = client.post(f"{at}/new", data=typed | {"step": "look"})
    assert "We can't pay for this" in said(look)
    assert "No ideas yet" in said(get(client, at))
    assert 'value="Wine tasting"' in client.post(f"{at}/new", data=typed | {"step": "change"}).text
    answer = post(client, f"{at}/new", **typed | {"words": "Pottery class", "step": "send"})
    one = answer.headers["Location"]
    assert "Someone is looking at it" in said(get(client, one))
    assert "Idea: Pottery class" in said(get(client, f"{world.at}/"))
    assert client.post(f"{one}/message", data={"message": ""}).status_code == 400
    post(client, f"{one}/message", message="It has a ramp.")
    assert "It has a ramp." in said(get(client, one))
    sign_in(client, world.coordinator)
    queue = client.get("/staff/queue").text
    request = queue.split("/staff/requests/")[1].split('"')[0]
    assert "Pottery class" in said(get(client, f"/staff/requests/{request}"))
    assert client.post(f"/staff/requests/{request}/terms", data={"up_to": "0"}).status_code == 400
    post(client, f"/staff/requests/{request}/terms", **{"up_to": "40", **day("until", clock.today())})
    post(client, f"/staff/requests/{request}/approve", why="Yes")
    sign_in(client, world.account)
    assert "up to £40.00 in all" in said(get(client, one))
    assert "Pottery class : £40.00 left" in said(get(client, f"{world.at}/plan"))
    assert "Pottery class : £40.00 left" in said(get(client, f"{world.at}/allowed"))
    draft = post(client, f"{one}/buy").headers["Location"]
    assert "Pottery class" in client.get(draft).text
    other = world.draft(("Clay", 900))
    db.session.commit()
    check = f"{world.at}/buy/{other.ref}/check"
    assert "Is this for it?" in said(get(client, check))
    post(client, f"{one}/use/{other.ref}")
    assert "This is for your idea" in said(get(client, check))
    assert client.post(f"{one}/take-back").status_code == 409
