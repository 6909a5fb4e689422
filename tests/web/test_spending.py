"""Spending: every movement, found again, the same on the page and in the file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.identity.models import Account, Person
from app.plans.models import Plan
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import State, Way
from tests.factories import make_holder
from tests.web.month import HOSTILE, statements

Sam = tuple[Account, Person, Plan, Budget]


def bought(
    sam: Sam,
    title: str,
    *,
    pence: int = 3_200,
    state: State = State.PAID,
    payee: str = "Gosling Sports Park",
    nth: int | None = 0,
    days_ago: int = 0,
    times: int = 1,
) -> None:
    """Purchases as they stand in the tables (their life is tested elsewhere)."""
    account, person, plan, budget = sam
    day = clock.today() - timedelta(days=days_ago)
    for _ in range(times):
        purchase = Purchase(
            commissioner_id=person.commissioner_id,
            person_id=person.id,
            budget_id=budget.id,
            state=state,
            way=Way.OUTSIDE,
            title=title,
            payee_name=payee,
            total_pence=pence,
            requested_by=account.id,
            requested_by_name=account.name,
            requested_as="self",
            submitted_at=clock.now(),
            paid_on=day,
        )
        line = PurchaseLine(
            commissioner_id=person.commissioner_id,
            person_id=person.id,
            position=1,
            description=title,
            unit_price_pence=pence,
            amount_pence=pence,
            outcome_id=None if nth is None else plan.outcomes[nth].id,
            moved_on=day,
        )
        purchase.lines.append(line)
        db.session.add(purchase)
    db.session.flush()


def rows(client: FlaskClient, person: Person, query: str = "") -> list[list[str]]:
    answer = client.get(f"/p/{person.ref}/spending{query}")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    return [[cell.get_text(" ", strip=True) for cell in row("td")] for row in page.select("table.cp-moves tbody tr")]


def file(client: FlaskClient, person: Person, query: str = "") -> list[list[str]]:
    answer = client.get(f"/p/{person.ref}/spending.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))[1:]


@pytest.fixture
def shopper(sam, client, sign_in) -> Sam:
    bought(sam, "Gym membership")
    bought(sam, "Taxi to the pool", pence=1_800, state=State.APPROVED, payee="Swift Cars", days_ago=1)
    bought(sam, "Dog food", pence=2_500, payee="Pets on the Green", nth=1, days_ago=15)
    sign_in(client, sam[0])
    return sam


def test_every_movement_with_its_purchase_outcome_state_and_doer(shopper, client):
    found = rows(client, shopper[1])
    assert found[0][1:] == ["Gym membership Gosling Sports Park", "Swim every week", "Paid", "Sam Okafor", "£32.00"]
    money_in = next(row for row in found if "Money in" in row[3])
    assert money_in[5].endswith("+£1,850.00")
    assert f'href="/p/{shopper[1].ref}/purchases/' in client.get(f"/p/{shopper[1].ref}/spending").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?words=gym", {"Gym membership"}),
        ("?words=%25", set()),
        ("?words=Swift+Cars", {"Taxi to the pool"}),
        ("?state=approved", {"Taxi to the pool"}),
        ("?month=2026-10", {"Dog food"}),
        ("?month=2026-11&words=pool&state=approved", {"Taxi to the pool"}),
    ],
)
def test_filters_find_the_same_on_the_page_and_in_the_file(shopper, client, query, expected):
    person = shopper[1]
    page, csv_rows = rows(client, person, query), file(client, person, query)
    known = ("Gym membership", "Taxi to the pool", "Dog food")
    assert {name for row in page for name in known if row[1].startswith(name)} == expected
    assert [row[1] for row in csv_rows] == [
        next((name for name in known if row[1].startswith(name)), row[1]) for row in page
    ]


def test_the_file_holds_what_the_page_shows(shopper, client):
    person = shopper[1]
    page, csv_rows = rows(client, person), file(client, person)
    assert len(page) == len(csv_rows) > 3
    for shown, kept in zip(page, csv_rows, strict=True):
        amount = f"£{float(kept[5] or kept[6]):,.2f}"
        assert shown[5].endswith(amount)
        assert bool(kept[5]) == ("Money in:" in shown[5])
        assert kept[1] in shown[1]
        assert kept[7] == shown[4]


def test_by_outcome(shopper, client):
    _, person, plan, _ = shopper
    found = rows(client, person, f"?outcome={plan.outcomes[1].ref}")
    assert [row[1] for row in found] == ["Dog food Pets on the Green"]


def test_pages_keep_the_filter_and_so_does_the_download(shopper, client):
    bought(shopper, "Bus", pence=200, times=60)
    person = shopper[1]
    text = client.get(f"/p/{person.ref}/spending?words=bus").text
    assert f"/p/{person.ref}/spending?words=bus&amp;page=2" in text
    assert f"/p/{person.ref}/spending.csv?words=bus" in text
    assert len(rows(client, person, "?words=bus&page=2")) == 10
    assert len(file(client, person, "?words=bus")) == 60
    assert "Go to the first page" in client.get(f"/p/{person.ref}/spending?words=bus&page=99").text


def test_nothing_yet_and_nothing_found_say_what_to_do(shopper, client, sign_in):
    person = shopper[1]
    text = client.get(f"/p/{person.ref}/spending?words=zeppelin&month=2026-11").text
    assert "Nothing matches" in text
    assert "look at all months" in text
    account, other, _, budget = make_holder()
    budget.person_id = person.id  # nothing of their own any more
    sign_in(client, account)
    assert "Nothing has moved yet" in client.get(f"/p/{other.ref}/spending").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("month=2026-99", "Choose a month from the list"),
        ("state=draft", "Choose a state from the list"),
        ("state=%F0%9F%92%A9", "Choose a state from the list"),
        ("outcome=somebodyelses", "Choose an outcome from the list"),
        ("outcome=%27%3B--", "Choose an outcome from the list"),
        ("words=" + "w" * 200, "Search for 100 letters or fewer"),
    ],
)
def test_what_cannot_be_used_is_named_and_never_widens_the_file(shopper, client, query, sentence):
    person = shopper[1]
    page = client.get(f"/p/{person.ref}/spending?{query}")
    assert (page.status_code, sentence in page.text) == (200, True)
    answer = client.get(f"/p/{person.ref}/spending.csv?{query}")
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_another_persons_outcome_is_no_filter(shopper, client):
    _, _, plan, _ = make_holder()
    text = client.get(f"/p/{shopper[1].ref}/spending?outcome={plan.outcomes[0].ref}").text
    assert "Choose an outcome from the list" in text


def test_what_people_write_is_shown_and_never_run(shopper, client):
    person = shopper[1]
    bought(shopper, HOSTILE[:200], payee='=HYPERLINK("x")')
    text = client.get(f"/p/{person.ref}/spending").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert file(client, person, "?words=HYPERLINK")[0][2].startswith("'=HYPERLINK")
    text = client.get(f"/p/{person.ref}/spending", query_string={"words": HOSTILE}).text
    assert "<script>alert" not in text


def test_the_file_is_nobody_elses(shopper, client):
    person = shopper[1]
    answer = client.get(f"/p/{person.ref}/spending.csv?month=2026-11")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "spending-2026-11.csv" in answer.headers["Content-Disposition"]
    assert answer.is_streamed


def test_as_many_statements_with_500_movements_as_with_5(shopper, client):
    page = f"/p/{shopper[1].ref}/spending"
    client.get(page)
    with statements() as few:
        client.get(page)
    bought(shopper, "Bus", pence=200, times=500)
    with statements() as many:
        assert client.get(page).text.count("Bus") == 50
    assert len(many) == len(few) <= 20
