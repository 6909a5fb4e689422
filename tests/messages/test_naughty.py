"""Whatever a person types is kept, or refused with a sentence; it never breaks anything."""

from __future__ import annotations

import pytest
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.core.errors import InvalidError
from app.messages import mail
from app.messages.models import Notice
from app.purchases import queries, queue
from app.purchases import service as purchases
from app.purchases.rules import DetailsInput, LineInput, Way
from app.purchases.spending import SpendingFilter, spending, spending_csv
from tests.purchases.world import World, build

NAUGHTY = [
    "",
    "undefined",
    "NULL",
    "0x0",
    "1/0",
    "-1e309",
    "１２３",
    "٠١٢",
    "';DROP TABLE purchase;--",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "${jndi:ldap://x}",
    "%s%n%x",
    "../../../etc/passwd",
    "\x00",
    "a\x00b",
    "\ud800",
    "\ufeff\u200b\u200d",
    "\u202eesrever",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "ﷺ",
    "田中さんにあげて下さい",
    "\r\nBcc: everyone@example.org",
    "\t\v\f\x1b[31m",
    "x" * 5000,
    "ß" * 200,
    "'" * 200,
    "\\" * 200,
]


@pytest.fixture
def world(session: object) -> World:
    return build()


def live(world: World, text: str) -> None:
    """One purchase with this text in every field, through to the coordinator and back."""
    me = world.me
    draft = purchases.start_draft(me, world.person, world.budget, Way.OUTSIDE)
    ref = world.plan.outcomes[0].ref
    sentences: list[str] = []
    try:
        purchases.put_line(me, draft, None, LineInput(text, 100, outcome_ref=ref))
        purchases.set_details(me, draft, DetailsInput(payee_name=text, note=text))
    except InvalidError as error:
        sentences = list(error.errors.values())
    assert all(sentences)
    if text:
        with pytest.raises(InvalidError):
            purchases.put_line(me, draft, None, LineInput("x", 1, outcome_ref=text, category=text))
    spending(me, world.person, SpendingFilter(outcome_ref=text, words=text))
    "".join(spending_csv(me, world.person, SpendingFilter(words=text)))


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_naughty_strings_break_nothing(world: World, text: str) -> None:
    live(world, text)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_text_breaks_nothing(world: World, text: str) -> None:
    live(world, text)


def test_what_can_be_kept_is_kept_to_the_letter(world: World) -> None:
    words = "Zoë’s “best” <b>gym</b> & 100% 田中 👩‍👧"
    purchase = world.outside((words, 3200, None), payee=words)
    purchases.submit(world.me, purchase)
    request = queries.open_request_of(world.me, purchase)
    assert request is not None
    purchases.ask(world.priya, request.ref, words)
    view = queue.request_for(world.priya, request.ref)
    assert view.lines[0].line.description == words
    assert view.thread[-1].body == words
    db.session.flush()
    notice = db.session.query(Notice).filter_by(account_id=world.holder.id).one()
    settings_ = current_app.config["SETTINGS"]
    assert "\n" not in mail.compose(settings_, "sam@example.org", notice)["Subject"]
