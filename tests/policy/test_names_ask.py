"""A name that is also a person, a place or a word asks; beside a sign of the class it blocks; on goods it is silent."""

from __future__ import annotations

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Action

POLICY = PolicyDocument.load_default()


@pytest.mark.parametrize(
    ("name", "with_a_sign"),
    [
        ("Kirsch", "Kirsch 70cl"),
        ("Martell", "Martell cognac"),
        ("Bordeaux", "Bordeaux red wine 75cl"),
        ("Clonakilty", "Clonakilty whiskey"),
        ("Davidoff", "Davidoff cigarettes"),
        ("Cashino", "Cashino slots"),
        ("Moorcroft", "Moorcroft debt recovery"),
        ("MDPR", "MDPR research chemical 1g"),
    ],
)
def test_a_name_with_other_uses_asks_and_blocks_only_beside_a_sign(name: str, with_a_sign: str) -> None:
    assert check_text(POLICY, name).action is Action.REFER
    assert check_text(POLICY, with_a_sign).action is Action.BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "Stella Artois",
        "Jack Daniel's",
        "Smirnoff",
        "Marlboro",
        "Ladbrokes",
        "Paddy Power",
        "Vodka",
        "Cigarettes",
        "Casino",
        "Payday loan",
        "Vaccination",
    ],
)
def test_what_has_no_other_use_still_blocks_by_itself(text: str) -> None:
    assert check_text(POLICY, text).action is Action.BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "Mushy peas",
        "Denby bowl",
        "MAM baby bottle",
        "Marlboro jacket",
        "Smirnoff hat",
        "Farrow & Ball Claret",
        "Silk Cut velvet cushion",
        "Debt of Honour novel",
        "Bail bonds novel",
        "Casino Royale DVD",
        "King size duvet cover blue",
        "A&E Electrical",
        "Library fine",
    ],
)
def test_ordinary_goods_that_carry_such_a_name_are_left_alone(text: str) -> None:
    assert check_text(POLICY, text).action.rank < Action.REFER.rank


@pytest.mark.parametrize(
    "text", ["Smirnoff 70cl and a hat", "Zork 4 x 440ml", "Gin advent calendar", "Sky King Size 20"]
)
def test_goods_do_not_hide_the_thing_itself(text: str) -> None:
    assert check_text(POLICY, text).action.rank >= Action.REFER.rank
