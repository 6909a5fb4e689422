"""Who may say how it was, who reads it, and averages that are right whoever writes at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.rules import staff_sentence
from app.core import clock
from app.core.db import db
from app.core.errors import CarePurseError, NotAllowedError, NotFoundError, StateError
from app.identity.models import Account, Commissioner
from app.identity.rules import Actor, AuthorityKind
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind
from app.marketplace import review_queries, service
from app.marketplace.models import Listing, Provider
from app.marketplace.review_models import Review
from app.marketplace.review_rules import ReviewState, tenths
from app.marketplace.rules import ProviderKind
from app.messages.models import Notice
from app.messages.rules import About
from app.purchases import reviewing
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.queries import open_request_of
from app.purchases.rules import DetailsInput, LineInput, State
from tests import factories
from tests.marketplace.making import SYSTEM
from tests.purchases.world import World, build, make_listing

GOOD = "They waited for me and the water was warm."


def received(world: World, listing: Listing, family: str | None = None) -> Purchase:
    """Bought, paid and got, today."""
    draft = world.from_listing(listing, 100)
    line = draft.lines[0]
    wanted = LineInput(outcome_ref=world.plan.outcomes[0].ref, family_member=family)
    purchases.put_line(world.me, draft, line.ref, wanted)
    purchases.set_details(world.me, draft, DetailsInput(needed_from=clock.today()))
    sent = purchases.submit(world.me, draft)
    if sent.state is State.AWAITING_APPROVAL:
        request = open_request_of(world.me, sent)
        assert request is not None
        purchases.approve(world.priya, request.ref, "Yes.")
    purchases.mark_paid(world.me, sent, clock.today(), "by card")
    return purchases.confirm_delivery(world.me, sent)


def member(provider: Provider, name: str = "Bea Holloway") -> Actor:
    account = factories.make_account(name)
    service.add_member(SYSTEM, provider, account.id)
    return factories.actor_for(account)


def figures(provider: Provider) -> tuple[int, int | None]:
    db.session.refresh(provider)
    return provider.review_count, provider.review_tenths


def test_who_bought_and_got_it_says_how_it_was(world: World) -> None:
    listing = make_listing()
    bea = member(listing.provider)
    review = reviewing.write_review(world.me, received(world, listing), 4, GOOD)
    assert (review.state, review.listing_id) == (ReviewState.SHOWN, listing.id)
    assert figures(listing.provider) == (1, 40)
    db.session.refresh(listing)
    assert (listing.review_count, listing.review_tenths) == (1, 40)
    assert review_queries.reviews_of(listing.provider, world.commissioner.id) == [review]
    about = (Notice.account_id == bea.account_id, Notice.about == About.PROVIDER_REVIEW)
    told = db.session.scalars(select(Notice).where(*about)).one()
    assert told.person_id is None
    assert "Sam" not in told.title
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "reviews.write")).one()
    assert staff_sentence(entry.verb, entry.sentence) == "Wrote a review"


def test_nobody_says_anything_before_it_came_or_a_year_after(world: World) -> None:
    listing = make_listing()
    purchase = received(world, listing)
    with clock.at(clock.now() + timedelta(days=366)), pytest.raises(StateError, match="year"):
        reviewing.write_review(world.me, purchase, 4, GOOD)
    draft = world.from_listing(listing, 100)
    with pytest.raises(StateError, match="when it has come"):
        reviewing.write_review(world.me, draft, 4, GOOD)


def test_what_was_given_back_whole_was_not_bought(world: World) -> None:
    purchase = received(world, make_listing())
    assert reviewing.net_paid(purchase) == purchase.total_pence == 2_200
    _give_back(purchase, 2_199)
    assert reviewing.reviewing(world.me, purchase).may
    _give_back(purchase, 1)
    assert reviewing.net_paid(purchase) == 0
    with pytest.raises(StateError, match="paid"):
        reviewing.write_review(world.me, purchase, 1, GOOD)


def _give_back(purchase: Purchase, pence: int) -> None:
    owner = (OwnerKind.FUNDER, purchase.commissioner_id, Stream.HEALTH)
    source = ledger.ensure_accounts(purchase.commissioner_id, [owner])[owner]
    to = next(item.ledger_account_id for item in purchase.budget.streams)
    assert to is not None
    ledger.write_transfers(
        commissioner_id=purchase.commissioner_id,
        actor_id=None,
        actor_name="Tests",
        kind=TransferKind.REFUND,
        phase=Phase.POSTED,
        legs=[ledger.Leg(source, to, pence)],
        memo="Money back",
        counts_on=clock.today(),
        subject_id=purchase.lines[0].id,
    )


def test_neither_the_broker_nor_the_providers_people_nor_family(world: World) -> None:
    listing = make_listing()
    purchase = received(world, listing)
    broker = world.broker()
    with pytest.raises(NotFoundError):  # what the person bought themself is nothing of a broker's
        reviewing.write_review(broker, purchase, 5, GOOD)
    purchase.broker_id = broker.account_id  # and of what they began themselves they say nothing in public
    db.session.flush()
    with pytest.raises(NotAllowedError, match="broker"):
        reviewing.write_review(broker, purchase, 5, GOOD)
    purchase.broker_id = None
    db.session.flush()
    helper = factories.make_account("Nell Okafor")
    factories.give_authority(helper, world.person, AuthorityKind.NOMINEE)
    service.add_member(SYSTEM, listing.provider, helper.id)
    for actor in (factories.actor_for(helper), world.me):  # an account of theirs acts for Sam: nobody does then
        with pytest.raises(NotAllowedError, match="works there"):
            reviewing.write_review(actor, purchase, 5, GOOD)
    with pytest.raises(NotFoundError):
        reviewing.write_review(factories.actor_for(factories.make_account()), purchase, 5, GOOD)
    other = received(world, make_listing(), "close")
    with pytest.raises(NotAllowedError, match="family"):
        reviewing.write_review(world.me, other, 5, GOOD)


def test_one_review_a_provider_changed_for_thirty_days(world: World) -> None:
    listing = make_listing()
    first = reviewing.write_review(world.me, received(world, listing), 5, GOOD)
    again = reviewing.write_review(world.me, received(world, listing), 2, "It got worse.")
    assert again.id == first.id
    assert figures(listing.provider) == (1, 20)
    purchase = db.session.get_one(Purchase, first.purchase_id)
    with clock.at(clock.now() + timedelta(days=31)), pytest.raises(StateError, match="30 days"):
        reviewing.write_review(world.me, purchase, 5, GOOD)


def test_personal_assistants_are_not_rated_unless_the_commissioner_says_so(world: World) -> None:
    listing = make_listing()
    listing.provider.kind = ProviderKind.PA
    db.session.flush()
    purchase = received_from_pa(world, listing)
    with pytest.raises(StateError, match="do not rate people"):
        reviewing.write_review(world.me, purchase, 5, GOOD)
    board = db.session.get_one(Commissioner, world.commissioner.id)
    board.settings = {**board.settings, "ratings_of_pas": True}
    db.session.flush()
    review = reviewing.write_review(world.me, purchase, 5, GOOD)
    assert review_queries.reviews_of(listing.provider, board.id) == [review]
    assert figures(listing.provider) == (0, None)  # no average is ever kept of a person
    elsewhere = factories.make_commissioner("Another Board", ratings_of_pas=True)
    assert review_queries.reviews_of(listing.provider, elsewhere.id) == []
    board.settings = {}
    db.session.flush()
    assert review_queries.reviews_of(listing.provider, board.id) == []
    with pytest.raises(NotFoundError):
        review_queries.shown_review(world.me, review.ref)


def received_from_pa(world: World, listing: Listing) -> Purchase:
    purchase = received(world, make_listing())
    purchase.provider_id = listing.provider_id
    db.session.flush()
    return purchase


@pytest.mark.parametrize(
    ("words", "held"),
    [
        (GOOD, ""),
        ("Ring them on 07700 900 123.", "a phone number"),
        ("Write to pool@example.org", "an e-mail address"),
        ("Dr Patel was kind", "somebody's name"),
        ("They were good to Sam", "somebody's name"),
        ("Good for my epilepsy", "something about somebody's health"),
        ("It cost £24.00 for 45 minutes, 10 out of 10", ""),
        ("On time 5 times out of 6, in 2026", ""),
    ],
)
def test_what_may_say_too_much_is_looked_at_first(world: World, words: str, held: str) -> None:
    listing = make_listing()
    review = reviewing.write_review(world.me, received(world, listing), 5, words)
    assert held in review.held_for
    assert (review.state is ReviewState.HELD) == bool(held)
    assert figures(listing.provider) == ((0, None) if held else (1, 50))
    assert (review in review_queries.reviews_of(listing.provider, world.commissioner.id)) is not bool(held)


@pytest.mark.slow
def test_people_who_write_at_once_are_all_counted(real_database: Flask) -> None:
    stars = [5, 4, 2, 1, 3, 5]
    with real_database.app_context():
        first = build()
        listing = make_listing()
        worlds = [first, *(build() for _ in stars[1:])]
        jobs = [(world.holder.id, received(world, listing).id, mark) for world, mark in zip(worlds, stars, strict=True)]
        provider_id, listing_id = listing.provider_id, listing.id
        db.session.commit()
    barrier = Barrier(len(jobs))

    def run(job: tuple[UUID, UUID, int]) -> bool:
        with real_database.app_context():
            actor = factories.actor_for(db.session.get_one(Account, job[0]))
            purchase = db.session.get_one(Purchase, job[1])
            barrier.wait(20)
            return _done(lambda: reviewing.write_review(actor, purchase, job[2], GOOD))

    with ThreadPoolExecutor(len(jobs)) as pool:
        assert all(pool.map(run, jobs))
    with real_database.app_context():
        for table, key in ((Provider, provider_id), (Listing, listing_id)):
            row = db.session.get_one(table, key)
            assert (row.review_count, row.review_tenths) == (len(stars), tenths(stars))
        assert len(db.session.scalars(select(Review)).all()) == len(stars)


def _done(job: Callable[[], object]) -> bool:
    try:
        job()
        db.session.commit()
    except CarePurseError:
        db.session.rollback()
        return False
    return True
