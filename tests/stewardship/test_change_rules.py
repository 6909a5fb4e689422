"""Capacity, a death and a move, as rules: what must hold whoever is around somebody and whatever waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import AuthorityKind, Scope
from app.stewardship.capacity_rules import CapacityFacts, Finding, Wish, capacity_follows
from app.stewardship.changes_follows import Acting, Area, Deed, Follow, TaskKind, by_area, digest_of
from app.stewardship.changes_rules import ChangeFacts, Pay, death_follows, move_follows

_RANK = {Scope.VIEW: 0, Scope.PREPARE: 1, Scope.BUY: 2}
ACTING = st.builds(
    Acting,
    st.uuids(),
    st.uuids(),
    st.sampled_from(["Nadia Rahman", "Yusuf Rahman", "Leonie Baptiste"]),
    st.sampled_from(list(AuthorityKind)),
    st.sampled_from(list(Scope)),
)
IDS = st.lists(st.uuids(), max_size=3).map(tuple)
FACTS = st.builds(
    ChangeFacts,
    st.just("George"),
    st.dates(date(2020, 1, 2), date(2030, 12, 31)),
    st.dates(date(2031, 1, 1), date(2031, 12, 31)),
    acting=st.lists(ACTING, max_size=4, unique_by=lambda item: item.authority_id).map(tuple),
    budgets=IDS,
    unpaid=IDS,
    ideas=IDS,
    regular=IDS,
    after=st.lists(st.tuples(st.uuids(), st.integers(1, 10_000)), max_size=3).map(tuple),
    watches=IDS,
    left_pence=st.integers(0, 10_000_000),
    where_to=st.just("Leeds City Council"),
)


def touched(follows: tuple[Follow, ...], *deeds: Deed) -> list[UUID]:
    return [key for item in follows if item.deed in deeds for key in item.subjects]


@given(facts=FACTS)
def test_after_a_death_nobody_buys_and_each_right_is_dealt_with_once(facts: ChangeFacts) -> None:
    follows = death_follows(facts)
    rights = touched(follows, Deed.CLOSE_ACCOUNT, Deed.LET_LOOK_UNTIL)
    assert sorted(rights) == sorted(item.authority_id for item in facts.acting)
    assert not touched(follows, Deed.SET_SCOPE, Deed.MAKE_NOMINEE)


@given(facts=FACTS)
def test_everything_that_waits_is_dealt_with_once_and_what_is_left_is_finances(facts: ChangeFacts) -> None:
    for follows, last in ((death_follows(facts), facts.day), (move_follows(facts), facts.day - timedelta(days=1))):
        assert touched(follows, Deed.DROP) == list(facts.unpaid)
        assert touched(follows, Deed.STOP_REGULAR) == list(facts.regular)
        assert touched(follows, Deed.LIST_TO_CORRECT) == [key for key, _ in facts.after]
        settle = [item for item in follows if item.task is TaskKind.SETTLE]
        assert [item.pence for item in settle] == [facts.left_pence]
        ends = [item.on for item in follows if item.deed in (Deed.STOP_REGULAR, Deed.END_BUDGET)]
        assert all(day == last for day in ends)


@given(facts=FACTS)
def test_a_page_shows_every_sentence_and_any_difference_changes_its_sum(facts: ChangeFacts) -> None:
    follows = death_follows(facts)
    shown = [sentence for _, sentences in by_area(follows) for sentence in sentences]
    assert sorted(shown) == sorted(item.sentence for item in follows)
    more = replace(facts, unpaid=(*facts.unpaid, uuid4()))
    assert digest_of(death_follows(more)) != digest_of(follows)


def test_pay_that_is_owed_is_a_task_for_each_and_one_for_the_employer() -> None:
    pay = (Pay(uuid4(), "Wages for Marta"), Pay(uuid4(), "Wages for Joe"))
    facts = ChangeFacts("George", date(2026, 11, 3), date(2027, 2, 1), pay=pay)
    owed, employer = (item for item in death_follows(facts) if item.area is Area.PAY)
    assert (owed.task, employer.task) == (TaskKind.PAY_OWED, TaskKind.EMPLOYER)
    assert owed.subjects == tuple(item.payment_id for item in pay)
    assert [owed.words_of(0)[:15], owed.words_of(1)[:13]] == ["Wages for Marta", "Wages for Joe"]
    assert owed.sentence.startswith("2 personal assistants: pay up to")


@given(facts=FACTS)
def test_before_it_is_done_no_sum_and_no_payee_is_said(facts: ChangeFacts) -> None:
    facts = replace(facts, held_pence=4_200, paid_ahead_pence=900, pay=(Pay(uuid4(), "Wages for Marta, £200.00"),))
    for rule in (death_follows, move_follows):
        follows = rule(facts)
        assert not [item.sentence for item in follows if "£" in item.sentence or "Marta" in item.sentence]
        assert any("Marta" in words for item in follows for words in item.in_full)
        richer = replace(facts, left_pence=facts.left_pence + 1)
        assert digest_of(rule(richer)) == digest_of(follows), "a sum cannot be guessed until it fits"


CAPACITY = st.builds(
    CapacityFacts,
    st.just("George"),
    st.sampled_from(list(Finding)),
    st.lists(ACTING, max_size=4, unique_by=lambda item: item.authority_id).map(tuple),
    wish=st.sampled_from(list(Wish)),
)


@given(facts=CAPACITY, who=st.integers(0, 3))
def test_where_capacity_is_lacking_only_whoever_was_named_may_more_than_before(facts: CapacityFacts, who: int) -> None:
    named = facts.acting[who % len(facts.acting)].account_id if facts.acting else None
    facts = replace(facts, finding=Finding.LACKS, meanwhile=named)
    was = {item.authority_id: item for item in facts.acting}
    for item in capacity_follows(facts):
        for key in item.subjects:
            assert item.deed is Deed.SET_SCOPE, "nobody is shut out"
            assert item.scope is not None
            if _RANK[item.scope] > _RANK[was[key].scope]:
                assert was[key].account_id == named
                assert was[key].kind is not AuthorityKind.SELF


@given(facts=CAPACITY)
def test_nobodys_right_ends_without_the_persons_word(facts: CapacityFacts) -> None:
    ended = touched(capacity_follows(facts), Deed.END_AUTHORITY, Deed.MAKE_NOMINEE)
    if facts.finding is not Finding.HAS or facts.wish not in (Wish.ENDS, Wish.NOMINEE):
        assert not ended
    fluctuates = capacity_follows(replace(facts, finding=Finding.FLUCTUATES))
    assert not [item for item in fluctuates if item.deed is not Deed.NOTHING], "it changes nothing by itself"
