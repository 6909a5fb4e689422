"""What somebody may send alone: once, in a month, for which outcomes; and what two representatives agree on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.identity import authorities, service
from app.identity.limits import Beyond
from app.identity.models import Account, Authority
from app.identity.rules import Actor, AuthorityKind, Scope
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.purchases import basket_check, basket_sending
from app.purchases import service as purchases
from app.purchases.alone import beyond_of, sent_this_month
from app.purchases.checking import check
from app.purchases.models import Purchase
from app.purchases.queries import allowed
from app.purchases.rules import State, Verb
from tests import factories as make
from tests.purchases.world import World, build

BROKER, REPRESENTATIVE, NOMINEE = AuthorityKind.BROKER, AuthorityKind.REPRESENTATIVE, AuthorityKind.NOMINEE


@pytest.fixture
def world(session: object) -> World:
    return build()


def acts(world: World, name: str, kind: AuthorityKind = BROKER, scope: Scope = Scope.BUY, **more: object) -> Authority:
    account = make.make_account(name)
    return service.grant_authority(make.SYSTEM, account, world.person, kind, scope, starts_on=make.LONG_AGO, **more)


def me(authority: Authority) -> Actor:
    return make.actor_for(authority.account)


def swim(world: World, actor: Actor, pence: int, outcome: int = 0) -> Purchase:
    """A draft of something that is in the plan."""
    category = Category.ACTIVITIES if outcome == 0 else Category.HOME_HELP
    words = f"Pool sessions {pence}" if outcome == 0 else f"Weekly shop {pence}"
    return world.outside((words, pence, category), actor=actor, outcome=outcome, payee=f"Pool {pence}")


class TestAMonth:
    def test_what_is_over_the_month_goes_to_the_own_side(self, world: World) -> None:
        broker = me(acts(world, "Bea", month_limit_pence=5_000))
        assert purchases.submit(broker, swim(world, broker, 3_000)).state is State.PAID
        assert sent_this_month(broker, world.person.id) == 3_000
        over = swim(world, broker, 2_001)
        assert check(broker, over).beyond is Beyond.MONTH
        assert purchases.submit(broker, over).state is State.AWAITING_HOLDER
        assert purchases.submit(broker, swim(world, broker, 2_000)).state is State.PAID

    def test_what_the_own_side_said_yes_to_is_theirs(self, world: World) -> None:
        broker = me(acts(world, "Bea", month_limit_pence=5_000))
        over = purchases.submit(broker, swim(world, broker, 6_000))
        purchases.confirm(world.me, over)
        assert sent_this_month(broker, world.person.id) == 0
        assert sent_this_month(world.me, world.person.id) == 6_000

    def test_a_new_month_begins_in_london(self, world: World) -> None:
        broker = me(acts(world, "Bea", month_limit_pence=5_000))
        purchases.submit(broker, swim(world, broker, 5_000))
        start = clock.start_of(clock.add_months(clock.period_of(clock.today()), 1))
        with clock.at(start - timedelta(minutes=1)):
            assert sent_this_month(broker, world.person.id) == 5_000
        with clock.at(start):
            assert sent_this_month(broker, world.person.id) == 0

    def test_all_of_a_basket_counts(self, world: World) -> None:
        broker = me(acts(world, "Bea", month_limit_pence=5_000))
        for pence in (2_000, 3_500):
            draft = swim(world, broker, pence)
            draft.in_basket = True
        db.session.flush()
        found = basket_check.check_basket(broker, world.person)
        assert (found.asks_holder, found.beyond) == (True, Beyond.MONTH)
        sent = basket_sending.send(broker, world.person, found.seen)
        assert {item.state for item in sent} == {State.AWAITING_HOLDER}


class TestOutcomes:
    def test_another_outcome_is_prepared_not_bought(self, world: World) -> None:
        theirs = world.plan.outcomes[0].id
        broker = me(acts(world, "Bea", outcome_ids=[theirs]))
        assert purchases.submit(broker, swim(world, broker, 1_000)).state is State.PAID
        other = swim(world, broker, 1_000, outcome=1)
        assert check(broker, other).beyond is Beyond.OUTCOME
        assert purchases.submit(broker, other).state is State.AWAITING_HOLDER

    def test_a_new_plan_leaves_nothing_until_somebody_chooses(self, world: World) -> None:
        old = world.plan.outcomes[1].id
        broker = me(acts(world, "Bea", outcome_ids=[old]))
        assert beyond_of(broker, swim(world, broker, 1_000)) is Beyond.OUTCOME


class TestEndedMeanwhile:
    def test_what_was_read_before_it_ended_buys_nothing(self, world: World) -> None:
        authority = acts(world, "Bea")
        broker = me(authority)
        draft = swim(world, broker, 1_000)
        authorities.end_authority(world.me, authority)
        with pytest.raises(StateError, match="do not act here"):
            purchases.submit(broker, draft)

    def test_what_was_narrowed_meanwhile_is_narrow(self, world: World) -> None:
        authority = acts(world, "Bea")
        broker = me(authority)
        draft = swim(world, broker, 1_000)
        authorities.change_authority(world.me, authority, scope=Scope.BUY, buy_limit_pence=500)
        assert purchases.submit(broker, draft).state is State.AWAITING_HOLDER
        again = swim(world, broker, 900)
        authorities.lower_scope(world.me, authority, Scope.VIEW)
        with pytest.raises(NotAllowedError):
            purchases.submit(broker, again)

    def test_unchecked_papers_write_nothing(self, world: World) -> None:
        mother = me(acts(world, "Nadia", REPRESENTATIVE, checked_by_name=""))
        with pytest.raises(NotAllowedError):
            purchases.start_draft(mother, world.person, world.budget)


def told(account: Account) -> list[str]:
    return list(db.session.scalars(select(Notice.title).where(Notice.account_id == account.id).order_by(Notice.id)))


class TestTwoAgree:
    @pytest.fixture
    def two(self, world: World) -> tuple[Actor, Actor]:
        world.person.agree_over_pence = 5_000
        return me(acts(world, "Nadia", REPRESENTATIVE)), me(acts(world, "Karim", REPRESENTATIVE))

    def test_over_the_sum_the_other_one_says_yes(self, world: World, two: tuple[Actor, Actor]) -> None:
        nadia, karim = two
        assert purchases.submit(nadia, swim(world, nadia, 5_000)).state is State.PAID
        sent = purchases.submit(nadia, swim(world, nadia, 5_001))
        assert sent.state is State.AWAITING_HOLDER
        assert Verb.CONFIRM not in allowed(nadia, sent)
        assert Verb.CONFIRM in allowed(karim, sent)
        with pytest.raises(NotAllowedError):
            purchases.confirm(nadia, sent)
        assert purchases.confirm(karim, sent).state is State.PAID

    def test_a_nominees_yes_is_not_a_representatives(self, world: World, two: tuple[Actor, Actor]) -> None:
        nominee = me(acts(world, "Nom", NOMINEE))
        sent = purchases.submit(two[0], swim(world, two[0], 6_000))
        with pytest.raises(NotAllowedError, match="Another representative"):
            purchases.confirm(nominee, sent)

    def test_what_a_broker_prepared_takes_both(self, world: World, two: tuple[Actor, Actor]) -> None:
        nadia, karim = two
        broker = me(acts(world, "Bea", buy_limit_pence=50_000))
        sent = purchases.submit(broker, swim(world, broker, 6_000))
        assert sent.state is State.AWAITING_HOLDER
        assert purchases.confirm(nadia, sent).state is State.AWAITING_HOLDER
        assert sent.agreed_by_name == "Nadia"
        with pytest.raises(NotAllowedError):
            purchases.confirm(nadia, sent)
        assert purchases.confirm(karim, sent).state is State.PAID

    def test_a_yes_of_somebody_who_acts_no_more_counts_for_nothing(
        self, world: World, two: tuple[Actor, Actor]
    ) -> None:
        nadia, karim = two
        sent = purchases.submit(nadia, swim(world, nadia, 6_000))
        gone = db.session.scalar(select(Authority).where(Authority.account_id == nadia.account_id))
        assert gone is not None
        authorities.end_authority(make.SYSTEM, gone)
        assert purchases.confirm(karim, sent).state is State.AWAITING_HOLDER

    def test_with_only_one_left_the_coordinator_is_told(self, world: World) -> None:
        world.person.agree_over_pence = 5_000
        nadia = me(acts(world, "Nadia", REPRESENTATIVE))
        assert purchases.submit(nadia, swim(world, nadia, 6_000)).state is State.AWAITING_HOLDER
        assert any("second representative" in title for title in told(world.coordinator))

    def test_a_basket_counts_as_one(self, world: World, two: tuple[Actor, Actor]) -> None:
        nadia, karim = two
        for pence in (3_000, 3_001):
            swim(world, nadia, pence).in_basket = True
        db.session.flush()
        found = basket_check.check_basket(nadia, world.person)
        assert found.beyond is Beyond.SECOND
        sent = basket_sending.send(nadia, world.person, found.seen)
        assert {item.state for item in sent} == {State.AWAITING_HOLDER}
        assert {purchases.confirm(karim, item).state for item in sent} == {State.PAID}

    def test_the_parts_of_a_basket_are_no_way_round_it(self, world: World, two: tuple[Actor, Actor]) -> None:
        nadia, karim = two
        nominee, broker = me(acts(world, "Nom", NOMINEE)), me(acts(world, "Bea", buy_limit_pence=50_000))
        with pytest.raises(NotAllowedError, match="Another representative"):
            purchases.confirm(nominee, self.basket(world, nadia)[0])
        for item in self.basket(world, broker):
            assert purchases.confirm(nadia, item).state is State.AWAITING_HOLDER
            assert purchases.confirm(karim, item).state is State.PAID

    def test_what_is_left_when_a_part_was_turned_down_counts(self, world: World, two: tuple[Actor, Actor]) -> None:
        first, second = self.basket(world, me(acts(world, "Bea", buy_limit_pence=50_000)))
        purchases.turn_down(two[0], first)
        assert purchases.confirm(two[1], second).state is State.PAID

    def test_whoever_began_a_draft_has_not_said_yes(self, world: World, two: tuple[Actor, Actor]) -> None:
        nadia, karim = two
        draft = swim(world, nadia, 6_000)
        assert check(karim, draft).beyond is Beyond.SECOND
        assert purchases.submit(karim, draft).state is State.AWAITING_HOLDER
        assert purchases.confirm(nadia, draft).state is State.PAID

    def basket(self, world: World, actor: Actor) -> list[Purchase]:
        """Two things that are over the sum together, and sent."""
        for pence in (3_100, 3_200):
            swim(world, actor, pence).in_basket = True
        db.session.flush()
        return basket_sending.send(actor, world.person, basket_check.check_basket(actor, world.person).seen)
