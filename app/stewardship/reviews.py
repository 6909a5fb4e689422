"""Reviews of money and plan together: announced, moved, held or called off, each time told to the person's side.

What is agreed about unspent money is written down here and no more: nothing moves because of a review.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.words import storable
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.stewardship import keys, review_queries
from app.stewardship.being_told import if_nobody
from app.stewardship.gate_models import PlanReview, ReviewCycle
from app.stewardship.openings import check_own_side
from app.stewardship.review_rules import (
    KIND_WORDS,
    MAX_WHAT,
    OutcomeInput,
    ReviewInput,
    ReviewState,
    Risk,
    earliest_day,
    last_day_open,
    wrong_with_announcing,
    wrong_with_day,
    wrong_with_outcome,
)


def announce(actor: Actor, person: Person, wanted: ReviewInput) -> PlanReview:
    """Announce a review: the person's side is told at once, and the transactions open from the day for a while.

    :raises NotFoundError: when the actor holds no reviews there, or acts for the person.
    :raises InvalidError: fields ``starts_on look_until what with``.
    :raises StateError: when one is announced already.
    """
    _check_holds(actor, person)
    settings, today = identity.settings_of(person.commissioner_id), clock.today()
    wanted = ReviewInput(
        wanted.kind, wanted.starts_on, wanted.look_from, wanted.look_until, storable(wanted.what), wanted.with_ref
    )
    wrong = wrong_with_announcing(wanted, settings, today)
    colleague = next((one for one in keys.finance_officers(person) if one.ref == wanted.with_ref), None)
    if wanted.with_ref and colleague is None:
        wrong["with"] = "Choose a finance officer from the list"
    if wrong:
        raise InvalidError(wrong)
    review = PlanReview(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        kind=wanted.kind,
        held_by=actor.account_id,
        with_id=colleague.id if colleague else None,
        starts_on=wanted.starts_on,
        closes_on=last_day_open(settings, wanted.starts_on),
        look_from=wanted.look_from,
        look_until=wanted.look_until,
        what=wanted.what,
    )
    try:
        with db.session.begin_nested():
            db.session.add(review)
    except IntegrityError:  # one at a time: the index says so
        raise StateError("A review is announced already. Hold it or call it off first.") from None
    title = f"{actor.name} will look at plan and money with you on {clock.say_day(review.starts_on)}."
    _tell(actor, review, NoticeKind.REVIEW, title, review.what)
    said = f"Announced a review for {clock.say_day(review.starts_on, year=True)}{if_nobody(person.id)}"
    _record(actor, review, "announce", said)
    return review


def take_over(actor: Actor, review: PlanReview) -> PlanReview:
    """Hold a review that somebody else announced: it is theirs because they look after the person now, or
    because whoever announced it has left. The key goes with it, and the person's side is told who looks.

    :raises NotFoundError: when it is not the actor's to take over.
    :raises StateError: when it was held or called off, or is the actor's already.
    """
    _check_holds(actor, review.person)
    review = _locked(review.id)
    if actor.account_id == review.held_by:
        raise StateError("This review is yours already.")
    if actor.account_id is None or not review_queries.may_take_over(actor, review):
        raise NotFoundError
    if review.state is not ReviewState.ANNOUNCED:
        raise StateError("This review was held, or called off.")
    before, review.held_by = review.held_by, actor.account_id
    db.session.flush()
    db.session.refresh(review, ["holder"])
    day = clock.say_day(review.starts_on)
    _tell(actor, review, NoticeKind.REVIEW, f"{actor.name} holds the review on {day} now.")
    messages.notify(
        actor,
        [before],
        NoticeKind.REVIEW,
        f"{actor.name} holds the review of {review.person.name} on {day} now.",
        about=About.STAFF_PLAN_REVIEW,
        about_ref=review.ref,
        person_id=review.person_id,
    )
    _record(actor, review, "take_over", f"Took over the review of {clock.say_day(review.starts_on, year=True)}")
    return review


def move(actor: Actor, review: PlanReview, starts_on: date) -> PlanReview:
    """Put a review on another day. A later one needs no new notice until its day has come; every other the full.

    :raises NotFoundError: when it is not the actor's to hold.
    :raises InvalidError: field ``starts_on``.
    :raises StateError: when it was held or called off.
    """
    review = _to_change(actor, review)
    settings, today = identity.settings_of(review.commissioner_id), clock.today()
    earliest = earliest_day(settings, today, review.starts_on)
    wrong = wrong_with_day(starts_on, earliest, today, settings.review_notice_days)
    if wrong:
        raise InvalidError(wrong)
    was, review.starts_on = review.starts_on, starts_on
    review.closes_on = last_day_open(settings, starts_on)
    review.wish, review.wish_by_name, review.wished_at = "", "", None
    review.reminded_on = review.opened_on = review.unwritten_on = None
    title = f"Your review is on {clock.say_day(starts_on)} now, not on {clock.say_day(was)}."
    _tell(actor, review, NoticeKind.REVIEW, title)
    _record(actor, review, "move", f"Moved a review to {clock.say_day(starts_on, year=True)}")
    return review


def write_outcome(actor: Actor, review: PlanReview, written: OutcomeInput) -> PlanReview:
    """Hold a review: write down what was agreed. The key closes; the next review is set.

    :raises NotFoundError: when it is not the actor's to hold.
    :raises InvalidError: fields ``agreed next_on``.
    :raises StateError: before its day, or when it was held or called off.
    """
    review = _to_change(actor, review)
    today = clock.today()
    if today < review.starts_on:
        raise StateError(f"The review is on {clock.say_day(review.starts_on)}. Write down then what you agreed.")
    written = OutcomeInput(storable(written.agreed), written.risk, written.next_on)
    wrong = wrong_with_outcome(written, identity.settings_of(review.commissioner_id), today)
    if wrong:
        raise InvalidError(wrong)
    review.state, review.agreed = ReviewState.HELD, written.agreed
    review.risk, review.next_on = written.risk, written.next_on
    review.ended_at, review.ended_by_name = clock.now(), actor.name
    set_next(review.person_id, written.next_on, written.risk)
    following = clock.say_day(written.next_on, year=True)
    title = f"{actor.name} wrote down what you agreed at the review. The next one is by {following}."
    _tell(actor, review, NoticeKind.REVIEW, title)
    _record(actor, review, "hold", "Held a review and wrote down what was agreed")
    return review


def call_off(actor: Actor, review: PlanReview, why: str) -> PlanReview:
    """Call a review off. Nothing is open for it any more; when the next is due stays as it was.

    :raises NotFoundError: when it is not the actor's to hold.
    :raises InvalidError: field ``why``.
    :raises StateError: when it was held or called off.
    """
    review = _to_change(actor, review)
    words = _words(why, "why", "Say why: the person reads it")
    review.state, review.agreed = ReviewState.CALLED_OFF, words
    review.ended_at, review.ended_by_name = clock.now(), actor.name
    title = f"The review on {clock.say_day(review.starts_on)} will not be held."
    _tell(actor, review, NoticeKind.REVIEW, title, words)
    _record(actor, review, "call_off", f"Called off the review of {clock.say_day(review.starts_on, year=True)}")
    return review


def ask_another_day(actor: Actor, review: PlanReview, wish: str) -> PlanReview:
    """Ask whoever holds a review for another day; they answer by moving it, or by writing back.

    :raises NotFoundError: when the review is not about somebody whose own side the actor is.
    :raises NotAllowedError: for somebody who may only look.
    :raises InvalidError: field ``wish``.
    :raises StateError: when it has begun, or was held or called off.
    """
    check_own_side(actor, review.person)
    if not may(actor, Permission.PREPARE_PURCHASE, PersonSubject(review.person_id)):
        raise NotAllowedError("You can look at this budget. Asking for another day is for those who act in it.")
    review = _locked(review.id)
    if review.state is not ReviewState.ANNOUNCED or review.starts_on <= clock.today():
        raise StateError("This review has begun, or is over. Write to your coordinator instead.")
    review.wish, review.wish_by_name = _words(wish, "wish", "Say which days suit you"), actor.name
    review.wished_at = clock.now()
    title = f"{actor.name} asks for another day for the review of {review.person.given_name}."
    tell_holder(actor, review, title)
    _record(actor, review, "ask_another_day", "Asked for another day for a review")
    return review


def set_next(person_id: UUID, next_on: date, risk: Risk | None) -> ReviewCycle:
    """Write down when a person's next review is due. The caller has checked the right."""
    cycle = db.session.get(ReviewCycle, person_id, with_for_update=True)
    if cycle is None:
        cycle = ReviewCycle(person_id=person_id, next_on=next_on, risk=risk)
        db.session.add(cycle)
    else:
        cycle.next_on, cycle.risk, cycle.reminded_on = next_on, risk or cycle.risk, None
    db.session.flush()
    return cycle


def tell_holder(actor: Actor, review: PlanReview, title: str, kind: NoticeKind = NoticeKind.REVIEW) -> None:
    """Tell whoever holds a review, and their cover while they are away."""
    accounts = {review.held_by, absences.who_is_there(review.holder) or review.held_by}
    messages.notify(
        actor,
        sorted(accounts),
        kind,
        title,
        about=About.STAFF_PLAN_REVIEW,
        about_ref=review.ref,
        person_id=review.person_id,
    )


def _check_holds(actor: Actor, person: Person) -> None:
    identity.person_of_commissioner(actor, person.ref, Permission.HOLD_REVIEWS)


def _to_change(actor: Actor, review: PlanReview) -> PlanReview:
    """The review, locked, for whoever holds it and their cover. Who looks after the person now takes it over first."""
    _check_holds(actor, review.person)
    review = _locked(review.id)
    if not review_queries.may_hold(actor, review):
        raise NotFoundError
    if review.state is not ReviewState.ANNOUNCED:
        raise StateError("This review was held, or called off.")
    return review


def _locked(review_id: UUID) -> PlanReview:
    found = select(PlanReview).where(PlanReview.id == review_id).with_for_update(key_share=True)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _words(typed: str, field: str, sentence: str) -> str:
    text = storable(typed)
    if not text:
        raise InvalidError({field: sentence})
    if len(text) > MAX_WHAT:
        raise InvalidError({field: f"Write it in {MAX_WHAT:,} characters or fewer"})
    return text


def _tell(actor: Actor, review: PlanReview, kind: NoticeKind, title: str, body: str = "") -> None:
    messages.notify(
        actor,
        identity.holder_side_ids(review.person_id),
        kind,
        title,
        body,
        about=About.PLAN_REVIEW,
        about_ref=review.ref,
        person_id=review.person_id,
    )
    if review.with_id:
        messages.notify(
            actor,
            [review.with_id],
            kind,
            f"{KIND_WORDS[review.kind]} of {review.person.name}: {clock.say_day(review.starts_on)}. You look too.",
            about=About.STAFF_PLAN_REVIEW,
            about_ref=review.ref,
            person_id=review.person_id,
        )


def _record(actor: Actor, review: PlanReview, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"stewardship.{verb}_review",
        sentence,
        subject_kind="plan_review",
        subject_id=review.id,
        person_id=review.person_id,
        commissioner_id=review.commissioner_id,
    )
    db.session.flush()
