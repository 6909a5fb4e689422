"""What goes into the basket, what is taken out of it, and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import AuthorityKind, Scope
from app.marketplace.models import Listing
from app.marketplace.rules import Category, Unit
from app.purchases import basket
from app.purchases import service as purchases
from app.purchases.basket_queries import basket_of
from app.purchases.rules import LineInput, State
from tests import factories
from tests.purchases.basket_world import add, look, offer, send
from tests.purchases.test_quoted import draft_at, stage
from tests.purchases.world import World


def test_one_draft_for_each_provider_whose_day_is_the_last_that_was_said(world: World) -> None:
    swim = offer("Swim Together CIC", 2_200)
    first = add(world, swim)
    line = LineInput(outcome_ref=world.plan.outcomes[1].ref, listing_ref=swim.ref)
    later = clock.today() + timedelta(days=3)
    assert basket.put_in_basket(world.me, world.person, line, later) is first
    assert (len(first.lines), first.total_pence, first.needed_from) == (2, 4_400, later)
    with pytest.raises(InvalidError) as refused:
        basket.put_in_basket(world.me, world.person, LineInput(quantity_hundredths=0, listing_ref=swim.ref), later)
    assert set(refused.value.errors) == {"quantity"}


def test_what_is_not_offered_any_more_keeps_all_of_it_from_going(world: World) -> None:
    gym = offer("Ladywell Leisure", 3_200, "Gym")
    add(world, offer("Swim Together CIC", 2_200))
    draft = add(world, gym)
    gym.offered = False
    db.session.flush()
    (missing,) = look(world).missing
    assert (missing.purchase, missing.field) == (draft, "offered")
    with pytest.raises(StateError, match="Gym is not offered any more"):
        send(world)
    basket.take_out(world.me, draft, draft.lines[0].ref)
    assert draft.state is State.CANCELLED
    assert [item.state for item in send(world)] == [State.APPROVED]


def test_one_of_two_things_bought_by_itself_leaves_the_other(world: World) -> None:
    swim = offer("Swim Together CIC", 2_200)
    draft = add(world, swim)
    add(world, swim, 2, 1)
    alone = basket.buy_by_itself(world.me, draft, draft.lines[1].ref)
    assert (draft.total_pence, alone.total_pence, alone.in_basket) == (2_200, 4_400, False)
    assert (alone.provider_id, alone.needed_from, alone.title) == (swim.provider_id, draft.needed_from, "Pool session")
    assert purchases.submit(world.me, alone).state is State.AWAITING_APPROVAL  # eating well is no swimming
    with pytest.raises(StateError, match="not in the basket"):
        basket.take_out(world.me, alone, alone.lines[0].ref)
    assert basket.buy_by_itself(world.me, draft, draft.lines[0].ref) is draft
    assert basket_of(world.me, world.person) == []


def test_taking_out_what_is_stopped(world: World) -> None:
    provider = offer("Corner shop", 1_500, "Swimming aid")
    whisky = Listing(
        provider_id=provider.provider_id, title="Whisky", category=Category.ACTIVITIES, unit=Unit.ITEM,
        price_pence=2_500, at_venue=True, who="Corner shop",
    )  # fmt: skip
    db.session.add(whisky)
    db.session.flush()
    draft = add(world, provider)
    add(world, whisky)
    other = add(world, offer("Off licence", 900, "Vodka"))
    basket.take_out_stopped(world.me, draft)
    basket.take_out_stopped(world.me, other)
    assert [line.description for line in draft.lines] == ["Swimming aid"]
    assert other.state is State.CANCELLED
    with pytest.raises(StateError, match="Nothing in this is stopped"):
        basket.take_out_stopped(world.me, draft)


def test_a_kept_price_goes_into_the_basket_and_another_budget_does_not(world: World) -> None:
    _, _, _, quote = stage(world)
    draft = draft_at(world, quote)
    basket.put_draft_in(world.me, draft)
    second = factories.make_budget(world.person, world.plan)
    gym = offer("Ladywell Leisure", 3_200, "Gym")
    line = LineInput(outcome_ref=world.plan.outcomes[0].ref, listing_ref=gym.ref)
    with pytest.raises(StateError, match="The basket is for Health and care budget"):
        basket.put_in_basket(world.me, world.person, line, clock.today(), second.ref)
    with pytest.raises(NotFoundError):
        basket.put_in_basket(world.me, world.person, line, clock.today(), "nothing")
    (sent,) = send(world)
    assert (sent.state, sent.total_pence) == (State.APPROVED, 7_600)
    assert basket.put_in_basket(world.me, world.person, line, clock.today(), second.ref).budget_id == second.id
    outside = world.outside(("Pool", 900, Category.ACTIVITIES))
    with pytest.raises(StateError, match="cannot go into the basket"):
        basket.put_draft_in(world.me, outside)


def test_emptying_takes_all_of_it_back(world: World) -> None:
    drafts = [add(world, offer(name, 2_200)) for name in ("Swim Together CIC", "Catford Pool")]
    assert basket.empty(world.me, world.person) == 2
    assert {item.state for item in drafts} == {State.CANCELLED}


def test_who_may_only_look_and_strangers_put_nothing_in(world: World) -> None:
    swim = offer("Swim Together CIC", 2_200)
    add(world, swim)
    looker = factories.make_account("Val Viewer")
    factories.give_authority(looker, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    with pytest.raises(NotAllowedError):
        add(world, swim, actor=factories.actor_for(looker))
    with pytest.raises(NotAllowedError):
        send(world, factories.actor_for(looker))
    with pytest.raises(NotFoundError):
        look(world, factories.actor_for(factories.make_account("Strange R")))
