"""A nominee who may buy for one outcome alone, on the pages: what is not theirs is not offered, and who can is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.budgets.regular_rules import TermsState
from app.core import clock
from app.core.db import db
from app.identity import service
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.purchases import regular
from app.purchases import service as purchases
from tests import factories as make
from tests.purchases.regular_world import begin
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def world(session: object) -> World:
    return build()


@pytest.fixture
def nina(world: World) -> Account:
    account = make.make_account("Nina Patel")
    theirs = [world.plan.outcomes[1].id]
    kind = AuthorityKind.NOMINEE
    service.grant_authority(
        make.SYSTEM, account, world.person, kind, Scope.BUY, starts_on=make.LONG_AGO, outcome_ids=theirs
    )
    return account


WHO = "Sam Okafor can say yes or no to this."


def test_a_purchase_of_another_outcome(client: FlaskClient, sign_in, world: World, nina: Account) -> None:
    bea = world.broker(limit=1_000)
    made = purchases.submit(bea, world.from_listing(make_listing(), actor=bea))
    db.session.commit()
    sign_in(client, nina)
    home = client.get(f"/p/{world.person.ref}/").text
    assert "Say yes or no" not in home
    assert WHO in home
    page = client.get(f"/p/{world.person.ref}/purchases/{made.ref}").text
    assert WHO in page
    assert "Yes, buy this" not in page
    assert "Say no to this" not in page
    sign_in(client, world.holder)
    assert "Say yes or no" in client.get(f"/p/{world.person.ref}/").text


def test_what_comes_round_for_another_outcome(client: FlaskClient, sign_in, world: World, nina: Account) -> None:
    payment = begin(world, make_listing(), actor=world.broker(limit=1_000))
    db.session.commit()
    sign_in(client, nina)
    assert "Say yes or no" not in client.get(f"/p/{world.person.ref}/").text
    page = client.get(f"/p/{world.person.ref}/regular/{payment.ref}").text
    assert WHO in page
    assert "Yes, start it" not in page


def test_a_dearer_price_of_another_outcome(client: FlaskClient, sign_in, world: World, nina: Account) -> None:
    listing = make_listing()
    payment = begin(world, listing)
    regular.price_changed(make.SYSTEM, listing, 2_200, 2_600, clock.today() + timedelta(days=40))
    db.session.commit()
    assert payment.waiting_terms is not None
    assert payment.waiting_terms.state is TermsState.RISE
    sign_in(client, nina)
    assert "Say yes or no" not in client.get(f"/p/{world.person.ref}/").text
    page = client.get(f"/p/{world.person.ref}/regular/{payment.ref}/price").text
    assert WHO in page
    assert "Yes to the new price" not in page


def test_a_rest_of_another_outcome(client: FlaskClient, sign_in, world: World, nina: Account) -> None:
    payment = begin(world, make_listing())
    regular.pause(world.me, payment, clock.today(), None)
    db.session.commit()
    sign_in(client, nina)
    here = f"/p/{world.person.ref}/regular/{payment.ref}"
    page = client.get(here).text
    assert "Take it up again now" not in page
    assert "write it down" not in page
    answer = client.post(f"{here}/resume")
    assert answer.status_code == 403
    assert "You may not buy for this outcome." in answer.text
    sign_in(client, world.holder)
    assert "Take it up again now" in client.get(here).text
