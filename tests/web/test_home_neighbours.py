"""What stands one tap from home: the working, what is allowed, who did what."""

from __future__ import annotations

import pytest

from app.audit import service as audit
from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from tests.factories import actor_for, give_authority, make_account
from tests.web.month import HOSTILE


def test_the_working_adds_up_and_says_who_pays(sam, client, sign_in):
    account, person, _, budget = sam
    sign_in(client, account)
    text = client.get(f"/p/{person.ref}/budget").text
    assert "£22,200.00" in text.split("Together")[1]
    assert "ask your coordinator about the difference" not in text
    assert "The NHS" in text
    assert "£1,500.00</span> a month" in text
    assert "£350.00</span> a month" in text
    budget.working[0].amount_pence -= 1
    assert "ask your coordinator about the difference" in client.get(f"/p/{person.ref}/budget").text


@pytest.mark.parametrize(
    ("asked", "says", "never"),
    [
        ("pool sessions", "It sounds like something in your plan: Swim every week", "national rule"),
        ("a harp", "No rule is against it", "It sounds like"),
        ("2 bottles of Merlot", "We can&#39;t pay for this", "You will be told for certain"),
        ("vape", "A person would look at this first", "This looks fine"),
    ],
)
def test_can_i_buy_answers_and_promises_nothing(sam, client, sign_in, asked, says, never):
    account, person, _, _ = sam
    sign_in(client, account)
    text = client.get(f"/p/{person.ref}/allowed", query_string={"q": asked}).text
    answer = text.split('class="cp-ask"')[0]
    assert says in answer
    assert never not in answer


def test_paying_family_is_for_a_person_to_look_at(sam, client, sign_in):
    account, person, _, _ = sam
    sign_in(client, account)
    for asked, looks in (("pay my brother to care for me", True), ("a birthday cake with my brother", False)):
        text = client.get(f"/p/{person.ref}/allowed", query_string={"q": asked}).text
        assert ("A person would look at this first" in text) is looks, asked


def test_can_i_buy_holds_the_price_against_what_is_safe(sam, client, sign_in):
    account, person, _, _ = sam
    sign_in(client, account)
    ask = f"/p/{person.ref}/allowed"
    assert "This would leave £240.60" in client.get(ask, query_string={"q": "pool", "amount": "22"}).text
    assert "more than the £262.60" in client.get(ask, query_string={"q": "pool", "amount": "270"}).text
    assert "Enter what you would like to buy" in client.get(ask, query_string={"q": " "}).text
    text = client.get(ask, query_string={"q": "pool", "amount": "lots"}).text
    assert "like 18 or 18.40" in text
    assert 'value="lots"' in text
    assert 'value="pool"' in text
    assert client.get(ask, query_string={"q": HOSTILE * 40}).status_code == 200


def test_who_did_what_names_people_qualities_and_moments(sam, client, sign_in):
    account, person, _, _ = sam
    broker = make_account("Bea Broker")
    give_authority(broker, person, AuthorityKind.BROKER, Scope.PREPARE)
    audit.record(
        actor_for(broker),
        "purchases.submit",
        "Asked to buy Gym",
        subject_kind="purchase",
        person_id=person.id,
        why="Fun",
    )
    sign_in(client, account)
    text = client.get(f"/p/{person.ref}/who").text
    first = text.split("Asked to buy Gym")[1].split("</li>")[0]
    assert "Bea Broker, broker" in first
    assert "Why: Fun" in first
    assert "12.00pm" in first
    assert ">Tuesday 10 November</h2>" in text
    for _ in range(2):
        audit.record(actor_for(account), "tests.note", "Typed again", subject_kind="x", person_id=person.id)
    db.session.flush()
    assert "Typed again (2 times)" in client.get(f"/p/{person.ref}/who").text
    for number in range(60):
        audit.record(actor_for(account), "tests.note", f"Note {number:02d}", subject_kind="x", person_id=person.id)
    db.session.flush()
    text = client.get(f"/p/{person.ref}/who").text
    assert "Note 59" in text
    assert "Note 05" not in text
    assert "You, budget holder" in text
    older = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "Note 05" in client.get(older).text
    assert "could not read" in client.get(f"/p/{person.ref}/who?before=x").text


def test_who_did_what_says_each_thing_once(sam, client, sign_in):
    account, person, _, _ = sam
    me = actor_for(account)

    def note(verb: str, sentence: str) -> None:
        audit.record(me, verb, sentence, subject_kind="x", person_id=person.id)

    note("purchases.start_draft", "Began something not sent yet")
    note("purchases.put_line", "Changed something not sent yet")
    note("purchases.cancel", "Took back Gym, £32.00")
    note("approvals.withdraw", "Took back Gym")
    note("identity.refused", "Asked for a page that is not theirs")
    db.session.flush()
    sign_in(client, account)
    text = client.get(f"/p/{person.ref}/who").text
    assert "Worked on something not sent yet (2 times)" in text
    assert text.count("Took back Gym") == 1
    assert "Took back Gym, £32.00" in text
    assert "Tried to open a page that is not there" in text
    assert "not theirs" not in text


def test_a_strangers_try_is_named_as_one(sam, client, sign_in):
    account, person, _, _ = sam
    stranger = actor_for(make_account("Nosy Parker"))
    audit.record(
        stranger, "identity.refused", "Asked for a page that is not theirs", subject_kind="page", person_id=person.id
    )
    audit.record(stranger, "messages.write", "Wrote a message", subject_kind="x", person_id=person.id)
    db.session.flush()
    sign_in(client, account)
    text = client.get(f"/p/{person.ref}/who").text
    assert "Asked for a page that is not theirs" in text
    assert "Wrote a message" in text, "what nothing else tells stays"
