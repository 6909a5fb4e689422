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
from app.marketplace.rules import Category
from app.purchases import declaring, regular
from app.purchases import service as purchases
from app.purchases.benefit_rules import BenefitInput
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


NOT_THEIRS = "You may get this ready. Sam’s own side says yes first."


def test_outcomes_that_are_not_theirs_are_marked_where_one_is_chosen(
    client: FlaskClient, sign_in, world: World, nina: Account
) -> None:
    listing = make_listing()
    draft = world.from_listing(listing, actor=make.actor_for(nina))
    again = f"/p/{world.person.ref}/regular/new/outcome?listing={listing.ref}"
    chosen = f"/p/{world.person.ref}/buy/{draft.ref}/line/{draft.lines[0].ref}/outcome"
    db.session.commit()
    sign_in(client, nina)
    for page in (chosen, again, f"/p/{world.person.ref}/find/{listing.ref}/basket"):
        assert client.get(page).text.count(NOT_THEIRS) == 1, page
    sign_in(client, world.holder)
    assert NOT_THEIRS not in client.get(chosen).text


def test_what_was_bought_already_is_not_said_to_wait(client: FlaskClient, sign_in, world: World, nina: Account) -> None:
    made = world.outside(("Pool float", 3_000, Category.ACTIVITIES), actor=make.actor_for(nina))
    db.session.commit()
    sign_in(client, nina)
    here = f"/p/{world.person.ref}"
    page = client.get(f"{here}/buy/{made.ref}/check").text
    assert "is asked to say yes before it counts in the budget." in page
    sent = client.post(f"{here}/buy/{made.ref}/send", data={"version": made.version}, follow_redirects=True).text
    bought = f"It was bought already, on {clock.say_day(clock.today())}."
    assert bought in sent
    for account, words in ((nina, "Nothing is bought"), (world.holder, "Yes, buy this")):
        sign_in(client, account)
        page = client.get(f"{here}/purchases/{made.ref}").text
        assert bought in page
        assert words not in page
    assert "Yes, count it" in page
    answer = client.post(f"{here}/purchases/{made.ref}/turn-down", data={"reason": "No"}, follow_redirects=True)
    assert "It does not count in the budget." in answer.text


def test_a_broker_reads_no_advice_about_their_broker(client: FlaskClient, sign_in, world: World) -> None:
    bea = world.broker()
    made = world.from_listing(make_listing(), actor=bea)
    declaring.declare(bea, made, BenefitInput(True, 700, "a fee", "Swim Together CIC"))
    db.session.commit()
    sign_in(client, db.session.get_one(Account, bea.account_id))
    page = client.get(f"/p/{world.person.ref}/buy/{made.ref}/check").text
    assert "Ask your broker" not in page
    assert "Say in a message why this is right for Sam" in page
    purchases.submit(bea, made)
    db.session.commit()
    assert "Ask your broker" not in client.get(f"/p/{world.person.ref}/purchases/{made.ref}").text
    sign_in(client, world.holder)
    assert "Ask your broker what else there is." in client.get(f"/p/{world.person.ref}/purchases/{made.ref}").text
