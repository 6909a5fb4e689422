"""Saving things for a person: who may, who sees it, once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.audit.rules import staff_sentence
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Scope
from app.marketplace import keeping, watching
from app.marketplace.kept_models import SavedItem
from app.marketplace.models import Listing
from tests import factories
from tests.marketplace.making import listing_of, make_provider, put_outcodes


@dataclass
class Kept:
    """A person with a listing near them, and everybody around."""

    person: Person
    me: Actor
    broker: Actor
    viewer: Actor
    stranger: Actor
    listing: Listing


@pytest.fixture
def kept(session: Any) -> Kept:
    put_outcodes()
    account, person, *_ = factories.make_holder()
    broker, viewer = factories.make_account("Leonie Grant"), factories.make_account("Vera View")
    factories.give_authority(broker, person, AuthorityKind.BROKER, Scope.PREPARE)
    factories.give_authority(viewer, person, AuthorityKind.NOMINEE, Scope.VIEW)
    other, *_ = factories.make_holder()
    me, by, sees, stranger = map(factories.actor_for, (account, broker, viewer, other))
    return Kept(person, me, by, sees, stranger, listing_of(make_provider()))


def test_saved_once_with_the_price_of_the_day_and_who_saved_it(kept: Kept) -> None:
    first = keeping.save(kept.broker, kept.person, listing_ref=kept.listing.ref)
    kept.listing.price_pence = 2_400
    assert keeping.save(kept.broker, kept.person, listing_ref=kept.listing.ref).ref == first.ref
    (item,) = keeping.saved_of(kept.viewer, kept.person)
    assert (item.saved_by_name, item.price_pence, item.risen_by) == ("Leonie Grant", 2_200, 200)
    assert keeping.saved_refs(kept.viewer, kept.person) == {kept.listing.ref: item.ref}
    keeping.save(kept.me, kept.person, provider_ref=kept.listing.provider.ref)
    assert len(keeping.saved_of(kept.me, kept.person)) == 2


def test_a_broker_has_a_list_of_their_own_and_the_persons_side_sees_both(kept: Kept) -> None:
    theirs = keeping.save(kept.broker, kept.person, listing_ref=kept.listing.ref)
    mine = keeping.save(kept.me, kept.person, listing_ref=kept.listing.ref)
    assert [item.ref for item in keeping.saved_of(kept.broker, kept.person)] == [theirs.ref]
    assert [item.ref for item in keeping.saved_of(kept.me, kept.person)] == [mine.ref, theirs.ref]
    assert keeping.saved_refs(kept.broker, kept.person) == {kept.listing.ref: theirs.ref}
    assert keeping.saved_refs(kept.me, kept.person) == {kept.listing.ref: mine.ref}
    for verb in (keeping.saved, keeping.unsave):
        with pytest.raises(NotFoundError):
            verb(kept.broker, kept.person, mine.ref)


def test_who_may_only_look_saves_nothing_and_a_stranger_sees_nothing(kept: Kept) -> None:
    item = keeping.save(kept.me, kept.person, listing_ref=kept.listing.ref)
    made = watching.start_watch(kept.me, kept.person, "", watching.asked_of({"q": "pool"}))
    for verb in (
        lambda who: keeping.save(who, kept.person, listing_ref=kept.listing.ref),
        lambda who: keeping.put_note(who, kept.person, item.ref, "x"),
        lambda who: keeping.unsave(who, kept.person, item.ref),
        lambda who: watching.start_watch(who, kept.person, "", watching.asked_of({"q": "pool"})),
        lambda who: watching.pause(who, kept.person, made.ref),
        lambda who: watching.resume(who, kept.person, made.ref),
        lambda who: watching.stop(who, kept.person, made.ref),
    ):
        with pytest.raises(NotAllowedError):
            verb(kept.viewer)
        with pytest.raises(NotFoundError):
            verb(kept.stranger)
    for reading in (keeping.saved_of, keeping.saved_refs, watching.watches_of):
        with pytest.raises(NotFoundError):
            reading(kept.stranger, kept.person)
    # an own person's address with another's thing in it
    own = db.session.get_one(Person, kept.stranger.grants[0].person_id)
    with pytest.raises(NotFoundError):
        keeping.put_note(kept.stranger, own, item.ref, "mine")
    with pytest.raises(NotFoundError):
        watching.watch(kept.stranger, own, made.ref)


def test_a_note_and_taking_out(kept: Kept) -> None:
    item = keeping.save(kept.broker, kept.person, listing_ref=kept.listing.ref)
    keeping.put_note(kept.me, kept.person, item.ref, "  Ask about\r\nWednesdays ")
    assert item.note == "Ask about\nWednesdays"
    with pytest.raises(InvalidError):
        keeping.put_note(kept.me, kept.person, item.ref, "x" * 501)
    assert keeping.unsave(kept.me, kept.person, item.ref) == "One-to-one company at the pool, Swim Together CIC"
    assert keeping.saved_of(kept.me, kept.person) == []


def test_what_is_full_says_so_and_keeps_what_it_has(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_SAVED", 1)
    keeping.save(kept.me, kept.person, listing_ref=kept.listing.ref)
    with pytest.raises(StateError), db.session.begin_nested():
        keeping.save(kept.me, kept.person, provider_ref=kept.listing.provider.ref)
    assert len(keeping.saved_of(kept.me, kept.person)) == 1


def test_staff_read_that_something_was_saved_not_what(kept: Kept) -> None:
    item = keeping.save(kept.me, kept.person, listing_ref=kept.listing.ref)
    db.session.flush()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == item.id)).one()
    assert entry.person_id == kept.person.id
    assert "pool" in entry.sentence
    assert "pool" not in staff_sentence(entry.verb, entry.sentence)


def test_compared_in_the_order_asked_and_nonsense_left_out(kept: Kept) -> None:
    other = listing_of(make_provider("Another Pool"))
    found = keeping.chosen([other.ref, "\0", kept.listing.ref, "nosuchthing", other.ref])
    assert [each.ref for each in found] == [other.ref, kept.listing.ref]


def test_a_price_that_was_not_told_then_has_not_gone_up(kept: Kept) -> None:
    item = keeping.save(kept.me, kept.person, listing_ref=kept.listing.ref)
    db.session.execute(update(SavedItem).values(price_pence=None))
    db.session.refresh(item)
    assert item.risen_by is None
