"""After the answer: for how long, and at how much, whoever decided may look again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.approvals.rules import LOOK_AGAIN
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.evidence import queries as evidence
from app.evidence.models import Receipt
from app.messages import service as messages
from app.messages.rules import About
from app.purchases import queries, queue
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.second_look_models import PurchaseProblem
from tests.purchases.test_deciding import request_of
from tests.purchases.world import World


def keep_receipt(world: World, purchase: Purchase, name: str) -> Receipt:
    receipt = Receipt(
        commissioner_id=purchase.commissioner_id,
        purchase_id=purchase.id,
        filename=name,
        content_type="image/png",
        size_bytes=1,
        sha256="0" * 64,
        stored_name=f"{name}-{purchase.ref}",
        uploaded_by=world.holder.id,
        uploaded_by_name="Sam",
        uploaded_at=clock.now(),
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def write(world: World, purchase: Purchase, words: str) -> None:
    place = {"commissioner_id": purchase.commissioner_id, "person_id": purchase.person_id}
    messages.write(world.me, About.PURCHASE, purchase.id, words, **place)


def test_the_page_closes_for_whoever_decided(world: World) -> None:
    purchase = world.referred()
    ref = request_of(purchase).ref
    purchases.approve(world.priya, ref)
    with clock.at(clock.now() + LOOK_AGAIN - timedelta(hours=1)):
        assert queue.request_for(world.priya, ref).can_decide is False
    with clock.at(clock.now() + LOOK_AGAIN + timedelta(hours=1)):
        for viewer in (world.priya, world.tom):
            with pytest.raises(NotFoundError):
                queue.request_for(viewer, ref)
            with pytest.raises(NotFoundError):
                queries.thread_of(viewer, purchase)
            with pytest.raises(NotFoundError):
                evidence.receipts_of(viewer, purchase)


def test_it_stays_open_for_whoever_is_asked_to_decide_the_same_thing_again(world: World) -> None:
    purchase = world.referred()
    first = request_of(purchase)
    purchases.decline(world.priya, first.ref, "too_much", "There is one for less")
    purchases.appeal(world.me, purchase, "There is none for less")
    second = queries.open_request_of(world.me, purchase)
    assert second.ref != first.ref
    with clock.at(clock.now() + LOOK_AGAIN + timedelta(hours=1)):
        assert queue.request_for(world.tom, second.ref).purchase == purchase
        with pytest.raises(NotFoundError):
            queue.request_for(world.priya, first.ref)


def test_what_the_budget_carries_is_shown_only_while_it_waits(world: World) -> None:
    ref = request_of(world.referred()).ref
    assert queue.request_for(world.priya, ref).safe_now_pence is not None
    purchases.approve(world.priya, ref)
    view = queue.request_for(world.priya, ref)
    assert (view.safe_now_pence, view.safe_after_pence) == (None, None)


def test_what_is_added_after_the_answer_needs_another_key(world: World) -> None:
    purchase = world.referred()
    ref = request_of(purchase).ref
    write(world, purchase, "It is second-hand.")
    before = keep_receipt(world, purchase, "before.png")
    with clock.at(clock.now() + timedelta(hours=1)):
        purchases.approve(world.priya, ref)
    with clock.at(clock.now() + timedelta(hours=2)):
        write(world, purchase, "For our own eyes.")
        after = keep_receipt(world, purchase, "after.png")
        assert [item.body for item in queue.request_for(world.priya, ref).thread] == ["It is second-hand."]
        assert evidence.receipts_of(world.priya, purchase) == [before]
        assert evidence.receipts_of(world.me, purchase) == [before, after]
        with pytest.raises(NotFoundError):
            evidence.receipt_for(world.priya, after.ref)


def test_whoever_is_asked_to_help_sees_what_came_later_until_it_is_long_put_right(world: World) -> None:
    purchase = world.referred()
    purchases.approve(world.priya, request_of(purchase).ref)
    with clock.at(clock.now() + timedelta(days=40)):
        after = keep_receipt(world, purchase, "after.png")
        problem = purchases.dispute(world.me, purchase, "It never came.")
        assert problem.assigned_to == world.coordinator.id
        assert evidence.receipts_of(world.priya, purchase) == [after]
        purchases.close_with_note(world.priya, db.session.get_one(PurchaseProblem, problem.id), "It is there now.")
        assert evidence.receipts_of(world.priya, purchase) == [after]
    with clock.at(clock.now() + timedelta(days=40) + LOOK_AGAIN), pytest.raises(NotFoundError):
        evidence.receipts_of(world.priya, purchase)
