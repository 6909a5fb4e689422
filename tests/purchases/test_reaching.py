"""Whoever is limited makes nothing move, or move again, that they could not buy; and is not asked for a yes to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.budgets.models import RegularPayment
from app.budgets.regular_rules import PostedBy
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.identity import service
from app.identity.models import Account
from app.identity.rules import Actor, AuthorityKind, Scope
from app.marketplace.rules import Category
from app.purchases import reaching, regular, saying_yes
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.queries import allowed, waiting_for
from app.purchases.refund_rules import HowBack, RefundInput
from app.purchases.rules import State, Verb
from tests import factories as make
from tests.purchases.regular_world import begin
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def world(session: object) -> World:
    return build()


def acts(world: World, name: str = "Nina", **limits: object) -> Actor:
    account = make.make_account(name)
    kind = limits.pop("kind", AuthorityKind.NOMINEE)
    service.grant_authority(make.SYSTEM, account, world.person, kind, Scope.BUY, starts_on=make.LONG_AGO, **limits)
    return make.actor_for(account)


def elsewhere(world: World) -> Actor:
    """A nominee who buys for the second outcome alone."""
    return acts(world, outcome_ids=[world.plan.outcomes[1].id])


def resting(world: World) -> RegularPayment:
    """Swimming, £22.00 a week, that Sam lets rest."""
    payment = begin(world, make_listing())
    regular.pause(world.me, payment, clock.today(), clock.today() + timedelta(days=20))
    return payment


Verbs = list[Callable[[Actor, RegularPayment], object]]
GOING: Verbs = [
    regular.resume,
    lambda actor, payment: regular.write_down_now(actor, payment, payment.starts_on),
    lambda actor, payment: regular.set_posted_by(actor, payment, PostedBy.CAREPURSE),
]


class TestRegular:
    @pytest.mark.parametrize("verb", GOING)
    @pytest.mark.parametrize("limits", ["outcome", "once", "month"])
    def test_what_is_beyond_somebody_they_do_not_set_going(
        self, world: World, verb: Callable[[Actor, RegularPayment], object], limits: str
    ) -> None:
        payment = resting(world)
        few = {
            "outcome": {"outcome_ids": [world.plan.outcomes[1].id]},
            "once": {"buy_limit_pence": 2_199},
            "month": {"month_limit_pence": 2_199},
        }[limits]
        with pytest.raises(NotAllowedError):
            verb(acts(world, **few), payment)
        assert payment.paused_on(clock.today())

    @pytest.mark.parametrize("verb", GOING)
    def test_what_is_within_it_they_do(
        self, world: World, verb: Callable[[Actor, RegularPayment], object]
    ) -> None:
        limits = {"outcome_ids": [world.plan.outcomes[0].id], "buy_limit_pence": 12_000, "month_limit_pence": 12_000}
        verb(acts(world, **limits), resting(world))

    def test_letting_it_rest_moves_no_money(self, world: World) -> None:
        payment = begin(world, make_listing())
        regular.pause(elsewhere(world), payment, clock.today(), None)
        assert payment.paused_on(clock.today())

    def test_two_agreed_on_it_and_one_of_them_takes_it_up_again(self, world: World) -> None:
        world.person.agree_over_pence = 5_000
        payment = resting(world)
        regular.resume(acts(world, kind=AuthorityKind.REPRESENTATIVE), payment)
        assert not payment.paused_on(clock.today())

    def test_a_price_that_rises_is_not_theirs_to_agree_to(self, world: World) -> None:
        payment = begin(world, make_listing())
        assert reaching.beyond_regular(elsewhere(world), payment) is not None
        assert reaching.beyond_regular(world.me, payment) is None


class TestOneOff:
    def agreed(self, world: World, actor: Actor | None = None) -> Purchase:
        """A coordinator said yes to Sam's, or somebody's, equipment for the first outcome."""
        made = world.outside(("Pool float", 3_000, Category.ACTIVITIES), actor=actor)
        return purchases.submit(actor or world.me, made)

    def test_what_others_bought_is_not_theirs_to_put_back(self, world: World) -> None:
        made = self.agreed(world)
        assert made.state is State.PAID
        nina, back = elsewhere(world), RefundInput(1_000, clock.today(), HowBack.MONEY, "")
        assert Verb.REFUND not in allowed(nina, made)
        with pytest.raises(NotAllowedError):
            purchases.refund(nina, made, back)
        purchases.refund(world.me, made, back)

    def test_what_others_agreed_is_not_theirs_to_pay(self, world: World) -> None:
        made = purchases.submit(world.me, world.from_listing(make_listing()))
        assert made.state is State.APPROVED
        nina = elsewhere(world)
        assert Verb.PAY not in allowed(nina, made)
        with pytest.raises(NotAllowedError):
            purchases.mark_paid(nina, made, clock.today(), "by card")
        purchases.mark_paid(world.me, made, clock.today(), "by card")

    def test_what_they_prepared_and_sam_agreed_to_they_pay(self, world: World) -> None:
        nina = elsewhere(world)
        made = purchases.submit(nina, world.from_listing(make_listing(), actor=nina))
        assert made.state is State.AWAITING_HOLDER
        purchases.confirm(world.me, made)
        assert Verb.PAY in allowed(nina, made)
        purchases.mark_paid(nina, made, clock.today(), "by card")


class TestAskedForAYes:
    def prepared(self, world: World) -> Purchase:
        bea = world.broker(limit=1_000)
        return purchases.submit(bea, world.from_listing(make_listing(), actor=bea))

    def test_home_does_not_offer_it_to_whoever_may_not(self, world: World) -> None:
        made, nina = self.prepared(world), elsewhere(world)
        for actor, who in ((world.me, ""), (nina, "Sam Okafor can say yes or no to this.")):
            (row,) = saying_yes.mark_answerers(actor, world.person, waiting_for(actor, world.person))
            assert row.who_answers == who
        assert not allowed(nina, made) & {Verb.CONFIRM, Verb.TURN_DOWN}
        assert saying_yes.answerers_of(world.me, made).is_reader

    def test_who_prepared_it_reads_who_can(self, world: World) -> None:
        nina = elsewhere(world)
        purchases.submit(nina, world.from_listing(make_listing(), actor=nina))
        (row,) = saying_yes.mark_answerers(nina, world.person, waiting_for(nina, world.person))
        assert row.who_answers == "Sam Okafor can say yes or no to this."

    def test_what_comes_round_is_not_offered_either(self, world: World) -> None:
        nina = elsewhere(world)
        begin(world, make_listing(), actor=world.broker(limit=1_000))
        (row,) = saying_yes.mark_regular_answerers(nina, world.person, regular.waiting_for(nina, world.person))
        assert row.who_answers == "Sam Okafor can say yes or no to this."
        (mine,) = saying_yes.mark_regular_answerers(world.me, world.person, regular.waiting_for(world.me, world.person))
        assert mine.who_answers == ""

    def test_nobody_left_is_said(self, world: World) -> None:
        made, nina = self.prepared(world), elsewhere(world)
        account = db.session.get_one(Account, world.holder.id)
        account.closed_at = clock.now()
        db.session.flush()
        said = saying_yes.answerers_of(nina, made).sentence("Sam")
        assert said == "Nobody on Sam's own side can say yes to this today. Ask the coordinator."
