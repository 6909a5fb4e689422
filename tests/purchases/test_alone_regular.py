"""What comes round and what is moved, under the limits of whoever asks, and where two representatives agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.approvals import queries as approval_queries
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError
from app.identity import service
from app.identity.limits import Beyond
from app.identity.rules import Actor, AuthorityKind, Scope
from app.purchases import moving, regular
from app.purchases import service as purchases
from app.purchases.alone import beyond, used_of_the_month
from app.purchases.benefit_rules import BenefitInput
from app.purchases.moving import MoveInput
from app.purchases.regular_things import ChangeInput
from tests import factories as make
from tests.purchases.regular_world import begin, post_all
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def world(session: object) -> World:
    made = build()
    made.person.agree_over_pence = 5_000  # under a month of swimming
    return made


def acts(world: World, name: str, kind: AuthorityKind = AuthorityKind.REPRESENTATIVE, **more: object) -> Actor:
    account = make.make_account(name)
    service.grant_authority(make.SYSTEM, account, world.person, kind, Scope.BUY, starts_on=make.LONG_AGO, **more)
    return make.actor_for(account)


def test_a_start_waits_for_the_other_representative(world: World) -> None:
    nadia, karim = acts(world, "Nadia"), acts(world, "Karim")
    payment = begin(world, make_listing(), actor=nadia)
    assert payment.state is RegularState.AWAITING_HOLDER
    with pytest.raises(NotAllowedError):
        regular.confirm(nadia, payment)
    assert regular.confirm(karim, payment).state is RegularState.RUNNING


def test_what_a_broker_prepared_takes_both(world: World) -> None:
    nadia, karim = acts(world, "Nadia"), acts(world, "Karim")
    payment = begin(world, make_listing(), actor=acts(world, "Bea", AuthorityKind.BROKER))
    assert regular.confirm(nadia, payment).state is RegularState.AWAITING_HOLDER
    assert payment.asked_by == nadia.account_id
    with pytest.raises(NotAllowedError):
        regular.confirm(nadia, payment)
    assert regular.confirm(karim, payment).state is RegularState.RUNNING


def test_a_change_that_one_asks_for_waits_for_the_other(world: World) -> None:
    nadia, karim = acts(world, "Nadia"), acts(world, "Karim")
    payment = begin(world, make_listing())
    terms = regular.change(nadia, payment, ChangeInput(clock.today() + timedelta(days=7), quantity_hundredths=200))
    assert terms.state is TermsState.PREPARED
    assert regular.confirm_change(karim, payment).state is TermsState.AGREED


def test_the_dearest_month_and_the_outcome_count(world: World) -> None:
    other = world.plan.outcomes[1].id
    for limits in ({"month_limit_pence": 5_000}, {"outcome_ids": [other]}):
        actor = acts(world, f"Bea {len(limits)}", AuthorityKind.NOMINEE, **limits)
        assert begin(world, make_listing(), actor=actor).state is RegularState.AWAITING_HOLDER


def test_what_comes_round_already_counts_in_the_month(world: World) -> None:
    world.person.agree_over_pence = None
    broker = acts(world, "Bea", AuthorityKind.BROKER, month_limit_pence=30_000)
    listing, later = make_listing(3_000), clock.add_months(clock.period_of(clock.today()), 1)
    assert begin(world, listing, actor=broker, first_on=later).state is RegularState.RUNNING
    assert begin(world, listing, actor=broker, first_on=later).state is RegularState.RUNNING
    assert begin(world, listing, actor=broker, first_on=later).state is RegularState.AWAITING_HOLDER
    assert beyond(broker, world.person.id, 30_000, ()) is None, "nothing of it falls due this month"


def test_what_is_still_to_come_this_month_counts_for_what_is_bought_once(world: World) -> None:
    broker = acts(world, "Bea", AuthorityKind.NOMINEE, month_limit_pence=30_000)
    assert begin(world, make_listing(500), actor=broker, rhythm="monthly").state is RegularState.RUNNING
    assert beyond(broker, world.person.id, 29_501, ()) is Beyond.MONTH
    assert beyond(broker, world.person.id, 29_500, ()) is None
    assert used_of_the_month(broker, [world.person.id]) == {world.person.id: 500}
    post_all()
    assert beyond(broker, world.person.id, 29_501, ()) is Beyond.MONTH
    assert beyond(broker, world.person.id, 29_500, ()) is None
    assert used_of_the_month(broker, [world.person.id]) == {world.person.id: 500}


def test_a_broker_leaves_alone_what_is_not_their_work(world: World) -> None:
    world.person.agree_over_pence = None
    bea, noor = (acts(world, name, AuthorityKind.BROKER) for name in ("Bea", "Noor"))
    today, wanted = clock.today(), ChangeInput(clock.today(), quantity_hundredths=200, benefit=BenefitInput(False))
    mine, theirs = begin(world, make_listing()), begin(world, make_listing(), actor=noor)
    assert theirs.state is RegularState.RUNNING
    for payment, error in ((mine, NotAllowedError), (theirs, NotFoundError)):
        for verb in (
            lambda one: regular.pause(bea, one, today, None),
            lambda one: regular.resume(bea, one),
            lambda one: regular.skip(bea, one, today),
            lambda one: regular.end(bea, one, today),
            lambda one: regular.set_posted_by(bea, one, PostedBy.PERSON),
            lambda one: regular.take_back_change(bea, one),
            lambda one: regular.write_down_now(bea, one, today),
            lambda one: regular.take_back(bea, one),
        ):
            with pytest.raises(error):
                verb(payment)
    with pytest.raises(NotFoundError):
        regular.change(bea, theirs, wanted)
    assert regular.change(bea, mine, wanted).state is TermsState.PREPARED
    with pytest.raises(NotAllowedError):  # it is not hers either
        regular.take_back_change(noor, mine)
    regular.take_back_change(bea, mine)
    assert mine.waiting_terms is None, "what she prepared she takes back"
    assert regular.change(bea, mine, wanted).state is TermsState.PREPARED
    assert regular.change(noor, theirs, wanted).state is TermsState.AGREED
    regular.pause(noor, theirs, today, None)


def test_a_broker_does_not_answer_for_others(world: World) -> None:
    bea = acts(world, "Bea", AuthorityKind.BROKER)
    payment = begin(world, make_listing(60_000))
    asked = approval_queries.latest_for(payment.id)
    assert asked is not None
    purchases.ask(world.priya, asked.ref, "Why so much?")
    with pytest.raises(NotFoundError):
        purchases.answer(bea, asked, "Because")
    purchases.answer(world.me, asked, "It is for a course")


def test_moving_over_the_sum_goes_to_the_coordinator(world: World) -> None:
    nadia = acts(world, "Nadia")
    first, second = (outcome.ref for outcome in world.plan.outcomes)
    small = moving.check_move(nadia, world.person, world.budget, MoveInput(first, second, 5_000, False, ""))
    large = moving.check_move(nadia, world.person, world.budget, MoveInput(first, second, 5_001, False, ""))
    assert (small.refer, large.refer) == ("", "it is more than you may decide alone")
    db.session.rollback()
