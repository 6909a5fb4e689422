"""Ideas: asked before there is anything to buy, agreed within terms, and then on plan."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.core import clock
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import Scope
from app.messages import queries as messages
from app.messages.rules import About
from app.purchases import queries, queue
from app.purchases import service as purchases
from app.purchases.idea_models import Idea
from app.purchases.idea_queries import agreed_ideas, idea_for, ideas_of
from app.purchases.idea_rules import HowOften, IdeaInput, IdeaState, proposed_sum
from app.purchases.rules import DetailsInput, State
from tests import factories
from tests.purchases.world import World


def typed(world: World, words: str = "Pottery class", pence: int = 1_200, often: str = "weekly") -> IdeaInput:
    return IdeaInput(words, world.plan.outcomes[0].ref, pence, often, "It steadies my hands.")


def asked(world: World) -> tuple[Idea, ApprovalRequest]:
    idea = purchases.ask_idea(world.me, world.person, typed(world))
    return idea, newest(idea)


def newest(idea: Idea) -> ApprovalRequest:
    found = approval_queries.latest_for(idea.id)
    assert found is not None
    return found


def test_an_agreed_idea_makes_what_is_bought_for_it_on_plan_within_sum_and_date(world: World) -> None:
    idea, request = asked(world)
    assert (request.assigned_to, request.rule) == (world.coordinator.id, "off-plan")
    (row,) = queries.waiting_for(world.me, world.person)
    assert (row.kind.value, row.purchase_ref, row.who) == ("idea", idea.ref, "Priya Shah")
    purchases.set_terms(world.priya, request.ref, clock.today() + timedelta(days=60), 2_500)
    facts = {fact.key: fact.value for fact in queue.request_for(world.priya, request.ref).facts}
    assert "£25.00" in facts["A yes means"]
    purchases.approve(world.priya, request.ref, "Lovely. Tell me how it goes.")
    assert idea_for(world.me, world.person, idea.ref).state is IdeaState.AGREED
    assert [item.left_pence for item in agreed_ideas(world.me, world.person)] == [2_500]

    first = purchases.start_from_idea(world.me, world.person, idea)
    purchases.set_details(world.me, first, DetailsInput(payee_name="Clay Barn", bought_on=clock.today()))
    purchases.submit(world.me, first)
    assert first.state is State.PAID
    second = world.outside(("Pottery class", 1_301, None), payee="Clay Barn Two")
    assert purchases.check(world.me, second).result is State.AWAITING_APPROVAL
    purchases.use_idea(world.me, world.person, second, idea.ref)
    assert purchases.check(world.me, second).result is State.AWAITING_APPROVAL  # a penny more than is left
    third = world.outside(("Pottery class", 1_300, None), payee="Clay Barn Three")
    purchases.use_idea(world.me, world.person, third, idea.ref)
    assert purchases.check(world.me, third).result is State.PAID
    purchases.submit(world.me, third)
    assert agreed_ideas(world.me, world.person) == []
    with pytest.raises(StateError):
        purchases.start_from_idea(world.me, world.person, idea)


def test_for_another_outcome_or_after_its_day_it_is_off_plan_as_before(world: World) -> None:
    idea, request = asked(world)
    purchases.approve(world.priya, request.ref)
    other = world.outside(("Pottery class", 1_200, None), outcome=1)
    purchases.use_idea(world.me, world.person, other, idea.ref)
    assert purchases.check(world.me, other).result is State.AWAITING_APPROVAL
    same = world.outside(("Pottery class", 1_200, None))
    purchases.use_idea(world.me, world.person, same, idea.ref)
    assert purchases.check(world.me, same).result is State.PAID
    idea.until = clock.today() - timedelta(days=1)
    assert purchases.check(world.me, same).result is State.AWAITING_APPROVAL


def test_what_the_rules_stop_is_not_sent_unless_they_ask_and_a_yes_needs_words(world: World) -> None:
    wine = typed(world, "Wine tasting with 6 bottles of Merlot")
    with pytest.raises(InvalidError) as refused:
        purchases.ask_idea(world.me, world.person, wine)
    assert "alcohol" in refused.value.errors["words"]
    assert ideas_of(world.me, world.person) == []
    idea = purchases.ask_idea(world.me, world.person, wine, all_the_same=True)
    with pytest.raises(InvalidError):
        purchases.approve(world.priya, newest(idea).ref)
    purchases.decline(world.priya, newest(idea).ref, "not_legal", "Alcohol cannot be paid for.")
    assert idea.state is IdeaState.DECLINED


def test_a_question_an_answer_a_message_and_taking_it_back(world: World) -> None:
    idea, request = asked(world)
    purchases.ask(world.priya, request.ref, "Where would it be?")
    assert idea.state is IdeaState.ASKED
    with pytest.raises(StateError):
        purchases.approve(world.priya, request.ref)
    assert queries.waiting_for(world.me, world.person)[0].kind is queries.WaitingKind.IDEA_QUESTION
    purchases.answer(world.me, newest(idea), "At the Clay Barn.")
    purchases.add_message(world.me, newest(idea), "They have a ramp.")
    assert [item.body for item in messages.thread(About.IDEA, idea.id)][-1] == "They have a ramp."
    purchases.take_back_idea(world.me, idea)
    assert (idea.state, newest(idea).state.value) == (IdeaState.WITHDRAWN, "withdrawn")
    with pytest.raises(StateError):
        purchases.take_back_idea(world.me, idea)


def test_who_may_and_what_must_be_said(world: World) -> None:
    with pytest.raises(NotAllowedError):
        purchases.ask_idea(world.broker(Scope.VIEW), world.person, typed(world))
    stranger = factories.actor_for(factories.make_account("A Stranger"))
    with pytest.raises(NotFoundError):
        purchases.ask_idea(stranger, world.person, typed(world))
    with pytest.raises(InvalidError) as refused:
        purchases.ask_idea(world.me, world.person, IdeaInput(" ", "none", None, "hourly", "x" * 2_001))
    assert set(refused.value.errors) == {"words", "outcome", "amount", "how_often", "why"}
    idea, request = asked(world)
    with pytest.raises(InvalidError) as refused:
        purchases.set_terms(world.priya, request.ref, clock.today() - timedelta(days=1), 0)
    assert set(refused.value.errors) == {"until", "up_to"}
    with pytest.raises(NotFoundError):
        idea_for(stranger, world.person, idea.ref)


def test_the_sum_that_is_proposed() -> None:
    first = clock.today().replace(month=1, day=1)
    last = first.replace(month=12, day=31)
    assert [proposed_sum(1_000, often, first, last) for often in HowOften] == [1_000, 52_000, 11_000, 3_000]
