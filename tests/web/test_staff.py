"""The staff's own pages: each role sees its work, nobody sees a transaction or another commissioner."""

from __future__ import annotations

from datetime import date

import pytest

from app.budgets import monitoring
from app.budgets.models import Budget
from app.budgets.monitoring import Pace
from app.core import clock
from app.identity.models import Account, Commissioner
from app.identity.rules import StaffRole
from app.purchases import queries, service
from tests.factories import (
    actor_for,
    make_account,
    make_budget,
    make_commissioner,
    make_person,
    make_plan,
    make_post,
    pay_in,
)
from tests.web.buying_world import make_world


@pytest.fixture
def board(session) -> Commissioner:
    return make_commissioner("North Mersey Integrated Care Board")


def staff(commissioner: Commissioner, role: StaffRole, name: str = "Robin Vale") -> Account:
    account = make_account(name)
    make_post(account, commissioner, role)
    return account


def funded(commissioner: Commissioner, family_name: str = "Okafor", coordinator: Account | None = None) -> Budget:
    person = make_person(commissioner, family_name=family_name, coordinator=coordinator)
    return make_budget(person, make_plan(person), paid_in=False)


OPENS = {
    StaffRole.COORDINATOR: {"/staff/", "/staff/budgets", "/staff/policy"},
    StaffRole.FINANCE: {"/staff/", "/staff/budgets", "/staff/policy", "/staff/ledger"},
    StaffRole.ADMIN: {"/staff/", "/staff/policy", "/staff/team"},
    StaffRole.AUDITOR: {
        "/staff/",
        "/staff/budgets",
        "/staff/policy",
        "/staff/ledger",
        "/staff/team",
        "/staff/audit",
    },
}
PAGES = sorted(set().union(*OPENS.values()))


@pytest.mark.parametrize("role", list(StaffRole))
def test_each_role_opens_its_own_pages_and_the_cards_lead_only_there(board, client, sign_in, role):
    sign_in(client, staff(board, role))
    answers = {page: client.get(page).status_code for page in PAGES}
    assert answers == {page: 200 if page in OPENS[role] else 403 for page in PAGES}
    home = client.get("/staff/").text
    for page in PAGES:
        assert (f'class="cp-choice"><a href="{page}"' in home) == (page in OPENS[role] - {"/staff/"})


def test_people_without_a_post_stay_outside(session, client, sign_in):
    sign_in(client, make_account("Sam Okafor"))
    assert {client.get(page).status_code for page in PAGES} == {403}


def test_another_commissioner_never_shows(board, client, sign_in):
    other = make_commissioner("South Downs Integrated Care Board")
    funded(other, "Featherstonehaugh")
    make_post(make_account("Wilhelmina Strange"), other, StaffRole.FINANCE)
    sign_in(client, staff(board, StaffRole.AUDITOR))
    for page in PAGES:
        text = client.get(page).text
        assert not [name for name in ("Featherstonehaugh", "Wilhelmina", "South Downs") if name in text], page
        assert page == "/staff/" or client.get(f"{page}?in={other.ref}").status_code == 404, page


def test_two_posts_choose_between_their_commissioners(board, client, sign_in):
    other = make_commissioner("South Downs Integrated Care Board")
    coordinator = staff(board, StaffRole.COORDINATOR)
    make_post(coordinator, other, StaffRole.COORDINATOR)
    funded(board, "Northerly")
    funded(other, "Southerly")
    sign_in(client, coordinator)
    text = client.get(f"/staff/budgets?in={other.ref}&show=all").text
    assert "Southerly" in text
    assert "Northerly" not in text


def test_coordinators_see_their_own_people_first_and_no_sums(board, client, sign_in):
    coordinator = staff(board, StaffRole.COORDINATOR)
    pay_in(funded(board, "Minelli", coordinator))
    pay_in(funded(board, "Othello"))
    sign_in(client, coordinator)
    own, everyone = client.get("/staff/budgets").text, client.get("/staff/budgets?show=all").text
    assert "Minelli" in own
    assert "Othello" not in own
    assert "Minelli" in everyone
    assert "Othello" in everyone
    assert "£" not in own + everyone


def test_finance_pays_the_month_once(board, client, sign_in):
    funded(board, "Adeyemi")
    funded(board, "Begum")
    other = make_commissioner("South Downs Integrated Care Board")
    funded(other, "Castle")
    account = staff(board, StaffRole.FINANCE)
    sign_in(client, account)
    before = client.get("/staff/budgets").text
    assert "0 budgets are paid, 2 not yet" in before
    assert "Adeyemi" not in before
    assert client.post("/staff/budgets/pay", data={"in": board.ref}).status_code == 303
    after = client.get("/staff/budgets").text
    assert "Paid £2,000.00 into 2 budgets" in after
    assert "2 budgets are paid, 0 not yet" in after
    assert 'action="/staff/budgets/pay"' not in after
    client.post("/staff/budgets/pay", data={"in": board.ref})
    period = clock.period_of(clock.today())
    assert monitoring.month_paid(actor_for(account), board.id, period).paid_pence == 200_000
    assert client.post("/staff/budgets/pay", data={"in": other.ref}).status_code == 404


def test_only_finance_pays(board, client, sign_in):
    funded(board)
    sign_in(client, staff(board, StaffRole.AUDITOR))
    assert "Pay " + clock.say_month(clock.today()) not in client.get("/staff/budgets").text
    assert client.post("/staff/budgets/pay", data={"in": board.ref}).status_code == 403


def test_paying_stops_at_its_limit_and_says_so(board, client, sign_in, monkeypatch):
    monkeypatch.setattr("app.web.staff_budgets.AT_ONCE", 1)
    funded(board, "Adeyemi")
    funded(board, "Begum")
    sign_in(client, staff(board, StaffRole.FINANCE))
    assert "flask budgets pay-month" in client.get("/staff/budgets").text
    client.post("/staff/budgets/pay", data={"in": board.ref})
    text = client.get("/staff/budgets").text
    assert "Press again" in text
    assert "1 budget is paid, 1 not yet" in text


def test_the_ledger_page_shows_totals_and_the_proof(board, client, sign_in):
    pay_in(funded(board))
    sign_in(client, staff(board, StaffRole.FINANCE))
    assert "£1,000.00" in client.get("/staff/ledger").text
    assert "The ledger is right" in client.get("/staff/ledger?check=now").text


def test_the_ledger_page_says_when_it_is_wrong(board, client, sign_in, monkeypatch):
    from app.ledger import proof

    monkeypatch.setitem(proof._CHECKS, "made up", "SELECT NULL, 'account of somebody else'")
    sign_in(client, staff(board, StaffRole.FINANCE))
    text = client.get("/staff/ledger?check=now").text
    assert "does not add up" in text
    assert "somebody else" not in text


def test_the_policy_page_gives_every_rule_its_source(board, client, sign_in):
    from app.policy.queries import default_policy

    sign_in(client, staff(board, StaffRole.ADMIN))
    text = client.get("/staff/policy").text
    assert text.count("Source: ") == len(default_policy().rules)
    assert f"Version {default_policy().version}" in text


def test_the_audit_is_filtered_paged_and_forgiving(board, client, sign_in):
    for number in range(55):
        make_person(board, given_name=f"Nadia{number:02d}")
    sign_in(client, staff(board, StaffRole.AUDITOR, "Ivy Audit"))
    text = client.get("/staff/audit?kind=identity.&words=entered").text
    assert "Nadia54" in text
    assert "Nadia04" not in text
    older = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "words=entered" in older
    assert "Nadia04" in client.get(older).text
    today = clock.today().isoformat()
    assert "Nadia54" in client.get(f"/staff/audit?on={today}&kind=identity.").text
    assert "Nothing matches" in client.get("/staff/audit?words=nothing-is-called-so").text
    for query in ("on=31-31-31", "on=9999-12-31", "kind=hacks", "before=yesterday"):
        answer = client.get(f"/staff/audit?{query}")
        assert (answer.status_code, "There is a problem" in answer.text) == (200, True), query


def test_the_auditor_reads_what_was_done_and_not_what_was_bought(session, client, sign_in):
    world = make_world()
    purchase = world.referred()
    request = queries.open_request_of(actor_for(world.account), purchase)
    service.decline(actor_for(world.coordinator), request.ref, "too_much", "A smaller trampoline would do.")
    sign_in(client, staff(world.commissioner, StaffRole.AUDITOR, "Ivy Audit"))
    text = client.get("/staff/audit").text
    for said in ("Sent a purchase", "Declined a purchase", ">Sam Okafor</a>", "Read it in full on the page about"):
        assert said in text
    assert "rampoline" not in text
    assert "32.00" not in text
    assert "Nothing matches" in client.get("/staff/audit?words=trampoline").text  # nor can it be guessed by searching
    sign_in(client, world.account)
    assert "A smaller trampoline would do." in client.get(f"{world.at}/who").text


@pytest.mark.parametrize(
    ("day", "used", "pace"),
    [
        (date(2026, 4, 20), 900_000, Pace.NEW),
        (date(2026, 10, 1), 600_000, Pace.ON_TRACK),
        (date(2026, 10, 1), 750_000, Pace.OVER),
        (date(2026, 10, 1), 300_000, Pace.UNDER),
    ],
)
def test_pace_is_held_against_an_even_use(board, day, used, pace):
    budget = funded(board)
    budget.starts_on, budget.ends_on = date(2026, 4, 1), date(2027, 3, 31)
    assert monitoring.pace_of(budget, used, day) is pace
