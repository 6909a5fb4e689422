"""The database keeps the money right, whatever the code does."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.core.ids import new_id
from app.ledger import proof, queries, service
from app.ledger.models import LedgerAccount, LedgerTransfer
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind
from tests.factories import make_commissioner

pytestmark = pytest.mark.usefixtures("session")
OUTCOME = UUID(int=7)


class Pots:
    """A funder, a budget and a payee."""

    def __init__(self) -> None:
        self.commissioner = make_commissioner().id
        self.budget_owner = uuid4()
        wanted = [
            (OwnerKind.FUNDER, self.commissioner, Stream.HEALTH),
            (OwnerKind.BUDGET, self.budget_owner, Stream.HEALTH),
            (OwnerKind.PAYEE, uuid4(), Stream.HEALTH),
        ]
        accounts = service.ensure_accounts(self.commissioner, wanted)
        self.funder, self.budget, self.payee = (accounts[owner] for owner in wanted)

    def write(self, debit: UUID, credit: UUID, pence: int, phase: Phase = Phase.POSTED, subject: UUID | None = None):
        return service.write_transfers(
            commissioner_id=self.commissioner,
            actor_id=None,
            actor_name="Test",
            kind=TransferKind.HOLD if phase is Phase.PENDING else TransferKind.ALLOCATION,
            phase=phase,
            legs=[service.Leg(debit, credit, pence, OUTCOME)],
            memo="Gym membership",
            counts_on=clock.today(),
            subject_id=subject,
        )

    def resolve(self, subject: UUID, phase: Phase) -> int:
        return service.resolve_pending(
            subject_id=subject,
            phase=phase,
            kind=TransferKind.SPEND if phase is Phase.POST else TransferKind.RELEASE,
            actor_id=None,
            actor_name="Test",
            memo="",
            counts_on=clock.today(),
        )

    @property
    def available(self) -> int:
        return queries.totals_by_stream(self.budget_owner)[Stream.HEALTH].available


@pytest.fixture
def pots() -> Pots:
    return Pots()


def test_money_in_held_spent_and_released(pots: Pots) -> None:
    pots.write(pots.funder, pots.budget, 10_000)
    gym, taxi = uuid4(), uuid4()
    pots.write(pots.budget, pots.payee, 3_200, Phase.PENDING, gym)
    pots.write(pots.budget, pots.payee, 1_800, Phase.PENDING, taxi)
    assert pots.available == 5_000
    assert pots.resolve(gym, Phase.POST) == 3_200
    assert pots.resolve(taxi, Phase.VOID) == 1_800
    assert pots.available == 6_800
    month = queries.months(pots.budget_owner, clock.period_of(clock.today()), clock.period_of(clock.today()))[0]
    assert (month.money_in, month.spent, month.promised) == (10_000, 3_200, 0)
    assert not proof.verify().problems


def test_the_database_refuses_to_overspend(pots: Pots) -> None:
    pots.write(pots.funder, pots.budget, 5_000)
    pots.write(pots.budget, pots.payee, 5_000, Phase.PENDING, uuid4())
    with pytest.raises(InsufficientFundsError):
        pots.write(pots.budget, pots.payee, 1, Phase.PENDING, uuid4())
    assert pots.available == 0


def test_a_hold_is_resolved_once(pots: Pots) -> None:
    pots.write(pots.funder, pots.budget, 5_000)
    subject = uuid4()
    pots.write(pots.budget, pots.payee, 500, Phase.PENDING, subject)
    held = service.pending_of(subject)[0]
    pots.resolve(subject, Phase.POST)
    assert pots.resolve(subject, Phase.VOID) == 0  # nothing left to resolve
    again = {c.name: getattr(held, c.name) for c in LedgerTransfer.__table__.columns}
    again |= {"id": new_id(), "phase": Phase.VOID, "pending_id": held.id, "kind": TransferKind.RELEASE}
    with pytest.raises(StateError):
        service._write([again], skip_existing=False)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(("table", "column"), [("ledger_transfer", "amount_pence"), ("audit_entry", "why")])
def test_what_is_written_stays(pots: Pots, statement: str, table: str, column: str) -> None:
    pots.write(pots.funder, pots.budget, 5_000)
    with pytest.raises(ProgrammingError, match=r"permission denied|append-only"), db.session.begin_nested():
        db.session.execute(sa.text(statement.format(table, column, column)))


def test_running_totals_follow_from_transfers_alone(pots: Pots) -> None:
    with pytest.raises(DBAPIError, match="transfers alone"), db.session.begin_nested():
        db.session.execute(sa.update(LedgerAccount).values(credits_posted=1_000_000))
    rich = LedgerAccount(
        commissioner_id=pots.commissioner,
        owner_kind=OwnerKind.BUDGET,
        owner_id=uuid4(),
        stream=Stream.HEALTH,
        credits_posted=5,
    )
    with pytest.raises(DBAPIError, match="begins at nought"), db.session.begin_nested():
        db.session.add(rich)


def test_money_never_crosses_commissioners_or_streams(pots: Pots) -> None:
    other = Pots()
    with pytest.raises(IntegrityError, match="crosses"):
        pots.write(other.funder, pots.budget, 100)
    education = (OwnerKind.BUDGET, pots.budget_owner, Stream.EDUCATION)
    account = service.ensure_accounts(pots.commissioner, [education])[education]
    with pytest.raises(IntegrityError, match="crosses"):
        pots.write(pots.funder, account, 100)


def test_a_replay_posts_nothing(pots: Pots) -> None:
    leg = service.Leg(pots.funder, pots.budget, 700, None, "allocation:once")

    def pay() -> list[UUID]:
        return service.write_transfers(
            commissioner_id=pots.commissioner,
            actor_id=None,
            actor_name="Test",
            kind=TransferKind.ALLOCATION,
            phase=Phase.POSTED,
            legs=[leg],
            memo="",
            counts_on=clock.today(),
            skip_existing=True,
        )

    assert len(pay()) == 1
    assert pay() == []
    assert pots.available == 700


def test_verify_finds_what_was_tampered_with(pots: Pots) -> None:
    pots.write(pots.funder, pots.budget, 5_000)
    db.session.execute(sa.text("UPDATE ledger_month SET money_in = money_in + 1"))
    assert any("month figures" in problem for problem in proof.verify().problems)
