"""Who may decide, and by when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.approvals import service
from app.approvals.rules import may_decide
from app.core import clock
from app.identity.rules import Actor, AuthorityKind, Grant, Post, Scope, StaffRole
from tests import factories

COMMISSIONER, PERSON, OTHER = uuid4(), uuid4(), uuid4()


def someone(role: StaffRole | None = StaffRole.COORDINATOR, kind: AuthorityKind | None = None) -> Actor:
    born = date(1980, 1, 1)
    grant = Grant(PERSON, "ref", "Sam", born, COMMISSIONER, kind, Scope.VIEW, None) if kind else None
    return Actor(
        account_id=uuid4(),
        name="Somebody",
        grants=(grant,) if grant else (),
        posts=(Post(COMMISSIONER, "Board", role),) if role else (),
    )


@pytest.mark.parametrize("role", list(StaffRole))
@pytest.mark.parametrize("kind", [None, *AuthorityKind])
def test_only_a_coordinator_who_is_nobodys_side_decides(role: StaffRole, kind: AuthorityKind | None) -> None:
    actor = someone(role, kind)
    assert may_decide(actor, COMMISSIONER, PERSON, uuid4()) is (role is StaffRole.COORDINATOR and kind is None)
    assert not may_decide(actor, OTHER, PERSON, uuid4())
    assert actor.account_id is not None
    assert not may_decide(actor, COMMISSIONER, PERSON, actor.account_id)


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        (datetime(2026, 12, 23, 10, tzinfo=UTC), 2, date(2026, 12, 29)),  # Christmas, and Boxing Day kept on the 28th
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), 2, date(2026, 11, 24)),  # Friday night
        (datetime(2026, 4, 2, 9, tzinfo=UTC), 1, date(2026, 4, 7)),  # Good Friday and Easter Monday
    ],
)
def test_the_day_of_the_answer_counts_working_days_in_england(
    session: object, asked: datetime, days: int, due: date
) -> None:
    commissioner = factories.make_commissioner(decision_working_days=days)
    with clock.at(asked):
        assert service.due_day(commissioner.id) == due
