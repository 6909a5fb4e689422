"""Money is never wrong: reading, saying and splitting it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import MAX_PENCE, format_pounds, parse_pounds, split_cumulative, split_pence

weights = st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any)


@pytest.mark.parametrize(
    ("typed", "pence"),
    [("18", 1800), ("£1,850.00", 185000), (" 12.5 ", 1250), ("0.05", 5), ("£ 7", 700), ("10000000", MAX_PENCE)],
)
def test_reads_what_people_type(typed: str, pence: int) -> None:
    assert parse_pounds(typed) == pence


@pytest.mark.parametrize(
    "typed",
    [*("", "ten", "-5", "1e5", "NaN", "Infinity", "1.234", "1,2,3"), *("٣", "１２", "£", "5£", "10000000.01", "0x10")],
)
def test_refuses_what_is_not_an_amount(typed: str) -> None:
    with pytest.raises(ValueError, match="Enter an amount"):
        parse_pounds(typed)


@given(st.text())
def test_any_text_is_an_amount_or_a_sentence(typed: str) -> None:
    try:
        assert 0 <= parse_pounds(typed) <= MAX_PENCE
    except ValueError as error:
        assert str(error).startswith("Enter an amount")  # noqa: PT017  # both outcomes are right


@given(st.integers(0, MAX_PENCE))
def test_says_what_it_reads(pence: int) -> None:
    assert parse_pounds(format_pounds(pence)) == pence


@given(st.integers(0, 10**10), weights)
def test_a_split_adds_up_and_is_within_a_penny(total: int, shares: list[int]) -> None:
    parts = split_pence(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * sum(shares) - total * share) < sum(shares)


@given(st.lists(st.integers(1, 100_000), max_size=40), weights)
def test_many_small_splits_never_drift_more_than_a_penny(amounts: list[int], shares: list[int]) -> None:
    taken = [0] * len(shares)
    for amount in amounts:
        parts = split_cumulative(taken, amount, shares)
        assert sum(parts) == amount
        assert min(parts) >= 0
        taken = [had + part for had, part in zip(taken, parts, strict=True)]
    for had, share in zip(taken, shares, strict=True):
        assert abs(had * sum(shares) - sum(taken) * share) <= 2 * sum(shares)


@given(
    st.lists(st.integers(0, 10_000), min_size=2, max_size=2),
    st.integers(0, 10_000),
    st.lists(st.integers(0, 1000), min_size=2, max_size=2).filter(any),
)
def test_a_split_after_other_shares_still_adds_up(before: list[int], amount: int, shares: list[int]) -> None:
    parts = split_cumulative(before, amount, shares)
    assert sum(parts) == amount
    assert min(parts) >= 0
