"""Everything held on a person: all of theirs, nothing of a neighbour's, for whoever asked and nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, text

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError, StateError
from app.identity.rules import AuthorityKind, Scope
from app.messages.models import Notice
from app.records import downloads, papers, telling
from app.records.holdings import HOLDINGS
from app.records.models import Download
from app.records.rules import DOWNLOADS_A_DAY, DownloadState
from tests import factories as make
from tests.records.lives import EVENTS, Life, begin, live

pytestmark = pytest.mark.usefixtures("session")


def fetch(life: Life) -> zipfile.ZipFile:
    """Ask, let the job make it, and open it."""
    asked = downloads.ask(life.actor, life.person)
    downloads.make(str(asked.id))
    db.session.refresh(asked)
    assert asked.state is DownloadState.READY
    return zipfile.ZipFile(io.BytesIO(downloads.open_download(life.actor, asked.ref).path.read_bytes()))


def words_of(bundle: zipfile.ZipFile) -> str:
    return "\n".join(
        bundle.read(name).decode() for name in bundle.namelist() if name.endswith((".json", ".txt"))
    ) + "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(bundle.read("summary.pdf"))).pages)


def two_lives() -> tuple[Life, Life]:
    board = make.make_commissioner()
    coordinator = make.make_account("Priya Shah")
    make.make_post(coordinator, board)
    return begin(board, "Mangosteen", coordinator), begin(board, "Quillwort", coordinator)


def test_all_parts_are_there_and_say_the_real_figures() -> None:
    life, _ = two_lives()
    live(life, ["buy", "talk", "draft", "choose"])
    bundle = fetch(life)
    assert bundle.testzip() is None
    everything = json.loads(bundle.read("everything.json"))
    assert (everything["format"], everything["version"]) == ("carepurse-records", 1)
    assert everything["about"]["reference"] == life.person.ref
    assert {item["section"] for item in everything["left_out"]} >= {"receipts", "money"}
    assert [name for name in bundle.namelist() if name.startswith("files/")] == everything["files"]
    assert len(everything["files"]) == 2, "a receipt and a file of a message"
    assert bundle.read(everything["files"][0]).startswith(b"\xff\xd8\xff")
    said = words_of(bundle)
    for word in ("given", "family", "account", "outcome", "about me", "payee", "note", "swim", "topic", "body"):
        assert f"Mangosteen{word}" in said
    assert "£1,000" in said, "money in"
    assert "£15" in said, "spent"
    assert "Priya Shah" in said


def test_the_summary_is_a_tagged_pdf_with_a_language_and_a_title() -> None:
    life, _ = two_lives()
    live(life, ["buy"])
    root = PdfReader(io.BytesIO(fetch(life).read("summary.pdf"))).trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True


@pytest.mark.parametrize("words", ["中文 😀", "#emph[a] *b* $x$ \\ @c <d>", "שלום", "a\u2028b", ""])
def test_whatever_somebody_wrote_is_text_in_the_summary(words: str) -> None:
    whose = telling.Whose(words or "x", "r", words, clock.now())
    made = papers.pdf_of(telling.summary(whose, {}))
    assert made.startswith(b"%PDF-")
    if words.startswith("#"):
        assert "#emph[a] *b* $x$" in PdfReader(io.BytesIO(made)).pages[0].extract_text()


@given(
    mine=st.lists(st.sampled_from(sorted(EVENTS)), max_size=6),
    theirs=st.lists(st.sampled_from(sorted(EVENTS)), max_size=6),
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_download_has_every_row_of_theirs_and_none_of_a_neighbours(mine: list[str], theirs: list[str]) -> None:
    outer = db.session.begin_nested()
    life, other = two_lives()
    live(life, mine)
    live(other, theirs)
    bundle = fetch(life)
    sections = json.loads(bundle.read("everything.json"))["sections"]
    for held in HOLDINGS.values():
        if held.section and held.person:
            query = f"SELECT count(*) FROM {held.table} t WHERE {held.goes or held.person}"
            if held.table in (
                "notice",
                "download",
                "audit_entry",
            ):  # some are others' work, some are of the asking itself
                continue
            there = db.session.scalar(text(query), {"people": [life.person.id]})
            assert len(sections[held.section]["rows"]) == there, held.table
    said = words_of(bundle)
    assert "Quillwort" not in said
    assert str(other.person.id) not in said
    outer.rollback()


def test_names_stand_where_others_accounts_were_and_no_address_of_theirs_goes_out() -> None:
    life, _ = two_lives()
    helper = make.make_account("Nina Ortega", "nina.private@example.org")
    make.give_authority(helper, life.person, AuthorityKind.NOMINEE, Scope.BUY)
    said = words_of(fetch(life))
    assert "Nina Ortega" in said
    assert "nina.private" not in said
    assert life.account.email in said, "one's own is one's own"
    assert life.account.passphrase_hash not in said
    assert str(helper.id) not in said


def test_only_whoever_asked_may_fetch_it_for_a_week_and_each_time_is_written_down() -> None:
    life, other = two_lives()
    helper = make.make_account("Nina Ortega")
    make.give_authority(helper, life.person, AuthorityKind.NOMINEE, Scope.VIEW)
    asked = downloads.ask(life.actor, life.person)
    downloads.make(str(asked.id))
    for stranger in (other.actor, make.actor_for(helper), make.SYSTEM):
        with pytest.raises(NotFoundError):
            downloads.open_download(stranger, asked.ref)
    downloads.open_download(life.actor, asked.ref)
    opened = select(AuditEntry).where(AuditEntry.verb == "records.fetch", AuditEntry.person_id == life.person.id)
    assert len(db.session.scalars(opened).all()) == 1
    with clock.at(clock.now() + timedelta(days=7, minutes=1)), pytest.raises(NotFoundError):
        downloads.open_download(life.actor, asked.ref)


def test_a_broker_and_staff_cannot_ask_and_a_nominee_who_looks_can() -> None:
    life, other = two_lives()
    broker, nominee = make.make_account("Bob Broker"), make.make_account("Nina Ortega")
    make.give_authority(broker, life.person, AuthorityKind.BROKER, Scope.BUY)
    make.give_authority(nominee, life.person, AuthorityKind.NOMINEE, Scope.VIEW)
    for stranger in (make.actor_for(broker), other.actor, make.SYSTEM):
        with pytest.raises(NotFoundError):
            downloads.ask(stranger, life.person)
    assert downloads.ask(make.actor_for(nominee), life.person).state is DownloadState.WAITING


def test_who_may_not_see_messages_gets_none() -> None:
    life, _ = two_lives()
    live(life, ["talk"])
    helper = make.make_account("Nina Ortega")
    make.give_authority(helper, life.person, AuthorityKind.NOMINEE, Scope.BUY)
    db.session.execute(text("UPDATE authority SET sees_messages = false WHERE account_id = :id"), {"id": helper.id})
    db.session.expire_all()
    asked = downloads.ask(make.actor_for(helper), life.person)
    downloads.make(str(asked.id))
    opened = downloads.open_download(make.actor_for(helper), asked.ref)
    bundle = zipfile.ZipFile(io.BytesIO(opened.path.read_bytes()))
    said = words_of(bundle)
    assert "Mangosteenoutcome" in said
    assert "Mangosteenbody" not in said
    assert "Mangosteentopic" not in said
    assert not [name for name in bundle.namelist() if name.startswith("files/")]


def test_asking_twice_makes_one_and_a_stuck_one_can_be_asked_again() -> None:
    life, _ = two_lives()
    first = downloads.ask(life.actor, life.person)
    assert downloads.ask(life.actor, life.person).id == first.id
    with clock.at(clock.now() + timedelta(hours=2)):
        again = downloads.ask(life.actor, life.person)
    db.session.refresh(first)
    assert again.id != first.id
    assert first.state is DownloadState.FAILED
    downloads.make(str(first.id))
    db.session.refresh(first)
    assert first.state is DownloadState.FAILED, "a job that comes late makes nothing"


def test_when_the_right_ended_meanwhile_nothing_is_made() -> None:
    life, _ = two_lives()
    asked = downloads.ask(life.actor, life.person)
    db.session.execute(text("UPDATE authority SET ended_at = now() WHERE person_id = :id"), {"id": life.person.id})
    downloads.make(str(asked.id))
    db.session.refresh(asked)
    assert asked.state is DownloadState.FAILED


def test_who_asked_is_told_and_nobody_else() -> None:
    life, _ = two_lives()
    asked = downloads.ask(life.actor, life.person)
    downloads.make(str(asked.id))
    told = db.session.scalars(select(Notice).where(Notice.about == "download")).all()
    assert [notice.account_id for notice in told] == [life.account.id]


def test_a_sign_in_without_a_budget_has_its_own_and_tells_nothing_of_others() -> None:
    life, _ = two_lives()
    priya = db.session.scalars(text("SELECT id FROM account WHERE name = 'Priya Shah'")).one()
    from app.identity.models import Account

    account = db.session.get_one(Account, priya)
    live(life, ["talk"])
    asked = downloads.ask(make.actor_for(account), None)
    downloads.make(str(asked.id))
    bundle = zipfile.ZipFile(io.BytesIO(downloads.open_download(make.actor_for(account), asked.ref).path.read_bytes()))
    said = words_of(bundle)
    assert account.email in said
    assert "coordinator" in said
    assert "Mangosteen" not in said
    assert db.session.get_one(Download, asked.id).person_id is None


def test_nobody_keeps_the_machine_busy_with_copies() -> None:
    life, neighbour = two_lives()
    for _ in range(DOWNLOADS_A_DAY):
        downloads.ask(life.actor, life.person).state = DownloadState.FAILED
        db.session.flush()
    with pytest.raises(StateError, match="tomorrow"):
        downloads.ask(life.actor, life.person)
    assert downloads.ask(neighbour.actor, neighbour.person), "everybody has a day of their own"
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert downloads.ask(life.actor, life.person)
