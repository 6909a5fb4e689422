"""Reading suggestions, and what in the marketplace is like one: by name, postcode, telephone number or website."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.core.words import one_line, tidy_ref
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, PersonSubject, may, may_read
from app.marketplace.places import outcode_of, tidy_postcode
from app.marketplace.rules import RegisterStatus
from app.marketplace.suggestion_models import Suggestion, SuggestionState

PAGE_SIZE = 25
MOST_LIKE = 6
_LIKE = 78  # per cent of likeness of two names
_LIKE_NEAR = 62  # the same, where the place is the same too
_CANDIDATES = 300
#: Words that say nothing about which provider it is.
_COMMON = frozenset(
    ("the", "and", "for", "ltd", "limited", "cic", "care", "home", "homes", "house", "service", "services", "group")
)


@dataclass(frozen=True, slots=True)
class Like:
    """Something in the marketplace that a suggestion may mean."""

    provider_ref: str
    provider_name: str
    at: str  # the name of the place, where it is another than the provider's
    postcode: str
    status: RegisterStatus
    why: str  # "same phone number", "same postcode", "name"
    likeness: int


# Name and place stand in two tables; who is deregistered is found too: that is worth knowing before one adds it again.
_CANDIDATE_SQL = text("""
    SELECT provider.ref, provider.name, COALESCE(location.name, '') AS at, COALESCE(location.postcode, '') AS postcode,
        COALESCE(location.status, provider.status) AS status,
        regexp_replace(COALESCE(NULLIF(location.phone, ''), provider.phone), '[^0-9]', '', 'g') AS phone,
        COALESCE(NULLIF(location.website, ''), provider.website) AS website
    FROM provider LEFT JOIN location ON location.provider_id = provider.id
    WHERE provider.kind <> 'pa' AND (
        provider.name ILIKE ANY(:parts) OR location.name ILIKE ANY(:parts)
        OR (:outcode <> '' AND location.outcode = :outcode)
        OR (:phone <> '' AND regexp_replace(COALESCE(NULLIF(location.phone, ''), provider.phone), '[^0-9]', '', 'g')
            LIKE '%' || :phone)
        OR (:site <> '' AND COALESCE(NULLIF(location.website, ''), provider.website) ILIKE '%' || :site || '%')
    )
    ORDER BY (SELECT count(*) FROM unnest(CAST(:parts AS text[])) AS part
            WHERE provider.name ILIKE part OR location.name ILIKE part) DESC,
        COALESCE(location.outcode = :outcode, false) DESC, provider.id
    LIMIT :most
""")


def like(name: str, area: str = "", phone: str = "", website: str = "") -> list[Like]:
    """What we have that may be meant, most alike first. Each provider stands in it once."""
    tokens = [word for word in re.findall(r"[^\W_]+", one_line(name).lower()) if len(word) > 2 and word not in _COMMON]
    digits = re.sub(r"\D", "", phone)[-9:]
    digits = digits if len(digits) >= 9 else ""
    outcode, postcode, site = outcode_of(area) or "", tidy_postcode(area) or "", _site(website)
    # the beginnings of words find what is misspelt further on
    parts = [f"%{token[:4]}%" for token in tokens[:6]] or ["\x01"]
    rows = db.session.execute(
        _CANDIDATE_SQL, {"parts": parts, "outcode": outcode, "phone": digits, "site": site, "most": _CANDIDATES}
    )
    found: dict[str, Like] = {}
    said = one_line(name).lower()
    for ref, provider_name, at, found_at, status, found_phone, found_site in rows:
        likeness = max(_likeness(said, provider_name), _likeness(said, at) if at else 0)
        same_place = bool(postcode) and postcode == found_at
        if digits and found_phone.endswith(digits):
            why, score = "the same phone number", 200
        elif site and _site(found_site) == site:
            why, score = "the same website", 190
        elif likeness >= _LIKE_NEAR and same_place:
            why, score = "the same postcode", likeness + 50
        elif likeness >= _LIKE:
            why, score = "a name like it", likeness
        else:
            continue
        other = at if at.lower() != provider_name.lower() else ""
        made = Like(ref, provider_name, other, found_at, RegisterStatus(status), why, score)
        if ref not in found or found[ref].likeness < score:
            found[ref] = made
    return sorted(found.values(), key=lambda item: -item.likeness)[:MOST_LIKE]


def _likeness(said: str, name: str) -> int:
    other = name.lower()
    # all of one within the other is not enough when the one is a single common word
    return round(
        max(fuzz.ratio(said, other), fuzz.token_sort_ratio(said, other), fuzz.token_set_ratio(said, other) - 8)
    )


def _site(address: str) -> str:
    if not address:
        return ""
    try:
        host = urlsplit(address if "://" in address else f"https://{address}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def suggestion_for(viewer: Actor, person: Person, ref: str) -> Suggestion:
    """One of a person's suggestions.

    :raises NotFoundError: when there is none that the viewer may see.
    """
    found = db.session.scalar(
        select(Suggestion)
        .options(joinedload(Suggestion.provider))
        .where(Suggestion.person_id == person.id, Suggestion.ref == tidy_ref(ref), *_known(viewer, person))
    )
    if found is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    return found


def suggestions_of(viewer: Actor, person: Person, most: int = 20) -> list[Suggestion]:
    """What somebody suggested for a person, newest first.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    query = select(Suggestion).where(Suggestion.person_id == person.id, *_known(viewer, person))
    return list(db.session.scalars(query.order_by(Suggestion.id.desc()).limit(most)))


def _known(viewer: Actor, person: Person) -> tuple[ColumnElement[bool], ...]:
    """A broker knows what they suggested themselves."""
    return (Suggestion.suggested_by == viewer.account_id,) if viewer.brokers_for(person.id) else ()


def to_check(viewer: Actor, ref: str, *, reading: bool = False) -> Suggestion:
    """A suggestion an officer may answer: by one of their commissioner's people.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: when there is none.
    """
    found = db.session.scalar(
        select(Suggestion).options(joinedload(Suggestion.provider)).where(Suggestion.ref == tidy_ref(ref))
    )
    asks = may_read if reading else may
    if found is None or not asks(viewer, Permission.LOOK_AFTER_MARKET, CommissionerSubject(found.commissioner_id)):
        raise NotFoundError
    return found


def waiting(viewer: Actor, commissioner_id: object, page: int = 1, *, decided: bool = False) -> Page[Suggestion]:
    """Suggestions that wait, oldest first; or those that were answered, newest first.

    :raises NotFoundError: when they are not the viewer's to see.
    """
    places = _places(viewer)
    if commissioner_id not in places:
        raise NotFoundError
    offset, limit = window(page, PAGE_SIZE)
    query = (
        select(Suggestion)
        .options(joinedload(Suggestion.provider))
        .where(
            Suggestion.commissioner_id == commissioner_id,
            (Suggestion.state != SuggestionState.WAITING) if decided else (Suggestion.state == SuggestionState.WAITING),
        )
        .order_by(Suggestion.decided_at.desc() if decided else Suggestion.id)
    )
    return make_page(db.session.scalars(query.offset(offset).limit(limit)).all(), page, PAGE_SIZE)


def waiting_count(viewer: Actor) -> int:
    """How many suggestions wait in all of the viewer's commissioners."""
    count = (
        select(func.count())
        .select_from(Suggestion)
        .where(Suggestion.commissioner_id.in_(_places(viewer)), Suggestion.state == SuggestionState.WAITING)
    )
    return int(db.session.scalar(count) or 0)


def _places(viewer: Actor) -> list[object]:
    return [
        post.commissioner_id
        for post in viewer.posts
        if may_read(viewer, Permission.LOOK_AFTER_MARKET, CommissionerSubject(post.commissioner_id))
    ]
