"""What a broker gets from a purchase is said on it: asked once before it is sent, put right by a new one beside it.

The person's own side, the coordinator who decides it and the auditor read it. Nothing here commits.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.audit import service as audit
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity.rules import Actor, Permission
from app.marketplace.models import Provider
from app.messages.rules import NoticeKind
from app.purchases.benefit_models import BenefitStatement
from app.purchases.benefit_rules import BenefitInput, check_benefit
from app.purchases.changing import is_private, named, require
from app.purchases.models import Purchase
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
        title = f"{actor.name} put right what they get from {purchase.title}: {actor.name} {statement.words}."
        tell_holders(actor, purchase, NoticeKind.CONFIRMED, title)
    return statement


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
