"""Reading questions and quotes: each side its own, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.core.words import tidy_ref
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, ProviderSubject, may
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.enquiry_rules import QuoteState, Side
from app.marketplace.models import Provider
from app.messages import queries as messages
from app.messages.rules import About

PAGE_SIZE = 20
_OWN_SIDE = frozenset(kind.value for kind in AuthorityKind)


@dataclass(frozen=True, slots=True)
class Said:
    """One message as both sides may read it: the provider learns a first name only."""

    side: Side
    who: str  # for the person's side: the account's name; for the provider's: the provider's
    words: str
    at: datetime


def enquiry_for(viewer: Actor, person: Person, ref: str) -> Enquiry:
    """One of a person's questions.

    :raises NotFoundError: when there is none that the viewer may see.
    """
    mine = (Enquiry.person_id == person.id, *_known(viewer, person.id))
    found = db.session.scalar(_whole().where(Enquiry.ref == tidy_ref(ref), *mine))
    if found is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return found


def enquiries_of(viewer: Actor, person: Person, page: int = 1) -> Page[Enquiry]:
    """A person's questions: open ones first, then by what was said last.

    :raises NotFoundError: when they are not the viewer's to see.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    in_affairs = (Enquiry.commissioner_id == person.commissioner_id, Enquiry.person_id == person.id)
    mine = (*in_affairs, *_known(viewer, person.id))
    return _page(_whole().where(*mine), page)


def asked(viewer: Actor, provider: Provider, ref: str) -> Enquiry:
    """One of the questions a provider was asked.

    :raises NotFoundError: when there is none that the viewer may see.
    """
    _require_provider(viewer, provider.id)
    found = db.session.scalar(_whole().where(Enquiry.provider_id == provider.id, Enquiry.ref == tidy_ref(ref)))
    if found is None:
        raise NotFoundError
    return found


def asked_of(viewer: Actor, provider: Provider, page: int = 1) -> Page[Enquiry]:
    """What a provider was asked: open ones first, then by what was said last.

    :raises NotFoundError: when it is not the viewer's provider.
    """
    _require_provider(viewer, provider.id)
    return _page(_whole().where(Enquiry.provider_id == provider.id), page)


def unanswered(viewer: Actor, provider: Provider) -> int:
    """How many open questions wait for the provider's word."""
    _require_provider(viewer, provider.id)
    count = (
        select(func.count())
        .select_from(Enquiry)
        .where(Enquiry.provider_id == provider.id, Enquiry.closed_at.is_(None), Enquiry.last_side == Side.PERSON)
    )
    return int(db.session.scalar(count) or 0)


def provider_of_asked(viewer: Actor, ref: str) -> Provider:
    """Which of the viewer's providers was asked this, for a notice's way to it.

    :raises NotFoundError: when none of them was.
    """
    found = db.session.scalar(
        select(Provider)
        .join(Enquiry, Enquiry.provider_id == Provider.id)
        .where(Enquiry.ref == tidy_ref(ref), Provider.id.in_(viewer.provider_ids))
    )
    if found is None:
        raise NotFoundError
    return found


def thread_of(enquiry: Enquiry, *, for_provider: bool) -> list[Said]:
    """What was said, oldest first. The caller has the question, so may read it.

    :param for_provider: leave out who on the person's side wrote: the provider knows a first name.
    """
    said = []
    for item in messages.thread(About.ENQUIRY, enquiry.id):
        side = Side.PERSON if item.author_role in _OWN_SIDE else Side.PROVIDER
        own = enquiry.first_name if for_provider else item.author_name
        said.append(Said(side, own if side is Side.PERSON else enquiry.provider.name, item.body, item.written_at))
    return said


def live_quote(enquiry: Enquiry) -> Quote | None:
    """The newest price of a question, whatever has become of it; None when there never was one."""
    return enquiry.quotes[0] if enquiry.quotes else None


def quote_for(viewer: Actor, person: Person, ref: str) -> Quote:
    """A price that was given to a person.

    :raises NotFoundError: when there is none that the viewer may see.
    """
    found = db.session.scalar(
        select(Quote)
        .join(Enquiry, Enquiry.id == Quote.enquiry_id)
        .options(joinedload(Quote.enquiry).joinedload(Enquiry.provider))
        .where(Quote.ref == tidy_ref(ref), Enquiry.person_id == person.id, *_known(viewer, person.id))
    )
    if found is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return found


def prices_to_answer(viewer: Actor, person: Person, most: int = 5) -> list[Quote]:
    """Prices a person was given and can use today, the one that ends first before the others."""
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    today = clock.today()
    rows = db.session.scalars(
        select(Quote)
        .join(Enquiry, Enquiry.id == Quote.enquiry_id)
        .options(joinedload(Quote.enquiry).joinedload(Enquiry.provider))
        .where(
            Enquiry.commissioner_id == person.commissioner_id,
            Enquiry.person_id == person.id,
            Quote.withdrawn_at.is_(None),
            Quote.replaced_at.is_(None),
            Quote.used_at.is_(None),
            Quote.valid_until >= today,
            *_known(viewer, person.id),
        )
        .order_by(Quote.valid_until, Quote.id)
        .limit(most)
    ).all()
    return [quote for quote in rows if quote.state(today) is QuoteState.GOOD]


def _known(viewer: Actor, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """A broker knows the questions they asked themselves, and the prices given to those."""
    return (Enquiry.asked_by == viewer.account_id,) if viewer.brokers_for(person_id) else ()


def _whole() -> Select[Enquiry]:
    return select(Enquiry).options(
        joinedload(Enquiry.provider), joinedload(Enquiry.listing), selectinload(Enquiry.quotes)
    )


def _page(query: Select[Enquiry], page: int) -> Page[Enquiry]:
    offset, limit = window(page, PAGE_SIZE)
    order = (Enquiry.closed_at.is_not(None), Enquiry.last_at.desc(), Enquiry.id.desc())
    rows = db.session.scalars(query.order_by(*order).offset(offset).limit(limit)).all()
    return make_page(rows, page, PAGE_SIZE)


def _require_provider(viewer: Actor, provider_id: UUID) -> None:
    if not may(viewer, Permission.KEEP_LISTINGS, ProviderSubject(provider_id)):
        raise NotFoundError
