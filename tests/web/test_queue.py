"""The coordinator's queue and decision page."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.identity import sessions
from app.identity.models import Account
from app.identity.proofs import Proof
from app.identity.rules import AuthorityKind, Scope
from app.marketplace.models import Listing
from app.purchases import queries, service
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, State, Way
from tests.factories import actor_for, give_authority, make_account, make_post
from tests.marketplace.making import make_provider, put_outcodes, swim
from tests.web.buying_world import SWIM, World, get, make_world, photo, post, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.coordinator)
    return made


def colleague_of(world: World, name: str = "Tom Reid") -> Account:
    account = make_account(name)
    make_post(account, world.commissioner)
    db.session.commit()
    return account


def page_of(world: World, purchase: Purchase) -> str:
    found = queries.open_request_of(actor_for(world.account), purchase)
    assert found is not None
    return f"/staff/requests/{found.ref}"


def again(purchase: Purchase) -> Purchase:
    db.session.refresh(purchase)
    return purchase


def test_the_queue_says_who_what_and_by_when(world: World, client: Any) -> None:
    assert "Nothing waits for an answer" in said(get(client, "/staff/queue"))
    world.referred()
    words = said(get(client, "/staff/queue"))
    by = clock.say_day(clock.add_working_days(clock.today(), 2))
    age = world.person.age_on(clock.today())
    assert f"Sam, {age}: A trampoline for the garden £32.00" in words
    assert f"by {by}" in words
    assert "Mine (1)" in words


def test_late_is_marked_in_words(world: World, client: Any) -> None:
    purchase = world.referred()
    with clock.at(clock.now() + timedelta(days=20)):
        token = sessions.open_session(world.coordinator, Proof.PASSKEY)
        db.session.commit()
        with client.session_transaction() as cookie:
            cookie["token"] = token
        assert "Late was due" in said(get(client, "/staff/queue"))
        assert "Late The answer was due by" in said(get(client, page_of(world, purchase)))


def test_one_page_has_all_that_is_needed_and_nothing_else_of_the_money(world: World, client: Any) -> None:
    world.sent(("Pool sessions", 1_111))
    words = said(get(client, page_of(world, world.referred())))
    for wanted in (
        "Sam, ",
        "A trampoline for the garden",
        SWIM,
        "Safe to spend now: £956.89",
        "If you approve: £956.89",
        "If you decline: £988.89",
    ):
        assert wanted in words
    assert "isn't in your plan yet" in words
    assert "nobody has decided one yet" in words
    assert "11.11" not in words
    assert "Okafor" not in words.replace("Asked by Sam Okafor", "")


def test_the_price_stands_beside_the_local_range(world: World, client: Any) -> None:
    put_outcodes()
    make_provider(listings=[swim(price_pence=price) for price in (*range(1_000, 2_200, 100), 9_000)])
    actor = actor_for(world.account)
    ref = db.session.query(Listing).filter_by(price_pence=9_000).one().ref
    purchase = service.start_draft(actor, world.person, way=Way.LISTING, listing_ref=ref)
    service.put_line(actor, purchase, purchase.lines[0].ref, LineInput(outcome_ref=world.outcomes[SWIM]))
    service.set_details(actor, purchase, DetailsInput(needed_from=clock.today()))
    service.submit(actor, purchase)
    db.session.commit()
    words = said(get(client, page_of(world, purchase)))
    assert "1 hour at £90.00" in words
    assert "Others near ask £11 to £21 for one hour" in words


def test_approving_tells_what_was_done(world: World, client: Any) -> None:
    purchase = world.referred()
    own = page_of(world, purchase)
    at = post(client, f"{own}/approve", why="Enjoy it!").location
    assert "You approved A trampoline for the garden. Sam is told." in said(get(client, at))
    assert again(purchase).state is State.PAID  # it was bought before it was recorded
    assert "Enjoy it!" in said(get(client, own))


def test_asking_and_the_answer(world: World, client: Any, sign_in: Any) -> None:
    purchase = world.referred()
    own = page_of(world, purchase)
    assert "Write your question" in said(post(client, f"{own}/ask", 400))
    post(client, f"{own}/ask", question="Where will it stand?")
    words = said(get(client, own))
    assert "It waits for Sam's answer" in words
    assert "Waiting for Sam" in said(get(client, "/staff/queue"))
    assert "Approve" not in words
    assert "Question asked" in said(get(client, own))
    post(client, f"{own}/message", message="No hurry at all.")
    sign_in(client, world.account)
    post(client, f"{world.at}/purchases/{purchase.ref}/answer", answer="By the shed.")
    sign_in(client, world.coordinator)
    words = said(get(client, own))
    assert "By the shed." in words
    assert "No hurry at all." in words
    assert "Approve" in words


def test_declining_needs_a_reason_shows_it_first_and_then_sends_it(world: World, client: Any) -> None:
    purchase = world.referred()
    own = f"{page_of(world, purchase)}/decline"
    assert "Choose a reason" in said(post(client, own, 400))
    kept = soup_of(post(client, own, 400, reason="The park has one."))
    assert kept.find("textarea").text.strip() == "The park has one."
    typed = {"reason_code": "another_way", "reason": "The park has one.\r\nIt is free <b>for all</b>."}
    preview = post(client, own, 200, **typed)
    words = said(preview)
    assert "This is what Sam will read" in words
    assert "Priya Shah looked at A trampoline for the garden and did not agree to it" in words
    assert "It is free <b>for all</b>." in words
    assert again(purchase).state is State.AWAITING_APPROVAL
    fields = {field["name"]: field["value"] for field in soup_of(preview).main.select("input[type=hidden]")}
    changed = soup_of(post(client, own, 200, **fields, step="change"))
    assert "for all" in changed.find("textarea").text
    post(client, own, **{name: fields[name] for name in ("reason_code", "reason")}, step="send")
    assert again(purchase).state is State.DECLINED
    assert again(purchase).lines


def test_a_notice_about_what_one_has_answered_is_read(world: World, client: Any) -> None:
    own = page_of(world, world.referred())
    assert "not read" in soup_of(get(client, own)).header.get_text()
    post(client, f"{own}/approve")
    assert "not read" not in soup_of(get(client, "/staff/queue")).header.get_text()


def test_handing_over_and_taking(world: World, client: Any, sign_in: Any) -> None:
    tom = colleague_of(world)
    own = page_of(world, world.referred())
    assert "Choose a colleague" in said(post(client, f"{own}/hand-over", 400))
    post(client, f"{own}/hand-over", to=tom.ref)
    assert "Nothing waits for you" in said(get(client, "/staff/queue"))
    team = said(get(client, "/staff/queue?scope=team"))
    assert "With Tom Reid" in team
    taken = said(get(client, own))
    assert "Tom Reid has this one now." in taken
    assert "if Tom Reid is away or has too much to do" in taken
    assert "sees that you looked" in taken
    assert post(client, f"{own}/take").location.endswith(own)
    assert "With you" in said(get(client, own))


def test_whoever_comes_second_is_told_who_was_first(world: World, client: Any) -> None:
    tom = colleague_of(world)
    purchase = world.referred()
    own = page_of(world, purchase)
    get(client, own)
    service.take(actor_for(tom), own.rsplit("/", 1)[1])
    service.approve(actor_for(tom), own.rsplit("/", 1)[1])
    db.session.commit()
    for verb in ("approve", "decline", "ask"):
        answer = post(client, f"{own}/{verb}", 409, reason_code="too_much", reason="No", question="Why?", step="send")
        assert "Tom Reid answered this already" in said(answer), verb


def test_a_colleagues_request_opens_when_it_is_taken(world: World, client: Any, sign_in: Any) -> None:
    own = page_of(world, world.referred())
    sign_in(client, colleague_of(world))
    team, closed = said(get(client, "/staff/queue?scope=team")), said(get(client, own))
    assert "Sam" in team
    for words in (team, closed):
        assert "trampoline" not in words
        assert "Priya Shah" in words
    post(client, f"{own}/approve", 409)
    post(client, f"{own}/take")
    assert "trampoline" in said(get(client, own))


def test_nobody_decides_their_own(world: World, client: Any, sign_in: Any) -> None:
    give_authority(world.coordinator, world.person, AuthorityKind.REPRESENTATIVE, Scope.BUY)
    tom = colleague_of(world)
    own = page_of(world, world.sent(("A trampoline for the garden", 3_200), by=world.coordinator))
    assert "Nothing waits for an answer" in said(get(client, "/staff/queue?scope=team"))
    get(client, own, 404)
    post(client, f"{own}/approve", 404)
    sign_in(client, tom)
    assert "Approve" in said(get(client, own))  # it went to Tom at once


def test_another_commissioners_request_does_not_exist(world: World, client: Any, sign_in: Any) -> None:
    own = page_of(world, world.referred())
    sign_in(client, make_world().coordinator)
    get(client, own, 404)
    for verb in ("approve", "ask", "decline", "hand-over", "take", "message"):
        post(client, f"{own}/{verb}", 404)
    sign_in(client, world.account)
    get(client, own, 403)


def test_receipts_are_on_the_page(world: World, client: Any, sign_in: Any) -> None:
    purchase = world.referred()
    sign_in(client, world.account)
    post(client, f"{world.at}/purchases/{purchase.ref}/receipt", receipt=photo())
    sign_in(client, world.coordinator)
    link = soup_of(get(client, page_of(world, purchase))).select_one("a[href^='/receipts/']")
    assert get(client, link["href"]).mimetype == "image/jpeg"


def test_any_words_go_through_a_question_and_a_no(world: World, client: Any, shared: Path) -> None:
    file = shared / "data" / "bad_input" / "naughty_strings.json"
    if not file.exists():
        pytest.skip("the list of naughty strings is not here")
    own = page_of(world, world.referred())
    for text in json.loads(file.read_text(encoding="utf-8"))[::12]:
        answer = client.post(f"{own}/decline", data={"reason_code": "too_much", "reason": text})
        assert answer.status_code in (200, 400), text
        assert len(soup_of(answer).find_all("script")) <= 1, text
    post(client, f"{own}/ask", question="<script>alert('ask')</script> ﷽ \u202e")
    assert "<script>alert" not in get(client, own).text


@pytest.mark.parametrize(
    ("verb", "sent"),
    [
        ("approve", {"why": "x" * 2001}),
        ("ask", {}),
        ("message", {}),
        ("hand-over", {}),
        ("decline", {}),
        ("decline", {"step": "change"}),
        ("decline", {"reason_code": "too_much", "reason": "It costs more than others near you."}),
    ],
)
def test_no_way_of_opening_a_request_goes_unwritten(world: World, client: Any, verb: str, sent: dict[str, str]) -> None:
    page = page_of(world, world.referred())
    answer = client.post(f"{page}/{verb}", data=sent)
    assert answer.status_code in (200, 400)
    assert "A trampoline for the garden" in answer.text
    db.session.rollback()
    opened = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "purchases.open_request")).all()
    assert {entry.person_id for entry in opened} == {world.person.id}
