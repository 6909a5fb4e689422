"""A provider's own pages: how people see them, what they offer, their orders, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.core import clock
from app.core.db import db
from app.marketplace import service
from app.marketplace.models import Provider
from tests.factories import actor_for, make_account, make_holder
from tests.marketplace.making import SYSTEM, listing_of, make_pa, make_provider, swim


@pytest.fixture
def provider(session: Any, client: Any, sign_in: Any) -> Provider:
    """A provider whose account is signed in."""
    made = make_provider(description="We swim with you.")
    account = make_account("Dee Marsh")
    service.add_member(SYSTEM, made, account.id)
    sign_in(client, account)
    return made


def said(client: Any, address: str, status: int = 200) -> str:
    db.session.commit()  # a page that is refused undoes what was not kept
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())


def test_the_first_page_is_what_people_see(provider: Provider, client: Any) -> None:
    words = said(client, f"/provider/{provider.ref}/")
    for part in (
        "Swim Together CIC",
        "We swim with you.",
        "One-to-one company at the pool",
        "£22 an hour",
        "SE6 1HP",
    ):
        assert part in words
    assert "leaves" not in words
    assert "safe to spend" not in words


def test_listings_say_whether_people_see_them(provider: Provider, client: Any) -> None:
    listing_of(provider).offered = False
    service.add_listing(SYSTEM, provider, swim("Evening swim"))
    words = said(client, f"/provider/{provider.ref}/listings")
    assert "Evening swim" in words
    assert "People see this" in words
    assert "Hidden now" in words


def test_no_orders_yet_is_said_kindly(provider: Provider, client: Any) -> None:
    assert "Nobody has bought anything from you here yet" in said(client, f"/provider/{provider.ref}/orders")
    said(client, f"/provider/{provider.ref}/orders?page=99999999999")


def test_another_providers_pages_do_not_exist_for_them(provider: Provider, client: Any) -> None:
    other = make_pa()
    ref = other.ref
    for page in ("", "listings", "orders"):
        said(client, f"/provider/{ref}/{page}", 404)


def test_a_holder_has_no_providers_pages(session: Any, client: Any, sign_in: Any) -> None:
    account, *_ = make_holder()
    sign_in(client, account)
    ref = make_provider().ref
    for page in ("", "listings", "orders"):
        said(client, f"/provider/{ref}/{page}", 404)
    assert actor_for(account).provider_ids == ()


def test_a_personal_assistant_sees_which_papers_are_missing(session: Any, client: Any, sign_in: Any) -> None:
    pa = make_pa(right_to_work_on=clock.today())
    account = make_account("Marta Kowalska")
    service.add_member(SYSTEM, pa, account.id)
    sign_in(client, account)
    words = said(client, f"/provider/{pa.ref}/")
    assert "Two references" in words
    assert "Right to work in the UK seen on" in words
