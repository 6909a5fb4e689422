"""Many small requests alike, answered together."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.approvals import reasons
from app.approvals.models import ApprovalRequest
from app.approvals.rules import Answer, RequestState, SubjectKind
from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.marketplace.rules import Category
from app.purchases import queue
from app.purchases import service as purchases
from app.purchases.alike import alike_of, answer_together, open_alike
from app.purchases.queue import Scope
from tests.purchases.world import World, build


def four(world: World) -> list[str]:
    for pence in (3_000, 3_100, 3_200, 3_300):
        world.referred(pence)
    return list(db.session.scalars(select(ApprovalRequest.ref).order_by(ApprovalRequest.amount_pence)))


def test_those_alike_are_found_and_opened_together(world: World) -> None:
    refs = four(world)
    world.referred(90_000)  # too much to be small
    (group,) = alike_of(world.priya)
    assert (group.rule, group.category, group.count, group.pence) == ("off-plan", Category.EQUIPMENT, 4, 12_600)
    views = open_alike(world.priya, group.rule, group.category)
    assert {view.request.ref for view in views} == set(refs)
    opened = db.session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == "purchases.open_request")
    )
    assert opened == 4
    assert alike_of(world.tom) == []
    with pytest.raises(NotFoundError):
        open_alike(world.tom, group.rule, group.category)


def test_one_answer_for_all_and_what_was_taken_back_is_named(world: World) -> None:
    refs = four(world)
    first = db.session.scalars(select(ApprovalRequest).where(ApprovalRequest.ref == refs[0])).one()
    purchases.ask(world.priya, refs[1], "Which one?")
    done = answer_together(world.priya, refs, yes=True, reason="Sing on.")
    assert (len(done.done), [title for title, _ in done.missed]) == (3, ["Karaoke machine"])
    db.session.refresh(first)
    assert (first.state, first.reason) == (RequestState.APPROVED, "Sing on.")
    with pytest.raises(StateError):
        answer_together(world.priya, refs[2:], yes=False, reason="No.", reason_code="too_much")


def test_a_no_to_all_needs_its_reason_and_changes_nothing_without(world: World) -> None:
    refs = four(world)
    for asked, field in (([], "refs"), (refs, "reason_code")):
        with pytest.raises(InvalidError) as refused, db.session.begin_nested():
            answer_together(world.priya, asked, yes=False, reason="No.", reason_code="because")
        assert set(refused.value.errors) == {field}
    db.session.expire_all()
    states = set(db.session.scalars(select(ApprovalRequest.state)))
    assert states == {RequestState.WAITING}
    answer_together(world.priya, refs, yes=False, reason="There is one at the library.", reason_code="too_much")


def test_a_strangers_is_nobodys(world: World) -> None:
    refs = four(world)
    for actor in (world.tom, build().priya, world.me):
        with pytest.raises(NotFoundError):
            answer_together(actor, refs, yes=True, reason="Yes")


def test_the_views_of_the_queue(world: World) -> None:
    four(world)
    assert queue.kinds_in(world.priya) == {SubjectKind.PURCHASE: 4}
    assert queue.queue_for(world.priya, Scope.LATE).rows == ()
    assert len(queue.queue_for(world.tom, Scope.TEAM, kind=SubjectKind.PURCHASE).rows) == 4
    assert queue.queue_for(world.tom, Scope.TEAM, kind=SubjectKind.IDEA).rows == ()
    request = db.session.scalars(select(ApprovalRequest)).first()
    assert request is not None
    request.due_on = request.due_on.replace(year=request.due_on.year - 1)
    db.session.flush()
    assert [row.ref for row in queue.queue_for(world.tom, Scope.LATE).rows] == [request.ref]
    assert db.session.scalar(select(func.count()).where(ApprovalRequest.state == RequestState.WAITING)) == 4


def test_words_kept_ready_are_the_teams_and_two_who_change_them_see_each_other(world: World) -> None:
    kept = reasons.keep_template(world.priya, world.commissioner.id, "yes", "Gym", "It is in your plan.")
    assert reasons.templates_in(world.tom, world.commissioner.id, Answer.YES) == [kept]
    with pytest.raises(InvalidError) as refused:
        reasons.keep_template(world.tom, world.commissioner.id, "yes", "Gym", "Other words")
    assert set(refused.value.errors) == {"name"}
    reasons.keep_template(world.tom, world.commissioner.id, "yes", "Gym", "Have fun.", kept.ref, kept.version)
    with pytest.raises(StateError, match="Tom Ellis changed these words"):
        reasons.keep_template(world.priya, world.commissioner.id, "yes", "Gym", "Mine.", kept.ref, 1)
    for actor in (world.me, build().priya):
        with pytest.raises(NotFoundError):
            reasons.template_for(actor, kept.ref)
        with pytest.raises(NotFoundError):
            reasons.templates_in(actor, world.commissioner.id)
    reasons.remove_template(world.tom, kept.ref)
    assert reasons.templates_in(world.tom, world.commissioner.id) == []
