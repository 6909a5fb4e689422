"""What the issue promises of the demonstration."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.budgets import allocations
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.demo import service, setting
from app.demo.accounts import NEIGHBOURS, SIGN_INS
from app.demo.kinds import PASSPHRASE
from app.evidence import queries as evidence
from app.identity import queries as identity
from app.identity import sessions
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import Actor, AuthorityKind, Scope, StaffRole
from app.ledger import proof
from app.ledger.models import LedgerTransfer
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, ProviderKind, RegisterStatus
from app.messages import queries as messages
from app.policy.engine import decide
from app.policy.queries import default_policy
from app.purchases import order_queries, queries, queue
from app.purchases.facts import facts_from_dict, without_settled
from app.purchases.models import Purchase, PurchaseDecision
from app.purchases.rules import State
from tests.demo.conftest import Demonstration
from tests.factories import make_commissioner


def actor(email: str) -> Actor:
    account = db.session.scalars(select(Account).where(Account.email == email)).one()
    return identity.load_actor(account, marketplace.provider_ids_of(account.id))


def person(given_name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.given_name == given_name)).one()


def balance(given_name: str) -> budgets.Balance:
    budget = db.session.scalars(select(Budget).where(Budget.person_id == person(given_name).id)).one()
    return budgets.balance(budget)


def test_the_ledger_is_right(demo: Demonstration) -> None:
    found = proof.verify()
    assert not found.problems
    assert found.transfers > 3_000


def test_a_second_filling_changes_nothing(demo: Demonstration) -> None:
    before = db.session.scalar(select(func.count()).select_from(LedgerTransfer))
    assert service.fill(lambda words, part: None, db.session.commit) is False
    assert db.session.scalar(select(func.count()).select_from(LedgerTransfer)) == before


def test_a_filling_that_was_cut_off_is_seen(demo: Demonstration) -> None:
    board = db.session.scalars(select(Commissioner).where(Commissioner.name == setting.BOARD)).one()
    board.settings = {**board.settings, setting.MARK: setting.PART}
    db.session.flush()
    assert service.look() is service.Found.PART


@pytest.mark.usefixtures("session")
def test_other_peoples_data_never_meets_a_printed_passphrase() -> None:
    make_commissioner("A real board")
    with pytest.raises(StateError):
        service.fill(lambda words, part: None, lambda: None)
    assert service.look() is service.Found.OTHER
    assert not db.session.scalar(select(func.count()).select_from(Account))


def test_everybody_who_is_printed_can_sign_in(demo: Demonstration) -> None:
    for row in (*SIGN_INS, *NEIGHBOURS):
        result = sessions.sign_in(row.email, PASSPHRASE, "198.51.100.7")
        assert result.account is not None, row.email
        assert result.account.name == row.name


def test_about_forty_people_with_a_year_of_history(demo: Demonstration) -> None:
    assert 38 <= (db.session.scalar(select(func.count()).select_from(Person)) or 0) <= 46
    this_month = clock.period_of(demo.made)
    long = 0
    for budget in db.session.scalars(select(Budget)):
        figures = budgets.figures(budget, this_month)
        long += sum(1 for month in figures.by_month if month.spent > 0) >= 11
    assert long >= 12


def test_every_sum_that_is_shown_adds_up(demo: Demonstration) -> None:
    for budget in db.session.scalars(select(Budget)):
        assert sum(line.amount_pence for line in budget.working) == budget.agreed_pence
        assert sum(part.amount_pence for part in budget.parts) == budget.agreed_pence
        assert all(line.amount_pence > 0 for line in budget.working)


class TestHolder:
    def test_has_something_in_every_state(self, demo: Demonstration) -> None:
        states = set(db.session.scalars(select(Purchase.state).where(Purchase.person_id == person("Sam").id)))
        assert states == set(State) - {State.PAYING}

    def test_waits_for_every_kind_of_thing(self, demo: Demonstration) -> None:
        kinds = {row.kind for row in queries.waiting_for(actor("holder@example.org"), person("Sam"))}
        assert kinds == set(queries.WaitingKind)

    def test_has_money_that_is_safe_to_spend(self, demo: Demonstration) -> None:
        found = balance("Sam")
        assert 10_000 < found.safe_to_spend < 250_000
        assert found.promised > 0
        assert found.contingency == 15_000

    def test_has_a_photographed_receipt_that_opens(self, demo: Demonstration) -> None:
        me = actor("holder@example.org")
        paid = db.session.scalars(
            select(Purchase).where(Purchase.person_id == person("Sam").id,
                Purchase.title.startswith("Physiotherapy and"))
        ).one()
        receipt = evidence.receipts_of(me, paid)[0]
        assert evidence.receipt_for(me, receipt.ref).path.read_bytes().startswith(b"\xff\xd8\xff")

    def test_has_notices_not_read_yet(self, demo: Demonstration) -> None:
        me = actor("holder@example.org")
        assert 0 < messages.unread_count(me) < 10


def test_the_representative_acts_for_a_child_of_nine_with_three_funders(demo: Demonstration) -> None:
    nadia = actor("representative@example.org")
    (grant,) = nadia.grants
    assert grant.kind is AuthorityKind.REPRESENTATIVE
    amira = person("Amira")
    assert amira.age_on(clock.london(demo.made).date()) == 9
    budget = budgets.budget_in_force(nadia, amira)
    assert budget is not None
    assert {item.stream.value for item in budget.streams} == {"health", "social_care", "education"}
    assert queries.WaitingKind.CONFIRM in {row.kind for row in queries.waiting_for(nadia, amira)}


def test_the_broker_has_three_people_and_one_limit(demo: Demonstration) -> None:
    grants = actor("broker@example.org").grants
    assert sorted((g.person_name.split()[0], g.scope, g.buy_limit_pence) for g in grants) == [
        ("Amira", Scope.PREPARE, None),
        ("Harriet", Scope.BUY, 25_000),
        ("Sam", Scope.PREPARE, None),
    ]


def test_coordinators_have_something_late_something_due_and_a_team(demo: Demonstration) -> None:
    priya, marcus = actor("coordinator@example.org"), actor("coordinator2@example.org")
    counts = queue.counts_for(priya)
    assert counts.mine >= 6
    assert counts.late >= 1
    assert counts.team > counts.mine
    assert queue.counts_for(marcus).mine >= 2
    today = clock.london(demo.made).date()
    due = {row.due_on for row in queue.queue_for(priya).rows}
    assert (today if clock.is_working_day(today) else clock.add_working_days(today, 1)) in due


def test_the_second_commissioner_has_its_own(demo: Demonstration) -> None:
    ingrid = actor("coordinator@wendover.example.org")
    here = {row.ref for row in queue.queue_for(ingrid, "team").rows}
    there = {row.ref for row in queue.queue_for(actor("coordinator@example.org"), "team").rows}
    assert here
    assert there
    assert not here & there


def test_finance_still_has_budgets_to_pay_this_month(demo: Demonstration) -> None:
    period = clock.period_of(demo.made)
    paid = allocations.pay_month(Actor.system("Test"), period, allocations.budgets_to_pay(period))
    assert 3 <= paid.budgets <= 8
    assert paid.already > 15


@pytest.mark.parametrize(
    ("email", "role"),
    [(row.email, row.role) for row in SIGN_INS if row.role not in (None, StaffRole.COORDINATOR)],
)
def test_staff_hold_their_one_role(demo: Demonstration, email: str, role: StaffRole) -> None:
    assert [post.role for post in actor(email).posts] == [role]


@pytest.mark.parametrize("email", ["provider@example.org", "pa@example.org"])
def test_provider_and_pa_have_orders(demo: Demonstration, email: str) -> None:
    who = actor(email)
    assert len(order_queries.orders_of(who, who.provider_ids[0]).rows) > 10


def test_the_marketplace_is_full_and_never_offers_who_left_the_register(demo: Demonstration) -> None:
    kinds = dict(db.session.execute(select(Provider.kind, func.count()).group_by(Provider.kind)).all())
    assert 380 <= sum(kinds.values()) <= 440
    assert kinds[ProviderKind.PA] >= 60
    assert set(db.session.scalars(select(Listing.category).distinct())) == set(Category)
    gone = select(Provider.id).where(Provider.status == RegisterStatus.DEREGISTERED)
    assert db.session.scalars(gone).all()
    assert not db.session.scalars(select(Listing.id).where(Listing.offered, Listing.provider_id.in_(gone))).all()
    assert db.session.scalars(select(Listing.id).where(Listing.price_pence == 0, Listing.offered)).all()


def test_a_hard_month_and_a_new_beginning(demo: Demonstration) -> None:
    assert balance("Rajan").safe_to_spend < 0
    new = person("Yusuf")
    assert not db.session.scalars(select(Purchase.id).where(Purchase.person_id == new.id)).all()


def test_what_is_told_of_the_past_can_be_replayed(demo: Demonstration) -> None:
    """Decisions written in bulk are the policy's own, and stand beside what the services wrote."""
    rows = db.session.execute(select(PurchaseDecision).order_by(PurchaseDecision.id).limit(400)).scalars()
    for row in rows:
        facts, agreed = facts_from_dict(row.facts)
        assert without_settled(decide(default_policy(), facts), agreed).action is row.action


def test_the_past_looks_as_if_the_services_had_written_it(demo: Demonstration) -> None:
    """The same columns are filled in a purchase of the past as in one that went through every step."""
    sam = person("Sam").id
    outside = select(Purchase).where(Purchase.person_id == sam, Purchase.way == "outside", Purchase.state == State.PAID)
    outside = outside.where(Purchase.regular_payment_id.is_(None))  # on the first of a month a regular one is newest
    old = db.session.scalars(outside.order_by(Purchase.id).limit(1)).one()
    new = db.session.scalars(outside.order_by(Purchase.id.desc()).limit(1)).one()
    passed_over = {"lines", "receipt_count", "version"}

    def filled(row: object, names: list[str]) -> set[str]:
        return {name for name in names if name not in passed_over and getattr(row, name) not in (None, "", [])}

    columns = [column.key for column in Purchase.__table__.columns]
    assert filled(old, columns) == filled(new, columns)
    line = [column.key for column in type(old.lines[0]).__table__.columns]
    assert filled(old.lines[0], line) | {"family_member"} == filled(new.lines[0], line) | {"family_member"}


def test_nothing_is_dated_after_it_was_made(demo: Demonstration) -> None:
    late = demo.made + timedelta(seconds=1)
    for column in (Purchase.created_at, Purchase.submitted_at, LedgerTransfer.written_at):
        assert (db.session.scalar(select(func.max(column))) or late) < late, column
