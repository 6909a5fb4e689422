"""What a word means in company: dishes, colours, somebody's wages, and the sizes on a packet."""

from __future__ import annotations

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Action
from app.policy.wordlist import Vocabulary

POLICY = PolicyDocument.load_default()


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Steak & Ale Puff Pastry Pie 200g", Action.WARN),
        ("Cooked Mussels In White Wine Sauce 500g", Action.WARN),
        ("Sherry Trifle 600g", Action.WARN),
        ("Rum truffles", Action.REFER),
        ("Liqueur chocolates", Action.REFER),
        ("Mince pie gin", Action.REFER),
        ("Bottle of wine and pate", Action.BLOCK),
        ("Pint of beer with sausages", Action.BLOCK),
        ("Gin Beard Oil", Action.ALLOW),
        ("Lip Liner Chestnut Rum", Action.ALLOW),
        ("Shiraz Persian Restaurant", Action.ALLOW),
        ("Glass of Shiraz at the restaurant", Action.BLOCK),
        ("Bath Ales Gem 500ml", Action.BLOCK),
        ("Winston Blue", Action.REFER),
        ("Winston Blue curtains", Action.ALLOW),
        ("Domingo 30g", Action.BLOCK),
        ("LADBROKES LADBROKE GROVE", Action.BLOCK),
        ("Holland House", Action.ALLOW),
        ("Denture cleanser tablets", Action.ALLOW),
        ("Muswell Hill Smiles", Action.REFER),
        ("McCain Smiles 454g", Action.ALLOW),
    ],
)
def test_the_words_around_it_settle_what_it_means(text: str, action: Action) -> None:
    assert check_text(POLICY, text).action is action


@pytest.mark.parametrize(
    "text",
    [
        "Chardonnay Smith, personal assistant",
        "Wages for Martini Alvarez",
        "Wages for Merlot Johnson",
        "Brandy Jones, support worker",
        "Paddy Power-Smith wages",
        "Ladbroke Grove physiotherapy",
        "William Hill Primary after school club",
        "Winston Churchill, gardener",
        "Tia Maria Gomez respite worker",
        "Captain Morgan School trip",
    ],
)
def test_somebodys_wages_are_never_stopped_for_a_name(text: str) -> None:
    assert check_text(POLICY, text).action is not Action.BLOCK


@pytest.mark.parametrize("text", ["PA wages and 2 bottles of gin", "Merlot 75cl for the carer"])
def test_wages_do_not_hide_a_drink(text: str) -> None:
    assert check_text(POLICY, text).action is Action.BLOCK


def test_a_word_that_forbids_an_exception_counts_in_the_term_itself() -> None:
    vocabulary = Vocabulary()
    vocabulary.read("a.txt", "category: alcohol\n[not with]\nwine | pate, !bottle")
    cues = vocabulary.instead[("alcohol", ("wine",))][0][0]
    assert cues.unless == {"bottle"}
    assert check_text(POLICY, "bottle of wine, pate").action is Action.BLOCK
