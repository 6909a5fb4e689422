"""The six real-life cases that every release must carry, from agreeing to spending, through the services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.budgets import monitoring
from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.demo.doing import Item, elsewhere, from_listing
from app.demo.lives_cases import CALLUM, GWEN, RUTH, TOMASZ
from app.demo.lives_changing import SEUN
from app.demo.lives_exercise import EXERCISE
from app.demo.lives_main import AMIRA
from app.demo.world import SYSTEM
from app.identity import service as identity
from app.identity.queries import load_actor
from app.identity.rules import AuthorityKind, Permission, PersonSubject, Scope, may
from app.ledger.models import LedgerTransfer
from app.ledger.rules import Stream, TransferKind
from app.policy.rules import Action
from app.purchases import queries
from app.purchases import service as purchases
from app.purchases.rules import DetailsInput, State
from app.stewardship.sixteen import turn_sixteen
from app.stewardship.sixteen_nominee import choose_nominee
from app.stewardship.sixteen_rules import birthday
from tests.cases.stage import (
    balance,
    ledger_is_right,
    left,
    months,
    on,
    pay_in,
    request_of,
    rules_of,
    spent_by_stream,
    stage,
    start_of,
)
from tests.factories import say_gets_nothing

pytestmark = pytest.mark.usefixtures("session")


def test_1_the_assistance_dog_passes_on_plan_and_is_never_stopped() -> None:
    world = stage(CALLUM)
    callum = world.people["callum"]
    pay_in(world, start_of(world, callum))
    me, priya = world.actor(callum.account), world.actor(world.accounts["priya"])
    assert balance(callum).available == 300_000, "one yearly sum"

    whole = elsewhere(me, callum, "Good Nose Assistance Dogs", [Item("Seizure alert dog, the year", 300_000,
        "assistance-animals", 0)])
    seen = purchases.check(me, whole)
    assert seen.decision.action is Action.REFER, "dear, so a person looks; unusual is no reason to stop it"
    assert {f.rule for f in seen.decision.findings} <= {"over-item-threshold", "over-safe"}, "it is on plan"
    purchases.cancel(me, whole)

    training = elsewhere(me, callum, "Good Nose Assistance Dogs", [Item("Seizure alert dog: training", 124_000,
        "assistance-animals", 0)])
    assert purchases.submit(me, training).state is State.AWAITING_APPROVAL
    assert balance(callum).promised == 124_000
    purchases.approve(priya, request_of(world, callum, training), "This is exactly what the plan says.")
    assert training.state is State.PAID
    food = elsewhere(me, callum, "Paws and Whiskers", [Item("Dog food, a month", 4_450, "assistance-animals", 0)])
    assert purchases.submit(me, food).state is State.PAID, "small things need nobody"
    assert balance(callum).available == 300_000 - 124_000 - 4_450
    assert ledger_is_right()


def test_2_company_at_the_pool_an_employed_pa_and_a_massage() -> None:
    world = stage(RUTH, market=True)
    ruth = world.people["ruth"]
    me = world.actor(ruth.account)
    pay_in(world, world.this_month)
    due = balance(ruth).still_due
    assert due == sum(item.pence for item in RUTH.regulars)

    # the PA is employed: her wages come round every month and were settled when the plan was agreed
    wages = next(item for item in ruth.regulars if item.words == "Wages for Rosa")
    slip = purchases.start_draft(me, ruth.person, regular_ref=wages.ref)
    purchases.set_details(me, slip, DetailsInput(bought_on=clock.today()))
    assert purchases.submit(me, slip).state is State.PAID, "over £500 and asked of nobody"
    assert balance(ruth).still_due == due - wages.amount_pence
    twice = purchases.start_draft(me, ruth.person, regular_ref=wages.ref)
    purchases.set_details(me, twice, DetailsInput(bought_on=clock.today()))
    assert purchases.check(me, twice).result is not State.PAID, "a month's wages are agreed once"
    purchases.cancel(me, twice)

    # the massage is a session from a provider: asked for, paid, had
    massage = from_listing(world, me, ruth, "Honor Oak Massage Practice", "Massage for neck and back", 2, 1)
    assert purchases.submit(me, massage).state is State.APPROVED
    purchases.mark_paid(me, massage, clock.today(), "By card from my budget account")
    assert purchases.confirm_delivery(me, massage).state is State.DELIVERED
    used = budgets.figures(ruth.budget).this_month
    assert used[ruth.outcomes[0].id].spent == wages.amount_pence
    assert used[ruth.outcomes[1].id].spent == 2 * 5_400
    assert ledger_is_right()


def test_3_small_exercise_budgets_in_one_pair_of_hands() -> None:
    world = stage(*EXERCISE)
    people = [world.people[life.key] for life in EXERCISE]
    for period in sorted({start_of(world, who) for who in people}):
        pay_in(world, period)
    marcus = world.actor(world.accounts["marcus"])
    for who in people:
        me = world.actor(who.account)
        assert balance(who).available == 40_000, "one-off, once"
        for once in who.life.onces:
            bought = elsewhere(me, who, once.payee, [Item(once.words, once.pence, once.category, 0)])
            assert purchases.submit(me, bought).state is State.PAID, once.words
    # lightly and together: one page for one coordinator, without a single transaction
    page = monitoring.health(marcus, world.board.id, own=True)
    assert len(page.rows) == len(EXERCISE) == 15
    assert {row.person_name for row in page.rows} == {who.person.name for who in people}
    assert {row.pace for row in page.rows} == {monitoring.Pace.ONE_OFF}
    # outcomes compared: what each one's single outcome took
    for who in people:
        used = budgets.figures(who.budget).whole_budget
        assert sum(spend.spent for spend in used.values()) == sum(once.pence for once in who.life.onces)
        assert set(used) <= {who.outcomes[0].id}
    # more than there is cannot go; what is not in the plan goes to the same coordinator
    delroy = world.people["delroy"]
    me = world.actor(delroy.account)
    dear = elsewhere(me, delroy, "Wheels for All SE", [Item("Spare wheels", 9_900, "equipment-and-aids", 0)])
    assert purchases.submit(me, dear).state is State.BLOCKED
    assert "over-available" in rules_of(dear)
    noor = world.people["noor"]
    odd = elsewhere(world.actor(noor.account), noor, "Float and Breathe", [Item("Floating in salt water", 9_000, None,
        0)])
    purchases.submit(world.actor(noor.account), odd)
    request = queries.open_request_of(world.actor(noor.account), odd)
    assert request is not None
    assert request.assigned_name == "Marcus Bell"
    assert ledger_is_right()


def test_4_wages_go_on_in_hospital_and_the_surplus_stays_until_it_is_talked_about() -> None:
    world = stage(GWEN)
    gwen = world.people["gwen"]
    me = world.actor(gwen.account)
    a_month, wages = 142_000, sum(item.pence for item in GWEN.regulars)
    other = a_month - wages
    in_hospital = months(world, gwen)[4:7]
    for period in months(world, gwen)[:-1]:
        pay_in(world, period)
        with on(clock.last_day(period)):
            for regular in gwen.regulars:
                slip = purchases.start_draft(me, gwen.person, regular_ref=regular.ref)
                purchases.set_details(me, slip, DetailsInput(bought_on=clock.today()))
                assert purchases.submit(me, slip).state is State.PAID, "the PAs are paid, hospital or not"
            if period not in in_hospital:
                rest = elsewhere(me, gwen, "Rushey Green Physiotherapy", [Item("Breathing exercises", other,
                    "therapies", 1)])
                assert purchases.submit(me, rest).state is State.PAID
            found = budgets.balance(gwen.budget, period)
            assert found.still_due == 0
            assert found.spent == (wages if period in in_hospital else a_month)
    surplus = 3 * other
    now = balance(gwen)
    assert now.available == surplus, "money was never taken back by itself"
    assert now.contingency == 40_000, "and what is kept for bad weeks is shown apart"
    assert now.safe_to_spend == surplus - 40_000 - now.still_due
    kinds = set(db.session.scalars(select(LedgerTransfer.kind).distinct()))
    assert TransferKind.RECLAIM not in kinds
    by_month = {row.period: row.spent for row in budgets.figures(gwen.budget).by_month}
    assert [by_month[period] for period in in_hospital] == [wages] * 3, "the review can see why"
    assert ledger_is_right()


def test_5_the_wheelchair_two_funders_one_sum_to_the_penny() -> None:
    world = stage(TOMASZ)
    tomasz = world.people["tomasz"]
    pay_in(world, start_of(world, tomasz))
    me, priya = world.actor(tomasz.account), world.actor(world.accounts["priya"])
    assert balance(tomasz).available == 385_000, "one sum on the page"
    assert left(tomasz) == {Stream.HEALTH: 185_000, Stream.SOCIAL_CARE: 200_000}

    measured = elsewhere(me, tomasz, "Lewisham Wheel Works", [Item("Seat measured", 9_635, "equipment-and-aids", 0)])
    assert purchases.submit(me, measured).state is State.PAID
    first = spent_by_stream(tomasz)
    assert sum(first.values()) == 9_635
    assert abs(first[Stream.HEALTH] * 77 - 9_635 * 37) < 77, "never a penny from the exact share"

    chair = elsewhere(me, tomasz, "Lewisham Wheel Works", [Item("Light active wheelchair", 375_365,
        "equipment-and-aids", 0)])
    assert purchases.submit(me, chair).state is State.AWAITING_APPROVAL
    assert left(tomasz) == {Stream.HEALTH: 0, Stream.SOCIAL_CARE: 0}, "held: it cannot go to anything else"
    purchases.approve(priya, request_of(world, tomasz, chair))
    assert chair.state is State.PAID
    assert spent_by_stream(tomasz) == {Stream.HEALTH: 185_000, Stream.SOCIAL_CARE: 200_000}
    assert balance(tomasz).available == 0
    assert [part.held_as.value for part in tomasz.budget.parts] == ["notional"]
    assert ledger_is_right()


def test_6_a_child_of_nine_the_parent_buys_and_says_yes_to_what_the_broker_prepares() -> None:
    world = stage(AMIRA, market=True)
    amira = world.people["amira"]
    pay_in(world, world.this_month)
    assert amira.person.age_on(world.today) == 9
    nadia, leonie = world.actor(amira.account), world.actor(world.accounts["leonie"])
    assert nadia.name != amira.person.name, "a child has no sign-in"

    swim = from_listing(world, nadia, amira, "Swim Together CIC", "Warm-pool swimming with one-to-one help", 3, 1)
    assert purchases.submit(nadia, swim).state is State.APPROVED
    assert (swim.requested_as, swim.requested_by_name) == ("representative", "Nadia Rahman")
    assert left(amira) == {Stream.HEALTH: 62_000, Stream.SOCIAL_CARE: 38_000 - 7_800, Stream.EDUCATION: 24_000}

    speech = from_listing(world, leonie, amira, "Talking Hands Therapy", "Speech therapy with the talker", 2, 2)
    say_gets_nothing(leonie, speech)
    purchases.submit(leonie, speech)
    assert speech.state is State.AWAITING_HOLDER
    assert balance(amira).promised == 7_800, "nothing is held before the parent says yes"
    assert next(row.kind for row in queries.waiting_for(nadia, amira.person)) is queries.WaitingKind.CONFIRM
    with pytest.raises(NotAllowedError):
        purchases.confirm(leonie, speech)
    purchases.confirm(nadia, speech)
    assert speech.state is State.APPROVED
    assert left(amira) == {Stream.HEALTH: 58_000, Stream.SOCIAL_CARE: 30_200, Stream.EDUCATION: 12_000}
    with pytest.raises(NotAllowedError):
        purchases.mark_paid(leonie, speech, clock.today(), "from my own pocket")
    purchases.mark_paid(nadia, speech, clock.today(), "From Amira's account, by transfer")
    assert balance(amira).available == 124_000 - 7_800 - 16_000
    # the right to decide passes at sixteen: until then the parent's stands
    assert amira.person.age_on(world.today + timedelta(days=366 * 6)) < 16
    assert turn_sixteen().told == 0
    assert ledger_is_right()


def test_6_at_sixteen_the_right_to_decide_passes() -> None:
    world = stage(SEUN)
    seun = world.people["seun"]
    pay_in(world, world.this_month)
    day, person = birthday(seun.person.date_of_birth), seun.person
    himself = world.accounts["seun_himself"]
    identity.grant_authority(SYSTEM, himself, person, AuthorityKind.SELF, Scope.VIEW, starts_on=world.today)
    femi = world.actor(seun.account)
    draft = elsewhere(femi, seun, "Good Morning Work", [Item("Travel training", 5_200, "learning-and-work", 0)])
    with on(day - timedelta(days=1)):
        assert turn_sixteen().told == 1, "six weeks before both words are one"
        assert may(load_actor(seun.account), Permission.BUY, PersonSubject(person.id)), "until the day his father buys"
    with on(day):
        assert turn_sixteen().passed == 1
        assert turn_sixteen().passed == 0, "once"
        father, young = load_actor(seun.account), load_actor(himself)
        with pytest.raises(NotAllowedError):
            purchases.submit(father, draft)
        assert purchases.submit(young, draft).state is State.PAID, "what was begun is not lost: he sends it himself"
        choose_nominee(young, person, str(seun.account.id))
        assert load_actor(seun.account).grants[0].kind is AuthorityKind.NOMINEE, "because he asked for it"
    assert ledger_is_right()
