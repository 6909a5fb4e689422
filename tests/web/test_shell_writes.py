"""One POST, one transaction, once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.identity.models import Account, Commissioner
from app.identity.rules import Permission
from app.web.marks import requires
from app.web.writes import in_one_transaction, keep_writes
from tests.factories import make_account

SignIn = Callable[[FlaskClient, Account], FlaskClient]
#: A writing page that exists in every installation; its view is replaced by each test's own.
PATH, ENDPOINT = "/session/extend", "account.extend"


@pytest.fixture
def page(app: Flask, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``page(view)``: a signed-in client whose POST to PATH runs ``view``."""

    def install(view: Callable[[], Any]) -> FlaskClient:
        marked = requires(Permission.SIGNED_IN)(view)
        monkeypatch.setitem(app.view_functions, ENDPOINT, in_one_transaction(marked))
        return client

    sign_in(client, make_account())
    return install


def _write() -> None:
    db.session.add(Commissioner(name=f"Written {request.form.get('word', '')}"))
    db.session.flush()


def _written() -> int:
    return len(db.session.scalars(select(Commissioner).where(Commissioner.name.startswith("Written"))).all())


def test_a_redirect_is_kept(page: Any) -> None:
    def view() -> Any:
        _write()
        return redirect("/there", 303)

    assert page(view).post(PATH).status_code == 303
    assert _written() == 1


@pytest.mark.parametrize("status", [200, 400, 409])
def test_a_form_shown_again_has_written_nothing(page: Any, status: int) -> None:
    def view() -> Any:
        _write()
        return "the form again", status

    assert page(view).post(PATH).status_code == status
    assert _written() == 0


def test_a_refusal_undoes_everything_and_says_why(page: Any) -> None:
    def view() -> Any:
        _write()
        raise StateError("Priya has answered already.")

    answer = page(view).post(PATH)

    assert answer.status_code == 409
    assert "Priya has answered already." in answer.text
    assert _written() == 0


def test_the_same_form_twice_acts_once_and_answers_the_same(page: Any) -> None:
    def view() -> Any:
        _write()
        return redirect(f"/made/{uuid4()}", 303)

    client = page(view)
    form = {"form_id": str(uuid4()), "word": "gym"}
    first, second = client.post(PATH, data=form), client.post(PATH, data={**form, "csrf_token": "another"})

    assert second.status_code == 303
    assert second.location == first.location
    assert _written() == 1


def test_the_same_form_with_other_answers_is_refused(page: Any) -> None:
    def view() -> Any:
        _write()
        return redirect("/made", 303)

    client, key = page(view), str(uuid4())
    client.post(PATH, data={"form_id": key, "word": "gym"})
    answer = client.post(PATH, data={"form_id": key, "word": "taxi"})

    assert answer.status_code == 409
    assert "already sent" in answer.text
    assert _written() == 1


def test_a_form_that_failed_may_be_sent_again(page: Any) -> None:
    answers = iter([("not yet", 400), redirect("/made", 303)])

    def view() -> Any:
        _write()
        return next(answers)

    client, form = page(view), {"form_id": str(uuid4())}

    assert client.post(PATH, data=form).status_code == 400
    assert client.post(PATH, data=form).status_code == 303


def _failure(kind: type[Any], state: str) -> Any:
    return kind("INSERT …", {}, SimpleNamespace(sqlstate=state))


def test_a_form_shown_again_may_be_mended_and_sent_even_where_the_try_is_kept(page: Any) -> None:
    def view() -> Any:
        _write()
        keep_writes()
        return redirect("/made", 303) if request.form["word"] == "gym" else ("the form again", 400)

    client, key = page(view), str(uuid4())
    assert client.post(PATH, data={"form_id": key, "word": ""}).status_code == 400
    assert client.post(PATH, data={"form_id": key, "word": "gym"}).status_code == 303
    assert _written() == 2


def test_a_lost_race_is_tried_again_and_nobody_notices(page: Any) -> None:
    tries = iter([_failure(OperationalError, "40P01"), _failure(OperationalError, "40001"), None])

    def view() -> Any:
        _write()
        failure = next(tries)
        if failure:
            raise failure
        return redirect("/made", 303)

    assert page(view).post(PATH).status_code == 303
    assert _written() == 1


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (_failure(OperationalError, "40P01"), 503, "CarePurse is busy"),
        (_failure(OperationalError, "57014"), 503, "CarePurse is busy"),
        (_failure(DataError, "22003"), 400, "could not use"),
        (InsufficientFundsError("There is £3.00 left for this."), 409, "There is £3.00 left"),
    ],
)
def test_what_the_database_refuses_is_a_kind_page(page: Any, failure: Exception, status: int, words: str) -> None:
    def view() -> Any:
        _write()
        raise failure

    answer = page(view).post(PATH)

    assert answer.status_code == status
    assert words in answer.text
    assert "INSERT" not in answer.text
    assert _written() == 0


def test_a_bug_shows_a_page_that_asks_the_database_nothing(
    app: Flask, page: Any, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> Any:
        raise RuntimeError("secret detail")

    client = page(view)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setattr("app.messages.queries.unread_count", lambda viewer: pytest.fail("asked the database"))
    answer = client.post(PATH)

    assert answer.status_code == 500
    assert "something went wrong" in answer.text
    assert "secret detail" not in answer.text
