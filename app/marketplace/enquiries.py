"""Asking a provider something, answering, and closing. Nothing here commits.

A provider learns a first name, an outcode and the words: nothing else of the person, and nothing of their money.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity import consents
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, ProviderSubject, may
from app.marketplace import enquiry_queries, queries
from app.marketplace.enquiry_models import Enquiry
from app.marketplace.enquiry_rules import MAX_WHAT, MOST_OPEN, Question, Side, check_question, check_words
from app.marketplace.models import Listing, Provider
from app.marketplace.places import outcode_of
from app.marketplace.rules import RegisterStatus
from app.messages import service as messages
from app.messages.rules import About, NoticeKind

ASK_AGAIN = "The price you gave me is not there any more. Could you give me a new one?"
NOT_SHARED = (
    "You chose not to show your first name and area to providers, so we cannot write to them for you. "
    "You can change that on the page “Who gets what”, or phone them."
)


def ask(
    actor: Actor,
    person: Person,
    question: Question,
    *,
    provider: Provider | None = None,
    listing: Listing | None = None,
) -> Enquiry:
    """Ask a provider something, about one of its listings or in general.

    :raises InvalidError: fields ``words quantity wanted_from``; ``words`` also when too many questions are open.
    :raises NotAllowedError: when the actor may not ask for this person, or keeps the provider's page.
    :raises StateError: when nobody there reads questions, they are off the care register, or the person chose not to
        be shown to providers.
    """
    require_person(actor, person, Permission.PREPARE_PURCHASE)
    provider = listing.provider if listing else provider
    if provider is None or actor.account_id is None:
        raise NotFoundError
    members = queries.members_of(provider.id)
    refuse_own(actor, provider.id)
    if consents.said_no(person.id, consents.Choice.ENQUIRIES):
        raise StateError(NOT_SHARED)
    if provider.status is RegisterStatus.DEREGISTERED or (listing is not None and not listing.offered):
        raise StateError("This is not offered any more. Find something like it near you.")
    if not members:
        raise StateError(f"{provider.name} does not read questions here yet. Phone them, or look at their website.")
    errors = check_question(question, clock.today())
    # one after another, so that two at once do not both find room
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    still_open = db.session.scalar(
        select(func.count())
        .select_from(Enquiry)
        .where(
            Enquiry.commissioner_id == person.commissioner_id,
            Enquiry.person_id == person.id,
            Enquiry.closed_at.is_(None),
            *((Enquiry.asked_by == actor.account_id,) if actor.brokers_for(person.id) else ()),
        )
    )
    if (still_open or 0) >= MOST_OPEN:
        errors["words"] = f"There are {MOST_OPEN} open questions already. Close one that you do not need any more"
    if errors:
        raise InvalidError(errors)
    enquiry = Enquiry(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        provider_id=provider.id,
        listing_id=listing.id if listing else None,
        asked_by=actor.account_id,
        first_name=person.given_name,
        area=outcode_of(person.postcode) or "",
        about=(listing.title if listing else provider.name)[:MAX_WHAT],
        wants_price=question.wants_price,
        quantity_hundredths=question.quantity_hundredths,
        wanted_from=question.wanted_from,
        last_side=Side.PERSON,
    )
    db.session.add(enquiry)
    db.session.flush()
    _say(actor, enquiry, question.words)
    record(actor, enquiry, "ask", f"Asked {provider.name} something")
    what = "a price for" if question.wants_price else "about"
    tell_provider(actor, enquiry, f"{enquiry.first_name} asks {what} {enquiry.about}.", members)
    return enquiry


def write(actor: Actor, person: Person, ref: str, words: str) -> Enquiry:
    """Write more on one's own question.

    :raises InvalidError: field ``words``.
    :raises StateError: when it is closed.
    """
    enquiry = _own(actor, person, ref)
    _checked(words)
    _go_on(enquiry, Side.PERSON)
    _say(actor, enquiry, words)
    tell_provider(actor, enquiry, f"{enquiry.first_name} wrote about {enquiry.about}.")
    return enquiry


def ask_again(actor: Actor, person: Person, ref: str) -> Enquiry:
    """Ask for a new price, when the old one cannot be used any more."""
    enquiry = _own(actor, person, ref)
    enquiry.wants_price = True
    return write(actor, person, ref, ASK_AGAIN)


def answer(actor: Actor, provider: Provider, ref: str, words: str) -> Enquiry:
    """A provider answers.

    :raises InvalidError: field ``words``.
    :raises StateError: when it is closed.
    """
    enquiry = enquiry_queries.asked(actor, provider, ref)
    _checked(words)
    _go_on(enquiry, Side.PROVIDER)
    _say(actor, enquiry, words)
    record(actor, enquiry, "answer", f"Answered for {provider.name}")
    tell_person(actor, enquiry, f"{provider.name} answered you about {enquiry.about}.")
    return enquiry


def close(actor: Actor, person: Person, ref: str) -> Enquiry:
    """The person has no more to ask. The thread stays to be read.

    :raises StateError: when it is closed already.
    """
    enquiry = _own(actor, person, ref)
    _close(enquiry, Side.PERSON)
    record(actor, enquiry, "close", "Closed a question")
    tell_provider(actor, enquiry, f"{enquiry.first_name} closed the question about {enquiry.about}.", email=False)
    return enquiry


def close_as_provider(actor: Actor, provider: Provider, ref: str) -> Enquiry:
    """The provider has no more to say. A quote that was sent stays good until its day.

    :raises StateError: when it is closed already.
    """
    enquiry = enquiry_queries.asked(actor, provider, ref)
    _close(enquiry, Side.PROVIDER)
    record(actor, enquiry, "close", f"Closed a question for {provider.name}")
    tell_person(actor, enquiry, f"{provider.name} closed your question about {enquiry.about}.", email=False)
    return enquiry


def require_person(actor: Actor, person: Person, permission: Permission) -> None:
    """Check a right over a person.

    :raises NotFoundError: when the actor has nothing to do with them.
    :raises NotAllowedError: when they may look, but not do this.
    """
    subject = PersonSubject(person.id)
    if not may(actor, Permission.VIEW_BUDGET, subject):
        raise NotFoundError
    if not may(actor, permission, subject):
        raise NotAllowedError("You can look at this budget, but you cannot ask for this person.")


def refuse_own(actor: Actor, provider_id: UUID) -> None:
    """Nobody talks with themself in two parts.

    :raises NotAllowedError: when the actor keeps this provider's page.
    """
    if may(actor, Permission.KEEP_LISTINGS, ProviderSubject(provider_id)):
        raise NotAllowedError("You keep this provider's page. Someone else has to ask for this person.")


def touch(enquiry: Enquiry, side: Side) -> None:
    """Note who spoke last, if it is still open.

    :raises StateError: when it was closed meanwhile.
    """
    _go_on(enquiry, side)


def tell_provider(
    actor: Actor, enquiry: Enquiry, title: str, members: Iterable[UUID] | None = None, *, email: bool = True
) -> None:
    """Tell everybody who keeps the provider's page."""
    members = queries.members_of(enquiry.provider_id) if members is None else members
    messages.notify(
        actor, members, NoticeKind.MESSAGE, title, about=About.PROVIDER_ENQUIRY, about_ref=enquiry.ref, email=email
    )


def tell_person(actor: Actor, enquiry: Enquiry, title: str, *, email: bool = True) -> None:
    """Tell the person's own side, and whoever asked while they still act for the person."""
    accounts = identity.holder_side_ids(enquiry.person_id)
    if identity.holds_any_authority(enquiry.asked_by, enquiry.person_id):
        accounts = [*accounts, enquiry.asked_by]
    messages.notify(
        actor,
        accounts,
        NoticeKind.MESSAGE,
        title,
        about=About.ENQUIRY,
        about_ref=enquiry.ref,
        person_id=enquiry.person_id,
        email=email,
    )


def record(actor: Actor, enquiry: Enquiry, verb: str, sentence: str) -> None:
    """Write the audit of something done to a question. The words themselves stay in the thread."""
    audit.record(
        actor,
        f"enquiries.{verb}",
        sentence,
        subject_kind="enquiry",
        subject_id=enquiry.id,
        person_id=enquiry.person_id,
        commissioner_id=enquiry.commissioner_id,
        details={"ref": enquiry.ref},
    )


def _own(actor: Actor, person: Person, ref: str) -> Enquiry:
    require_person(actor, person, Permission.PREPARE_PURCHASE)
    enquiry = enquiry_queries.enquiry_for(actor, person, ref)
    refuse_own(actor, enquiry.provider_id)
    return enquiry


def _checked(words: str) -> None:
    errors = check_words(words, "words", "Write your message")[1]
    if errors:
        raise InvalidError(errors)


def _say(actor: Actor, enquiry: Enquiry, words: str) -> None:
    messages.write(
        actor,
        About.ENQUIRY,
        enquiry.id,
        words,
        commissioner_id=enquiry.commissioner_id,
        person_id=enquiry.person_id,
    )


def _go_on(enquiry: Enquiry, side: Side) -> None:
    found = db.session.scalar(
        update(Enquiry)
        .where(Enquiry.id == enquiry.id, Enquiry.closed_at.is_(None))
        .values(last_at=clock.now(), last_side=side)
        .returning(Enquiry.id)
    )
    if found is None:
        raise StateError("This question is closed. Ask a new one.")


def _close(enquiry: Enquiry, side: Side) -> None:
    found = db.session.scalar(
        update(Enquiry)
        .where(Enquiry.id == enquiry.id, Enquiry.closed_at.is_(None))
        .values(closed_at=clock.now(), closed_by=side)
        .returning(Enquiry.id)
    )
    if found is None:
        raise StateError("This question is closed already.")
