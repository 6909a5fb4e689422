"""A purchase's own page, and what its person's side can do there."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from app.core import clock
from app.core.db import db
from app.identity import sessions
from app.identity.proofs import Proof
from app.identity.rules import AuthorityKind, Scope
from app.purchases import deciding, queries, service
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, State, Way
from tests.factories import actor_for, give_authority, make_account
from tests.marketplace.making import listing_of, make_provider
from tests.web.buying_world import SWIM, World, day, get, make_world, photo, post, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.account)
    return made


def again(purchase: Purchase) -> Purchase:
    """The purchase as it is in the database now."""
    db.session.refresh(purchase)
    return purchase


def page_of(world: World, purchase: Purchase) -> str:
    return f"{world.at}/purchases/{purchase.ref}"


def approved(world: World) -> Purchase:
    """Something from the marketplace that is fine to buy."""
    actor = actor_for(world.account)
    ref = listing_of(make_provider()).ref
    purchase = service.start_draft(actor, world.person, way=Way.LISTING, listing_ref=ref)
    service.put_line(actor, purchase, purchase.lines[0].ref, LineInput(outcome_ref=world.outcomes[SWIM]))
    service.set_details(actor, purchase, DetailsInput(needed_from=clock.today()))
    service.submit(actor, purchase)
    db.session.commit()
    assert purchase.state is State.APPROVED
    return purchase


def request_ref(world: World, purchase: Purchase) -> str:
    found = queries.open_request_of(actor_for(world.account), purchase)
    assert found is not None
    return found.ref


def test_the_story_says_who_answers_until_when_and_why(world: World, client: Any) -> None:
    words = said(get(client, page_of(world, world.referred())))
    by = clock.say_day(clock.add_working_days(clock.today(), 2))
    assert f"Priya Shah will answer by {by} . We hold £32.00 for it meanwhile." in words
    assert "Why a person looks at this" in words
    assert "looked at this" not in words
    assert "Swim every week and feel stronger" in words


def test_that_somebody_looked_is_said_only_afterwards(world: World, client: Any) -> None:
    purchase = world.referred()
    service.cancel(actor_for(world.account), purchase)
    db.session.commit()
    assert "a person look" not in said(get(client, page_of(world, purchase))), "nobody has, and nobody will"
    nadia = make_account("Nadia Broker")
    give_authority(nadia, world.person, AuthorityKind.BROKER, Scope.PREPARE)
    prepared = world.sent(("A trampoline for the garden", 3_200), by=nadia)
    assert "Why a person will look at this" in said(get(client, page_of(world, prepared)))
    second = world.referred()
    deciding.approve(actor_for(world.coordinator), request_ref(world, second), "")
    db.session.commit()
    assert "Why a person looked at this" in said(get(client, page_of(world, second)))


def test_late_is_said_as_it_is(world: World, client: Any) -> None:
    purchase = world.referred()
    with clock.at(clock.now() + timedelta(days=20)):
        words = said(get_as(client, world, page_of(world, purchase)))
    assert "Priya Shah has not answered yet" in words
    assert "We still hold £32.00" in words


def get_as(client: Any, world: World, address: str) -> Any:
    """Sign in anew at whatever the time is believed to be, then ask for a page."""
    token = sessions.open_session(world.account, Proof.PASSKEY)
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["token"] = token
    return get(client, address)


def test_a_question_is_answered_on_the_page_and_a_wrong_answer_is_kept(world: World, client: Any) -> None:
    purchase = world.referred()
    service.ask(actor_for(world.coordinator), request_ref(world, purchase), "Is it for the garden?")
    db.session.commit()
    own = page_of(world, purchase)
    assert "Is it for the garden?" in said(get(client, own))
    assert "Write your answer" in said(post(client, f"{own}/answer", 400))
    long = "Yes. " * 1000
    soup = soup_of(post(client, f"{own}/answer", 400, answer=long))
    assert soup.find("textarea").text.strip() == long.strip()
    post(client, f"{own}/answer", answer="Yes, for the <b>garden</b>.")
    page = get(client, own)
    assert "Yes, for the <b>garden</b>." in said(page)
    assert "<b>garden" not in page.text
    assert again(purchase).state is State.AWAITING_APPROVAL


def test_a_message_while_it_waits(world: World, client: Any) -> None:
    own = page_of(world, world.referred())
    post(client, f"{own}/message", message="There is no hurry.")
    assert "There is no hurry." in said(get(client, own))


def test_taking_back_shows_what_it_sets_free_and_sends_twice_do_it_once(world: World, client: Any) -> None:
    purchase = world.referred()
    own = page_of(world, purchase)
    assert "We let go of £32.00" in said(get(client, f"{own}/take-back"))
    form = {"form_id": str(uuid4()), "reason": "It is winter"}
    assert post(client, f"{own}/take-back", **form).location == post(client, f"{own}/take-back", **form).location
    assert again(purchase).state is State.CANCELLED
    words = said(get(client, own))
    assert "The money is free again." in words
    assert "It is winter" in words
    assert get(client, f"{own}/take-back", 303).location.endswith(own)


def test_a_draft_can_be_thrown_away(world: World, client: Any) -> None:
    purchase = world.draft()
    assert post(client, f"{page_of(world, purchase)}/take-back").location.endswith(f"{world.at}/")
    assert again(purchase).state is State.CANCELLED


def test_paying_keeps_what_was_typed_then_writes_it_down_with_the_receipt(world: World, client: Any) -> None:
    purchase = approved(world)
    own = page_of(world, purchase)
    tomorrow = clock.today() + timedelta(days=1)
    wrong = post(client, f"{own}/pay", 400, **day("paid_on", tomorrow), how="other", how_else="Postal order")
    assert "not in the future" in said(wrong)
    assert soup_of(wrong).find(id="how_else")["value"] == "Postal order"
    post(client, f"{own}/pay", 400, **day("paid_on", clock.today()), how="other")
    assert again(purchase).state is State.APPROVED
    post(client, f"{own}/pay", **day("paid_on", clock.today()), how="card", receipt=photo())
    assert (again(purchase).state, purchase.paid_how, purchase.receipt_count) == (State.PAID, "By card", 1)
    assert "Did you get it" in said(get(client, own))
    post(client, f"{own}/delivered")
    assert "Nothing is left to do." in said(get(client, own))


def test_a_file_that_is_no_receipt_leaves_the_payment_undone(world: World, client: Any) -> None:
    purchase = approved(world)
    bad = (BytesIO(b"MZ not a picture"), "receipt.jpg")
    post(client, f"{page_of(world, purchase)}/pay", 400, **day("paid_on", clock.today()), how="card", receipt=bad)
    assert (again(purchase).state, purchase.receipt_count) == (State.APPROVED, 0)


def test_a_stale_button_says_what_happened(world: World, client: Any) -> None:
    purchase = world.referred()
    answer = post(client, f"{page_of(world, purchase)}/delivered", 409)
    assert "Someone is looking at it" in said(answer)
    assert "See how it stands now" in said(answer)


def test_no_is_read_with_its_reason_as_it_was_written(world: World, client: Any) -> None:
    purchase = world.referred()
    service.decline(
        actor_for(world.coordinator), request_ref(world, purchase), "another_way", "The park has one.\nIt is free."
    )
    db.session.commit()
    words = said(get(client, page_of(world, purchase)))
    assert "Priya Shah looked at A trampoline for the garden and did not agree" in words
    assert "The NHS or another service gives this another way" in words
    assert "The park has one. It is free." in words


def test_who_may_only_look_has_no_buttons(world: World, client: Any, sign_in: Any) -> None:
    aunt = make_account("Auntie May")
    give_authority(aunt, world.person, AuthorityKind.REPRESENTATIVE, Scope.VIEW)
    purchase = world.referred()
    sign_in(client, aunt)
    soup = soup_of(get(client, page_of(world, purchase)))
    assert not soup.main.find("form")
    assert "take it back" not in soup.main.text
    post(client, f"{page_of(world, purchase)}/take-back", 403)


def test_the_holder_may_say_no_to_what_was_prepared(world: World, client: Any) -> None:
    broker = make_account("Bola Adeyemi")
    give_authority(broker, world.person, AuthorityKind.BROKER, Scope.PREPARE)
    purchase = world.sent(by=broker)
    own = page_of(world, purchase)
    assert "Bola Adeyemi is told" in said(get(client, f"{own}/turn-down"))
    post(client, f"{own}/turn-down", reason="Not this month")
    assert again(purchase).state is State.CANCELLED


@pytest.mark.parametrize("verb", ["show", "answer", "message", "pay", "delivered", "take-back", "confirm", "revise"])
def test_somebody_elses_purchase_does_not_exist(world: World, client: Any, sign_in: Any, verb: str) -> None:
    purchase = world.referred()
    stranger = make_world()
    sign_in(client, stranger.account)
    for at in (world.at, stranger.at):
        own = f"{at}/purchases/{purchase.ref}"
        if verb == "show":
            get(client, own, 404)
        else:
            post(client, f"{own}/{verb}", 404)
