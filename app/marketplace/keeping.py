"""Saving listings and providers for a person: their own side sees all that is saved, and who saved it.

A broker has a list of their own: neither another broker's nor the person's own is theirs to read.

Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.ids import new_id, new_ref
from app.core.words import storable, tidy_ref
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.marketplace import queries
from app.marketplace.kept_models import SavedItem, Watch
from app.marketplace.models import Listing, Provider

MOST_SAVED = 100
MAX_NOTE = 500


def saved_of(viewer: Actor, person: Person) -> list[SavedItem]:
    """What is saved for a person, the newest first; a broker's own list only.

    :raises NotFoundError: when the viewer may not see the person.
    """
    must_see(viewer, person)
    return list(
        db.session.scalars(
            select(SavedItem)
            .where(*_listed(viewer, person))
            .options(
                joinedload(SavedItem.listing).joinedload(Listing.provider),
                joinedload(SavedItem.listing).joinedload(Listing.location),
                joinedload(SavedItem.provider),
            )
            .order_by(SavedItem.id.desc())
        )
    )


def saved(viewer: Actor, person: Person, ref: str) -> SavedItem:
    """One saved thing of a person.

    :raises NotFoundError: when there is none of that reference for them, or the viewer may not see them.
    """
    must_see(viewer, person)
    found = db.session.scalar(select(SavedItem).where(SavedItem.ref == tidy_ref(ref), *_listed(viewer, person)))
    if found is None:
        raise NotFoundError
    return found


def saved_refs(viewer: Actor, person: Person) -> dict[str, str]:
    """Which listings and providers are saved: the reference of each with that of what was saved, own list first."""
    must_see(viewer, person)
    rows = db.session.execute(
        select(func.coalesce(Listing.ref, Provider.ref), SavedItem.ref)
        .select_from(SavedItem)
        .outerjoin(Listing, Listing.id == SavedItem.listing_id)
        .outerjoin(Provider, Provider.id == SavedItem.provider_id)
        .where(*_listed(viewer, person))
        .order_by(SavedItem.broker_id.is_(None), SavedItem.id)  # the last one of a thing counts
    )
    return {str(of): ref for of, ref in rows}


def chosen(refs: Sequence[str]) -> list[Listing]:
    """Some listings with their providers, in the order asked for; references that name none are left out."""
    wanted = [ref for ref in dict.fromkeys(map(tidy_ref, refs)) if ref]
    rows = db.session.scalars(
        select(Listing)
        .where(Listing.ref.in_(wanted))
        .options(joinedload(Listing.provider), joinedload(Listing.location))
    )
    found = {listing.ref: listing for listing in rows}
    return [found[ref] for ref in wanted if ref in found]


def save(actor: Actor, person: Person, *, listing_ref: str = "", provider_ref: str = "") -> SavedItem:
    """Save a listing or a provider for a person. What is saved already stays as it is.

    :raises NotFoundError: when there is no such listing or provider, or the actor may not see the person.
    :raises NotAllowedError: when the actor may only look.
    :raises StateError: when as much is saved as a list can hold.
    """
    must_prepare(actor, person)
    listing = queries.listing(listing_ref) if listing_ref else None
    provider = None if listing else queries.provider(provider_ref)
    broker = actor.account_id if actor.brokers_for(person.id) else None
    one = {"listing_id": listing.id if listing else None, "provider_id": provider.id if provider else None}
    one["broker_id"] = broker
    # two at a time would both find room: they wait for each other
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    key = db.session.scalar(
        insert(SavedItem)
        .values(
            id=new_id(),
            ref=new_ref(),
            commissioner_id=person.commissioner_id,
            person_id=person.id,
            price_pence=listing.price_pence if listing else None,
            note="",
            saved_by=actor.account_id,
            saved_by_name=actor.name,
            saved_at=clock.now(),
            **one,
        )
        .on_conflict_do_nothing()
        .returning(SavedItem.id)
    )
    if key is None:  # saved already
        return db.session.scalars(select(SavedItem).filter_by(person_id=person.id, **one)).one()
    in_list = select(func.count()).select_from(SavedItem).filter_by(person_id=person.id, broker_id=broker)
    if (db.session.scalar(in_list) or 0) > MOST_SAVED:
        raise StateError(f"You have saved {MOST_SAVED} things, and that is as many as fit. Take one out first.")
    item = db.session.get_one(SavedItem, key)
    record(actor, item, "save", f"Saved {item.words}")
    return item


def put_note(actor: Actor, person: Person, ref: str, note: str) -> SavedItem:
    """Write a note on something saved; an empty one takes it away.

    :raises NotFoundError: when there is no such thing for this person.
    :raises NotAllowedError: when the actor may only look.
    :raises InvalidError: field ``note``, when it is too long.
    """
    must_prepare(actor, person)
    item = saved(actor, person, ref)
    text = storable(note)
    if len(text) > MAX_NOTE:
        raise InvalidError({"note": f"Write it in {MAX_NOTE} letters or fewer"})
    if text != item.note:
        item.note = text
        db.session.flush()
        record(actor, item, "note", f"Wrote a note on {item.words}")
    return item


def unsave(actor: Actor, person: Person, ref: str) -> str:
    """Take something out of what is saved.

    :returns: what it was, in words.
    :raises NotFoundError: when there is no such thing for this person.
    :raises NotAllowedError: when the actor may only look.
    """
    must_prepare(actor, person)
    item = saved(actor, person, ref)
    words = item.words
    record(actor, item, "unsave", f"Took out {words}, which was saved")
    db.session.delete(item)
    db.session.flush()
    return words


def _listed(viewer: Actor, person: Person) -> tuple[ColumnElement[bool], ...]:
    mine = (SavedItem.broker_id == viewer.account_id,) if viewer.brokers_for(person.id) else ()
    return (SavedItem.commissioner_id == person.commissioner_id, SavedItem.person_id == person.id, *mine)


def must_see(viewer: Actor, person: Person) -> None:
    """Stop who may not see a person.

    :raises NotFoundError: then.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError


def must_prepare(actor: Actor, person: Person) -> None:
    """Stop who may not keep things for a person.

    :raises NotFoundError: when they may not see them.
    :raises NotAllowedError: when they may only look.
    """
    must_see(actor, person)
    if not may(actor, Permission.PREPARE_PURCHASE, PersonSubject(person.id)):
        raise NotAllowedError("You can look here, but you cannot save anything.")


def record(actor: Actor, kept: SavedItem | Watch, verb: str, sentence: str) -> None:
    """Note in the audit what was done to something kept."""
    audit.record(
        actor,
        f"keeping.{verb}",
        sentence,
        subject_kind=kept.__tablename__,
        subject_id=kept.id,
        person_id=kept.person_id,
        commissioner_id=kept.commissioner_id,
    )
