"""What was referred: the coordinator's page, answers, questions, and who may give them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState, WithColleagueError
from app.audit.models import AuditEntry
from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import StaffRole
from app.marketplace.models import ProviderMember
from app.marketplace.rules import Category, RegisterStatus
from app.messages.models import Notice
from app.purchases import queries, queue
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests import factories
from tests.purchases.world import World, build, make_listing


def request_of(purchase: Purchase) -> ApprovalRequest:
    return db.session.scalars(select(ApprovalRequest).where(ApprovalRequest.subject_id == purchase.id)).one()


def told(account: object) -> list[str]:
    rows = db.session.scalars(select(Notice).where(Notice.account_id == account.id).order_by(Notice.id))
    return [notice.kind.value for notice in rows]


def test_yes_to_something_bought_already_pays_it_on_the_day_it_was_bought(world: World) -> None:
    purchase = world.referred()
    purchases.approve(world.priya, request_of(purchase).ref, "It sounds like fun")
    assert (purchase.state, purchase.paid_on) == (State.PAID, purchase.bought_on)
    assert budgets.balance(world.budget).spent == 3200
    assert told(world.holder) == ["decided"]
    assert queries.open_request_of(world.me, purchase).reason == "It sounds like fun"


def test_yes_to_a_listing_leaves_the_paying_to_the_person(world: World) -> None:
    purchase = world.from_listing(make_listing(price_pence=20_000))
    purchases.submit(world.me, purchase)
    assert purchase.state is State.AWAITING_APPROVAL  # over £500
    purchases.approve(world.priya, request_of(purchase).ref)
    assert purchase.state is State.APPROVED
    assert budgets.balance(world.budget).promised == 80_000


def test_no_needs_a_reason_and_frees_the_money(world: World) -> None:
    purchase = world.referred()
    ref = request_of(purchase).ref
    with pytest.raises(InvalidError) as refused, db.session.begin_nested():
        purchases.decline(world.priya, ref, "because", "  ")
    assert set(refused.value.errors) == {"reason_code", "reason"}
    db.session.expire_all()
    purchases.decline(world.priya, ref, "off-plan", "Let us talk about what would help you sing.")
    assert purchase.state is State.DECLINED
    assert budgets.balance(world.budget).available == 100_000
    notice = db.session.scalars(select(Notice).where(Notice.account_id == world.holder.id)).one()
    assert notice.body == "Let us talk about what would help you sing."


def test_a_question_goes_to_the_person_and_the_answer_comes_back_with_a_new_day(world: World) -> None:
    purchase = world.referred()
    request = request_of(purchase)
    purchases.ask(world.priya, request.ref, "What would you sing?\r\n<script>alert(1)</script>")
    assert purchase.state is State.AWAITING_INFORMATION
    with pytest.raises(StateError):
        purchases.approve(world.priya, request.ref)
    (row,) = queries.waiting_for(world.me, world.person)
    assert (row.kind.value, row.who) == ("question", "Priya Shah")
    with pytest.raises(InvalidError) as refused, db.session.begin_nested():
        purchases.answer_about(world.me, purchase, " \x00 ")
    assert set(refused.value.errors) == {"answer"}
    db.session.expire_all()
    with clock.at(clock.start_of(clock.add_working_days(clock.today(), 5))):
        purchases.answer_about(world.me, purchase, "Sea shanties, mostly.")
        assert request.due_on == clock.add_working_days(clock.today(), 2)
    assert (purchase.state, request.state) == (State.AWAITING_APPROVAL, RequestState.WAITING)
    thread = [(message.author_role, message.body) for message in queries.thread_of(world.me, purchase)]
    assert thread == [
        ("coordinator", "What would you sing?\n<script>alert(1)</script>"),
        ("self", "Sea shanties, mostly."),
    ]
    assert told(world.coordinator) == ["to_decide", "answered"]


def test_nobody_decides_their_own(world: World) -> None:
    """Not who asked, not who acts for the person in any quality, not another commissioner's coordinator."""
    purchase = world.referred()
    ref = request_of(purchase).ref
    factories.make_post(world.holder, world.commissioner)  # the holder becomes a coordinator too
    for actor in (world.me, build().priya, factories.actor_for(factories.make_account("Nobody"))):
        with pytest.raises((NotAllowedError, NotFoundError)):
            purchases.approve(actor, ref)
        with pytest.raises(NotFoundError):
            queue.request_for(actor, ref)
        assert ref not in {row.ref for row in queue.queue_for(actor, "team").rows}
    factories.give_authority(world.coordinator, world.person)  # and Priya acts for Sam now
    with pytest.raises(NotFoundError):
        purchases.approve(world.priya, ref)
    purchases.take(world.tom, ref)
    with pytest.raises(NotAllowedError):
        purchases.hand_over(world.tom, ref, world.coordinator.ref)
    purchases.approve(world.tom, ref)
    assert purchase.state is State.PAID


def test_who_sells_something_never_decides_that_it_is_bought(world: World) -> None:
    listing = make_listing(80_000)
    factories.pay_in(world.budget)
    purchase = purchases.submit(world.me, world.from_listing(listing, 100))
    assert request_of(purchase).assigned_to == world.coordinator.id
    db.session.add(ProviderMember(account_id=world.coordinator.id, provider_id=listing.provider_id))
    db.session.flush()
    assert not queue.request_for(world.priya, request_of(purchase).ref).can_decide
    with pytest.raises(NotAllowedError, match="paid for this"):
        purchases.approve(world.priya, request_of(purchase).ref)
    another = purchases.submit(world.me, world.from_listing(listing, 101))
    assert request_of(another).assigned_to == world.colleague.id  # and it is not given to them


def test_the_request_goes_to_a_colleague_when_the_own_coordinator_may_not_decide(world: World) -> None:
    factories.give_authority(world.coordinator, world.person)
    assert request_of(world.referred()).assigned_to == world.colleague.id


def test_finance_and_administrators_see_no_purchase(world: World) -> None:
    purchase = world.referred()
    for role in (StaffRole.FINANCE, StaffRole.ADMIN):
        account = factories.make_account(f"{role} officer")
        factories.make_post(account, world.commissioner, role)
        actor = factories.actor_for(account)
        assert queue.queue_for(actor, "team").rows == ()
        with pytest.raises(NotFoundError):
            queue.request_for(actor, request_of(purchase).ref)
        with pytest.raises(NotFoundError):
            queries.purchase_for(actor, world.person, purchase.ref)


def test_an_auditor_reads_the_queue_and_a_request_and_answers_none(world: World) -> None:
    purchase = world.referred()
    request = request_of(purchase)
    account = factories.make_account("Ola Auditor")
    factories.make_post(account, world.commissioner, StaffRole.AUDITOR)
    auditor = factories.actor_for(account)
    row = queue.queue_for(auditor, "team").rows[0]
    assert (row.ref, row.opens, row.title) == (request.ref, False, ""), "what it is opens with the request"
    view = queue.request_for(auditor, request.ref, reading=True)
    assert (view.purchase, view.can_decide) == (purchase, False)
    for act in (
        lambda: queue.request_for(auditor, request.ref),
        lambda: purchases.approve(auditor, request.ref),
        lambda: purchases.decline(auditor, request.ref, "not_in_plan", "No"),
        lambda: purchases.ask(auditor, request.ref, "Why?"),
        lambda: purchases.take(auditor, request.ref),
        lambda: purchases.hand_over(auditor, request.ref, world.colleague.ref),
        lambda: purchases.add_message(auditor, request, "Hello"),
        lambda: queries.thread_of(auditor, purchase),
        lambda: queries.purchase_for(auditor, world.person, purchase.ref),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_the_decision_page_has_what_is_needed_and_the_person_can_read_that_it_was_opened(world: World) -> None:
    purchases.submit(world.me, world.outside(("Swimming lesson", 1800, Category.ACTIVITIES)))
    purchase = world.referred()
    ref = request_of(purchase).ref
    with pytest.raises(WithColleagueError, match=r"^Priya Shah has this one now\.$"):
        queue.request_for(world.tom, ref)
    row = next(row for row in queue.queue_for(world.tom, "team").rows if row.ref == ref)
    assert (row.opens, row.title, row.amount_pence, row.reason) == (False, "", 0, ""), "the privacy gate"
    purchases.take(world.tom, ref)
    view = queue.request_for(world.tom, ref)
    assert (view.first_name, view.can_decide, view.held) == ("Sam", True, True)
    assert (view.safe_now_pence, view.safe_after_pence) == (98_200, 95_000)
    assert [line.outcome_words for line in view.lines] == ["Swim every week and feel stronger"]
    assert view.lines[0].decision.first.rule == "off-plan"
    assert [account.name for account in view.colleagues] == ["Priya Shah"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "purchases.open_request")).one()
    assert (entry.person_id, entry.actor_name) == (world.person.id, "Tom Ellis")


def test_whoever_left_the_care_register_meanwhile_is_neither_approved_nor_paid(world: World) -> None:
    listing = make_listing(30_000)
    listing.category = Category.HOME_CARE
    listing.provider.status, listing.provider.is_regulated = RegisterStatus.REGISTERED, True
    dear = world.from_listing(listing, 200)  # £600: a person looks
    purchases.submit(world.me, dear)
    cheap = world.from_listing(listing, 100)
    cheap.state = State.APPROVED
    listing.provider.status = RegisterStatus.DEREGISTERED
    db.session.flush()
    with pytest.raises(StateError, match="not on the care register any more"):
        purchases.approve(world.priya, request_of(dear).ref)
    with pytest.raises(StateError, match="not on the care register any more"):
        purchases.mark_paid(world.me, cheap, clock.today(), "by card")
    purchases.decline(world.priya, request_of(dear).ref, "not_safe", "They left the care register.")
    assert dear.state is State.DECLINED


def test_an_answered_request_closes_for_the_rest_of_the_team(world: World) -> None:
    purchase = world.referred()
    ref = request_of(purchase).ref
    purchases.approve(world.priya, ref)
    assert queue.request_for(world.priya, ref).can_decide is False
    with pytest.raises(WithColleagueError, match=r"^Priya Shah answered this already and said yes\.$"):
        queue.request_for(world.tom, ref)
    with pytest.raises(NotFoundError):
        queries.thread_of(world.tom, purchase)


def test_the_queue_is_by_due_day_and_a_request_can_change_hands(world: World) -> None:
    early = request_of(world.referred(3300))
    with clock.at(clock.now() + timedelta(days=7)):
        later = request_of(world.referred())
    mine = queue.queue_for(world.priya).rows
    assert [row.ref for row in mine] == [early.ref, later.ref]
    assert [row.ref for row in queue.queue_for(world.tom).rows] == []
    purchases.take(world.tom, early.ref)
    assert [row.ref for row in queue.queue_for(world.tom).rows] == [early.ref]
    purchases.hand_over(world.priya, later.ref, world.colleague.ref)
    assert queue.counts_for(world.tom).mine == 2
    with pytest.raises(InvalidError):
        purchases.hand_over(world.tom, later.ref, world.holder.ref)
    assert "handed_over" in told(world.holder)


def test_history_counts_how_the_rule_was_decided_before(world: World) -> None:
    for pence, say in ((3200, True), (3400, True), (3600, False)):
        ref = request_of(world.referred(pence)).ref
        if say:
            purchases.approve(world.priya, ref)
        else:
            purchases.decline(world.priya, ref, "too_much", "There is one for less")
    before = queue.request_for(world.priya, request_of(world.referred(3800)).ref).before
    assert (before.rule, before.approved, before.declined) == ("off-plan", 2, 1)


def test_messages_go_both_ways_while_somebody_looks_and_stop_afterwards(world: World) -> None:
    purchase = world.referred()
    purchases.add_message_about(world.me, purchase, "It is second-hand.")
    purchases.add_message_about(world.priya, purchase, "Thank you!")
    assert told(world.coordinator)[-1] == "message"
    purchases.approve(world.priya, request_of(purchase).ref)
    with pytest.raises(StateError):
        purchases.add_message_about(world.me, purchase, "And now?")
    with pytest.raises(NotFoundError):
        purchases.add_message_about(build().priya, purchase, "Hello")
