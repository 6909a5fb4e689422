"""Words in disguise: each step of the reading, what it catches, and the innocent text it must leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.disguise import joined_pairs, plain_letters, spelled_out, undigited
from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Action
from app.policy.slips import Mender, near
from app.policy.text import tokens

POLICY = PolicyDocument.load_default()

STOPPED = {
    "figures for letters": [
        "w1ne",
        "wh1skey",
        "B0MBAY SAPPH1RE",
        "cig@rettes",
        "WETHERSP00NS",
        "PaddyP0wer",
        "l0an",
        "bing0",
    ],
    "letters apart": ["b e e r", "v.o.d.k.a", "v_o_d_k_a", "C A S I N O", "b e t 3 6 5", "r u m"],
    "broken in two": ["vodk a", "whis key", "gambl ing", "toba cco"],
    "other scripts": [
        "vоdka",
        "ｖｏｄｋａ",
        "w\u200bine",
        "w\u0336i\u0336n\u0336e\u0336",
        "wíné",
        "ᴡɪɴᴇ",
        "сigarettes",
    ],
    "vowels left out": ["PADDYPWR", "LADBRKS", "STRNGBOW", "WHSKY", "BARCLYCARD", "SURGRY", "WTHRSPN"],
    "cut off": ["PROSEC", "NATIONAL LOTT", "PINOT GRIG"],
    "as it sounds": ["kokaine", "tabacco", "sigarettes", "kasino"],
    "names misspelt": ["Heinekin", "Budwieser", "Ladbrooks", "Carlsburg export"],
    "beside the rest of its phrase": ["BARGAIN BZE", "AMBR LEAF 30G", "GLDN VIRGINIA", "FAMOUS GRSE 1L", "RED WN 75CL"],
    "short forms": ["Jack D", "SPNSBRYS OFF LIC", "pk fags", "CRDT CARD PYMT", "MTGE PAYMENT", "WM HILL", "MED CTR"],
}
LEFT_ALONE = """
wine gums · w1ne gums · Bethel · Bethany · betamethasone · port cannula · rum truffle cake mix · ginger beer · Grange ·
alcohol-free hand gel · Hero In Training · a lot to do · W1N 4AB · AL3 5JB · G12 8QQ · BR1 3RA · A B C soft play ·
K9 Club · cables 2 u ltd · CARE4U · Office 365 · M D M Architects · I.T. support · Al Cohen Plumbing ·
Gin Lane Nursery ·
Carlin Care · Carolyn Calling · Denville Hall · Chapter House · Veteran · Pampers · Diplomat Care · Capone Pizza ·
Heroine Publishing · Speed Queen Laundry · Marlow Borough · Paddy Powell · William Hall · Shark Vac · MERLOTTE'S WOOL ·
Tabasco · Weatherspoon · Protect · Wonderland · Westcott · Volvic 6x500ml · SPF50 lotion · B12 tablets · Omega3
"""


@pytest.mark.parametrize(("how", "text"), [(how, text) for how, texts in STOPPED.items() for text in texts])
def test_a_word_in_disguise_is_stopped_and_shown_as_it_was_written(how: str, text: str) -> None:
    decision = check_text(POLICY, text)
    assert decision.action.rank >= Action.REFER.rank, how
    assert decision.first is not None
    assert "“" in decision.first.evidence


@pytest.mark.parametrize("text", [text.strip() for text in LEFT_ALONE.split("·")])
def test_what_only_looks_like_a_disguise_is_left_alone(text: str) -> None:
    assert check_text(POLICY, text).action.rank < Action.REFER.rank


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("w1ne", "“w1ne” (read as “wine”)"),
        ("Saturday b e e r", "“b e e r” (read as “beer”) in “Saturday b e e r”"),
        ("LADBRKS 0142", "“LADBRKS” (read as “ladbrokes”) in “LADBRKS 0142”"),
        ("AMBR LEAF", "“AMBR LEAF” (read as “amber leaf”)"),
    ],
)
def test_the_finding_says_what_was_read_as_what(text: str, shown: str) -> None:
    first = check_text(POLICY, text).first
    assert first is not None
    assert first.evidence == shown


def test_each_step_by_itself() -> None:
    assert plain_letters("vоd\u200bka Ｇin") == "vodka Gin"
    assert {reading.letters for reading in undigited("a W1NE b")} == {"WiNE", "WlNE"}
    assert list(undigited("70cl B12 AL3 4x440ml")) == []
    assert next(spelled_out("x, v.o.d.k.a!")).letters == "vodka"
    assert list(joined_pairs(tokens("vodk a, bottle"))) == [(0, "vodka")]


def test_what_a_slip_may_be() -> None:
    mender = Mender(words=["prosecco", "cocaine"], names=["heineken", "telling"], run_together=["paddypower"])
    assert mender.mend("prosseco") == "prosecco"
    assert mender.mend("kokaine") == "cocaine"
    assert mender.mend("heinekin") == "heineken"
    assert mender.mend("paddypwr") == "paddypower"
    assert mender.mend("selling") is None
    assert mender.mend("heinekex") is None
    assert near("bze", "booze")
    assert not near("hall", "hill")


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_and_evidence_is_in_the_text(text: str) -> None:
    for hit in POLICY.matcher.hits(text):
        assert 0 <= hit.start < hit.end
