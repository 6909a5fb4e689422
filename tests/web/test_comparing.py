"""Side by side, as somebody sees it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.budgets import carrying
from app.core import clock
from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from app.ledger.rules import Stream
from app.marketplace.models import Listing
from app.marketplace.rules import Rating, Unit
from tests.factories import give_authority, make_account, pay_in
from tests.marketplace.making import BR1, listing_of, make_pa, make_provider, put_outcodes, swim
from tests.web.month import due


@pytest.fixture
def home(sam: Any, client: Any, sign_in: Any) -> str:
    """Sam's pages in November: £262.60 is safe to spend, £1,850 comes in each month of which £300 is due."""
    account, person, *_ = sam
    put_outcodes()
    sign_in(client, account)
    return f"/p/{person.ref}"


def page(client: Any, address: str, **args: Any) -> BeautifulSoup:
    db.session.commit()
    answer = client.get(address, query_string=args or None, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def said(thing: Any) -> str:
    return re.sub(r"\s+", " ", thing.get_text(" ")).strip()


def rows(soup: BeautifulSoup) -> dict[str, list[str]]:
    return {said(row.th): [said(cell) for cell in row.select("td")] for row in soup.select("tbody tr")}


def by_words(soup: BeautifulSoup, kind: str, words: str) -> Any:
    """The first link or button that begins with these words."""
    return next(each for each in soup.main.select(kind) if said(each).startswith(words))


def three() -> list[Listing]:
    pool = make_provider(
        at=BR1, rating=Rating.GOOD, is_regulated=True, listings=[swim(languages=["Polish"], times=["monday-morning"])]
    )
    dear = make_provider("Dear Pool", listings=[swim(price_pence=20_000)])
    visit = make_provider("Morning Visits", listings=[swim("Up and dressed", 8_000, unit=Unit.VISIT)])
    return [listing_of(each) for each in (pool, dear, visit)]


def test_what_is_ahead_is_what_was_agreed(sam: Any) -> None:
    *_, plan, budget = sam
    due(budget, plan, 9_900, "Payroll", day=31)
    found = carrying.outlook(budget)
    assert {(m.money_in, m.due) for m in found.months} == {(185_000, 39_900)}
    assert len(found.months) == 11
    assert found.months[-1].period == clock.period_of(budget.ends_on)
    assert found.safe_pence == 185_000 - 15_000 - 98_240 - 15_500 - 39_900


def test_what_a_month_costs_me_and_for_how_long_the_budget_carries_it(home: str, client: Any) -> None:
    listings = three()
    listings[0].review_count, listings[0].review_tenths = 12, 46
    soup = page(client, f"{home}/compare", l=[each.ref for each in listings], hours="10", visits="4")
    found = rows(soup)
    assert found["Price"] == ["£22 an hour", "£200 an hour", "£80 a visit"]
    assert found["For you"] == ["10 hours a month £220", "10 hours a month £2,000", "4 visits a month £320"]
    assert found["Leaves safe"][0].startswith("£")
    assert "more than is safe this month" in found["Leaves safe"][1]
    assert found["Your budget carries it"][0].startswith("Every month, until your budget ends in October 2027")
    assert found["Your budget carries it"][1] == "Not this month"
    assert found["How far"][0] == "2.5 miles"
    assert found["Languages"][0] == "Polish"
    assert found["Reviews"][:2] == ["4.6 out of 5, from 12 people who bought from them", "None yet"]
    assert "Good on the care register" in found["Checks"][0]
    assert "Does not have to be" in found["Checks"][1]
    assert "sold in different ways: by the hour and by the visit" in said(soup.main)
    assert [th["scope"] for th in soup.select("thead th")] == ["col"] * 3
    assert {th["scope"] for th in soup.select("tbody th")} == {"row"}


def test_a_cost_that_runs_out_says_until_when(sam: Any, home: str, client: Any) -> None:
    pay_in(sam[3], {Stream.HEALTH: 300_000})
    # £3,262.60 is safe; of the £1,850 each month £300 is due: at £2,000 it lasts November, December and January
    yoga = listing_of(make_provider(listings=[swim("Yoga", 200_000, unit=Unit.MONTH)]))
    assert rows(page(client, f"{home}/compare", l=yoga.ref))["Your budget carries it"] == [
        "Until the end of January 2027, 3 months"
    ]
    yoga.price_pence = 326_260
    assert rows(page(client, f"{home}/compare", l=yoga.ref))["Your budget carries it"] == ["Only in November"]
    yoga.price_pence = 326_261
    assert rows(page(client, f"{home}/compare", l=yoga.ref))["Your budget carries it"] == ["Not this month"]


def test_four_fit_and_the_fifth_is_named_kindly(home: str, client: Any) -> None:
    refs = [listing_of(make_provider(f"Pool {n}")).ref for n in range(5)]
    soup = page(client, f"{home}/compare", l=refs)
    assert len(soup.select("thead th")) == 4
    assert "we kept the first four" in said(soup.main)
    assert "from Pool 4" in said(soup.main)


def test_one_is_taken_out_and_what_was_compared_is_remembered_until_it_is_cleared(home: str, client: Any) -> None:
    first, second, third = (each.ref for each in three())
    soup = page(client, f"{home}/compare", l=[first, second, third], hours="10")
    out = by_words(soup, "a", "Take out")["href"]
    assert "hours=10" in out
    soup = page(client, out)
    assert len(soup.select("thead th")) == 2
    assert len(page(client, f"{home}/compare").select("thead th")) == 2
    assert "Nothing is chosen yet" in said(page(client, f"{home}/compare", l=""))
    assert "Nothing is chosen yet" in said(page(client, f"{home}/compare"))


def test_without_a_price_and_for_a_personal_assistant(home: str, client: Any) -> None:
    asks = listing_of(make_provider(listings=[swim(price_pence=None)]))
    pa = listing_of(make_pa())
    found = rows(page(client, f"{home}/compare", l=[asks.ref, pa.ref]))
    assert found["For you"][0] == "They have not told us a price"
    assert found["Your budget carries it"][0] == "We cannot say without a price"
    assert "Still needed" in found["Checks"][1]
    assert "DBS check" in found["Checks"][1]


def test_nothing_typed_breaks_the_page(home: str, client: Any) -> None:
    ref = three()[0].ref
    for text in ("<script>", "\0", "9" * 400, "٣", "-1"):
        soup = page(client, f"{home}/compare", l=[ref, text], hours=text)
        assert len(soup.select("thead th")) == 1
    assert "is not a number of hours" in said(page(client, f"{home}/compare", l=ref, hours="lots").main)


def test_who_may_only_look_compares_and_does_not_save(sam: Any, home: str, client: Any, sign_in: Any) -> None:
    viewer = make_account("Vera View")
    give_authority(viewer, sam[1], AuthorityKind.NOMINEE, Scope.VIEW)
    sign_in(client, viewer)
    soup = page(client, f"{home}/compare", l=[each.ref for each in three()])
    assert "Ask to buy" not in said(soup.main)
    assert not soup.select("td form")
