"""What a broker gets from a purchase: asked once, kept for good, told to whom it concerns, weighed by the policy."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.models import AuditEntry
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.marketplace.models import ProviderMember
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.policy.rules import Action
from app.purchases import declaring, regular
from app.purchases import service as purchases
from app.purchases.benefit_models import BenefitStatement
from app.purchases.benefit_queries import Declared, declared_in, statements_about, statements_of
from app.purchases.benefit_rules import BenefitInput
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, State
from tests import factories
from tests.purchases.regular_world import begin, post_all
from tests.purchases.world import World, build, make_listing

FEE = BenefitInput(True, 2_000, "a fee for each new client", "Swim Together CIC")
SHARE = BenefitInput(True, None, "5% of the price", "Swim Together CIC")


@pytest.fixture
def world(session: Any) -> World:
    return build()


def unsaid(world: World, actor: Any) -> Purchase:
    """A draft of a broker who has said nothing yet."""
    draft = purchases.start_draft(actor, world.person, world.budget)
    line = LineInput("Pool sessions", 2_200, outcome_ref=world.plan.outcomes[0].ref, category=Category.ACTIVITIES)
    purchases.put_line(actor, draft, None, line)
    purchases.set_details(actor, draft, DetailsInput("Northside Leisure", bought_on=clock.today()))
    return draft


def test_a_broker_says_it_before_sending_and_nobody_else_is_asked(world: World) -> None:
    bea = world.broker()
    draft = unsaid(world, bea)
    assert "benefit" in purchases.check(bea, draft).missing
    with pytest.raises(InvalidError) as refused:
        purchases.submit(bea, draft)
    assert refused.value.errors == {"benefit": "Say whether you get anything from this"}
    declaring.declare(bea, draft, BenefitInput(False))
    assert purchases.submit(bea, draft).state is State.PAID, "nothing is nothing to look at"
    own = world.outside(("Pool sessions", 1_200, Category.ACTIVITIES))
    assert purchases.submit(world.me, own).state is State.PAID
    assert statements_of(own) == []
    with pytest.raises(NotAllowedError):
        declaring.declare(world.me, own, BenefitInput(False))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (BenefitInput(None), {"gets"}),
        (BenefitInput(True), {"gets_what", "gets_from"}),
        (BenefitInput(True, 500), {"gets_from"}),
        (BenefitInput(True, None, " \u202e ", "Swim Together"), {"gets_what"}),
        (BenefitInput(True, None, "x" * 201, "y" * 121), {"gets_what", "gets_from"}),
        (BenefitInput(True, 10**15, "a fee", "Swim Together"), {"gets_amount"}),
    ],
)
def test_an_answer_is_whole(world: World, said: BenefitInput, wrong: set[str]) -> None:
    bea = world.broker()
    with pytest.raises(InvalidError) as refused:
        declaring.declare(bea, unsaid(world, bea), said)
    assert set(refused.value.errors) == wrong


def test_nothing_cannot_be_said_of_ones_own_business(world: World) -> None:
    listing = make_listing()
    account = factories.make_account("Bea Broker")
    factories.give_authority(account, world.person, AuthorityKind.BROKER)
    db.session.add(ProviderMember(account_id=account.id, provider_id=listing.provider_id))
    db.session.flush()
    bea = factories.actor_for(account)
    draft = purchases.start_draft(bea, world.person, world.budget, listing_ref=listing.ref)
    with pytest.raises(InvalidError, match="You belong to Swim Together CIC"):
        declaring.declare(bea, draft, BenefitInput(False))
    declaring.declare(bea, draft, BenefitInput(True, None, "it is my business", "Swim Together CIC"))


def test_a_benefit_is_looked_at_and_everybody_it_concerns_reads_it(world: World) -> None:
    bea = world.broker()
    draft = unsaid(world, bea)
    declaring.declare(bea, draft, FEE)
    assert purchases.check(bea, draft).decision.action is Action.REFER
    purchases.submit(bea, draft)
    assert draft.state is State.AWAITING_APPROVAL
    (found,) = [item for item in draft.findings if item["rule"] == "broker-benefit"]
    assert found["evidence"] == "Bea Broker gets £20.00 from Swim Together CIC: a fee for each new client"
    (said,) = statements_of(draft)
    assert said.words == "gets £20.00 from Swim Together CIC: a fee for each new client"
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "purchases.declare")).one()
    assert entry.details["gets"] is True
    assert "£20" not in entry.sentence, "it was not sent yet"
    assert entry.actor_role == "broker"


def test_what_was_said_stays_and_is_put_right_beside_it(world: World) -> None:
    bea = world.broker(Scope.PREPARE)
    draft = unsaid(world, bea)
    declaring.declare(bea, draft, BenefitInput(False))
    declaring.declare(bea, draft, SHARE)
    declaring.declare(bea, draft, BenefitInput(False))
    purchases.submit(bea, draft)
    assert [item.gets for item in statements_of(draft)] == [False], "before it is sent only the last word counts"
    declaring.declare(bea, draft, FEE)
    assert [item.gets for item in statements_of(draft)] == [False, True]
    told = db.session.scalars(sa.select(Notice.title).where(Notice.account_id == world.holder.id)).all()
    assert any("Bea Broker put right what they get" in title and "£20.00" in title for title in told)
    purchases.confirm(world.me, draft)
    assert draft.state is State.AWAITING_APPROVAL, "what was put right counts when they say yes"
    said = statements_of(draft)[0]
    with pytest.raises(sa.exc.DBAPIError), db.session.begin_nested():
        db.session.execute(sa.update(BenefitStatement).where(BenefitStatement.id == said.id).values(gets=True))


def titles(account: Account) -> list[str]:
    return list(db.session.scalars(sa.select(Notice.title).where(Notice.account_id == account.id)))


def test_what_is_put_right_after_nobody_looked_is_told_to_the_coordinator_too(world: World) -> None:
    bea = world.broker()
    draft = unsaid(world, bea)
    declaring.declare(bea, draft, BenefitInput(False))
    assert purchases.submit(bea, draft).state is State.PAID
    assert titles(world.coordinator) == []
    declaring.declare(bea, draft, FEE)
    (told,) = titles(world.coordinator)
    both = "gets £20.00 from Swim Together CIC: a fee for each new client. Before: gets nothing from it"
    assert told == f"Bea Broker put right what they get from something they arranged for Sam: {both}."
    assert draft.title not in told, "nobody on the staff was asked to look at it"
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "purchases.put_benefit_right")).one()
    assert entry.sentence.endswith(f"Bea Broker {both}")
    assert (entry.details["pence"], entry.details["was_pence"]) == (2_000, None)
    assert [item.words for item in statements_of(draft)] == [both.split(". Before: ")[1], both.split(". Before")[0]]
    declaring.declare(bea, draft, FEE)
    assert len(titles(world.coordinator)) == 1, "the same again is nothing new"


def test_whoever_was_asked_to_look_reads_what_was_put_right(world: World) -> None:
    bea = world.broker()
    draft = unsaid(world, bea)
    declaring.declare(bea, draft, SHARE)
    purchases.submit(bea, draft)
    assert draft.state is State.AWAITING_APPROVAL
    declaring.declare(bea, draft, FEE)
    assert titles(world.coordinator)[-1].startswith("Bea Broker put right what they get from Pool sessions for Sam: ")


def test_another_broker_says_nothing_of_it(world: World) -> None:
    bea, other = world.broker(), world.broker()
    draft = unsaid(world, bea)
    with pytest.raises(NotFoundError):
        declaring.declare(other, draft, FEE)


def test_what_comes_round_again_is_asked_when_it_begins(world: World) -> None:
    bea, listing = world.broker(), make_listing()
    with pytest.raises(InvalidError):
        begin(world, listing, actor=bea, benefit=None)
    payment = begin(world, listing, actor=bea, benefit=FEE)
    assert payment.state is RegularState.AWAITING_APPROVAL
    assert [item.amount_pence for item in statements_about(payment.id)] == [2_000]
    running = begin(world, listing, actor=bea)
    assert running.state is RegularState.RUNNING
    with pytest.raises(InvalidError):
        regular.change(bea, running, regular.ChangeInput(clock.today(), quantity_hundredths=200))
    later = regular.ChangeInput(clock.today(), quantity_hundredths=200, benefit=FEE)
    regular.change(bea, running, later)
    assert [item.gets for item in statements_about(running.id)] == [False, True]


def test_what_is_declared_this_month(world: World) -> None:
    bea = world.broker()
    for said in (FEE, BenefitInput(False), SHARE):
        draft = unsaid(world, bea)
        declaring.declare(bea, draft, said)
        purchases.submit(bea, draft)
    declaring.declare(bea, unsaid(world, bea), FEE)  # not sent: not counted
    month = clock.period_of(clock.today())
    declared = declared_in(bea, month)
    assert (declared.purchases, declared.answered, declared.pence) == (3, 3, 2_000)
    assert declared.shares == {"5% of the price from Swim Together CIC": 1}, "a share without a sum is not nothing"
    assert declared_in(bea, clock.add_months(month, -1)) == Declared()


def test_what_was_not_said_is_not_nothing_and_what_is_turned_down_pays_nobody(world: World) -> None:
    bea, month = world.broker(Scope.PREPARE), clock.period_of(clock.today())
    begun, turned_down = unsaid(world, bea), unsaid(world, bea)
    purchases.submit(world.me, begun)  # the person finishes it: nobody asked the broker
    declaring.declare(bea, turned_down, FEE)
    purchases.submit(bea, turned_down)
    assert declared_in(bea, month) == Declared(2, 1, 2_000)
    purchases.turn_down(world.me, turned_down)
    assert declared_in(bea, month) == Declared(1)


def test_what_comes_round_counts_each_time(world: World) -> None:
    bea = world.broker()
    payment = begin(world, make_listing(), actor=bea, benefit=BenefitInput(False), first_on=clock.today())
    declaring.declare_regular(bea, payment, world.person.id, FEE)
    assert declared_in(bea, clock.period_of(clock.today())) == Declared()
    assert post_all()
    assert declared_in(bea, clock.period_of(clock.today())) == Declared(1, 1, 2_000)
