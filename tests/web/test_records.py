"""The pages of what a person owns: a copy of everything, their details, who gets what; and the staff's side of it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.identity import service as identity
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.records import downloads, tidying
from app.records.models import Correction, Download
from app.stewardship import concerns, reviews
from app.stewardship.concern_rules import ConcernInput
from app.stewardship.gate_rules import ConcernKind
from app.stewardship.review_rules import ReviewInput, ReviewKind
from tests import factories as make
from tests.records.lives import Life, begin, live
from tests.records.test_tidying import old_life, tidy


@pytest.fixture
def priya(session) -> Account:
    return make.make_account("Priya Shah")


@pytest.fixture
def life(priya: Account) -> Life:
    board = make.make_commissioner(help_phone="020 7946 0321")
    make.make_post(priya, board)
    return begin(board, "Mangosteen", priya)


def made(client: FlaskClient, address: str) -> Download:
    """Ask by the page, and let the worker make it."""
    assert client.post(address).status_code == 303
    found = db.session.scalars(select(Download).order_by(Download.id.desc())).first()
    assert found is not None
    assert "We are making it" in client.get(address).text
    downloads.make(str(found.id))
    db.session.commit()
    return found


def test_ask_see_how_far_it_is_be_told_and_fetch(client: FlaskClient, sign_in, life: Life) -> None:
    live(life, ["buy"])
    sign_in(client, life.account)
    assert "What we hold on you" in client.get(f"/p/{life.person.ref}/").text
    found = made(client, f"/p/{life.person.ref}/records")
    page = client.get(f"/p/{life.person.ref}/records").text
    assert f"/records/{found.ref}" in page
    assert "Your copy is ready" in client.get("/notices").text
    sent = client.get(f"/records/{found.ref}")
    assert sent.mimetype == "application/zip"
    assert sent.headers["Content-Disposition"].startswith("attachment; filename=carepurse-")
    assert sent.headers["Cache-Control"] == "no-store"
    assert "everything.json" in zipfile.ZipFile(io.BytesIO(sent.data)).namelist()
    assert "Fetched the copy" in client.get(f"/p/{life.person.ref}/who").text


def test_a_download_of_somebody_else_does_not_exist(client: FlaskClient, sign_in, life: Life) -> None:
    sign_in(client, life.account)
    found = made(client, f"/p/{life.person.ref}/records")
    broker, stranger = make.make_account("Bob Broker"), make.make_account("Ida Stranger")
    make.give_authority(broker, life.person, AuthorityKind.BROKER, Scope.BUY)
    for account in (broker, stranger):
        sign_in(client, account)
        assert client.get(f"/records/{found.ref}").status_code == 404
    sign_in(client, stranger)
    assert client.get(f"/p/{life.person.ref}/records").status_code == 404
    sign_in(client, broker)
    for path in ("records", "details", "details/name", "sharing"):
        assert client.get(f"/p/{life.person.ref}/{path}").status_code == 403


def test_a_sign_in_without_a_budget_gets_its_own(client: FlaskClient, sign_in, life: Life, priya: Account) -> None:
    sign_in(client, priya)
    assert 'href="/records"' in client.get("/account").text
    found = made(client, "/records")
    assert client.get(f"/records/{found.ref}").mimetype == "application/zip"


def test_details_change_at_once_and_the_audit_keeps_what_was(client: FlaskClient, sign_in, life: Life) -> None:
    sign_in(client, life.account)
    address = f"/p/{life.person.ref}/details"
    wrong = client.post(address, data={"called": "Sam", "postcode": "nowhere"})
    assert "Enter a full postcode" in wrong.text
    assert 'value="nowhere"' in wrong.text
    assert client.post(address, data={"called": "Sam", "postcode": "se61hp"}).status_code == 303
    assert 'value="SE6 1HP"' in client.get(address).text
    assert client.post(address, data={"called": "Sammy", "postcode": "SE13 6LH"}).status_code == 303
    last = db.session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "records.change_details").order_by(AuditEntry.id.desc())
    ).first()
    assert last is not None
    assert last.details["changed"] == {"called": ["Sam", "Sammy"], "postcode": ["SE6 1HP", "SE13 6LH"]}


def test_a_name_is_looked_at_first_and_put_right(client: FlaskClient, sign_in, life: Life, priya: Account) -> None:
    sign_in(client, life.account)
    address = f"/p/{life.person.ref}/details/name"
    empty = client.post(address, data={"given_name": "", "family_name": "Okafor", "words": ""})
    assert "Enter the first name" in empty.text
    sent = {"given_name": "Samira", "family_name": "Okafor", "words": "I married in May."}
    assert client.post(address, data=sent).status_code == 303
    assert life.person.given_name == "Mangosteengiven", "not yet"
    assert "Put my name right" in client.get(f"/p/{life.person.ref}/messages").text
    correction = db.session.scalars(select(Correction)).one()

    sign_in(client, priya)
    assert "To put right" in client.get("/staff/").text
    assert correction.ref in client.get("/staff/corrections").text
    there = f"/staff/people/{life.person.ref}/corrections/{correction.ref}"
    assert "Samira Okafor" in client.get(there).text
    assert "Choose what you do" in client.post(there, data={"answer": "Done"}).text
    assert client.post(there, data={"outcome": "right", "answer": "Changed, congratulations."}).status_code == 303
    db.session.refresh(life.person)
    assert life.person.name == "Samira Okafor"
    assert client.post(there, data={"outcome": "stays", "answer": "No"}).status_code == 400, "answered once"

    sign_in(client, life.account)
    page = client.get(f"/p/{life.person.ref}/details").text
    assert "Put right" in page
    assert "congratulations" in page


def test_what_stays_has_the_persons_note_beside_it(client: FlaskClient, sign_in, life: Life, priya: Account) -> None:
    sign_in(client, life.account)
    words = "The taxi on 3 May was not for me."
    assert client.post(f"/p/{life.person.ref}/details/other", data={"words": words}).status_code == 303
    correction = db.session.scalars(select(Correction)).one()
    sign_in(client, priya)
    there = f"/staff/people/{life.person.ref}/corrections/{correction.ref}"
    assert client.post(there, data={"outcome": "stays", "answer": "Money that moved stays."}).status_code == 303
    sign_in(client, life.account)
    page = client.get(f"/p/{life.person.ref}/details").text
    assert words in page
    assert "with your note beside it" in page


def test_other_teams_see_nothing_of_it(client: FlaskClient, sign_in, life: Life) -> None:
    sign_in(client, life.account)
    client.post(f"/p/{life.person.ref}/details/other", data={"words": "Wrong."})
    correction = db.session.scalars(select(Correction)).one()
    stranger = make.make_account("Ingrid Solberg")
    make.make_post(stranger, make.make_commissioner("Wendover Hills Care Board"))
    sign_in(client, stranger)
    for path in (f"people/{life.person.ref}/records", f"people/{life.person.ref}/corrections/{correction.ref}"):
        assert client.get(f"/staff/{path}").status_code == 404
    assert life.person.ref not in client.get("/staff/corrections").text


def test_who_gets_what_is_as_it_is_and_choices_stand_alone(client: FlaskClient, sign_in, life: Life) -> None:
    helper = make.make_account("Nina Ortega")
    make.give_authority(helper, life.person, AuthorityKind.NOMINEE, Scope.VIEW)
    sign_in(client, life.account)
    address = f"/p/{life.person.ref}/sharing"
    page = client.get(address).text
    for word in ("Nina Ortega", "Priya Shah", "Not chosen yet", "The NHS"):
        assert word in page
    assert client.post(address, data={"choice": "enquiries", "given": "no"}).status_code == 303
    assert client.post(address, data={"choice": "precedent", "given": "yes"}).status_code == 303
    page = client.get(address).text
    assert "Not chosen yet" not in page
    assert client.post(address, data={"choice": "everything", "given": "yes"}).status_code >= 400


def test_who_gets_what_tells_every_way_in(client: FlaskClient, sign_in, life: Life, priya: Account) -> None:
    place = life.person.commissioner
    marcus, helen = make.make_account("Marcus Bell"), make.make_account("Helen Achterberg")
    make.make_post(marcus, place)
    make.make_post(helen, place, StaffRole.FINANCE)
    joy = make.make_account("Joy Adeyemi")
    identity.appoint(make.SYSTEM, joy, place, StaffRole.ADMIN, make.LONG_AGO, safeguards=True)
    starts = clock.today() + timedelta(days=20)
    wanted = ReviewInput(ReviewKind.YEARLY, starts, clock.today(), starts, "All of it.", helen.ref)
    reviews.announce(make.actor_for(priya), life.person, wanted)
    worry = ConcernInput(ConcernKind.ERROR, "Twice the same.", "Two look alike.", marcus.ref)
    concerns.record(make.actor_for(priya), life.person, worry)
    page = sign_in(client, life.account).get(f"/p/{life.person.ref}/sharing").text
    for words in (
        "Priya Shah and Helen Achterberg",
        "For the review of",
        "Priya Shah and Marcus Bell",
        "Because of a concern",
        "Joy Adeyemi",
        "Who has looked",
        "not your plan, and not what is bought",
    ):
        assert words in page, words
    assert "You can see it under “Who did what”" not in page


def test_the_privacy_page_names_every_key(client: FlaskClient, session) -> None:
    make.make_commissioner("Somewhere Care Board", review_notice_days=21)
    page = client.get("/privacy").text
    for words in (
        "at least 21 days before",
        "a second colleague",
        "safeguarding lead",
        "colleague who covers",
        "finance officer",
        "Administrators",
        "Who has looked",
        "after a death or a move",
    ):
        assert words in page, words
    assert "Your care coordinator sees your plan" not in page
    assert "not even us" not in page


def test_whoever_may_only_look_changes_nothing(client: FlaskClient, sign_in, life: Life) -> None:
    helper = make.make_account("Nina Ortega")
    make.give_authority(helper, life.person, AuthorityKind.NOMINEE, Scope.VIEW)
    sign_in(client, helper)
    assert "Change at once" not in client.get(f"/p/{life.person.ref}/details").text
    assert "not change it" in client.post(f"/p/{life.person.ref}/details", data={"postcode": "SE1 9RR"}).text
    assert client.post(f"/p/{life.person.ref}/sharing", data={"choice": "precedent", "given": "yes"}).status_code == 403


def test_records_are_kept_longer_and_let_go(client: FlaskClient, sign_in, life: Life, priya: Account) -> None:
    sign_in(client, priya)
    address = f"/staff/people/{life.person.ref}/records"
    assert address in client.get(f"/staff/people/{life.person.ref}").text
    assert "Say in a sentence" in client.post(address, data={"kind": "dispute", "why": ""}).text
    assert client.post(address, data={"kind": "dispute", "why": "The landlord's bill."}).status_code == 303
    assert "The landlord" in client.get(address).text
    assert client.post(f"{address}/let-go").status_code == 303
    assert "Keep them longer" in client.get(address).text


def test_the_auditor_reads_what_was_removed(client: FlaskClient, sign_in, session) -> None:
    gone = old_life()
    tidy(gone.person.commissioner_id)
    auditor = make.make_account("Ada Auditor")
    make.make_post(auditor, gone.person.commissioner, StaffRole.AUDITOR)
    sign_in(client, auditor)
    page = client.get("/staff/records").text
    assert "2 · Your receipts" in page
    assert "Mangosteen" not in page
    assert tidying.WHO


def test_the_privacy_page_says_the_times_in_force(client: FlaskClient, session) -> None:
    make.make_commissioner("Somewhere Care Board", keep_records_years=7)
    page = client.get("/privacy").text
    assert "Somewhere Care Board" in page
    assert "7 full financial years" in page
    assert "public task" in page
