"""The words: what they catch, what they must leave alone, and how they show what they saw."""

from __future__ import annotations

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Action, PolicyError
from app.policy.text import fold, measures, tokens
from app.policy.wordlist import Vocabulary

POLICY = PolicyDocument.load_default()
STOPPED = {
    "alcohol": [
        "2 bottles of Merlot",
        "MERLOT75CL",
        "Rosé wine",
        "Rose\u0301 wine",
        "ｍｅｒｌｏｔ",
        "Château Margaux 2015",
        "Pint of bitter",
        "2 pints of Stella",
        "SPNSBRYS OFF LIC",
        "MAJESTIC WINE 0142",
        "Gin & tonic",
        "Old Rosie scrumpy",
        "Vodka 37.5% vol 70cl",
        "Mystery drink 12% ABV",
        "Something new 70cl",
        "Whiskies",
        "Glühwein",
        "Crémant de Loire",
        "Bottle of wine and a cake",
        "Pimm's",
        "Buckfast",
        "Strawberry daiquiri can",
        "IPA 4 x 440ml",
    ],
    "tobacco": [
        "Amber Leaf 50g",
        "20 Marlboro Gold",
        "Romeo y Julieta",
        "Rizla",
        "Café Crème cigars",
        "Hookah tobacco",
        "Elf Bar",
    ],
    "gambling": [
        "LADBROKES 1234",
        "BET365",
        "Bet 365",
        "skybet.com",
        "Mecca Bingo",
        "Euromillions",
        "Zebrabet",
        "Moonlight Casino",
        "Turf accountant",
        "Football pools",
        "Hospice lottery",
    ],
    "debt": [
        "Payday loan",
        "LOWELL PORTFOLIO",
        "Bailiff",
        "Klarna pay later",
        "Barclaycard",
        "Cash Converters",
        "Rent arrears",
    ],
    "illegal": [
        "gram of coke",
        "10g weed from dealer",
        "MDMA",
        "4-HO-MET",
        "Fake passport",
        "Counterfeit notes",
    ],
    "nhs_excluded": [
        "GP consultation",
        "Dr A Shah and Partners",
        "Mill Lane Medical Centre",
        "Travel vaccinations",
        "Urgent Treatment Centre",
        "Hip replacement",
        "Dental check-up",
        "Brightdental",
        "Prescription prepayment certificate",
        "Infanrix 0.5ml PFS",
    ],
}
ALLOWED = """
wine gums · Maynards Wine Gums 165g · alcohol-free hand gel · ginger beer · ginger ale ·
Bethel Supported Living · white wine vinegar · wine glasses · USB port hub · port cannula ·
betamethasone cream · cider vinegar · bitter melon · bourbon creams · scotch eggs · prawn cocktail ·
isopropyl alcohol wipes · surgical spirit · alcohol support group · The Vines Care Home · Red Lion Street ·
Merlot House Residential Home · Hand sanitiser 70% alcohol · olive oil 75cl · rose petals · tiger bread ·
red onions 75g · smoke alarm · pipe cleaners · tobacco coloured boots · Chesterfield sofa ·
cigar box guitar · Churchill stairlift · camel coat · bingo cards large print · coral lipstick ·
lottery funded swimming · tote bag · Elizabeth Arden · sherbet lemons · raffles hotel · wheelchair loan ·
toy library loan · StepChange debt advice · credit note · bamboo socks · jacob's crackers · satsumas ·
Diet Coke 330ml · weed killer · hash browns · glue gun · fake tan · bath salts · poppy seeds · CBD oil ·
nurse escort to appointment · surgical stockings · Vaccination Records Folder · tree surgeon ·
veterinary surgery · puppy vaccinations · dental floss · prescription sunglasses · taxi to hospital ·
bamboo screening · relaxed screening tickets · Dr Martens · osteopathic practice · physiotherapy clinic ·
emergency pendant · toy ambulance · GPS tracker · hospital bed hire · post surgery bra · windscreen wash ·
massage · assistance dog · gym membership · sailing · hand cycle · Pilates · company at the pool ·
PA wages · Sainsburys LOC 6211
"""


@pytest.mark.parametrize(
    ("category", "text"), [(category, text) for category, texts in STOPPED.items() for text in texts]
)
def test_stopped_and_rightly_named(category: str, text: str) -> None:
    decision = check_text(POLICY, text)
    assert decision.action.rank >= Action.REFER.rank
    assert decision.first is not None
    assert decision.first.category == category


@pytest.mark.parametrize("text", [item.strip() for item in ALLOWED.split("·")])
def test_left_alone(text: str) -> None:
    assert check_text(POLICY, text).findings == ()


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("merlott", "merlot"),
        ("prosseco", "prosecco"),
        ("cigaretes", "cigarettes"),
        ("ladbrookes", "ladbrokes"),
        ("canabis", "cannabis"),
    ],
)
def test_one_wrong_letter_is_forgiven_and_shown(slip: str, word: str) -> None:
    first = check_text(POLICY, slip).first
    assert first is not None
    assert first.evidence == f"“{slip}” (read as “{word}”)"


@pytest.mark.parametrize(
    "word", ["brands", "whisk", "heroine", "slip", "carino", "accident", "between", "Tibet"]
)
def test_an_ordinary_word_is_not_taken_for_a_slip(word: str) -> None:
    assert check_text(POLICY, word).action is Action.ALLOW


def test_the_payee_is_read_too_and_said_to_be_where_the_words_were() -> None:
    first = check_text(POLICY, "Saturday", merchant="Ladbrokes").first
    assert first is not None
    assert first.evidence == "“Ladbrokes” in the payee's name"


def test_a_payee_cannot_make_the_words_of_a_line_mean_nothing() -> None:
    assert check_text(POLICY, "6 bottles of Merlot", merchant="Rosewood Care Home").action is Action.BLOCK


def test_folding_and_places() -> None:
    assert fold("Crémants") == fold("cremant")
    assert [token.word for token in tokens("Gordon's 70cl")] == ["gordon", "70", "cl"]
    assert tokens("a Merlot")[1][1:] == (2, 8)
    assert measures("Wash at 30°, 50% off, 330ml") == {"<percent>": (13, 16), "<beer size>": (22, 27)}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("merlot", "line 1"),
        ("category: alcohol\nmerlot", "line 2"),
        ("category: alcohol\n[alcohol only with]\nport", "line 3"),
        ("category: alcohol\n[alcohol]\nport | bottle", "line 3"),
        ("category: alcohol\n[not with]\nport | @nobody", "@nobody"),
        ("category: alcohol\n[alcohol]\n!!!", "line 3"),
        ("category: alcohol\n[alcohol\n", "line 2"),
        ("category: alcohol\n[alcohol]\nred *wine", "one end"),
    ],
)
def test_a_list_that_cannot_be_read_names_its_line(text: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        Vocabulary().read("mine.txt", text)
