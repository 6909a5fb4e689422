"""An entry without its words is right only where somebody's time was over: nothing hides behind retention."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.audit import proof, sealing, service
from app.core import clock
from app.core.db import db
from app.identity.models import Person
from app.identity.rules import Actor
from app.records import tidying
from tests import factories as make
from tests.audit.sealed import behind_the_trigger, moment, write

LONG_AGO = -400  # days before the first of the others: over a year before any run
_GONE = "sentence = 'Removed', why = '', details = '{}', removed_digest = audit_entry_digest(e)"


@pytest.fixture
def sam(session) -> Person:
    return make.make_person(make.make_commissioner())


@pytest.fixture
def actor(sam: Person) -> Actor:
    """Sam's own."""
    account = make.make_account()
    make.give_authority(account, sam)
    return make.actor_for(account)


@pytest.fixture
def officer(sam: Person) -> Actor:
    """Somebody of the staff."""
    account = make.make_account("Priya Shah")
    make.make_post(account, sam.commissioner)
    return make.actor_for(account)


def told(actor: Actor, person: Person | None, day: int = LONG_AGO, subject_id: UUID | None = None) -> UUID:
    """An entry of that day."""
    with clock.at(moment(day)):
        entry = service.record(
            actor,
            "test.look",
            "Looked at something",
            subject_kind="account" if subject_id else "plan",
            subject_id=subject_id,
            person_id=person.id if person else None,
            commissioner_id=person.commissioner_id if person else None,
        )
    db.session.flush()
    return entry.id


def seal(day: int = LONG_AGO + 1) -> None:
    """Every day before the so-manieth; what the making of people wrote is of today."""
    with clock.at(moment(day, 1)):
        assert sealing.seal_due()


def run() -> UUID:
    return tidying.begin_run(Actor.system(tidying.WHO), None).id


def over(person: Person) -> None:
    db.session.execute(sa.text("UPDATE person SET removed_at = now() WHERE id = :id"), {"id": person.id})


def close(account_id: UUID | None) -> None:
    db.session.execute(
        sa.text("UPDATE account SET passphrase_hash = '', closed_at = now() WHERE id = :id"), {"id": account_id}
    )


def change(key: UUID, changes: str, **values: object) -> None:
    db.session.execute(sa.text(f"UPDATE audit_entry e SET {changes} WHERE id = :id"), {"id": key, **values})


def dress(key: UUID, name: str = "Somebody", run_id: UUID | None = None) -> None:
    """Make a change look like retention, the guards being off."""
    with behind_the_trigger():
        change(key, f"{_GONE}, actor_name = :name, removed_in = :run", name=name, run=run_id or run())


def problems() -> list[str]:
    """What is found, by the entry's id."""
    return [said.partition("entry ")[2] for said in proof.verify().problems]


@pytest.mark.parametrize("name", ["Somebody", None])
def test_what_the_door_let_go_is_right(sam: Person, officer: Actor, name: str | None) -> None:
    key = told(officer, sam)
    seal()
    over(sam)
    change(key, f"{_GONE}, actor_name = COALESCE(:name, actor_name), removed_in = :run", name=name, run=run())
    found = proof.verify()
    assert (found.removed, found.problems) == (1, [])


def test_what_the_door_let_go_of_a_closed_account_is_right(sam: Person, actor: Actor) -> None:
    keys = [told(actor, None), told(make.SYSTEM, None, subject_id=actor.account_id)]
    seal()
    close(actor.account_id)
    for key in keys:
        change(key, f"{_GONE}, actor_name = 'Somebody', removed_in = :run", run=run())
    found = proof.verify()
    assert (found.removed, found.problems) == (2, [])


@pytest.mark.parametrize("name", ["Somebody", "Somebody Else"])
def test_the_words_of_the_living_are_not_taken(sam: Person, actor: Actor, name: str) -> None:
    key = told(actor, sam)
    seal()
    dress(key, name)
    assert problems() == [f"{key} was changed"]


def test_nor_those_of_an_account_in_use(sam: Person, actor: Actor) -> None:
    keys = sorted([told(actor, None), told(make.SYSTEM, None, subject_id=actor.account_id)])
    seal()
    for key in keys:
        dress(key)
    assert problems() == [f"{key} was changed" for key in keys]
    db.session.execute(sa.text("UPDATE account SET closed_at = now()"))
    assert problems() == [f"{key} was changed" for key in keys], "closed, but not for good"


def test_a_closed_account_takes_no_words_about_the_living(sam: Person, actor: Actor) -> None:
    key = told(actor, sam)
    seal()
    close(actor.account_id)
    dress(key)
    assert problems() == [f"{key} was changed"]


def test_nor_the_words_of_the_software_about_nobody(session) -> None:
    (key,) = write(LONG_AGO)
    seal()
    dress(key)
    assert problems() == [f"{key} was changed"]


def test_without_a_run_on_record_nothing_was_removed(sam: Person, actor: Actor) -> None:
    keys = sorted([told(actor, sam), told(actor, sam)])
    seal()
    over(sam)
    dress(keys[0], run_id=sam.id)
    with behind_the_trigger():
        change(keys[1], f"{_GONE}, actor_name = 'Somebody'")
    assert problems() == [f"{key} was changed" for key in keys]


def test_what_was_younger_than_a_year_kept_its_words(sam: Person, actor: Actor) -> None:
    key = told(actor, sam)
    seal()
    over(sam)
    with clock.at(moment(LONG_AGO) + timedelta(days=364)):
        early = run()
    dress(key, run_id=early)
    assert problems() == [f"{key} was changed"]
    with behind_the_trigger():
        change(key, "removed_in = :run", run=run())
    assert problems() == []


def test_the_name_that_stays_is_the_one_that_was_sealed(sam: Person, officer: Actor, actor: Actor) -> None:
    keys = sorted([told(officer, sam), told(actor, sam)])
    seal()
    over(sam)
    for key in keys:
        dress(key, "Somebody Else")
    assert problems() == [f"{key} was changed" for key in keys]


def test_no_digest_of_a_name_alone_is_kept_where_the_name_is_to_go(sam: Person, officer: Actor, actor: Actor) -> None:
    """With the entry's id beside it, it would be a matter of trying names."""
    staff, own = told(officer, sam), told(actor, sam)
    seal()
    kept = dict(db.session.execute(sa.text("SELECT entry_id, actor FROM audit_digest")).all())
    assert kept[own] is None
    assert len(kept[staff]) == 32


def test_the_digest_of_the_name_is_sealed_too(sam: Person, officer: Actor) -> None:
    key = told(officer, sam)
    seal()
    with behind_the_trigger() as database:
        database.execute(sa.text("UPDATE audit_digest SET actor = NULL WHERE entry_id = :id"), {"id": key})
    assert len(proof.verify().problems) == 1


def test_days_that_were_sealed_without_it_still_hold(sam: Person, officer: Actor, actor: Actor, monkeypatch) -> None:
    """Of staff any name is believed then, as nothing tells; whoever acts for a person is Somebody in any case."""
    staff, own = told(officer, sam), told(actor, sam)
    monkeypatch.setattr(sealing, "_KEEP_DIGESTS", sa.text(f"""
        INSERT INTO audit_digest (day, entry_id, whole, facts)
        SELECT :day, e.id, {sealing.WHOLE}, {sealing.FACTS} FROM audit_entry e
        WHERE e.written_at >= :start AND e.written_at < :stop"""))  # fmt: skip
    before = """encode(sha256(coalesce(
        string_agg(entry_id::text::bytea || whole || facts, ''::bytea ORDER BY entry_id), '')), 'hex')"""
    monkeypatch.setattr(
        sealing, "_OVER_DIGESTS", sa.text(f"SELECT count(*), {before} FROM audit_digest WHERE day = :day")
    )
    seal()
    monkeypatch.undo()
    assert problems() == []
    over(sam)
    dress(staff, "Priya Shah")
    assert problems() == []
    dress(own, "Somebody Else")
    assert problems() == [f"{own} was changed"]
