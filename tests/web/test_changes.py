"""The pages about changes in a life: read before it is pressed, done once, and nobody else's."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.acting.models import Invitation
from app.core import clock
from app.core.db import db
from app.identity import service
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.messages.models import Notice
from app.stewardship import changes, changes_after
from app.stewardship.changes_follows import TaskKind, digest_of
from app.stewardship.changes_models import CapacityRecord, LifeChange, NomineeChoice
from app.stewardship.sixteen import turn_sixteen
from tests import factories as make
from tests.stewardship.life import Life, make_life, sixteen_in


@pytest.fixture
def amira(session) -> Life:
    """Six weeks before her sixteenth birthday, everybody told."""
    life = make_life(sixteen_in(42))
    turn_sixteen()
    return life


@pytest.fixture
def own(amira: Life) -> Account:
    account = make.make_account("Amira Rahman")
    service.grant_authority(
        make.SYSTEM, account, amira.person, AuthorityKind.SELF, Scope.VIEW, starts_on=clock.today()
    )
    return account


def hidden(page: str) -> dict[str, str]:
    """What a page carries along."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: value for name, value in found if name not in {"csrf_token", "form_id"}}


def three(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def test_home_says_it_and_leads_to_what_changes(client: FlaskClient, sign_in, amira: Life) -> None:
    sign_in(client, amira.parent)
    home = client.get(f"/p/{amira.person.ref}/").text
    assert "Amira will be sixteen on" in home
    assert f"/p/{amira.person.ref}/sixteen" in home
    page = client.get(f"/p/{amira.person.ref}/sixteen").text
    assert "Nadia Rahman can still look, and can no longer buy or prepare." in page
    assert "Only they can choose" in page
    assert "sixteen/nominee" not in page, "a parent does not choose themself"
    assert client.get(f"/p/{amira.person.ref}/sixteen/nominee").status_code == 404


def test_the_notice_leads_to_the_page(client: FlaskClient, sign_in, amira: Life) -> None:
    sign_in(client, amira.parent)
    notice = db.session.scalars(select(Notice).where(Notice.account_id == amira.parent.id)).one()
    assert client.post(f"/notices/{notice.ref}").location.endswith(f"/p/{amira.person.ref}/sixteen")
    sign_in(client, amira.priya)
    theirs = db.session.scalars(select(Notice).where(Notice.account_id == amira.priya.id)).one()
    assert client.post(f"/notices/{theirs.ref}").location.endswith(f"/staff/people/{amira.person.ref}/sixteen")


def test_the_young_person_makes_her_mother_her_nominee(client: FlaskClient, sign_in, amira: Life, own: Account) -> None:
    sign_in(client, own)
    assert "You will be sixteen on" in client.get(f"/p/{amira.person.ref}/").text
    address = f"/p/{amira.person.ref}/sixteen/nominee"
    assert "Nadia Rahman" in client.get(address).text
    assert "Choose who manages your money" in client.post(address, data={}).text
    assert client.post(address, data={"account": str(own.id)}).status_code == 400, "not somebody else's account"
    assert client.post(address, data={"account": str(amira.parent.id)}).status_code == 303
    assert "You chose Nadia Rahman as your nominee" in client.get(f"/p/{amira.person.ref}/sixteen").text


def test_the_coordinator_sees_what_is_missing(client: FlaskClient, sign_in, amira: Life) -> None:
    sign_in(client, amira.priya)
    assert "Turning sixteen" in client.get(f"/staff/people/{amira.person.ref}").text
    page = client.get(f"/staff/people/{amira.person.ref}/sixteen").text
    assert "Not yet. Invite them" in page
    assert "2 people were told" in page
    address = f"/staff/people/{amira.person.ref}/sixteen/nominee"
    wanted = {"account": str(amira.parent.id), **three("given_on", clock.today())}
    assert "Say how they told you" in client.post(address, data=wanted).text
    assert client.post(address, data={**wanted, "how": "With picture cards, at home."}).status_code == 303
    assert db.session.scalars(select(NomineeChoice)).one().how == "With picture cards, at home."
    assert "told to Priya Shah" in client.get(f"/staff/people/{amira.person.ref}/sixteen").text


def test_a_finding_about_another_decision_says_which_and_asks_nothing_about_the_money(
    client: FlaskClient, sign_in, session
) -> None:
    life = make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")
    sign_in(client, life.priya)
    address = f"/staff/people/{life.person.ref}/capacity/new"
    page = client.post(address, data={**hidden(client.get(address).text), "finding": "lacks"}).text
    missing = client.post(address, data={**hidden(page), "about": "other"})
    assert (missing.status_code, "Enter which decision it is about" in missing.text) == (400, True)
    for typed in (
        {"about": "other", "decision": "Where to live"},
        {**three("assessed_on", clock.today()), "assessed_by": "Dr Amin, his GP"},
        {"why": "He could not weigh it up, on three mornings."},
    ):
        page = client.post(address, data={**hidden(page), **typed}).text
    assert "Who pays until there is a representative?" not in page
    page = client.post(address, data={**hidden(page), **three("look_again_on", clock.today() + timedelta(days=9))}).text
    assert "Nothing changes here" in page
    assert "then needs a representative" not in page


def test_capacity_one_thing_a_page(client: FlaskClient, sign_in, session) -> None:
    life = make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")
    own = make.make_account("George Rahman")
    make.give_authority(own, life.person)
    sign_in(client, life.priya)
    address = f"/staff/people/{life.person.ref}/capacity/new"
    page = client.get(address).text
    assert "What was found?" in page
    missing = client.post(address, data=hidden(page))
    assert missing.status_code == 400
    assert "Choose what was found" in missing.text
    steps = [
        {"finding": "lacks"},
        {"about": "money"},
        {**three("assessed_on", clock.today()), "assessed_by": "Dr Amin, his GP"},
        {"why": "He could not keep in mind what a choice would mean, on three mornings."},
        {**three("look_again_on", clock.today() + timedelta(days=200)), "meanwhile": str(life.parent.id)},
    ]
    for typed in steps:
        answer = client.post(address, data={**hidden(page), **typed})
        assert answer.status_code == 200, answer.text
        page = answer.text
    assert "Nadia Rahman buys and pays until it is looked at again." in page
    assert "George Rahman can still look at everything, and not buy." in page
    changed = client.post(address, data={**hidden(page), "go": "why"}).text
    assert "on three mornings" in changed, "what was typed stays"
    assert client.post(address, data=hidden(page)).status_code == 303
    record = db.session.scalars(select(CapacityRecord)).one()
    assert record.finding == "lacks"
    assert life.authority(own).scope is Scope.VIEW
    assert life.authority(life.parent).scope is Scope.BUY
    assert "Dr Amin" in client.get(f"/staff/people/{life.person.ref}/capacity").text
    sign_in(client, own)
    page = client.get(f"/p/{life.person.ref}/changes").text
    assert "Cannot decide about this now" in page
    assert "ask for somebody else to look at it" in page


def test_a_death_is_read_before_it_is_recorded(client: FlaskClient, sign_in, session) -> None:
    life = make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")
    sign_in(client, life.priya)
    ref = life.person.ref
    assert "We are sorry" in client.get(f"/staff/people/{ref}/death").text
    address = f"/staff/people/{ref}/death/new"
    assert "Enter the day" in client.post(address, data={}).text
    typed = {**three("day", clock.today()), "words": "His daughter Ann"}
    check = client.post(address, data=typed)
    assert check.status_code == 200
    assert "Nothing is taken back by itself" in check.text
    assert db.session.scalars(select(LifeChange)).all() == [], "only read so far"
    assert client.post(address, data=hidden(check.text)).status_code == 303
    page = client.get(f"/staff/people/{ref}/death").text
    assert "Wages for Marta" in page
    assert "ask a colleague" in page
    pay = re.search(rf"/staff/people/{ref}/death/pay/\w+", page)
    assert pay
    assert "Enter what it is for" in client.post(pay[0], data={}).text
    assert client.post(pay[0], data={"words": "Notice pay", "amount": "120"}).status_code == 303
    sign_in(client, life.parent)
    home = client.get(f"/p/{ref}/").text
    assert "George died on" in home
    assert "You can look until" in client.get(f"/p/{ref}/changes").text


def test_finance_is_led_to_what_is_left_and_says_how_it_was_settled(client: FlaskClient, sign_in, session) -> None:
    life = make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")
    ref, priya = life.person.ref, make.actor_for(life.priya)
    address = f"/staff/people/{ref}/settle"
    assert "Nothing is to be settled" in sign_in(client, life.helen).get(address).text
    seen = digest_of(changes.see_death(priya, life.person, clock.today()))
    change = changes.record_death(priya, life.person, clock.today(), "His daughter Ann", seen)
    told = db.session.scalars(select(Notice).where(Notice.account_id == life.helen.id)).one()
    assert client.post(f"/notices/{told.ref}").location.endswith(address)
    assert "What is left to settle" in client.get(f"/staff/people/{ref}").text
    page = client.get(address).text
    assert "is left in the budgets" in page
    assert "It is settled" not in page, "the coordinator is not done"
    for task in change.tasks:
        if task.kind is not TaskKind.SETTLE:
            changes_after.finish_task(priya, life.person, task.ref, "Agreed with his daughter Ann")
    changes_after.close(priya, life.person, change.ref)
    db.session.commit()
    assert "Enter what was done" in client.post(address, data={}).text
    assert client.post(address, data={"words": "It came back on 3 May"}).status_code == 303
    assert "by Helen Achterberg: It came back on 3 May" in client.get(address).text
    assert sign_in(client, life.priya).get(address).status_code == 403


def test_a_move_and_who_takes_over(client: FlaskClient, sign_in, session) -> None:
    life = make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")
    wendover = make.make_commissioner("Wendover Hills Care Board")
    ingrid = make.make_account("Ingrid Solberg")
    make.make_post(ingrid, wendover)
    sign_in(client, life.priya)
    ref, on = life.person.ref, clock.today() + timedelta(days=20)
    address = f"/staff/people/{ref}/move/new"
    assert "Enter where they move to" in client.post(address, data=three("day", on)).text
    check = client.post(address, data={**three("day", on), "to": wendover.ref, "sends_plan": "y"})
    assert "ordinarily lives" in check.text
    assert client.post(address, data=hidden(check.text)).status_code == 303
    assert "Nobody there has said yet" in client.get(f"/staff/people/{ref}/move").text
    sign_in(client, ingrid)
    waiting = client.get("/staff/handovers").text
    one = re.search(r"/staff/handovers/\w+", waiting)
    assert one
    assert "I like being by the water" in client.get(one[0]).text
    assert client.get(f"/staff/people/{ref}").status_code == 404, "what is known there stays there"
    assert client.post(one[0]).status_code == 303
    sign_in(client, life.parent)
    assert "George moves to Wendover Hills Care Board" in client.get(f"/p/{ref}/").text


PAGES = ("sixteen", "sixteen/nominee", "capacity", "capacity/new", "death", "death/new", "move", "move/new")


@pytest.mark.parametrize("page", PAGES)
def test_nobody_elses_people(client: FlaskClient, sign_in, amira: Life, page: str) -> None:
    stranger = make.make_account("Ingrid Solberg")
    make.make_post(stranger, make.make_commissioner("Wendover Hills Care Board"))
    address = f"/staff/people/{amira.person.ref}/{page}"
    assert sign_in(client, stranger).get(address).status_code == 404
    assert sign_in(client, amira.helen).get(address).status_code == 403, "finance decides nothing"
    make.give_authority(amira.priya, amira.person, AuthorityKind.NOMINEE)
    assert sign_in(client, amira.priya).get(address).status_code == 404, "she acts for her"


def test_of_somebody_long_grown_up_there_is_no_such_page(client: FlaskClient, sign_in, session) -> None:
    life = make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")
    sign_in(client, life.priya)
    assert client.get(f"/staff/people/{life.person.ref}/sixteen").status_code == 404
    assert "Turning sixteen" not in client.get(f"/staff/people/{life.person.ref}").text


def test_a_stranger_finds_no_page_of_a_person(client: FlaskClient, sign_in, amira: Life) -> None:
    other, _, _, _ = make.make_holder()
    sign_in(client, other)
    for page in ("sixteen", "sixteen/nominee", "changes"):
        assert client.get(f"/p/{amira.person.ref}/{page}").status_code == 404


def test_the_young_person_is_asked_to_sign_in_for_themself(client: FlaskClient, sign_in, amira: Life) -> None:
    sign_in(client, amira.priya)
    address = f"/staff/people/{amira.person.ref}/sixteen/invite"
    assert client.get(address).status_code == 200
    assert "Enter their e-mail address" in client.post(address, data={}).text
    assert client.post(address, data={"email": "amira@example.org"}).status_code == 303
    asked = db.session.scalars(select(Invitation)).one()
    assert (asked.kind, asked.scope, asked.evidence) == (AuthorityKind.SELF, Scope.VIEW, None)
    with clock.at(clock.now() + timedelta(days=42)):
        turn_sixteen()
        db.session.refresh(asked)
        assert asked.scope is Scope.BUY, "who says yes after the day decides"
    child = make_life(sixteen_in(900))
    sign_in(client, child.priya)
    early = client.post(f"/staff/people/{child.person.ref}/sixteen/invite", data={"email": "a@example.org"})
    assert "nearly sixteen" in early.text
