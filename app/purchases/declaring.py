"""What a broker gets from a purchase is said on it: asked once before it is sent, put right by a new one beside it.

The person's own side, the coordinator who decides it and the auditor read it. Nothing here commits.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.approvals import queries as approval_queries
from app.audit import service as audit
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity import queries as identity
from app.identity.rules import Actor, Permission
from app.marketplace.models import Provider
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.benefit_models import BenefitStatement
from app.purchases.benefit_queries import statement_of
from app.purchases.benefit_rules import BenefitInput, check_benefit
from app.purchases.changing import is_private, named, require
from app.purchases.checking import sellers_in
from app.purchases.models import Purchase
from app.purchases.rules import State
from app.purchases.telling import tell_holders


def declare(actor: Actor, purchase: Purchase, typed: BenefitInput) -> BenefitStatement:
    """Say what one gets from a purchase. Once it is sent, a new statement stands beside the one before.

    :raises InvalidError: fields ``gets gets_amount gets_what gets_from``.
    :raises NotAllowedError: for whoever is not the broker it is the work of.
    """
    require(actor, Permission.VIEW_BUDGET, purchase)
    if actor.account_id is None or not actor.brokers_for(purchase.person_id):
        raise NotAllowedError("This is for the broker to say.")
    said = checked(actor, purchase.provider_id, typed)
    before = statement_of(purchase)
    statement = _keep(actor, said, purchase.commissioner_id, purchase.person_id, purchase_id=purchase.id)
    private = is_private(purchase)
    about = "something not sent yet" if private else named(purchase)
    audit.record(
        actor,
        "purchases.declare",
        f"Said of {about} that {actor.name} {statement.words}" if not private else f"Said what they get from {about}",
        subject_kind="purchase",
        subject_id=purchase.id,
        person_id=purchase.person_id,
        commissioner_id=purchase.commissioner_id,
        details={"ref": purchase.ref, "gets": statement.gets, "pence": statement.amount_pence},
    )
    if purchase.submitted_at is not None and not private:
        _tell_of_correction(actor, purchase, statement, before)
    return statement


def _tell_of_correction(
    actor: Actor, purchase: Purchase, now: BenefitStatement, before: BenefitStatement | None
) -> None:
    """Tell the person's own side, and whoever looks after them: had it been said at once, a person might have looked.

    While it waits for the own side's yes they weigh it themselves, and a coordinator is asked after it.
    """
    title = f"{actor.name} put right what they get from {purchase.title}: {actor.name} {now.words}."
    tell_holders(actor, purchase, NoticeKind.CONFIRMED, title)
    if before is None or before.words == now.words:
        return
    audit.record(
        actor,
        "purchases.put_benefit_right",
        f"Put right what they get from {named(purchase)}: {actor.name} {now.words}. Before: {before.words}",
        subject_kind="purchase",
        subject_id=purchase.id,
        person_id=purchase.person_id,
        commissioner_id=purchase.commissioner_id,
        details={"ref": purchase.ref, "pence": now.amount_pence, "was_pence": before.amount_pence},
    )
    if purchase.state is not State.AWAITING_HOLDER:
        _tell_coordinator(actor, purchase, now, before)


def _tell_coordinator(actor: Actor, purchase: Purchase, now: BenefitStatement, before: BenefitStatement) -> None:
    """Tell the coordinator both answers. Where nobody was asked to look, what was bought stays the person's affair."""
    request = approval_queries.latest_for(purchase.id)
    coordinator = approval_queries.coordinator_for(
        purchase.person_id, purchase.commissioner_id, purchase.requested_by, sellers_in(purchase)
    )
    if request is not None and request.assigned_to is not None:
        team = [request.assigned_to]
    elif coordinator is not None:
        team = [coordinator.id]
    else:
        team = [account.id for account in identity.coordinators(purchase.commissioner_id)]
    person = purchase.person
    what = "something they arranged" if request is None else purchase.title
    both = f"{now.words}. Before: {before.words}"
    messages.notify(
        actor,
        team,
        NoticeKind.PROBLEM,
        f"{actor.name} put right what they get from {what} for {person.given_name}: {both}.",
        "You can write to the person about it. Both answers stand on the purchase.",
        about=About.STAFF_ACTING if request is None else About.REQUEST,
        about_ref=person.ref if request is None else request.ref,
        person_id=person.id,
    )


def declare_regular(actor: Actor, payment: RegularPayment, person_id: UUID, said: BenefitInput) -> BenefitStatement:
    """Keep what one gets from something bought again and again, or from a change of it. The answer was checked.

    :param said: as :func:`checked` gave it.
    :raises NotAllowedError: for whoever is not a broker of theirs.
    """
    grant = actor.grant_for(person_id)
    if grant is None or not actor.brokers_for(person_id):
        raise NotAllowedError("This is for the broker to say.")
    commissioner_id = grant.commissioner_id
    statement = _keep(actor, said, commissioner_id, person_id, regular_payment_id=payment.id)
    audit.record(
        actor,
        "purchases.declare",
        f"Said of {payment.words} that {actor.name} {statement.words}",
        subject_kind="regular_payment",
        subject_id=payment.id,
        person_id=person_id,
        commissioner_id=commissioner_id,
        details={"ref": payment.ref, "gets": statement.gets, "pence": statement.amount_pence},
    )
    return statement


def checked(actor: Actor, provider_id: UUID | None, typed: BenefitInput | None) -> BenefitInput:
    """The answer as it can be kept.

    :raises InvalidError: fields ``gets gets_amount gets_what gets_from``.
    """
    said = (typed or BenefitInput(None)).tidied()
    own = db.session.get(Provider, provider_id) if provider_id in actor.provider_ids else None
    errors = check_benefit(said, own.name if own else None)
    if errors:
        raise InvalidError(errors)
    return said


def asked_of(
    actor: Actor, person_id: UUID, provider_id: UUID | None, typed: BenefitInput | None
) -> BenefitInput | None:
    """The answer of a broker to what they are asked before they send something; None from everybody else.

    :raises InvalidError: fields ``gets gets_amount gets_what gets_from``.
    """
    return checked(actor, provider_id, typed) if actor.brokers_for(person_id) else None


def _keep(actor: Actor, said: BenefitInput, commissioner_id: UUID, person_id: UUID, **about: Any) -> BenefitStatement:
    statement = BenefitStatement(
        commissioner_id=commissioner_id,
        person_id=person_id,
        account_id=actor.account_id,
        by_name=actor.name,
        gets=bool(said.gets),
        amount_pence=said.amount_pence,
        what=said.what,
        from_whom=said.from_whom,
        written_at=clock.now(),
        **about,
    )
    db.session.add(statement)
    db.session.flush()
    return statement
