"""What was typed when the sign-in ended comes back, to whoever typed it, and is never sent by itself."""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select
from werkzeug.test import TestResponse
from wtforms import PasswordField

from app import web
from app.core import clock
from app.core.db import db
from app.identity import kept_forms, sessions
from app.identity.models import Account, KeptForm, Person
from app.messages.models import Conversation
from app.web.forms import Form
from app.web.typed import NEVER
from tests.factories import PASSPHRASE, give_authority, make_account, make_commissioner, make_holder, make_post

SignIn = Callable[[FlaskClient, Account], FlaskClient]
WORDS = "Could somebody drive me to the pool?\nI cannot take the bus with my hip."
LATER = timedelta(minutes=31)


@pytest.fixture
def sam(client: FlaskClient, sign_in: SignIn) -> tuple[Account, Person]:
    account, person, *_ = make_holder()
    sign_in(client, account)
    return account, person


def send_late(client: FlaskClient, person: Person, **more: object) -> TestResponse:
    """Ask a person, half an hour after the last page."""
    page = f"/p/{person.ref}/messages/new"
    form = {"topic": "A lift to the pool", "message": WORDS, "csrf_token": "abc", **more}
    with clock.at(clock.now() + LATER):
        return client.post(page, data=form, headers={"Referer": f"http://localhost{page}?about=x"})


def offer_of(answer: TestResponse) -> str:
    """What was kept by this answer, by its address."""
    assert answer.location == "/sign-in?next=/kept-forms"
    newest = select(KeptForm.ref).order_by(KeptForm.id.desc()).limit(1)
    return f"/kept-forms/{db.session.scalar(newest)}"


def come_in(client: FlaskClient, account: Account, to: str = "/kept-forms") -> TestResponse:
    answer = client.post("/sign-in", data={"email": account.email, "passphrase": PASSPHRASE, "next": to})
    assert answer.location == to
    return client.get(to)


def messages() -> int:
    return db.session.scalar(select(func.count()).select_from(Conversation)) or 0


def test_what_was_typed_is_back_in_its_form_and_was_not_sent(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    account, person = sam
    offer = offer_of(send_late(client, person))
    assert messages() == 0

    shown = come_in(client, account).text
    assert "You were signed out before this was sent" in shown
    assert "I cannot take the bus with my hip." in shown

    back = client.post(f"{offer}/back")
    assert back.location == f"/p/{person.ref}/messages/new?about=x&restore={offer[-12:]}"
    page = client.get(back.location)
    assert page.status_code == 200
    assert "Here is what you typed" in page.text
    assert 'value="A lift to the pool"' in page.text
    assert WORDS in page.text
    assert "There is a problem" not in page.text
    assert messages() == 0, "nothing was sent by itself"

    sent = client.post(back.location, data={"topic": "A lift to the pool", "message": WORDS})
    assert sent.status_code == 303
    assert messages() == 1


def test_nobody_else_on_the_same_phone_reads_it(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    account, person = sam
    offer = offer_of(send_late(client, person))
    other = make_account("Dana Price")
    give_authority(other, person)

    answer = come_in(client, other)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.post(f"{offer}/back").status_code == 404
    assert WORDS[:20] not in client.get(f"/p/{person.ref}/messages/new?restore={offer[-12:]}").text
    assert client.post(f"{offer}/throw-away").status_code == 404
    assert db.session.scalar(select(KeptForm.ref)) == offer[-12:], "it is not theirs to throw away"
    assert account.id == db.session.scalar(select(KeptForm.account_id))


def test_the_start_offers_it_once(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    account, person = sam
    offer = offer_of(send_late(client, person))
    come_in(client, account, "/")

    assert client.get("/").location == "/kept-forms"
    client.post(f"{offer}/back")
    assert client.get("/").location == f"/p/{person.ref}/"


def test_it_can_be_thrown_away(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    account, person = sam
    offer = offer_of(send_late(client, person))
    come_in(client, account)

    assert client.post(f"{offer}/throw-away").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0
    assert client.get("/kept-forms").location == "/"


def test_it_is_locked_in_the_database(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    send_late(client, sam[1])
    row = db.session.scalars(select(KeptForm)).one()
    for word in ("pool", "hip", "messages", sam[1].ref):
        assert word not in row.sealed


def test_after_an_hour_it_is_gone(client: FlaskClient, sam: tuple[Account, Person], sign_in: SignIn) -> None:
    account, person = sam
    offer = offer_of(send_late(client, person))
    with clock.at(clock.now() + LATER + timedelta(minutes=59)):
        sign_in(client, account)
        kept_forms.remove_old(0)
        assert client.get("/kept-forms").status_code == 200
    with clock.at(clock.now() + LATER + timedelta(minutes=61)):
        assert client.get("/kept-forms").location == "/"
        assert client.post(f"{offer}/back").status_code == 404
        assert "hip" not in client.get(f"/p/{person.ref}/messages/new?restore={offer[-12:]}").text
        kept_forms.remove_old(0)
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_proof_of_who_one_is_and_files_are_not_kept(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    account, person = sam
    typed = {name: f"secret {name}" for name in NEVER if not name.startswith("kept_")}
    answer = send_late(client, person, **typed, files=(io.BytesIO(b"%PDF-1.7"), "letter.pdf"))
    offer = offer_of(answer)
    shown = come_in(client, account).text
    assert "secret" not in shown
    assert "Files and photos cannot be kept" in shown
    assert "Choose them again" in client.get(client.post(f"{offer}/back").location).text


def test_every_secret_field_has_a_name_that_is_never_kept() -> None:
    for module in pkgutil.iter_modules(web.__path__):
        importlib.import_module(f"app.web.{module.name}")
    forms = [*Form.__subclasses__()]
    for form in forms:
        forms += form.__subclasses__()
        for name in dir(form):
            field = getattr(getattr(form, name), "field_class", None)
            if isinstance(field, type) and issubclass(field, PasswordField):
                assert name in NEVER, f"{form.__name__}.{name}"


def test_pages_about_signing_in_are_never_kept(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    with clock.at(clock.now() + LATER):
        answer = client.post("/passphrase", data={"old": "x", "new": "y", "again": "y", "note": "some words"})
    assert "kept-forms" not in answer.location
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_button_alone_is_not_kept(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    page = f"/p/{sam[1].ref}/messages/new"
    with clock.at(clock.now() + LATER):
        answer = client.post(page, data={"csrf_token": "x"}, headers={"Referer": f"http://localhost{page}"})
    assert answer.location == f"/sign-in?next={page}"


def test_a_form_of_another_site_is_not_kept(
    app: Flask, client: FlaskClient, sam: tuple[Account, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = send_late(client, sam[1])
    assert "kept-forms" not in answer.location
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_whoever_signed_out_left_nothing(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    with client.session_transaction() as cookie:
        token = cookie["token"]
    sessions.sign_out(token)
    db.session.commit()
    assert "kept-forms" not in send_late(client, sam[1]).location


def test_more_than_anybody_types_is_not_kept(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    assert "kept-forms" not in send_late(client, sam[1], message="x " * 40_000).location
    for _ in range(8):
        kept_forms.keep(sam[0].id, kept_forms.Typed("/people", [("a", "b c")], False))
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 5


def test_the_script_hands_over_before_the_page_is_left(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    """While the sign-in still holds: it is kept, and the sign-in ends."""
    account, person = sam
    page = f"/p/{person.ref}/messages/new"
    typed = {"topic": "A lift", "message": WORDS, "kept_action": page, "kept_page": f"{page}?about=x"}
    answer = client.post("/kept-forms", data=typed, headers={"Referer": f"http://localhost{page}"})
    offer = offer_of(answer)
    assert "Clear-Site-Data" in answer.headers
    assert client.get("/notices").location == "/sign-in?next=/notices"
    come_in(client, account)
    again = client.get(client.post(f"{offer}/back").location).text
    assert WORDS in again
    assert "kept_action" not in again


def test_the_script_hands_over_a_moment_too_late(client: FlaskClient, sam: tuple[Account, Person]) -> None:
    page = f"/p/{sam[1].ref}/messages/new"
    typed = {"topic": "A lift", "message": WORDS, "kept_action": page, "kept_page": page, "kept_files": "yes"}
    with clock.at(clock.now() + LATER):
        offer_of(client.post("/kept-forms", data=typed))
    assert "Files and photos cannot be kept" in come_in(client, sam[0]).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/x", "//evil.example", "/no/such", "/sign-in", "java:x"])
def test_going_back_never_leads_elsewhere(client: FlaskClient, sam: tuple[Account, Person], elsewhere: str) -> None:
    typed = {"message": WORDS, "kept_action": elsewhere, "kept_page": elsewhere}
    assert client.post("/kept-forms", data=typed).location == "/sign-in"
    assert db.session.scalar(select(func.count()).select_from(KeptForm)) == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.text(some.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60),
    some.text(some.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300),
)
def test_whatever_was_typed_comes_back_and_nothing_acts(
    client: FlaskClient, sam: tuple[Account, Person], sign_in: SignIn, topic: str, message: str
) -> None:
    account, person = sam
    sign_in(client, account)
    answer = send_late(client, person, topic=topic, message=message)
    if not (topic + message).strip():
        return
    offer = offer_of(answer)
    sign_in(client, account)
    assert client.get("/kept-forms").status_code == 200
    page = client.get(client.post(f"{offer}/back").location)
    assert page.status_code == 200
    assert messages() == 0


class TestHowLong:
    """A quarter of an hour for whoever is here for their work, half an hour for the others."""

    def test_holders_and_staff(self, client: FlaskClient, sign_in: SignIn) -> None:
        holder, staff = make_account(), make_account("Priya Shah")
        make_post(staff, make_commissioner())
        for account, minutes in ((holder, 30), (staff, 15)):
            sign_in(client, account)
            with clock.at(clock.now() + timedelta(minutes=minutes - 1)):
                page = client.get("/people").text
            assert f'data-idle-seconds="{minutes * 60}"' in page
            sign_in(client, account)
            with clock.at(clock.now() + timedelta(minutes=minutes, seconds=1)):
                assert client.get("/people").location == "/sign-in?next=/people"

    def test_the_page_counts_as_the_database_does(self, client: FlaskClient, sign_in: SignIn) -> None:
        sign_in(client, make_account())
        with clock.at(clock.now() + timedelta(seconds=40)):
            left = re.search(r'data-left-seconds="(\d+)"', client.get("/people").text)
        assert left
        assert 1755 <= int(left[1]) <= 1761
