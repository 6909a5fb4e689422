"""Simple rules: what a team says yes to in advance, and what always goes to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.approvals import simple_rules
from app.approvals.models import SimpleRule
from app.approvals.precedent import like_cases
from app.approvals.rules import RequestState
from app.approvals.simple_rules import RuleInput
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.models import StaffPost
from app.identity.rules import AuthorityKind
from app.marketplace.rules import Category
from app.marketplace.service import add_member
from app.purchases import service as purchases
from app.purchases.answer_times import answer_times
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests import factories
from tests.purchases.test_deciding import request_of
from tests.purchases.test_races import actor, race
from tests.purchases.world import World, build, make_listing

KARAOKE = RuleInput("Karaoke under £40", Category.EQUIPMENT, "karaoke, sing along", "swim", 4_000, 1, "It is good fun.")


def make(world: World, **changes: object) -> SimpleRule:
    db.session.scalars(select(StaffPost).where(StaffPost.account_id == world.coordinator.id)).one().leads = True
    db.session.flush()
    typed = RuleInput(**{**{name: getattr(KARAOKE, name) for name in RuleInput.__slots__}, **changes})
    return simple_rules.make_rule(world.priya, world.commissioner.id, typed, set(Category))


def test_what_it_is_about_is_approved_at_once_and_kept_as_precedent(world: World) -> None:
    rule = make(world)
    purchase = world.outside(("Karaoke machine", 3_200, Category.EQUIPMENT))
    assert purchases.check(world.me, purchase).result is State.PAID
    purchases.submit(world.me, purchase)
    assert purchase.state is State.PAID
    request = request_of(purchase)
    assert (request.state, request.simple_rule_id) == (RequestState.APPROVED, rule.id)
    assert (request.decided_by, request.decided_by_name) == (None, "Simple rule: Karaoke under £40")
    assert (request.reason, request.rule) == ("It is good fun.", "off-plan")
    (use,) = simple_rules.rules_of(world.priya, world.commissioner.id)
    assert (use.answered, use.pence) == (1, 3_200)
    assert answer_times(world.priya, world.commissioner.id) == []  # nobody waited


@pytest.mark.parametrize(
    "changes",
    [
        {"most_pence": 3_199},
        {"category": Category.TRANSPORT},
        {"words": "trampoline"},
        {"words": "raok"},  # a part of a word is not the word
        {"outcome_words": "rest"},
    ],
)
def test_anything_else_goes_to_a_person(world: World, changes: dict[str, object]) -> None:
    make(world, **changes)
    assert world.referred(3_200).state is State.AWAITING_APPROVAL


def test_only_so_often_in_a_year(world: World) -> None:
    make(world, times_a_year=2)
    assert [world.referred(pence).state for pence in (3_000, 3_100, 3_200)] == [
        State.PAID,
        State.PAID,
        State.AWAITING_APPROVAL,
    ]
    with clock.at(clock.now() + timedelta(days=366)):
        rule = db.session.scalars(select(SimpleRule)).one()
        assert simple_rules.times_used(rule, world.person.id) == 0


def test_a_doubt_about_anything_else_still_goes_to_a_person(world: World) -> None:
    make(world, words="")
    purchase = world.outside(
        ("Karaoke machine", 3_200, Category.EQUIPMENT), ("Nicotine patches", 700, Category.EQUIPMENT)
    )
    purchases.submit(world.me, purchase)
    assert purchase.state is State.AWAITING_APPROVAL


def test_nobodys_own_rule_answers_for_whom_they_act_or_what_they_sell(world: World) -> None:
    """Who asks never approves, in advance either."""
    make(world)
    listing = make_listing()
    add_member(factories.SYSTEM, listing.provider, world.coordinator.id)
    sold = world.outside(("Karaoke machine", 3_200, Category.EQUIPMENT))
    sold.provider_id = listing.provider_id
    db.session.flush()
    assert purchases.check(world.me, sold).result is State.AWAITING_APPROVAL
    factories.give_authority(world.coordinator, world.person, AuthorityKind.NOMINEE)
    assert world.referred(3_100).state is State.AWAITING_APPROVAL


def test_an_ended_rule_answers_no_more(world: World) -> None:
    rule = make(world)
    simple_rules.end_rule(world.priya, rule.ref)
    assert world.referred().state is State.AWAITING_APPROVAL
    with pytest.raises(NotFoundError):
        simple_rules.end_rule(world.priya, rule.ref)


def test_another_commissioners_rule_answers_nothing(world: World) -> None:
    make(build())
    assert world.referred().state is State.AWAITING_APPROVAL


def test_whoever_leads_makes_them_and_a_rule_for_everything_is_none(world: World) -> None:
    with pytest.raises(NotAllowedError):
        simple_rules.make_rule(world.tom, world.commissioner.id, KARAOKE, set(Category))
    with pytest.raises(NotFoundError):
        simple_rules.make_rule(world.me, world.commissioner.id, KARAOKE, set(Category))
    with pytest.raises(InvalidError) as refused:
        make(world, name=" ", category=None, words=" , ", most_pence=500_001, times_a_year=None, why="")
    assert set(refused.value.errors) == {"name", "words", "most", "times", "why"}


def test_like_cases_are_the_nearest_of_other_people(world: World) -> None:
    """The same team, the same rule and kind; never the person's own."""
    other = factories.make_person(world.commissioner, coordinator=world.coordinator)
    holder = factories.make_account("Ada Other")
    factories.give_authority(holder, other)
    plan = factories.make_plan(other)
    budget = factories.make_budget(other, plan)
    elsewhere = World(world.commissioner, world.coordinator, world.colleague, holder, other, plan, budget)
    for pence, yes in ((9_000, True), (3_000, False), (3_500, True)):
        asked = request_of(elsewhere.referred(pence))
        if yes:
            purchases.approve(world.priya, asked.ref)
        else:
            purchases.decline(world.priya, asked.ref, "too_much", "The library lends one.")
    purchases.approve(world.priya, request_of(world.referred(3_300)).ref)
    found = like_cases(request_of(world.referred(3_200)))
    assert [(case.amount_pence, case.approved, case.reason) for case in found] == [
        (3_000, False, "It costs more than it needs to"),
        (3_500, True, ""),
        (9_000, True, ""),
    ]
    assert "library" not in repr(found)


def test_the_last_time_of_a_year_is_one_time_whatever_budget_it_comes_from(real_database: Flask) -> None:
    with real_database.app_context():
        world = build()
        make(world)
        other = replace(world, budget=factories.make_budget(world.person, world.plan))
        ids = [one.outside(("Karaoke machine", 3_000, Category.EQUIPMENT), payee=f"{one.budget.ref} Music").id
               for one in (world, other)]  # fmt: skip
        me = world.holder.id
        db.session.commit()

    def submit(key: UUID) -> Callable[[], object]:
        return lambda: purchases.submit(actor(me), db.session.get_one(Purchase, key)).state

    answers = race(real_database, [submit(key) for key in ids], 2)
    assert answers.count(State.PAID) == 1
    assert all(isinstance(one, StateError) or one in (State.PAID, State.AWAITING_APPROVAL) for one in answers), answers
