"""Reviews: written, changed, replied to, reported, looked at. Nothing here commits.

Whether somebody bought and received is asked in ``purchases.reviewing``, which then calls :func:`put`. The averages on
provider and listing are counted anew in the transaction of every change, behind a lock on the provider's row: two who
write at once are counted one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.ids import new_id
from app.core.words import one_line, storable
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor
from app.marketplace import queries, review_queries
from app.marketplace.models import Listing, Provider
from app.marketplace.review_models import Review, ReviewReport
from app.marketplace.review_rules import (
    HIDDEN_BEFORE,
    MAX_REASON,
    MAX_WORDS,
    ReviewState,
    check_review,
    may_change,
    say_why_held,
    screen,
)
from app.messages import service as messages
from app.messages.rules import About, NoticeKind


def put(
    actor: Actor,
    person: Person,
    provider: Provider,
    *,
    purchase_id: UUID,
    listing_id: UUID | None,
    received_on: date,
    stars: int | None,
    words: str,
) -> Review:
    """Write a review, or change one's own. The caller has checked that it was bought, and by whom.

    :raises InvalidError: fields ``stars`` and ``words``.
    :raises StateError: when one's own review is too old to be changed.
    """
    errors = check_review(stars, words)
    if errors or stars is None or actor.account_id is None:
        raise InvalidError(errors)
    _lock(provider)
    review = review_queries.own_review(person, provider)
    if review is not None:
        db.session.refresh(review)  # as it is behind the lock: an officer may have hidden it a moment ago
    if review is not None and not may_change(clock.london(review.written_at).date(), clock.today()):
        raise StateError("You wrote about them before, and a review can be changed for 30 days only.")
    text = storable(words)
    held = screen(text, _names(person, provider))
    if review is not None and (review.state is ReviewState.HIDDEN or HIDDEN_BEFORE in review.held_for):
        held = [HIDDEN_BEFORE, *held]
    state = ReviewState.HELD if held else ReviewState.SHOWN
    verb = "change" if review else "write"
    if review is None:
        review = Review(
            commissioner_id=person.commissioner_id,
            person_id=person.id,
            provider_id=provider.id,
            listing_id=listing_id,
            purchase_id=purchase_id,
            written_by=actor.account_id,
            received_on=received_on,
        )
        db.session.add(review)
    review.stars, review.words, review.state = stars, text, state
    review.held_for = say_why_held(held)[:200]
    review.changed_at = clock.now()
    db.session.flush()
    recount(provider)
    _record(actor, review, verb, f"Wrote a review of {provider.name}")
    if state is ReviewState.SHOWN:
        _tell_provider(actor, review, f"Somebody who bought from {provider.name} wrote a review.")
    return review


def reply(actor: Actor, provider: Provider, ref: str, words: str) -> Review:
    """The provider's right of reply: one to each review, which may be changed.

    One that was held back or hidden waits for an officer when it is changed, whatever stands in it now.

    :raises InvalidError: field ``words``.
    """
    review = review_queries.review_of(actor, provider, ref)
    _lock(provider)
    db.session.refresh(review)
    text = storable(words)
    if not text:
        raise InvalidError({"words": "Write your reply"})
    if len(text) > MAX_WORDS:
        raise InvalidError({"words": f"Write it in {MAX_WORDS:,} characters or fewer"})
    held = screen(text, _names(None, provider)) or review.reply_state in (ReviewState.HELD, ReviewState.HIDDEN)
    review.reply, review.replied_at = text, clock.now()
    review.reply_state = ReviewState.HELD if held else ReviewState.SHOWN
    if held:
        review.changed_at = clock.now()
    db.session.flush()
    _record(actor, review, "reply", f"Replied for {provider.name}")
    if not held:
        _tell_writer(actor, review, f"{provider.name} replied to your review.")
    return review


def report(actor: Actor, ref: str, why: str) -> Review:
    """Ask for another look. Anybody who is signed in may, but an auditor; once each.

    :raises NotAllowedError: for an auditor, who changes nothing.
    :raises InvalidError: field ``why``.
    :raises NotFoundError: when there is no such review for this reader.
    """
    review = review_queries.shown_review(actor, ref)
    if actor.only_audits:
        raise NotAllowedError("Auditors read, and change nothing.")
    text = one_line(why)
    if not text or len(text) > MAX_REASON:
        raise InvalidError({"why": f"Say what is wrong with it, in up to {MAX_REASON} characters"})
    if actor.account_id is None:
        raise NotFoundError
    values = {"id": new_id(), "review_id": review.id, "reported_by": actor.account_id, "why": text}
    again = {"why": text, "written_at": clock.now(), "answered_at": None}
    db.session.execute(
        insert(ReviewReport)
        .values(**values, written_at=clock.now())
        .on_conflict_do_update(index_elements=["review_id", "reported_by"], set_=again)
    )
    review.reported_at = review.reported_at or clock.now()
    db.session.flush()
    audit.record(
        actor,
        "reviews.report",
        "Asked for another look at a review",
        subject_kind="review",
        subject_id=review.id,
        commissioner_id=review.commissioner_id,
    )
    return review


def decide(
    actor: Actor, ref: str, *, show: bool, reason: str, of_reply: bool = False, as_read: str | None = None
) -> Review:
    """An officer lets a review (or the reply to it) be read, or hides it, with a reason that both sides read.

    :param as_read: the mark of what the officer read (``Review.as_read``); None where it was read just now.
    :raises InvalidError: field ``reason``.
    :raises NotAllowedError: for whoever acts for the writer, or keeps the provider's page.
    :raises NotFoundError: when it is not the officer's to look at.
    :raises StateError: when there is no reply to decide about, or it was changed since it was read.
    """
    review = review_queries.to_look_at(actor, ref)
    if actor.grant_for(review.person_id) is not None or review.provider_id in actor.provider_ids:
        raise NotAllowedError("You are too close to this one. Leave it to a colleague.")
    text = storable(reason)
    if not text or len(text) > MAX_REASON:
        raise InvalidError({"reason": f"Say why, in up to {MAX_REASON} characters. Both sides read it"})
    provider = db.session.get_one(Provider, review.provider_id)
    _lock(provider)
    db.session.refresh(review)
    if of_reply and review.reply_state is None:
        raise StateError("There is no reply to this review.")
    if as_read is not None and as_read != review.as_read:
        raise StateError("It was changed a moment ago. Read it again, then decide.")
    state = ReviewState.SHOWN if show else ReviewState.HIDDEN
    if of_reply:
        review.reply_state = state
    else:
        review.state, review.held_for = state, ""
        review.reported_at = None
        db.session.execute(
            update(ReviewReport)
            .where(ReviewReport.review_id == review.id, ReviewReport.answered_at.is_(None))
            .values(answered_at=clock.now())
        )
    review.decided_by, review.decided_at, review.reason = actor.account_id, clock.now(), text
    db.session.flush()
    recount(provider)
    what = "reply to a review" if of_reply else "review"
    verb = ("show" if show else "hide") + ("_reply" if of_reply else "")
    _record(actor, review, verb, f"{'Let' if show else 'Hid'} a {what}{' be read' if show else ''}", why=text)
    done = "can be read now" if show else "was hidden"
    _tell_writer(
        actor, review, f"{'The reply to your review' if of_reply else 'Your review'} of {provider.name} {done}."
    )
    _tell_provider(actor, review, f"A {what} of {provider.name} {done}.")
    return review


def recount(provider: Provider) -> None:
    """Count a provider's and its listings' reviews anew. The caller holds the provider's row.

    Of a personal assistant nothing is kept: see ``CommissionerSettings.ratings_of_pas``.
    """
    if provider.is_pa:
        return
    shown = (Review.provider_id == provider.id, Review.state == ReviewState.SHOWN)
    average = func.round(func.avg(Review.stars) * 10)
    for table, which in ((Provider, ()), (Listing, (Review.listing_id == Listing.id,))):
        count = select(func.count()).where(*shown, *which).correlate(Listing).scalar_subquery()
        tenths = select(average).where(*shown, *which).correlate(Listing).scalar_subquery()
        rows = Provider.id == provider.id if table is Provider else Listing.provider_id == provider.id
        db.session.execute(
            update(table)
            .where(rows)
            .values(review_count=count, review_tenths=tenths)
            .execution_options(synchronize_session=False)
        )
    db.session.expire(provider, ["review_count", "review_tenths"])


def _lock(provider: Provider) -> None:
    """Wait for whoever else changes this provider's reviews."""
    db.session.execute(select(Provider.id).where(Provider.id == provider.id).with_for_update(key_share=True))


def _names(person: Person | None, provider: Provider) -> Iterable[str]:
    """Names that do not belong into a public text: the person's, and those of the provider's people."""
    if person is not None:
        yield person.given_name
        yield person.family_name
    members = queries.members_of(provider.id)
    spoken = {word.casefold() for word in provider.name.split()}
    for name in db.session.scalars(select(Account.name).where(Account.id.in_(members))):
        yield " ".join(word for word in name.split() if word.casefold() not in spoken)


def _record(actor: Actor, review: Review, verb: str, sentence: str, why: str = "") -> None:
    audit.record(
        actor,
        f"reviews.{verb}",
        sentence,
        subject_kind="review",
        subject_id=review.id,
        person_id=review.person_id,
        commissioner_id=review.commissioner_id,
        why=why,
    )


def _tell_writer(actor: Actor, review: Review, title: str) -> None:
    accounts = identity.holder_side_ids(review.person_id)
    messages.notify(
        actor,
        accounts,
        NoticeKind.MESSAGE,
        title,
        about=About.REVIEW,
        about_ref=review.ref,
        person_id=review.person_id,
    )


def _tell_provider(actor: Actor, review: Review, title: str) -> None:
    members = queries.members_of(review.provider_id)
    messages.notify(actor, members, NoticeKind.MESSAGE, title, about=About.PROVIDER_REVIEW, about_ref=review.ref)
