"""Asking a person from any page, with files, and the coordinator's answer."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.evidence.models import Attachment
from app.identity import absences
from app.messages.models import Conversation, Message
from app.messages.rules import ConversationState
from tests.factories import actor_for, make_account, make_post
from tests.web.buying_world import World, get, make_world, photo, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.account)
    return made


def write(client: Any, at: str, **fields: Any) -> Any:
    return client.post(at, data=fields, content_type="multipart/form-data")


def test_every_page_of_a_person_has_the_way_to_a_human(world: World, client: Any) -> None:
    for page in ("/", "/spending", "/plan", "/find"):
        links = [a["href"] for a in soup_of(client.get(world.at + page)).select("footer a")]
        assert f"{world.at}/messages/new" in links, page
    assert client.get("/ask").headers["Location"] == f"{world.at}/messages/new"


def test_there_and_back_with_a_file(world: World, client: Any, sign_in: Any) -> None:
    sent = write(
        client,
        f"{world.at}/messages/new",
        topic="The form from the council",
        message="What do I do with it?",
        files=[photo("form.jpg"), photo("back.jpg")],
    )
    assert sent.status_code == 303
    page = get(client, sent.headers["Location"])
    assert "Priya Shah will answer by" in said(page)
    (first, second) = [a["href"] for a in soup_of(page).select(".cp-message a")]
    assert client.get(first).status_code == 200
    talk = db.session.scalars(select(Conversation)).one()
    sign_in(client, world.coordinator)
    assert "The form from the council" in said(get(client, "/staff/messages"))
    assert client.get(second).headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(second).status_code == 200
    answered = write(client, f"/staff/messages/{talk.ref}", message="Bring it on Tuesday.")
    assert answered.headers["Location"] == "/staff/messages"
    sign_in(client, world.account)
    assert "Bring it on Tuesday." in said(get(client, f"{world.at}/messages/{talk.ref}"))
    looked = said(get(client, f"{world.at}/looked"))
    assert looked.count("Priya Shah looked at a file that came with a message") == 1, "not that they look themself"
    assert "to answer you" in looked
    sign_in(client, make_account("Nobody"))
    for address in (first, f"{world.at}/messages/{talk.ref}", f"/staff/messages/{talk.ref}"):
        assert client.get(address).status_code in (403, 404)


def test_a_file_that_cannot_be_kept_keeps_what_was_typed_and_writes_nothing(world: World, client: Any) -> None:
    bad = (io.BytesIO(b"MZ not a photo"), "virus.jpg")
    answer = write(client, f"{world.at}/messages/new", topic="My form", message="See this", files=[photo("a.jpg"), bad])
    assert answer.status_code == 400
    page = soup_of(answer)
    assert "virus.jpg: Choose a photo" in said(page)
    assert page.select_one("textarea").get_text(strip=True) == "See this"
    for kept in (Conversation, Message, Attachment):
        assert db.session.scalar(select(func.count()).select_from(kept)) == 0


def test_a_colleagues_conversation_opens_by_taking_it(world: World, client: Any, sign_in: Any) -> None:
    write(client, f"{world.at}/messages/new", topic="A secret", message="Psst")
    talk = db.session.scalars(select(Conversation)).one()
    tom = make_account("Tom Reid")
    make_post(tom, world.commissioner)
    db.session.commit()
    sign_in(client, tom)
    page = said(get(client, f"/staff/messages/{talk.ref}"))
    assert "Priya Shah has this one." in page
    assert "secret" not in page
    assert "secret" not in said(get(client, "/staff/messages?scope=team"))
    client.post(f"/staff/messages/{talk.ref}/take")
    assert "A secret" in said(get(client, f"/staff/messages/{talk.ref}"))


def test_what_was_stopped_is_named_only_by_the_person(world: World, client: Any) -> None:
    draft = world.draft(("2 bottles of Merlot", 1_798))
    page = soup_of(get(client, f"{world.at}/messages/new?about={draft.ref}"))
    assert page.select_one("#topic")["value"] == "2 bottles of Merlot"
    other = soup_of(get(client, f"{world.at}/messages/new?about=nonsense"))
    assert other.select_one("#topic").get("value", "") == ""


def test_an_answer_that_came_too_late_is_not_lost(world: World, client: Any, sign_in: Any) -> None:
    write(client, f"{world.at}/messages/new", topic="My shoes", message="Who buys them?")
    talk = db.session.scalars(select(Conversation)).one()
    client.post(f"{world.at}/messages/{talk.ref}/close")
    sign_in(client, world.coordinator)
    late = write(client, f"/staff/messages/{talk.ref}", message="A long answer about shoes.")
    assert late.status_code == 400
    assert "Not sent A long answer about shoes." in said(late)
    talk.state, talk.due_on = ConversationState.WITH_PERSON, None
    tom = make_account("Tom Reid")
    make_post(tom, world.commissioner)
    talk.assigned_to = tom.id
    db.session.commit()
    taken = write(client, f"/staff/messages/{talk.ref}", message="A long answer about shoes.")
    assert taken.status_code == 409
    assert "Tom Reid has this one." in said(taken)
    assert "Not sent A long answer about shoes." in said(taken)


def test_the_page_names_who_reads_it_today(world: World, client: Any) -> None:
    tom = make_account("Tom Reid")
    make_post(tom, world.commissioner)
    priya, day = world.coordinator, clock.today()
    assert "Priya Shah reads it" in said(get(client, f"{world.at}/messages/new"))
    absences.note_absence(
        actor_for(priya), world.commissioner.id, account_ref=priya.ref, starts_on=day, ends_on=day, cover_ref=tom.ref
    )
    db.session.commit()
    assert "Tom Reid reads it" in said(get(client, f"{world.at}/messages/new"))
