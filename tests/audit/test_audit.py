"""Who did what: written once, read by the person and the auditor."""

from datetime import UTC, datetime, timedelta

import pytest

from app.audit import queries, service
from app.core import clock
from app.identity.rules import AuthorityKind, Scope, StaffRole
from tests.factories import (
    SYSTEM,
    actor_for,
    give_authority,
    make_account,
    make_commissioner,
    make_person,
    make_post,
)

pytestmark = pytest.mark.usefixtures("session")


def test_an_entry_says_who_in_what_quality_and_for_whom() -> None:
    board = make_commissioner()
    person = make_person(board)
    parent, coordinator = make_account("Leila Haddad"), make_account("Priya Shah")
    give_authority(parent, person, AuthorityKind.REPRESENTATIVE, Scope.BUY)
    make_post(coordinator, board, StaffRole.COORDINATOR)
    for who in (actor_for(parent), actor_for(coordinator), SYSTEM):
        service.record(
            who, "test.look", "Looked", subject_kind="plan", person_id=person.id, commissioner_id=board.id, why="Asked"
        )
    entries = queries.entries_about(person.id, without=()).entries[:3]
    assert [(e.actor_name, e.actor_role) for e in entries] == [
        ("Tests", "system"),
        ("Priya Shah", "coordinator"),
        ("Leila Haddad", "representative"),
    ]


def test_the_auditor_finds_by_verb_name_words_and_london_day_within_the_commissioner() -> None:
    board, other = make_commissioner(), make_commissioner("Another Board")
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July in London
    with clock.at(late):
        service.record(SYSTEM, "ledger.check", "Checked 100% of it", subject_kind="ledger", commissioner_id=board.id)
        service.record(SYSTEM, "ledger.check", "Checked elsewhere", subject_kind="ledger", commissioner_id=other.id)

    def found(**filters: object) -> list[str]:
        return [e.sentence for e in queries.entries_in([board.id], without=(), **filters).entries]

    assert found(verb="ledger.") == ["Checked 100% of it"]
    assert found(words="100%") == ["Checked 100% of it"]
    assert found(words="%") == ["Checked 100% of it"], "a percent sign is a percent sign"
    assert found(on=(late + timedelta(hours=1)).date()) == ["Checked 100% of it"]
    assert found(on=late.date()) == []
    assert found(actor="tests", verb="ledger") == ["Checked 100% of it"]
    assert "Checked elsewhere" not in found()


def test_pages_follow_each_other_without_a_gap() -> None:
    board = make_commissioner()
    for number in range(queries.PAGE + 5):
        service.record(SYSTEM, "test.count", f"Number {number}", subject_kind="test", commissioner_id=board.id)
    first = queries.entries_in([board.id], without=(), verb="test.")
    second = queries.entries_in([board.id], first.before, without=(), verb="test.")
    said = [e.sentence for e in (*first.entries, *second.entries)]
    assert said == [f"Number {number}" for number in reversed(range(queries.PAGE + 5))]
    assert second.before is None
