"""Whose yes or no it was, of what somebody prepared: written down as theirs, and read again on its page."""

from __future__ import annotations

import pytest

from app.identity.rules import Actor, AuthorityKind
from app.purchases import service as purchases
from app.purchases.own_answers import own_answers_of
from tests.purchases.test_alone import REPRESENTATIVE, acts, me, swim
from tests.purchases.world import World


@pytest.fixture
def two(world: World) -> tuple[Actor, Actor]:
    """Over £50 both say yes."""
    world.person.agree_over_pence = 5_000
    return me(acts(world, "Nadia", REPRESENTATIVE)), me(acts(world, "Karim", REPRESENTATIVE))


def test_both_yeses_to_what_a_broker_prepared(world: World, two: tuple[Actor, Actor]) -> None:
    broker = me(acts(world, "Bea", AuthorityKind.BROKER, buy_limit_pence=50_000))
    sent = purchases.submit(broker, swim(world, broker, 6_000))
    for representative in two:
        purchases.confirm(representative, sent)
    assert [(item.actor_name, item.actor_role, item.sentence) for item in own_answers_of(sent)] == [
        ("Nadia", "representative", "Was the first to say yes to Pool sessions 6000, £60.00"),
        ("Karim", "representative", "Said yes to Pool sessions 6000, £60.00"),
    ], "the audit tells whose yes it was, not that they asked"


def test_a_no_is_theirs_too(world: World, two: tuple[Actor, Actor]) -> None:
    sent = purchases.submit(two[0], swim(world, two[0], 6_000))
    assert own_answers_of(sent) == []
    purchases.turn_down(two[1], sent)
    assert [item.verb for item in own_answers_of(sent)] == ["purchases.turn_down"]
