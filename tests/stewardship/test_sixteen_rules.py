"""Sixteen, as rules: never early, never twice, the same whichever days the job ran."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import AuthorityKind, Scope
from app.stewardship.changes_follows import Acting, Deed, digest_of
from app.stewardship.sixteen_rules import SixteenFacts, Step, birthday, day_follows, due_on, months_before, step_due

BORN = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("born", "day", "three", "six"),
    [
        (date(2011, 1, 11), date(2027, 1, 11), date(2026, 10, 11), date(2026, 7, 11)),
        (date(2008, 2, 29), date(2024, 2, 29), date(2023, 11, 29), date(2023, 8, 29)),
        (date(2084, 2, 29), date(2100, 3, 1), date(2099, 12, 1), date(2099, 9, 1)),  # 2100 has no 29 February
        (date(2010, 8, 31), date(2026, 8, 31), date(2026, 5, 31), date(2026, 2, 28)),
        (date(2010, 5, 31), date(2026, 5, 31), date(2026, 2, 28), date(2025, 11, 30)),
    ],
)
def test_the_days(born: date, day: date, three: date, six: date) -> None:
    assert birthday(born) == day
    assert due_on(born, Step.THREE_MONTHS) == three
    assert due_on(born, Step.SIX_MONTHS) == six


@given(born=BORN)
def test_nobody_is_sixteen_before_their_birthday(born: date) -> None:
    day = birthday(born)
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    assert years == 16
    assert step_due(born, day - timedelta(days=1), ()) is not Step.DAY
    assert step_due(born, day, ()) is Step.DAY
    assert months_before(day, 6) < months_before(day, 3) < day


@given(born=BORN, ran=st.lists(st.integers(-400, 60), max_size=40))
def test_any_days_in_any_order_tell_each_thing_once_and_end_alike(born: date, ran: list[int]) -> None:
    day, done = birthday(born), []
    for offset in ran:
        step = step_due(born, day + timedelta(days=offset), done)
        if step is not None:
            assert step not in done
            assert day + timedelta(days=offset) >= due_on(born, step), "never early"
            done.append(step)
    assert done == sorted(done, key=list(Step).index), "nothing is told after what came later"
    reached = [step for step in Step if any(day + timedelta(days=offset) >= due_on(born, step) for offset in ran)]
    if reached:
        assert done[-1] is reached[-1], "the last thing due was done, whichever days were missed"
    assert (Step.DAY in done) == any(offset >= 0 for offset in ran)


def test_whoever_was_entered_late_reads_once_what_is_ahead() -> None:
    assert step_due(date(2011, 1, 11), date(2026, 11, 11), ()) is Step.THREE_MONTHS
    assert step_due(date(2011, 1, 11), date(2026, 11, 12), {Step.THREE_MONTHS}) is None


def acting(kind: AuthorityKind, scope: Scope = Scope.BUY, name: str = "Nadia", *, for_a_child: bool = True) -> Acting:
    return Acting(uuid4(), uuid4(), name, kind, scope, for_a_child)


def facts(*who: Acting, **more: object) -> SixteenFacts:
    return SixteenFacts("Amira", date(2010, 12, 1), who, **more)


def test_a_parent_looks_on_and_the_young_person_decides() -> None:
    own, nadia = acting(AuthorityKind.SELF, Scope.VIEW, "Amira"), acting(AuthorityKind.REPRESENTATIVE)
    done = {item.subjects[0]: item.scope for item in day_follows(facts(own, nadia)) if item.deed is Deed.SET_SCOPE}
    assert done == {own.authority_id: Scope.BUY, nadia.authority_id: Scope.VIEW}


def test_whoever_was_made_nominee_goes_on_and_another_parent_looks() -> None:
    nadia, yusuf = acting(AuthorityKind.REPRESENTATIVE), acting(AuthorityKind.REPRESENTATIVE, name="Yusuf")
    found = {item.subjects: item for item in day_follows(facts(nadia, yusuf, nominee=nadia.account_id))}
    assert found[(nadia.authority_id,)].deed is Deed.MAKE_NOMINEE
    assert found[(yusuf.authority_id,)].scope is Scope.VIEW


def test_where_capacity_is_lacking_nothing_changes() -> None:
    own, nadia = acting(AuthorityKind.SELF, Scope.VIEW, "Amira"), acting(AuthorityKind.REPRESENTATIVE)
    chosen = day_follows(facts(own, nadia, lacks=True, nominee=nadia.account_id))
    assert {item.deed for item in chosen} == {Deed.NOTHING}


def test_a_courts_order_does_not_end_at_sixteen() -> None:
    nadia = acting(AuthorityKind.REPRESENTATIVE, for_a_child=False)
    assert not [item for item in day_follows(facts(nadia)) if item.subjects]


def test_a_broker_prepares_and_buys_only_where_a_nominee_was_chosen() -> None:
    leonie, nadia = acting(AuthorityKind.BROKER, name="Leonie"), acting(AuthorityKind.REPRESENTATIVE)
    lowered = [item for item in day_follows(facts(leonie, nadia)) if item.subjects == (leonie.authority_id,)]
    assert [item.scope for item in lowered] == [Scope.PREPARE]
    assert not [
        item
        for item in day_follows(facts(leonie, nadia, nominee=nadia.account_id))
        if item.subjects == (leonie.authority_id,)
    ]


def test_whoever_could_only_look_already_is_not_touched() -> None:
    nadia = acting(AuthorityKind.REPRESENTATIVE, Scope.VIEW)
    assert not [item for item in day_follows(facts(nadia)) if item.subjects]


def test_what_was_read_and_what_is_done_have_one_sum() -> None:
    nadia = acting(AuthorityKind.REPRESENTATIVE)
    assert digest_of(day_follows(facts(nadia))) == digest_of(day_follows(facts(nadia)))
    assert digest_of(day_follows(facts(nadia))) != digest_of(day_follows(facts(nadia, drafts=1)))
    assert digest_of(day_follows(facts(nadia))) != digest_of(day_follows(facts(nadia, lacks=True)))
