"""Reading reviews: everybody what is shown, writers their own, providers theirs, officers what needs a look."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import (
    Actor,
    CommissionerSubject,
    Permission,
    PersonSubject,
    ProviderSubject,
    may,
    may_read,
)
from app.marketplace.models import Provider
from app.marketplace.review_models import Review, ReviewReport
from app.marketplace.review_rules import ReviewState

PAGE_SIZE = 20
MOST_SHOWN = 10
_WAITS = or_(Review.state == ReviewState.HELD, Review.reply_state == ReviewState.HELD, Review.reported_at.is_not(None))


# not the opposite of the other by a "not": without a reply that would be neither yes nor no
_SETTLED = and_(
    Review.state != ReviewState.HELD,
    or_(Review.reply_state.is_(None), Review.reply_state != ReviewState.HELD),
    Review.reported_at.is_(None),
)


def can_be_reviewed(provider: Provider, commissioner_id: UUID) -> bool:
    """Whether people of this commissioner write and read what others say of a provider.

    Of a personal assistant only where the commissioner lets them (``CommissionerSettings.ratings_of_pas``).
    """
    return not provider.is_pa or identity.settings_of(commissioner_id).ratings_of_pas


def reviews_of(provider: Provider, commissioner_id: UUID, *, most: int = MOST_SHOWN) -> list[Review]:
    """What people who bought say, newest first; nothing where it may not be shown.

    :param commissioner_id: whose person reads. What is said of a personal assistant stays among a commissioner's own.
    """
    if not can_be_reviewed(provider, commissioner_id):
        return []
    query = (
        select(Review)
        .options(joinedload(Review.listing))
        .where(Review.provider_id == provider.id, Review.state == ReviewState.SHOWN)
    )
    if provider.is_pa:
        query = query.where(Review.commissioner_id == commissioner_id)
    return list(db.session.scalars(query.order_by(Review.written_at.desc(), Review.id.desc()).limit(most)))


def own_review(person: Person, provider: Provider) -> Review | None:
    """What this person wrote about a provider. The caller has checked the right."""
    return db.session.scalar(select(Review).where(Review.person_id == person.id, Review.provider_id == provider.id))


def review_for(viewer: Actor, person: Person, ref: str) -> Review:
    """A person's own review, whatever has become of it.

    :raises NotFoundError: when there is none that the viewer may see.
    """
    found = db.session.scalar(_whole().where(Review.person_id == person.id, Review.ref == tidy_ref(ref)))
    if found is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return found


def review_of(viewer: Actor, provider: Provider, ref: str) -> Review:
    """A review that a provider may read: what is held back or hidden is not among them, unless it was replied to.

    :raises NotFoundError: when there is none.
    """
    _require_provider(viewer, provider.id)
    query = _whole().where(Review.provider_id == provider.id, Review.ref == tidy_ref(ref), _READABLE)
    found = db.session.scalar(query)
    if found is None or not can_be_reviewed(provider, found.commissioner_id):
        raise NotFoundError
    return found


def reviews_for_provider(viewer: Actor, provider: Provider, page: int = 1) -> Page[Review]:
    """What a provider reads of itself, newest first.

    :raises NotFoundError: when it is not the viewer's provider.
    """
    _require_provider(viewer, provider.id)
    offset, limit = window(page, PAGE_SIZE)
    query = _whole().where(Review.provider_id == provider.id, _READABLE)
    rows = db.session.scalars(
        query.order_by(Review.written_at.desc(), Review.id.desc()).offset(offset).limit(limit)
    ).all()
    return make_page([row for row in rows if can_be_reviewed(provider, row.commissioner_id)], page, PAGE_SIZE)


#: What was decided about is read by both sides, with the reason; what waits for a first look by its writer alone.
_READABLE = or_(
    Review.state == ReviewState.SHOWN, and_(Review.state == ReviewState.HIDDEN, Review.decided_at.is_not(None))
)


def provider_of_review(viewer: Actor, ref: str) -> Provider:
    """Which of the viewer's providers a review is of, for a notice's way to it.

    :raises NotFoundError: when it is of none of them.
    """
    found = db.session.scalar(
        select(Provider)
        .join(Review, Review.provider_id == Provider.id)
        .where(Review.ref == tidy_ref(ref), Provider.id.in_(viewer.provider_ids))
    )
    if found is None:
        raise NotFoundError
    return found


def shown_review(viewer: Actor, ref: str) -> Review:
    """A review that everybody reads.

    :raises NotFoundError: when there is none, or it is of a personal assistant and none of the viewer's affairs.
    """
    found = db.session.scalar(_whole().where(Review.ref == tidy_ref(ref), Review.state == ReviewState.SHOWN))
    if found is None:
        raise NotFoundError
    if found.provider.is_pa and not _reads_of_pas(viewer, found):
        raise NotFoundError
    return found


def _reads_of_pas(viewer: Actor, review: Review) -> bool:
    near = {grant.commissioner_id for grant in viewer.grants} | {post.commissioner_id for post in viewer.posts}
    near_it = review.commissioner_id in near or review.provider_id in viewer.provider_ids
    return near_it and can_be_reviewed(review.provider, review.commissioner_id)


def to_look_at(viewer: Actor, ref: str, *, reading: bool = False) -> Review:
    """A review that an officer may decide about: of their commissioner's people.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: when there is none.
    """
    found = db.session.scalar(_whole().where(Review.ref == tidy_ref(ref)))
    asks = may_read if reading else may
    if found is None or not asks(viewer, Permission.LOOK_AFTER_MARKET, CommissionerSubject(found.commissioner_id)):
        raise NotFoundError
    return found


def waiting(viewer: Actor, commissioner_id: UUID, page: int = 1, *, decided: bool = False) -> Page[Review]:
    """What an officer should look at, oldest first; or what was decided, newest first.

    :raises NotFoundError: when it is not the viewer's to look at.
    """
    if not may_read(viewer, Permission.LOOK_AFTER_MARKET, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    offset, limit = window(page, PAGE_SIZE)
    query = _whole().where(Review.commissioner_id == commissioner_id)
    if decided:
        query = query.where(Review.decided_at.is_not(None), _SETTLED).order_by(Review.decided_at.desc())
    else:
        query = query.where(_WAITS).order_by(Review.changed_at, Review.id)
    return make_page(db.session.scalars(query.offset(offset).limit(limit)).all(), page, PAGE_SIZE)


def waiting_count(viewer: Actor) -> int:
    """How many reviews wait for an officer's look in all of the viewer's commissioners."""
    places = [
        post.commissioner_id
        for post in viewer.posts
        if may_read(viewer, Permission.LOOK_AFTER_MARKET, CommissionerSubject(post.commissioner_id))
    ]
    count = select(func.count()).select_from(Review).where(Review.commissioner_id.in_(places), _WAITS)
    return int(db.session.scalar(count) or 0)


def reports_of(review: Review) -> list[str]:
    """Why people asked for another look, oldest first: their words, not who they are."""
    return list(
        db.session.scalars(
            select(ReviewReport.why)
            .where(ReviewReport.review_id == review.id, ReviewReport.answered_at.is_(None))
            .order_by(ReviewReport.written_at)
        )
    )


def _whole() -> Select[Review]:
    return select(Review).options(joinedload(Review.provider), joinedload(Review.listing))


def _require_provider(viewer: Actor, provider_id: UUID) -> None:
    if not may(viewer, Permission.KEEP_LISTINGS, ProviderSubject(provider_id)):
        raise NotFoundError
