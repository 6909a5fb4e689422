"""Officers, replies and reports: who decides what others read, about which words."""

from __future__ import annotations

import pytest

from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import StaffRole
from app.marketplace import review_queries, reviews, service
from app.marketplace.review_rules import ReviewState
from app.purchases import reviewing
from app.purchases.models import Purchase
from tests import factories
from tests.marketplace.making import SYSTEM
from tests.purchases.test_reviewing import GOOD, figures, member, received
from tests.purchases.world import World, make_listing


def test_an_officer_shows_or_hides_with_a_reason_both_sides_read(world: World) -> None:
    listing = make_listing()
    bea = member(listing.provider)
    review = reviewing.write_review(world.me, received(world, listing), 3, "Ask for Mrs Lane, she is great.")
    with pytest.raises(NotFoundError):
        review_queries.review_of(bea, listing.provider, review.ref)  # not before somebody looked
    with pytest.raises(InvalidError):
        reviews.decide(world.priya, review.ref, show=True, reason=" ")
    reviews.decide(world.priya, review.ref, show=True, reason="She put her own name on the door.")
    assert figures(listing.provider) == (1, 30)
    assert review_queries.review_of(bea, listing.provider, review.ref).reason.startswith("She put")
    reviews.decide(world.priya, review.ref, show=False, reason="She asks us to leave it out.")
    assert figures(listing.provider) == (0, None)
    assert review_queries.waiting(world.priya, world.commissioner.id, decided=True).rows == (review,)
    again = reviewing.write_review(world.me, db.session.get_one(Purchase, review.purchase_id), 3, GOOD)
    assert again.state is ReviewState.HELD  # what was hidden once is looked at again
    admin, stranger = factories.make_account("Joy Abara"), factories.make_account("Ingrid Solberg")
    factories.make_post(admin, world.commissioner, StaffRole.ADMIN)
    factories.make_post(stranger, factories.make_commissioner("Elsewhere"))
    assert review_queries.waiting(factories.actor_for(admin), world.commissioner.id).rows == (review,)
    for nobody in (factories.actor_for(stranger), bea, world.me):
        with pytest.raises(NotFoundError):
            reviews.decide(nobody, review.ref, show=True, reason="Because.")
    service.add_member(SYSTEM, listing.provider, world.coordinator.id)
    with pytest.raises(NotAllowedError):
        reviews.decide(world.priya, review.ref, show=True, reason="I like my own shop.")


def test_what_was_hidden_stays_unread_until_somebody_looks_however_often_it_is_changed(world: World) -> None:
    listing = make_listing()
    bea = member(listing.provider)
    review = reviewing.write_review(world.me, received(world, listing), 1, "A pack of thieves, the lot.")
    reviews.reply(bea, listing.provider, review.ref, "This family lies about everybody.")
    reviews.decide(world.priya, review.ref, show=False, reason="It accuses people.", of_reply=True)
    reviews.decide(world.priya, review.ref, show=False, reason="It accuses people.")
    purchase = db.session.get_one(Purchase, review.purchase_id)
    for words in ("A pack of thieves.", "A pack of thieves, the lot!"):
        reviewing.write_review(world.me, purchase, 1, words)
        assert review.state is ReviewState.HELD
    assert figures(listing.provider) == (0, None)
    reviews.decide(world.priya, review.ref, show=True, reason="Strong words.")
    for words in ("This family lies.", "This family lies about everybody."):
        reviews.reply(bea, listing.provider, review.ref, words)
        assert review.reply_state is ReviewState.HELD
    reviewing.write_review(world.me, purchase, 3, GOOD)
    assert review.is_shown  # somebody has looked: it is like any other again


def test_an_officer_decides_about_the_words_they_read(world: World) -> None:
    listing = make_listing()
    review = reviewing.write_review(world.me, received(world, listing), 3, "Ask for Mrs Lane, she is great.")
    read = review.as_read
    purchase = db.session.get_one(Purchase, review.purchase_id)
    reviewing.write_review(world.me, purchase, 3, "Mrs Lane lives at 4 Mill Road.")
    with pytest.raises(StateError, match="Read it again"):
        reviews.decide(world.priya, review.ref, show=True, reason="Her own name.", as_read=read)
    assert review.state is ReviewState.HELD
    reviews.decide(world.priya, review.ref, show=False, reason="An address.", as_read=review.as_read)


def test_a_provider_replies_and_anybody_may_report(world: World) -> None:
    listing = make_listing()
    bea = member(listing.provider)
    review = reviewing.write_review(world.me, received(world, listing), 2, GOOD)
    reviews.reply(bea, listing.provider, review.ref, "Thank you. It is warmer now.")
    reviews.reply(bea, listing.provider, review.ref, "Thank you, it is warmer now.")
    assert (review.reply, review.reply_state) == ("Thank you, it is warmer now.", ReviewState.SHOWN)
    other = make_listing()
    with pytest.raises(NotFoundError):
        reviews.reply(member(other.provider, "Eve Marsh"), listing.provider, review.ref, "Me too.")
    for _ in range(2):  # once each
        reviews.report(bea, review.ref, "This was another pool.")
    auditor = factories.make_account("Aldo Reyes")
    factories.make_post(auditor, world.commissioner, StaffRole.AUDITOR)
    with pytest.raises(NotAllowedError):
        reviews.report(factories.actor_for(auditor), review.ref, "It is rude.")
    reviews.report(world.tom, review.ref, "It is rude.")
    assert review_queries.reports_of(review) == ["This was another pool.", "It is rude."]
    assert review.is_shown
    assert review_queries.waiting_count(world.priya) == 1
    reviews.decide(world.priya, review.ref, show=True, reason="It was this pool.")
    assert review_queries.waiting_count(world.priya) == 0
    reviews.reply(bea, listing.provider, review.ref, "Call me on 020 7946 0000 to sort it out.")
    assert review.reply_state is ReviewState.HELD
    reviews.decide(world.priya, review.ref, show=False, reason="No phone numbers.", of_reply=True)
    assert (review.reply_state, review.state) == (ReviewState.HIDDEN, ReviewState.SHOWN)
