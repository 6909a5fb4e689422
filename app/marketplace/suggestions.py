"""Suggesting a provider that is missing, and an officer's answer. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, storable
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission
from app.marketplace import queries, service, suggestion_queries
from app.marketplace.enquiries import require_person
from app.marketplace.models import Provider
from app.marketplace.places import tidy_postcode
from app.marketplace.provider_rules import tidy_website
from app.marketplace.rules import Category, RegisterStatus, Unit
from app.marketplace.service import NewListing, NewProvider
from app.marketplace.suggestion_models import Suggestion, SuggestionState
from app.messages import service as messages
from app.messages.rules import About, NoticeKind

MOST_WAITING = 10
MAX_REASON = 500
_LONGEST: Mapping[str, int] = {"name": 120, "area": 80, "does": 500, "website": 200, "phone": 40}
#: Care that only a registered provider may give (Health and Social Care Act 2008), whatever an officer ticks.
REGULATED = frozenset({Category.HOME_CARE, Category.NURSING})


@dataclass(frozen=True, slots=True)
class Missing:
    """A provider as a person describes it."""

    name: str
    area: str
    does: str
    website: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer makes of it: how it will stand in the marketplace, without a price."""

    name: str
    title: str
    category: str
    unit: str
    regulated: bool
    at_home: bool = False
    at_venue: bool = False
    remote: bool = False
    postcode: str = ""
    website: str = ""
    phone: str = ""


def suggest(actor: Actor, person: Person, missing: Missing) -> Suggestion:
    """Say that a provider is missing.

    :raises InvalidError: fields ``name area does website phone``.
    :raises NotAllowedError: when the actor may look, but not ask for this person.
    """
    require_person(actor, person, Permission.PREPARE_PURCHASE)
    if actor.account_id is None:
        raise NotFoundError
    values = {name: one_line(getattr(missing, name)) for name in _LONGEST}
    asks = {
        "name": "Enter what they are called",
        "area": "Enter a postcode or the name of a place",
        "does": "Say what they do, like music lessons at home",
    }
    errors = {name: sentence for name, sentence in asks.items() if not values[name]}
    for name, most in _LONGEST.items():
        if len(values[name]) > most:
            errors[name] = f"Use {most} characters or fewer"
    try:
        values["website"] = tidy_website(values["website"])
    except ValueError as error:
        errors["website"] = str(error)
    waiting = db.session.scalar(
        select(func.count())
        .select_from(Suggestion)
        .where(Suggestion.person_id == person.id, Suggestion.state == SuggestionState.WAITING)
    )
    if (waiting or 0) >= MOST_WAITING:
        errors["name"] = f"{MOST_WAITING} of your suggestions wait for an answer already"
    if errors:
        raise InvalidError(errors)
    suggestion = Suggestion(
        commissioner_id=person.commissioner_id, person_id=person.id, suggested_by=actor.account_id, **values
    )
    db.session.add(suggestion)
    db.session.flush()
    _record(actor, suggestion, "suggest", f"Suggested {suggestion.name} for the marketplace")
    return suggestion


def already_there(actor: Actor, ref: str, provider_ref: str) -> Suggestion:
    """It is in the marketplace: the person is told where.

    :raises NotFoundError: when the suggestion is not the officer's, or there is no such provider.
    :raises StateError: when it was answered already.
    """
    suggestion = suggestion_queries.to_check(actor, ref)
    provider = queries.provider(provider_ref)
    _decide(actor, suggestion, SuggestionState.THERE, provider=provider)
    _tell(actor, suggestion, f"{suggestion.name} is here already, as {provider.name}.")
    return suggestion


def add(actor: Actor, ref: str, entry: Entry) -> Suggestion:
    """Put it into the marketplace, as not registered and without a price.

    :raises InvalidError: fields ``name title category unit where postcode website``; ``regulated`` when it gives care
        that only a registered provider may give: that comes in by the register alone.
    :raises StateError: when it was answered already.
    """
    suggestion = suggestion_queries.to_check(actor, ref)
    _check(entry)
    _decide(actor, suggestion, None)
    postcode, website = tidy_postcode(entry.postcode) or "", tidy_website(entry.website)
    place = queries.place(entry.postcode or suggestion.area)
    new = NewProvider(
        name=one_line(entry.name),
        status=RegisterStatus.NOT_REGISTERED,
        website=website,
        phone=one_line(entry.phone),
        postcode=postcode,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        listings=[
            NewListing(
                one_line(entry.title),
                Category(entry.category),
                Unit(entry.unit),
                None,
                at_home=entry.at_home,
                at_venue=entry.at_venue,
                remote=entry.remote,
            )
        ],
    )
    # the officer's right was checked and is in the audit of the suggestion; making rows is the software's own work
    provider = service.add_provider(Actor.system("Suggested providers"), new)
    _decide(actor, suggestion, SuggestionState.ADDED, provider=provider)
    _tell(actor, suggestion, f"We added {provider.name}. You can find it now.")
    return suggestion


def leave_out(actor: Actor, ref: str, reason: str) -> Suggestion:
    """Do not add it, and say why.

    :raises InvalidError: field ``reason``.
    :raises StateError: when it was answered already.
    """
    suggestion = suggestion_queries.to_check(actor, ref)
    text = storable(reason)
    if not text or len(text) > MAX_REASON:
        raise InvalidError({"reason": f"Say why, in up to {MAX_REASON} characters. The person reads it"})
    _decide(actor, suggestion, SuggestionState.NOT_ADDED, reason=text)
    _tell(actor, suggestion, f"{suggestion.name} was not added. You can read why.")
    return suggestion


def _check(entry: Entry) -> None:
    errors: dict[str, str] = {}
    if not one_line(entry.name):
        errors["name"] = "Enter the provider's name"
    if not one_line(entry.title):
        errors["title"] = "Enter what they offer, like music lessons"
    if entry.category not in set(Category):
        errors["category"] = "Choose what kind of support it is"
    if entry.unit not in set(Unit):
        errors["unit"] = "Choose what a price would be for"
    if not (entry.at_home or entry.at_venue or entry.remote):
        errors["where"] = "Choose where it happens"
    if entry.postcode and tidy_postcode(entry.postcode) is None:
        errors["postcode"] = "Enter a full postcode, or leave it empty"
    try:
        tidy_website(entry.website)
    except ValueError as error:
        errors["website"] = str(error)
    if entry.regulated or entry.category in REGULATED:
        errors["regulated"] = (
            f"{one_line(entry.name) or 'It'} gives care that only a registered provider may give, and is not on the "
            "care register here. It cannot be added; when it is on the register, it comes in by itself"
        )
    if errors:
        raise InvalidError(errors)


def _decide(
    actor: Actor,
    suggestion: Suggestion,
    state: SuggestionState | None,
    *,
    provider: Provider | None = None,
    reason: str = "",
) -> None:
    """Answer a suggestion, if nobody has. Without a state: only hold it, so that two officers do not add it twice."""
    waiting = (Suggestion.id == suggestion.id, Suggestion.state == SuggestionState.WAITING)
    if state is None:
        found = db.session.scalar(select(Suggestion.id).where(*waiting).with_for_update(key_share=True))
    else:
        values: dict[str, Any] = {
            "state": state,
            "provider_id": provider.id if provider else None,
            "reason": reason,
            "decided_by": actor.account_id,
            "decided_by_name": actor.name,
            "decided_at": clock.now(),
        }
        found = db.session.scalar(update(Suggestion).where(*waiting).values(**values).returning(Suggestion.id))
    if found is None:
        raise StateError("This suggestion has been answered already.")
    if state is not None:
        db.session.refresh(suggestion)
        _record(actor, suggestion, state.value, f"Answered the suggestion of {suggestion.name}", why=reason)


def _tell(actor: Actor, suggestion: Suggestion, title: str) -> None:
    accounts = identity.holder_side_ids(suggestion.person_id)
    if identity.holds_any_authority(suggestion.suggested_by, suggestion.person_id):
        accounts = [*accounts, suggestion.suggested_by]
    messages.notify(
        actor,
        accounts,
        NoticeKind.ANSWERED,
        title,
        about=About.SUGGESTION,
        about_ref=suggestion.ref,
        person_id=suggestion.person_id,
    )


def _record(actor: Actor, suggestion: Suggestion, verb: str, sentence: str, why: str = "") -> None:
    audit.record(
        actor,
        f"suggestions.{verb}",
        sentence,
        subject_kind="suggestion",
        subject_id=suggestion.id,
        person_id=suggestion.person_id,
        commissioner_id=suggestion.commissioner_id,
        why=why,
    )
