"""The state table, and what a person may type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import StateError
from app.core.words import one_line, storable
from app.purchases.rules import STATE_WORDS, TABLE, LineInput, State, Verb, check_line, line_amount, possible, step

DESIGN = {
    # DESIGN, section 7
    (State.DRAFT, Verb.SUBMIT): {"approved", "awaiting_approval", "blocked", "awaiting_holder"},
    (State.AWAITING_HOLDER, Verb.CONFIRM): {"approved", "awaiting_approval", "blocked"},
    (State.AWAITING_HOLDER, Verb.TURN_DOWN): {"cancelled"},
    (State.AWAITING_APPROVAL, Verb.APPROVE): {"approved"},
    (State.AWAITING_APPROVAL, Verb.DECLINE): {"declined"},
    (State.AWAITING_APPROVAL, Verb.ASK): {"awaiting_information"},
    (State.AWAITING_INFORMATION, Verb.ANSWER): {"awaiting_approval"},
    (State.APPROVED, Verb.PAY): {"paying"},
    (State.PAYING, Verb.SETTLE): {"paid"},
    (State.PAYING, Verb.FAIL): {"approved"},
    (State.PAID, Verb.CONFIRM_DELIVERY): {"delivered"},
    (State.BLOCKED, Verb.REVISE): {"draft"},
    **{
        (state, Verb.CANCEL): {"cancelled"}
        for state in State
        if state in ("draft", "approved", "under_appeal") or state.startswith("awaiting_")
    },
    (State.APPROVED, Verb.REPLACE): {"cancelled"},
    (State.DECLINED, Verb.APPEAL): {"under_appeal"},
    (State.BLOCKED, Verb.APPEAL): {"under_appeal"},
    (State.UNDER_APPEAL, Verb.APPROVE): {"approved"},
    (State.UNDER_APPEAL, Verb.DECLINE): {"declined"},
    (State.PAID, Verb.DISPUTE): {"disputed"},
    (State.DELIVERED, Verb.DISPUTE): {"disputed"},
    (State.PART_REFUNDED, Verb.DISPUTE): {"disputed"},
    (State.DISPUTED, Verb.CONFIRM_DELIVERY): {"delivered", "part_refunded"},
    **{
        (state, Verb.REFUND): {"part_refunded", "refunded"} | ({"disputed"} if state == "disputed" else set())
        for state in State
        if state in ("paid", "delivered", "disputed", "part_refunded")
    },
}


def test_the_table_is_the_designs() -> None:
    assert {pair: set(map(str, ends)) for pair, ends in TABLE.items()} == DESIGN


@given(st.sampled_from(State), st.sampled_from(Verb), st.none() | st.sampled_from(State))
def test_nothing_outside_the_table_happens(state: State, verb: Verb, to: State | None) -> None:
    ends = TABLE.get((state, verb), frozenset())
    if to in ends or (to is None and len(ends) == 1):
        assert step(state, verb, to) in ends
        assert verb in possible(state)
    else:
        with pytest.raises(StateError):
            step(state, verb, to)


def test_money_once_gone_stays_gone() -> None:
    """From paid there is no way back to a state in which the same money could be spent again."""
    reach = {State.PAID}
    while True:
        more = {end for (start, _), ends in TABLE.items() if start in reach for end in ends} - reach
        if not more:
            break
        reach |= more
    assert reach == {State.PAID, State.DELIVERED, State.DISPUTED, State.PART_REFUNDED, State.REFUNDED}
    assert set(STATE_WORDS) == set(State)


@pytest.mark.parametrize(
    ("price", "hundredths", "pence"), [(2200, 400, 8800), (1720, 250, 4300), (333, 50, 167), (0, 100, 0)]
)
def test_a_line_costs_price_times_quantity(price: int, hundredths: int, pence: int) -> None:
    assert line_amount(price, hundredths) == pence


@given(st.text())
def test_what_is_kept_can_be_stored(text: str) -> None:
    for kept in (one_line(text), storable(text)):
        kept.encode("utf-8")
        assert "\x00" not in kept
    assert "\n" not in one_line(text)


def test_a_line_says_what_is_wrong_with_it() -> None:
    assert set(check_line(LineInput(" \u200b ", None, 0, family_member="cousin"))) == {
        "description",
        "amount",
        "quantity",
        "family_member",
    }
    assert check_line(LineInput("Gym", 3200)) == {}
