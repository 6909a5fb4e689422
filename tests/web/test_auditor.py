"""The auditor reads everything, changes nothing, and is seen to have read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.identity.models import Person
from app.identity.rules import StaffRole
from app.stewardship import openings
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_models import ChangeTask, LifeChange
from app.stewardship.changes_rules import ChangeKind, ChangeState
from tests import factories as make
from tests.web.buying_world import get, soup_of
from tests.web.test_routes_by_role import Things, build, table

#: What the crawl has to come to, by the auditor's own links.
_WAYS = (
    "/staff/queue",
    "/staff/requests/{request_ref}",
    "/staff/problems",
    "/staff/problems/{problem_ref}",
    "/staff/messages",
    "/staff/messages/{conversation_ref}",
    "/staff/papers",
    "/staff/corrections",
    "/staff/simple-rules",
    "/staff/reasons",
    "/staff/away",
    "/staff/handovers",
    "/staff/suggestions",
    "/staff/suggestions/{suggestion_ref}",
    "/staff/reviews",
    "/staff/policy/drafts/{draft_ref}",
    "/staff/policy/drafts/{draft_ref}/trial",
    "/staff/people/{person_ref}/asked",
    "/staff/people/{person_ref}/acting",
    "/staff/people/{person_ref}/acting/{authority_ref}",
    "/staff/people/{person_ref}/acting/{authority_ref}/papers/{paper_ref}",
    "/staff/people/{person_ref}/capacity",
    "/staff/people/{person_ref}/sixteen",
    "/staff/people/{person_ref}/move",
    "/staff/people/{person_ref}/records",
    "/staff/people/{person_ref}/corrections/{correction_ref}",
)
_NOTED = (
    "the list of what was asked and written",
    "the list of who acts",
    "how Finch Broker came to act, and the list of papers",
    "a paper of Finch Broker, who acts: ",
    "what was found about capacity",
    "what changes at sixteen",
    "what was noted of a move",
    "how long the records are kept, and what was asked to be put right",
    "what was asked to be put right: ",
    "the conversation “A lift to the pool”",
    "the file form.pdf in the conversation “A lift to the pool”",
    "what went wrong with ",
    "A trampoline for the garden",
)


@pytest.fixture
def made(session: Any, client: FlaskClient, sign_in: Any) -> tuple[dict[str, Any], list[Things]]:
    accounts, things = build()
    sign_in(client, accounts["auditor"])
    return accounts, things


def links_of(page: Any) -> set[str]:
    """The pages of the staff's that a page leads to, whatever is asked of them."""
    found = {link["href"] for link in soup_of(page).select("a[href]")} if page.mimetype == "text/html" else set()
    return {re.split("[?#]", href)[0] for href in found if href.startswith(("/staff/", "/attachments/"))}


def crawl(client: FlaskClient, start: str, person: Person) -> dict[str, Any]:
    """Every page to which one's own links lead, once each; of people's pages those of one person."""
    found: dict[str, Any] = {}
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at in found or (at.startswith("/staff/people/") and person.ref not in at):
            continue
        found[at] = page = client.get(at)
        assert page.status_code == 200, f"{at}: {page.status_code}"
        waiting += links_of(page)
    return found


def test_every_way_is_open_and_no_page_has_a_form_that_is_not_theirs(
    made: tuple[dict[str, Any], list[Things]], client: FlaskClient
) -> None:
    accounts, (own, *_) = made
    soon = clock.today() + timedelta(days=10)
    own.person.date_of_birth = soon.replace(year=soon.year - 16)
    db.session.commit()
    pages = crawl(client, "/staff/", own.person)
    refs = {**own.refs, **own.sent}
    assert not [way for way in _WAYS if way.format(**refs) not in pages]
    for at, page in pages.items():
        if page.mimetype == "text/html":
            forms = soup_of(page).select("main form[method='post' i]")
            assert not forms, f"{at}: {[form.get('action') for form in forms]}"
    seen = openings.shown_to(make.actor_for(accounts["holder"]), own.person).rows
    assert {row.account_name for row in seen} == {"Auditor Role"}
    assert not [what for what in _NOTED if not any(row.what.startswith(what) for row in seen)]


def test_a_death_and_what_is_left_to_settle(made: tuple[dict[str, Any], list[Things]], client: FlaskClient) -> None:
    accounts, (own, *_) = made
    at = f"/staff/people/{own.person.ref}"
    assert "Nothing is recorded." in soup_of(get(client, f"{at}/death")).main.get_text()
    name = accounts["coordinator"].name
    change = db.session.scalars(select(LifeChange).where(LifeChange.person_id == own.person.id)).one()
    change.kind, change.state = ChangeKind.DEATH, ChangeState.CLOSED
    change.happens_on = change.closed_on = clock.today()
    db.session.add(ChangeTask(change_id=change.id, kind=TaskKind.SETTLE, words="£10 is left."))
    db.session.commit()
    for page in ("death", "settle"):
        found = soup_of(get(client, f"{at}/{page}"))
        assert name in found.main.get_text()
        assert not found.main.select("form")
    whats = [row.what for row in openings.shown_to(make.actor_for(accounts["holder"]), own.person).rows]
    assert whats == ["what is left to settle", "what is left to do after a death", "what was recorded of a death"]


def test_nothing_that_is_sent_is_theirs(app: Flask) -> None:
    for name, cells in table().items():
        method, address = name.split(" ", 1)
        if method != "GET" and address.startswith("/staff"):
            answers = set(re.split("/", cells[8]))
            assert answers <= {"403", "404"}, f"{name}: {cells[8]}"


def test_a_post_elsewhere_changes_nothing_where_they_audit(
    app: Flask, made: tuple[dict[str, Any], list[Things]], client: FlaskClient, sign_in: Any
) -> None:
    """Whoever audits here may have other posts at another commissioner: the way in is theirs, the thing is not."""
    accounts, (own, _, elsewhere) = made
    for role in (StaffRole.COORDINATOR, StaffRole.FINANCE, StaffRole.ADMIN):
        make.make_post(accounts["auditor"], elsewhere.person.commissioner, role)
    sign_in(client, accounts["auditor"])
    refs = {**own.refs, **own.sent}
    wrong = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/staff") and rule.arguments:
            at = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: refs[found[1]], rule.rule)
            status = client.post(at).status_code
            if status not in {403, 404}:
                wrong.append(f"{status} {rule.rule}")
    assert not wrong
