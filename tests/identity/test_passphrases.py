"""Passphrases: what may be one, what may not, and that exactly what was set opens the door."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InvalidError
from app.identity import passphrases
from tests import factories as make

ABOUT = ("sam@example.org", "Sam Okafor")


@pytest.mark.parametrize("leaked", ["password1234", "qwertyuiop123", "iloveyou12345", "1q2w3e4r5t6y", "abcdefghijkl"])
def test_what_was_leaked_elsewhere_is_refused(leaked: str) -> None:
    with pytest.raises(InvalidError):
        passphrases.check_strength(leaked, ABOUT)


@pytest.mark.parametrize("ours", ["CarePurse2026", "personalhealthbudget", "nhs-coordinator", "carepurse-passphrase"])
def test_the_words_of_this_place_are_refused(ours: str) -> None:
    with pytest.raises(InvalidError):
        passphrases.check_strength(ours, ABOUT)


@pytest.mark.parametrize(
    "fine",
    [
        "seven quiet otters swim upstream",
        "żółte łódki płyną nocą",
        "👩‍👩‍👧‍👦 grandmother's marmalade",
        "  two spaces before and after kettle  ",
        "kettle marmalade otter " * 4,
    ],
)
def test_any_letters_will_do_and_long_ones_too(fine: str) -> None:
    passphrases.check_strength(fine, ABOUT)
    assert passphrases.verify(passphrases.hash_passphrase(fine), fine)


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40))
def test_anything_but_the_passphrase_itself_is_wrong(other: str) -> None:
    if other != make.PASSPHRASE:
        assert not passphrases.verify(make.hashed(), other)
    assert not passphrases.verify(make.hashed(), make.PASSPHRASE + other)


def test_nothing_after_the_longest_is_passed_over() -> None:
    longest = ("otter marmalade kettle " * 20)[: passphrases.MAX_LENGTH]
    stored = passphrases.hash_passphrase(longest)
    assert passphrases.verify(stored, longest)
    assert not passphrases.verify(stored, longest + "!")
