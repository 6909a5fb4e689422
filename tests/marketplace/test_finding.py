"""What people mean: misspelt words, words for the same thing, and what is left exactly as it was typed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from app.marketplace import finding, queries, service
from app.marketplace.asking import SearchQuery
from app.marketplace.rules import Category
from app.marketplace.spelling import Vocabulary, may_be_misspelt
from app.marketplace.synonyms import alike, read_synonyms, synonyms
from tests.marketplace.making import SE6, SYSTEM, make_pa, make_provider, swim

#: What is offered in these tests: name, title, kind.
OFFERED = (
    ("Splash Ltd", "Swimming lessons", Category.ACTIVITIES),
    ("Rushey Physiotherapy", "Physiotherapy at home", Category.THERAPIES),
    ("Clear Speech", "Speech and language therapy", Category.THERAPIES),
    ("Everyday Rehab", "Occupational therapy", Category.THERAPIES),
    ("Warm Water", "Hydrotherapy in a warm pool", Category.THERAPIES),
    ("Larkspur House", "Respite weekend", Category.SHORT_BREAKS),
    ("Able Living", "Wheelchair service", Category.EQUIPMENT),
    ("Togther Homes", "Cooking class", Category.LEARNING),
    ("Sparkle", "Cleaning and tidying", Category.HOME_HELP),
    ("Silver Cars", "Taxi with a ramp", Category.TRANSPORT),
    ("Bromley Choir", "Singing for everybody", Category.COMMUNITY),
)


@pytest.fixture
def offered(session: Any) -> None:
    new = [
        service.NewProvider(name=name, lat=SE6[0], lon=SE6[1], listings=[swim(title, category=category)])
        for name, title, category in OFFERED
    ]
    service.add_many(SYSTEM, new)
    service.add_many(
        SYSTEM,
        [
            service.NewProvider(name=f"Carers {n}", listings=[swim("Carer", category=Category.HOME_CARE)])
            for n in range(9)
        ],
    )
    finding.gather_words()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("swiming", "swimming"),
        ("swimmng lesons", "swimming lessons"),
        ("fisiotherapy", "physiotherapy"),
        ("fizio", "physio"),
        ("physiotherepist", "physiotherapist"),
        ("carrer", "carer"),
        ("speach therapy", "speech therapy"),
        ("occupashional therapy", "occupational therapy"),
        ("hidrotherapie", "hydrotherapy"),
        ("resbite", "respite"),
        ("wheelchare", "wheelchair"),
        ("wheel chair", "wheelchair"),
        ("my wheel chair", "my wheelchair"),
        ("cleening", "cleaning"),
        ("taksi", "taxi"),
        ("brumley", "bromley"),
        ("Swíming", "swimming"),
        ("swimminglessons", "swimming lessons"),
    ],
)
def test_did_you_mean(offered: None, typed: str, meant: str) -> None:
    assert finding.suggest(typed) == meant
    found = finding.find(SearchQuery(words=typed))
    assert (found.shown_for, found.page.total > 0) == (meant, True)
    assert finding.find(SearchQuery(words=typed), exact=True).page.total == 0


@pytest.mark.parametrize(
    "typed",
    [
        "swimming",  # in the index
        "swims",  # another form of it
        "taxy",  # written so, it is the same to the index
        "physioth",  # the beginning of a word
        "togther",  # misspelt, but somebody's name
        "SE6 1HP",
        "se61hp 24",
        '"swiming"',
        '"swiming lesons',  # an open quotation
        "-swiming",
        "the and of",
        "PA",
        "enabler",  # people say it, no listing does
        "zzqqxxkkvv",  # near nothing
        "水泳",
        "",
    ],
)
def test_what_is_never_corrected(offered: None, typed: str) -> None:
    assert finding.suggest(typed) == ""
    assert finding.find(SearchQuery(words=typed)).shown_for == ""


def test_a_rare_slip_in_a_listing_is_offered_the_common_word_but_still_found(offered: None) -> None:
    make_provider("Slip", listings=[swim("Somebody as a carrer", category=Category.ACTIVITIES)])
    service.add_many(
        SYSTEM,
        [
            service.NewProvider(name=f"More {n}", listings=[swim("Carer", category=Category.HOME_CARE)])
            for n in range(30)
        ],
    )
    finding.gather_words()
    found = finding.find(SearchQuery(words="carrer"))
    assert (found.page.total, found.shown_for, found.offered) == (1, "", "carer")
    assert finding.find(SearchQuery(words="carer")).offered == ""
    assert finding.find(SearchQuery(words="splash")).offered == "", "somebody's name"


def test_words_that_came_since_are_not_corrected_and_new_ones_are_learnt(offered: None) -> None:
    assert finding.suggest("boccia") == ""
    make_provider("Sport", listings=[swim("Swimmings boccia")])
    assert finding.suggest("boccia") == "", "in the index, though not gathered yet"
    assert finding.suggest("bocia") != "boccia"
    finding.gather_words()
    assert finding.suggest("bocia") == "boccia", "the process that held the old words has the new ones"


def test_nothing_is_gathered_yet_and_nothing_breaks(session: Any) -> None:
    make_provider()
    assert finding.find(SearchQuery(words="swiming")).page.total == 0
    finding.gather_daily(0)
    make_provider("Later")
    assert finding.find(SearchQuery(words="companny")).shown_for == "company"


def test_a_correction_among_sixty_thousand_words_takes_milliseconds() -> None:
    import random

    dice = random.Random(5)
    letters = "etaoinshrdlucmfwypvbgk"
    words = {"".join(dice.choices(letters, k=dice.randint(3, 14))): (dice.randint(1, 500), 0) for _ in range(60_000)}
    book = Vocabulary("v", {**words, "swimming": (900, 0)})
    start = time.perf_counter()
    assert book.nearest("swimmimg") == "swimming"
    assert time.perf_counter() - start < 0.2, "measured at 10 ms; the machine may be busy"


def test_only_six_words_of_a_search_are_looked_at() -> None:
    assert len(may_be_misspelt("qqqq " * 40)) == 6


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("support worker", "Marta K."),
        ("carer", "Marta K."),
        ("care worker", "Marta K."),
        ("caregiver", "Marta K."),
        ("enabler", "Marta K."),
        ("OT", "Everyday Rehab"),
        ("salt", "Clear Speech"),
        ("speech therapist", "Clear Speech"),
        ("physio", "Rushey Physiotherapy"),
        ("physical therapy", "Rushey Physiotherapy"),
        ("aquatic therapy", "Warm Water"),
        ("short break", "Larkspur House"),
        ("time off for carers", "Larkspur House"),
        ("cab", "Silver Cars"),
        ("housework", "Sparkle"),
        ("powerchair", "Able Living"),
        ("choir", "Bromley Choir"),
        ("sing", "Bromley Choir"),
    ],
)
def test_people_call_the_same_thing_by_many_names(offered: None, typed: str, found: str) -> None:
    make_pa()
    names = [hit.who for n in (1, 2) for hit in queries.search(SearchQuery(words=typed, page=n)).hits]
    assert found in names


def test_a_synonym_narrows_with_the_other_words_and_never_comes_before_the_word_itself(offered: None) -> None:
    for n in range(4):
        make_provider(
            f"Cab {n}", listings=[swim("Taxi taxi cab", summary="Taxi, minicab, cab", category=Category.TRANSPORT)]
        )
    make_provider("Only once", listings=[swim("Days out", summary="By minicab, when it rains")])
    hits = queries.search(SearchQuery(words="minicab")).hits
    assert {hit.who for hit in hits[:5]} == {"Only once", *(f"Cab {n}" for n in range(4))}
    assert hits[-1].who == "Silver Cars", "it is found by another word for it, so it comes last"
    assert [hit.who for hit in queries.search(SearchQuery(words="minicab ramp")).hits] == ["Silver Cars"]
    assert queries.search(SearchQuery(words='"minicab ramp"')).total == 0, "quotes say exactly what"
    assert "Silver Cars" not in [hit.who for hit in queries.search(SearchQuery(words="minicab -ramp")).hits]


def test_the_list_of_synonyms_can_be_read_and_says_where_it_cannot() -> None:
    found = read_synonyms("carer, support worker > PA  # a remark\n\nOT, occupational therapy\n")
    assert found[("carer",)] == found[("support", "worker")] == (("pa",),)
    assert ("pa",) not in found
    assert found[("ot",)] == (("occupational", "therapy"),)
    for wrong in ("carer", "a > b > c", "a; b", "a, a", "1, 2"):
        with pytest.raises(ValueError, match="line 2"):
            read_synonyms(f"x, y\n{wrong}")
    assert len(synonyms()) > 150


def test_the_longest_phrase_counts() -> None:
    said = alike(["Support", "worker", "evenings"])
    assert said.startswith("((support <-> worker) | ")
    assert said.endswith(") & evenings:*")
    assert alike(["evenings"]) == ""
