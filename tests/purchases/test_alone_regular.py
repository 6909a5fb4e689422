"""What comes round and what is moved, under the limits of whoever asks, and where two representatives agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.budgets.regular_rules import RegularState, TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.identity import service
from app.identity.rules import Actor, AuthorityKind, Scope
from app.purchases import moving, regular
from app.purchases.moving import MoveInput
from app.purchases.regular_changing import ChangeInput
from tests import factories as make
from tests.purchases.regular_world import begin
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def world(session: object) -> World:
    made = build()
    made.person.agree_over_pence = 5_000  # under a month of swimming
    return made


def acts(world: World, name: str, kind: AuthorityKind = AuthorityKind.REPRESENTATIVE, **more: object) -> Actor:
    account = make.make_account(name)
    service.grant_authority(make.SYSTEM, account, world.person, kind, Scope.BUY, starts_on=make.LONG_AGO, **more)  # type: ignore[arg-type]
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


def test_moving_over_the_sum_goes_to_the_coordinator(world: World) -> None:
    nadia = acts(world, "Nadia")
    first, second = (outcome.ref for outcome in world.plan.outcomes)
    small = moving.check_move(nadia, world.person, world.budget, MoveInput(first, second, 5_000, False, ""))
    large = moving.check_move(nadia, world.person, world.budget, MoveInput(first, second, 5_001, False, ""))
    assert (small.refer, large.refer) == ("", "it is more than you may decide alone")
    db.session.rollback()
