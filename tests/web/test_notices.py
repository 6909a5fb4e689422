"""Notices: new ones first, each leading to what it is about."""

from __future__ import annotations

from typing import Any

import pytest

from app.approvals.rules import LOOK_AGAIN
from app.core import clock
from app.core.db import db
from app.messages import queries
from app.purchases.queries import open_request_of
from app.purchases.service import approve
from tests.factories import actor_for
from tests.web.buying_world import World, get, make_world, post, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.coordinator)
    return made


def test_nothing_yet(world: World, client: Any) -> None:
    assert "You have no notices." in said(get(client, "/notices"))


def test_opening_one_reads_it_and_leads_to_the_thing(world: World, client: Any) -> None:
    world.referred()
    page = get(client, "/notices")
    assert "Sam asks about A trampoline for the garden" in said(page)
    get(client, "/notices")
    assert queries.unread_count(actor_for(world.coordinator)) == 1, "looking at the list reads nothing"
    form = soup_of(page).main.select_one("form.cp-inline-form")["action"]
    at = post(client, form).location
    assert at.startswith("/staff/requests/")
    get(client, at)
    db.session.expire_all()
    assert queries.unread_count(actor_for(world.coordinator)) == 0
    assert soup_of(get(client, "/notices")).main.select_one(f"a[href='{at}']")


def test_all_at_once(world: World, client: Any) -> None:
    world.referred()
    post(client, "/notices")
    assert "Mark all as read" not in said(get(client, "/notices"))


def test_somebody_elses_notice_does_not_exist(world: World, client: Any, sign_in: Any) -> None:
    world.referred()
    ref = queries.notices_of(actor_for(world.coordinator)).rows[0].ref
    sign_in(client, world.account)
    post(client, f"/notices/{ref}", 404)
    assert queries.unread_count(actor_for(world.coordinator)) == 1


def test_one_about_something_answered_long_ago_says_so_and_leads_nowhere(
    world: World, client: Any, sign_in: Any
) -> None:
    purchase = world.referred()
    ref = open_request_of(actor_for(world.account), purchase).ref
    approve(actor_for(world.coordinator), ref)
    form = f"/notices/{queries.notices_of(actor_for(world.coordinator)).rows[0].ref}"
    assert "Safe to spend now" not in said(get(client, f"/staff/requests/{ref}"))
    with clock.at(clock.now() + LOOK_AGAIN):
        sign_in(client, world.coordinator)
        assert post(client, form).location == "/notices"
        page = get(client, "/notices")
        assert "its page has closed" in said(page)
        assert not soup_of(page).main.select_one("a[href^='/staff/requests/']")
        get(client, f"/staff/requests/{ref}", 404)
