"""Home and its neighbours: the figures are right, every state is kind, nothing of anybody else's shows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.audit import service as audit
from app.budgets import queries as budget_queries
from app.budgets.rules import BudgetState
from app.core import clock
from app.identity.rules import AuthorityKind, Scope
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind
from app.plans.service import OutcomeInput
from tests.factories import (
    actor_for,
    give_authority,
    make_account,
    make_budget,
    make_commissioner,
    make_holder,
    make_person,
    make_plan,
    pay_in,
)
from tests.web.month import HOSTILE, NEIGHBOURS, due, empty, hold, home, statements


def test_the_five_figures_and_the_one_number(sam, client, sign_in):
    account, person, _, _ = sam
    text = home(sign_in(client, account), person)
    assert "£262.60" in text.split("safe to spend until Monday 30 November")[0]
    for figure in ("£1,850.00", "£982.40", "£155.00", "£300.00", "£150.00"):
        assert figure in text, figure
    assert "0151 496 0123" in text
    assert "Priya Shah" in text


def test_the_sum_on_the_page_adds_up(sam, client, sign_in):
    account, person, _, _ = sam
    text = home(sign_in(client, account), person)
    cells = text.split("How safe to spend adds up")[-1].split('<td class="cp-num">')[1:8]
    pence = [
        int(cell.split("</td>")[0].replace("−", "-").replace("£", "").replace(",", "").replace(".", ""))
        for cell in cells
    ]
    assert sum(pence[:-1]) == pence[-1] == 26_260


def test_home_says_what_the_one_definition_says(sam):
    _, _, _, budget = sam
    balance = budget_queries.balance(budget)
    assert balance.safe_to_spend == 26_260


def test_still_due_can_be_recorded(sam, client, sign_in):
    account, person, _, _ = sam
    text = home(sign_in(client, account), person)
    assert "Wages for Marta" in text
    assert "due Friday 27 November" in text
    assert f"/p/{person.ref}/buy?regular=" in text


def test_a_viewer_is_offered_nothing_to_do(sam, client, sign_in):
    _, person, _, _ = sam
    friend = make_account("Femi Okafor")
    give_authority(friend, person, AuthorityKind.NOMINEE, Scope.VIEW)
    text = home(sign_in(client, friend), person)
    assert "£262.60" in text
    assert "/buy" not in text


def test_by_outcome_counts_the_month_or_the_whole_plan(sam, client, sign_in):
    account, person, plan, budget = sam
    hold(budget, plan, 25_000, spent=True, nth=1)
    with clock.at(datetime(2026, 12, 3, tzinfo=UTC)):
        pay_in(budget)
        text = home(sign_in(client, account), person)
    assert "£0 of £120" in text
    assert "£250 of £3,000" in text


def test_more_due_than_there_is_says_what_and_when(sam, client, sign_in):
    account, person, plan, budget = sam
    due(budget, plan, 30_000, "Rent of the hoist", day=28)
    text = home(sign_in(client, account), person)
    assert "−£37.40" in text
    assert "Nothing more is safe to spend until Tuesday 1 December." in text
    assert "Using some of what is in “Kept for bad weeks” would cover it" in text
    assert "Rent of the hoist" in text.split("The next money comes on Tuesday 1 December: ")[0]
    due(budget, plan, 90_000, "Night care", day=29)
    text = home(client, person)
    short = text.split("This will not fit:")[1].split("The next money")[0]
    assert "Night care" in short
    assert "Rent of the hoist" not in short


def test_a_past_month_shows_its_own_figures_and_what_is_safe_now(sam, client, sign_in):
    account, person, plan, budget = sam
    with clock.at(datetime(2026, 12, 3, tzinfo=UTC)):
        pay_in(budget)
        hold(budget, plan, 1_111, spent=True)
        text = home(sign_in(client, account), person, "?month=2026-11")
        now = budget_queries.balance(budget).safe_to_spend
    assert "safe to spend now, until Thursday 31 December. The other figures are for November." in text
    assert f"£{now // 100:,}.{now % 100:02d}" in text
    assert 'Spent <span class="cp-money">£982.40</span>' in text
    assert "£11.11" not in text.split("The last 12")[0]


@pytest.mark.parametrize("month", ["2026-13", "soon", "1999-01", "2031-03", "2026-10", "２０２６-11", "9" * 900])
def test_a_month_that_cannot_be_is_said_in_a_sentence(sam, client, sign_in, month):
    account, person, _, _ = sam
    text = home(sign_in(client, account), person, f"?month={month}")
    assert "£262.60" in text
    assert "We could not read that month" in text or "There is nothing to see for" in text


def test_several_budgets_are_chosen_between_and_stay_chosen(sam, client, sign_in):
    account, person, plan, _budget = sam
    chair = make_budget(person, plan, {Stream.SOCIAL_CARE: 5_000})
    chair.name = "Wheelchair budget"
    text = home(sign_in(client, account), person)
    assert "£262.60" in text
    assert f"?budget={chair.ref}" in text
    text = home(client, person, f"?budget={chair.ref}")
    assert "£50.00" in text
    assert "£262.60" not in text
    assert f"/budget?budget={chair.ref}" in text
    assert client.get(f"/p/{person.ref}/?budget=nonsense").status_code == 404


def test_somebody_elses_budget_is_not_found(sam, client, sign_in):
    account, person, _, _ = sam
    _, other, _, other_budget = make_holder()
    sign_in(client, account)
    for page in ("", "budget", "allowed", "who", "plan", "spending", "spending.csv"):
        assert client.get(f"/p/{other.ref}/{page}").status_code == 404, page
    assert client.get(f"/p/{person.ref}/?budget={other_budget.ref}").status_code == 404
    assert client.get(f"/p/{person.ref}/budget?budget={other_budget.ref}").status_code == 404


def test_no_budget_and_no_plan_are_kind_everywhere(november, client, sign_in):
    account, person = empty()
    sign_in(client, account)
    assert "There is no budget here yet" in home(client, person)
    assert {page: client.get(f"/p/{person.ref}/{page}").status_code for page in NEIGHBOURS} == dict.fromkeys(
        NEIGHBOURS, 200
    )


@pytest.mark.parametrize(
    ("starts", "ends", "state", "sentence"),
    [
        (date(2026, 12, 1), date(2027, 11, 30), BudgetState.AGREED, "It starts on Tuesday 1 December"),
        (date(2026, 1, 1), date(2026, 10, 31), BudgetState.AGREED, "It ended on Saturday 31 October"),
        (date(2026, 1, 1), date(2026, 12, 31), BudgetState.ENDED, "left in this budget"),
        (date(2026, 11, 1), date(2027, 10, 31), BudgetState.INDICATIVE, "It is not agreed yet"),
        (date(2026, 11, 10), date(2027, 10, 31), BudgetState.AGREED, "No money has come in yet"),
    ],
)
def test_every_stage_of_a_budget_has_its_words(november, client, sign_in, starts, ends, state, sentence):
    account, person = empty()
    budget = make_budget(person, make_plan(person), paid_in=False)
    budget.starts_on, budget.ends_on, budget.state = starts, ends, state
    sign_in(client, account)
    assert sentence in home(client, person)
    assert {client.get(f"/p/{person.ref}/{page}").status_code for page in NEIGHBOURS} == {200}


def test_home_takes_as_many_statements_with_many_movements(sam, client, sign_in):
    account, person, plan, budget = sam
    sign_in(client, account)
    page = f"/p/{person.ref}/"
    client.get(page)
    with statements() as few:
        client.get(page)
    payee, stream = uuid4(), budget.streams[0]
    ids = ledger.ensure_accounts(budget.commissioner_id, [(OwnerKind.PAYEE, payee, Stream.HEALTH)])
    ledger.write_transfers(
        commissioner_id=budget.commissioner_id,
        actor_id=None,
        actor_name="Tests",
        kind=TransferKind.SPEND,
        phase=Phase.POSTED,
        legs=[
            ledger.Leg(stream.ledger_account_id, ids[OwnerKind.PAYEE, payee, Stream.HEALTH], 1, plan.outcomes[0].id)
            for _ in range(500)
        ],
        memo="A penny",
        counts_on=clock.today(),
    )
    with statements() as many:
        assert "£257.60" in client.get(page).text
    assert len(many) == len(few) <= 26


def test_names_are_escaped_and_cut_nothing_off(november, client, sign_in):
    person = make_person(make_commissioner(HOSTILE), HOSTILE[:80], "O'Brien")
    account = make_account(HOSTILE[:100], "hostile@example.org")
    give_authority(account, person)
    plan = make_plan(person, [OutcomeInput(HOSTILE, 1, {Stream.HEALTH: 1}, examples=[HOSTILE], risks=HOSTILE)])
    plan.about_me = HOSTILE
    budget = make_budget(person, plan, {Stream.HEALTH: 999_999_999_99}, contingency_pence=5)
    budget.name = budget.contingency_name = HOSTILE
    due(budget, plan, 999_999_999, HOSTILE)
    audit.record(actor_for(account), "tests.x", HOSTILE, subject_kind="x", person_id=person.id, why=HOSTILE)
    sign_in(client, account)
    for page in NEIGHBOURS:
        text = client.get(f"/p/{person.ref}/{page}").text
        assert "<script>alert" not in text, page
    assert "&lt;script&gt;" in home(client, person)
    assert "£999,999,999.99" in home(client, person)
