"""The pages about a death, a move and capacity when something is different by the time it is pressed, and when it was
all a mistake."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.identity import service
from app.identity.rules import AuthorityKind, Scope
from app.messages.models import Notice
from app.stewardship import changes
from app.stewardship.changes_follows import digest_of
from app.stewardship.changes_models import CapacityRecord, LifeChange
from tests import factories as make
from tests.stewardship.life import Life, make_life
from tests.web.buying_world import said
from tests.web.test_changes import hidden, three

CHANGED = "Something changed since you opened this page"


@pytest.fixture
def george(session) -> Life:
    return make_life(date(1950, 3, 4), kind=AuthorityKind.NOMINEE, given="George")


def somebody_else_acts(life: Life) -> None:
    """What follows is different from now on."""
    bola = make.make_account("Bola Ade")
    service.grant_authority(
        make.SYSTEM, bola, life.person, AuthorityKind.BROKER, Scope.PREPARE, starts_on=make.LONG_AGO
    )
    db.session.commit()


@pytest.mark.parametrize("kind", ["death", "move"])
def test_the_new_list_is_shown_with_the_error_above_it(
    client: FlaskClient, sign_in, george: Life, kind: str
) -> None:
    sign_in(client, george.priya)
    address = f"/staff/people/{george.person.ref}/{kind}/new"
    on = clock.today() if kind == "death" else clock.today() + timedelta(days=20)
    check = client.post(address, data={**three("day", on), "words": "Leeds City Council"}).text
    assert "Bola Ade" not in check
    somebody_else_acts(george)
    again = client.post(address, data=hidden(check))
    assert again.status_code == 400
    text = said(again)
    assert text.index("There is a problem") < text.index(CHANGED) < text.index("Bola Ade")
    assert "Check before you" in text
    assert db.session.scalars(select(LifeChange)).all() == []
    assert client.post(address, data=hidden(again.text)).status_code == 303, "the new list was read"


def test_capacity_too(client: FlaskClient, sign_in, george: Life) -> None:
    sign_in(client, george.priya)
    address = f"/staff/people/{george.person.ref}/capacity/new"
    typed = {
        "page": "after",
        "finding": "lacks",
        "decision": "Managing the money",
        "assessed_by": "Dr Amin",
        "why": "He could not keep it in mind.",
        "meanwhile": "",
        **three("assessed_on", clock.today()),
        **three("look_again_on", clock.today() + timedelta(days=90)),
    }
    check = client.post(address, data=typed).text
    somebody_else_acts(george)
    again = client.post(address, data=hidden(check))
    assert again.status_code == 400
    text = said(again)
    assert text.index(CHANGED) < text.index("What happens when you write it down") < text.index("Bola Ade")
    assert client.post(address, data=hidden(again.text)).status_code == 303
    assert db.session.scalars(select(CapacityRecord)).one()


def died(life: Life) -> LifeChange:
    priya = make.actor_for(life.priya)
    seen = digest_of(changes.see_death(priya, life.person, clock.today()))
    change = changes.record_death(priya, life.person, clock.today(), "His daughter Ann", seen)
    db.session.commit()
    return change


class TestAMistake:
    def test_whoever_recorded_it_reads_who_takes_it_back(self, client: FlaskClient, sign_in, george: Life) -> None:
        make.make_post(make.make_account("Marcus Bell"), george.person.commissioner)
        address = f"/staff/people/{george.person.ref}/death/{died(george).ref}/mistake"
        sign_in(client, george.priya)
        page = client.get(address)
        assert "You recorded this, so somebody else takes it back" in said(page)
        assert "Marcus Bell" in said(page)
        assert "textarea" not in page.text
        refused = client.post(address, data={"why": "It was his brother."})
        assert refused.status_code == 400
        assert "textarea" not in refused.text

    def test_what_is_not_put_back_is_said(self, client: FlaskClient, sign_in, george: Life) -> None:
        change = died(george)
        marcus = make.make_account("Marcus Bell")
        make.make_post(marcus, george.person.commissioner)
        db.session.commit()
        sign_in(client, marcus)
        address = f"/staff/people/{george.person.ref}/death/{change.ref}/mistake"
        answer = client.post(address, data={"why": "It was his brother."}, follow_redirects=True)
        text = said(answer)
        assert "Everything is as it was" not in text
        assert "Purchases and ideas that were taken back, and invitations, are not sent again by themselves" in text
        told = db.session.scalars(
            select(Notice).where(Notice.account_id == george.parent.id).order_by(Notice.id.desc())
        ).first()
        assert told is not None
        assert "Everything is as it was" not in told.title
        assert "not sent again by themselves" in told.body


def test_of_somebody_who_has_died_no_new_budget_is_promised(client: FlaskClient, sign_in, george: Life) -> None:
    died(george)
    george.authority(george.parent).scope = Scope.PREPARE  # a right that reached further than a look after all
    db.session.commit()
    sign_in(client, george.parent)
    text = said(client.get(f"/p/{george.person.ref}/buy"))
    assert "when the next one begins" not in text
    assert "George died on" in text
    assert "Nothing more can be bought" in text
