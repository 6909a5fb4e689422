"""A death and a move, before and after they are recorded: no words, payees or sums without a trace."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import db
from app.identity.models import Account
from app.identity.rules import AuthorityKind
from app.stewardship.changes_follows import TaskKind
from tests import factories as make
from tests.stewardship.life import Life, ask, died, make_life, moved, tasks
from tests.web.test_changes import hidden, three

BORN = date(1950, 3, 4)
#: What was bought or asked for, for whom somebody works, and any sum.
TOLD = re.compile(r"Marta|trampoline|Garden World|£\s?\d", re.I)


@pytest.fixture
def george(session) -> Life:
    """Somebody with a personal assistant, money in the budget, and something that waits for an answer."""
    life = make_life(BORN, kind=AuthorityKind.NOMINEE, given="George")
    ask(life, life.parent)
    return life


@pytest.fixture
def colleague(george: Life) -> Account:
    """Another coordinator there, who holds no key."""
    account = make.make_account("Marcus Bell")
    make.make_post(account, george.person.commissioner)
    return account


def looked(client: FlaskClient, sign_in, life: Life) -> str:
    return sign_in(client, life.parent).get(f"/p/{life.person.ref}/looked").text


PREVIEWS = {
    "death": {"words": "x"},
    "move": {"words": "Leeds City Council"},
}


@pytest.mark.parametrize("kind", PREVIEWS)
def test_the_list_before_it_is_recorded_tells_kinds_and_counts_alone(
    client: FlaskClient, sign_in, george: Life, colleague: Account, kind: str
) -> None:
    sign_in(client, colleague)
    address = f"/staff/people/{george.person.ref}/{kind}/new"
    typed = {**three("day", clock.today()), **PREVIEWS[kind]}
    page = client.post(address, data=typed)
    assert page.status_code == 200
    assert "1 personal assistant: " in page.text
    assert "1 purchase not paid yet: taken back" in page.text
    assert not TOLD.findall(page.text)
    assert client.post(address, data=hidden(page.text)).status_code == 303, "what was read is what is recorded"


@pytest.mark.parametrize("kind", ["death", "move"])
def test_who_opens_what_is_left_to_do_is_seen(
    client: FlaskClient, sign_in, george: Life, colleague: Account, kind: str
) -> None:
    change = died(george, clock.today()) if kind == "death" else moved(george, clock.today())
    db.session.commit()
    page = sign_in(client, colleague).get(f"/staff/people/{george.person.ref}/{kind}").text
    assert "Wages for Marta" in page, "whoever settles it needs the words"
    assert tasks(change, TaskKind.SETTLE)[0].words.startswith("£")
    assert f"Marcus Bell looked at what is left to do after a {kind}" in looked(client, sign_in, george)


@pytest.mark.parametrize("page", ["task", "pay"])
def test_who_opens_one_thing_to_do_is_seen(
    client: FlaskClient, sign_in, george: Life, colleague: Account, page: str
) -> None:
    owed = tasks(died(george, clock.today()), TaskKind.PAY_OWED)[0]
    db.session.commit()
    shown = sign_in(client, colleague).get(f"/staff/people/{george.person.ref}/death/{page}/{owed.ref}")
    assert "Wages for Marta" in shown.text
    assert "Marcus Bell looked at what is left to do after a death" in looked(client, sign_in, george)


def test_finance_that_settles_it_is_seen(client: FlaskClient, sign_in, george: Life) -> None:
    died(george, clock.today())
    db.session.commit()
    assert "is left in the budgets" in sign_in(client, george.helen).get(
        f"/staff/people/{george.person.ref}/settle"
    ).text
    assert "Helen Achterberg looked at what is left to settle after a death" in looked(client, sign_in, george)


def test_a_move_that_is_to_come_tells_staff_no_more_than_the_list_before(
    client: FlaskClient, sign_in, george: Life, colleague: Account
) -> None:
    moved(george, clock.today() + timedelta(days=20))
    db.session.commit()
    page = sign_in(client, colleague).get(f"/staff/people/{george.person.ref}/move").text
    assert "1 personal assistant: " in page
    assert not TOLD.findall(page)


def test_the_persons_side_is_told_in_full_and_a_broker_is_not(client: FlaskClient, sign_in, george: Life) -> None:
    broker = make.make_account("Leonie Frost")
    make.give_authority(broker, george.person, AuthorityKind.BROKER)
    moved(george, clock.today() + timedelta(days=20))
    db.session.commit()
    page = sign_in(client, george.parent).get(f"/p/{george.person.ref}/changes").text
    assert "Wages for Marta" in page
    assert re.search(r"£[\d,.]+ is left", page)
    assert "Wages for Marta" in client.get("/notices").text
    page = sign_in(client, broker).get(f"/p/{george.person.ref}/changes").text
    assert "1 personal assistant: " in page
    assert not TOLD.findall(page)
    assert "Marta" not in client.get("/notices").text


def test_the_plan_that_comes_along_is_seen_to_be_read(client: FlaskClient, sign_in, george: Life) -> None:
    there = make.make_commissioner("Wendover Hills Care Board")
    ingrid = make.make_account("Ingrid Solberg")
    make.make_post(ingrid, there)
    change = moved(george, clock.today() + timedelta(days=20), there, sends_plan=True)
    db.session.commit()
    assert "I like being by the water" in sign_in(client, ingrid).get(f"/staff/handovers/{change.ref}").text
    seen = looked(client, sign_in, george)
    assert "Ingrid Solberg looked at the plan" in seen
    assert "to take over at Wendover Hills Care Board" in seen
