"""What home, and the page of what changed, say of what was recorded about somebody; and two budgets after a move."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import db
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.stewardship.capacity_rules import Finding
from app.stewardship.sixteen import turn_sixteen
from tests import factories as make
from tests.stewardship.life import BORN, Life, make_life, sixteen_in
from tests.stewardship.test_capacity import record


@pytest.fixture
def george(session) -> Life:
    return make_life(BORN, kind=AuthorityKind.NOMINEE, given="George")


@pytest.fixture
def own(george: Life) -> Account:
    account = make.make_account("George Rahman")
    make.give_authority(account, george.person)
    return account


def test_home_and_the_page_tell_somebody_what_was_recorded_about_them(
    client: FlaskClient, sign_in, george: Life, own: Account
) -> None:
    record(george, Finding.LACKS)
    db.session.commit()
    sign_in(client, own)
    here = f"/p/{george.person.ref}"
    home = client.get(f"{here}/").text
    assert f"Priya Shah recorded on {clock.say_day(clock.today())} how you decide about your money." in home
    assert "Read it, and say if it is wrong" in home
    page = client.get(f"{here}/changes").text
    assert "How you decide about your money" in page
    assert "You can still look at everything, and not buy." in page
    assert "George Rahman can still look" not in page
    sign_in(client, george.parent)
    assert "how George decides about money" in client.get(f"{here}/").text
    assert "George Rahman can still look at everything" in client.get(f"{here}/changes").text


@pytest.mark.parametrize(("finding", "stays"), [(Finding.LACKS, True), (Finding.HAS, False)])
def test_home_says_it_while_it_is_new_or_keeps_them_from_buying(
    client: FlaskClient, sign_in, george: Life, own: Account, finding: Finding, stays: bool
) -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        record(george, finding)
    db.session.commit()
    sign_in(client, own)
    assert ("how you decide about your money" in client.get(f"/p/{george.person.ref}/").text) is stays


def test_at_sixteen_home_says_that_it_passed_on(client: FlaskClient, sign_in, session) -> None:
    """The page itself lets it pass where the night's job has not run."""
    amira = make_life(sixteen_in(0))
    db.session.commit()
    sign_in(client, amira.parent)
    here = f"/p/{amira.person.ref}/"
    assert "Amira is sixteen now. Who decides has changed." in client.get(here).text


def test_at_sixteen_nothing_passed_on_to_who_cannot_decide(client: FlaskClient, sign_in, session) -> None:
    amira = make_life(sixteen_in(0))
    record(amira, Finding.LACKS)
    turn_sixteen()
    db.session.commit()
    sign_in(client, amira.parent)
    assert "Who decides has changed" not in client.get(f"/p/{amira.person.ref}/").text


def test_two_budgets_of_ones_own_say_with_whom(client: FlaskClient, sign_in, george: Life, own: Account) -> None:
    db.session.commit()
    sign_in(client, own)
    assert "Your own budget with" not in client.get("/people").text
    there = make.make_person(make.make_commissioner("Wendover Hills Care Board"), "George", "Rahman")
    make.give_authority(own, there, scope=Scope.BUY)
    db.session.commit()
    page = client.get("/people").text
    assert "Your own budget with Wendover Hills Care Board. You can buy." in page
    assert "Your own budget with North Mersey Integrated Care Board. You can buy." in page
