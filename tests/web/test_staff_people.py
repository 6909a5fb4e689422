"""A person as staff see them: found by name, only in one's own commissioner, and nothing of what they bought."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.identity.models import Account, Commissioner, Person
from app.identity.rules import AuthorityKind, StaffRole
from app.web.words import PACES
from tests import factories as make


@pytest.fixture
def board(session) -> Commissioner:
    return make.make_commissioner()


@pytest.fixture
def priya(board: Commissioner) -> Account:
    account = make.make_account("Priya Shah")
    make.make_post(account, board)
    return account


@pytest.fixture
def amira(board: Commissioner, priya: Account) -> Person:
    person = make.make_person(board, "Amira", "Rahman", coordinator=priya)
    make.give_authority(make.make_account("Nadia Rahman"), person, AuthorityKind.REPRESENTATIVE)
    make.make_budget(person, make.make_plan(person))
    return person


def test_a_coordinator_begins_with_whom_they_look_after(client: FlaskClient, sign_in, board, priya, amira) -> None:
    make.make_person(board, "Tom", "Delaney")
    sign_in(client, priya)
    page = client.get("/staff/people").text
    assert "Amira Rahman" in page
    assert "Tom Delaney" not in page
    assert "Tom Delaney" in client.get("/staff/people?show=all").text
    found = client.get("/staff/people?q=del").text
    assert "Tom Delaney" in found
    assert "Amira Rahman" not in found


def test_a_person_with_who_acts_for_them_and_how_they_do(client: FlaskClient, sign_in, priya, amira) -> None:
    page = sign_in(client, priya).get(f"/staff/people/{amira.ref}").text
    assert "Nadia Rahman" in page
    assert "Priya Shah looks after them" in page
    assert any(said in page for said, _ in PACES.values())
    assert "£" not in page.split("<main", 1)[1], "how much was spent on what is the person's own affair"


def test_somebody_elses_people_do_not_exist(client: FlaskClient, sign_in, amira) -> None:
    stranger = make.make_account("Ingrid Solberg")
    make.make_post(stranger, make.make_commissioner("Wendover Hills Care Board"))
    sign_in(client, stranger)
    assert client.get(f"/staff/people/{amira.ref}").status_code == 404
    assert "Amira" not in client.get("/staff/people?show=all&q=ami").text


def test_whoever_acts_for_a_person_is_not_staff_for_them(client: FlaskClient, sign_in, board, amira) -> None:
    nurse = make.make_account("Helen Achterberg")
    make.make_post(nurse, board, StaffRole.FINANCE)
    make.give_authority(nurse, amira, AuthorityKind.NOMINEE)
    assert sign_in(client, nurse).get(f"/staff/people/{amira.ref}").status_code == 404
