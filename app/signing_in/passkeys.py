"""Passkeys (WebAuthn): a device that knows its owner signs in alone, with nothing typed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers import structs as wa

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.core.words import one_line
from app.identity.models import Account
from app.identity.rules import Actor
from app.signing_in import standing
from app.signing_in.models import Passkey, SpentChallenge
from app.signing_in.rules import CHALLENGE_SECONDS, MAX_PASSKEY_NAME, MAX_PASSKEYS, hash_token
from app.signing_in.telling import tell

NOT_TAKEN = "The passkey did not work this time. Try again, or use another way."
_LONGEST = 20_000  # letters of what a device says


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys of this installation count: they are bound to its name by the browser."""

    host: str
    origin: str


def place_of(base_url: str) -> Place | None:
    """Where passkeys count, from the address at which people find us; None where browsers make none.

    They need a name, not a number, and TLS except on one's own machine.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        if host and (parts.scheme == "https" or local):
            return Place(host, f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    return None


def making_options(actor: Actor, place: Place, challenge: bytes) -> dict[str, Any]:
    """What the browser is asked for when a passkey is made."""
    assert actor.account_id is not None
    made = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name="CarePurse",
        user_id=actor.account_id.bytes,
        user_name=actor.email,
        user_display_name=actor.name,
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=wa.AuthenticatorSelectionCriteria(
            # kept on the device, so that it can be found without an e-mail address; opened by finger, face or number
            resident_key=wa.ResidentKeyRequirement.REQUIRED,
            user_verification=wa.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(actor.account_id),
    )
    return options_to_json_dict(made)


def asking_options(place: Place, challenge: bytes, account_id: UUID | None = None) -> dict[str, Any]:
    """What the browser is asked for when a passkey is used.

    :param account_id: only its passkeys; None: whichever the person chooses.
    """
    asked = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=_described(account_id) if account_id else None,
        user_verification=wa.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(asked)


def add_passkey(actor: Actor, place: Place, challenge: bytes, said: str, name: str) -> Passkey:
    """Keep a passkey that the actor's device has just made.

    :param said: what the device answered, as JSON.
    :param name: what the person calls it.
    :raises InvalidError: field ``passkey``, when the answer does not hold; ``name``, when there are too many.
    """
    account = db.session.get_one(Account, actor.account_id)
    if len(_described(account.id)) >= MAX_PASSKEYS:
        raise InvalidError({"name": f"You have {MAX_PASSKEYS} passkeys. Take one out before you add another."})
    _spend(challenge)
    try:
        made = webauthn.verify_registration_response(
            credential=said[:_LONGEST],
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except Exception as error:  # bytes from outside: whatever the library says of them, they prove nothing
        raise InvalidError({"passkey": NOT_TAKEN}) from error
    key: Passkey | None = db.session.scalar(
        insert(Passkey)
        .values(
            account_id=account.id,
            name=one_line(name)[:MAX_PASSKEY_NAME] or "Passkey",
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
        )
        .on_conflict_do_nothing()
        .returning(Passkey)
    )
    if key is None:
        raise InvalidError({"passkey": "This device has a passkey here already."})
    standing.note(account)
    audit.record(
        actor,
        "signing_in.add_passkey",
        f"Added the passkey “{key.name}”",
        subject_kind="passkey",
        subject_id=key.id,
    )
    tell(account, f"A passkey was added to your account: {key.name}.")
    return key


def check_passkey(place: Place, challenge: bytes, said: str, account_id: UUID | None = None) -> Account:
    """Whose passkey has just answered.

    :param said: what the device answered, as JSON.
    :param account_id: it must be this account's.
    :raises InvalidError: field ``passkey``, whatever is wrong: no such passkey, an answer that was used, a copy.
    """
    _spend(challenge)
    key = _named(said)
    if key is None or account_id not in (None, key.account_id):
        raise InvalidError({"passkey": NOT_TAKEN})
    try:
        proved = webauthn.verify_authentication_response(
            credential=said[:_LONGEST],
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise InvalidError({"passkey": NOT_TAKEN}) from error
    count = proved.new_sign_count
    moved = db.session.scalar(
        update(Passkey)
        # a count that does not rise comes from a copy; devices that do not count always say nought
        .where(Passkey.id == key.id, or_(Passkey.sign_count < count, (Passkey.sign_count == 0) & (count == 0)))
        .values(sign_count=count, used_at=clock.now())
        .returning(Passkey.id)
    )
    account = db.session.get_one(Account, key.account_id)
    if moved is None or account.closed_at is not None:
        raise InvalidError({"passkey": NOT_TAKEN})
    return account


def remove_passkey(actor: Actor, ref: str) -> Passkey:
    """Take one of one's own passkeys out.

    :raises NotFoundError: when it is not the actor's.
    :raises NotAllowedError: when it is the last second step of somebody who must have one.
    """
    key = db.session.scalar(select(Passkey).where(Passkey.ref == ref, Passkey.account_id == actor.account_id))
    if key is None:
        raise NotFoundError
    account = db.session.get_one(Account, actor.account_id)
    db.session.delete(key)
    standing.note(account)
    standing.check_kept(actor, account)
    audit.record(
        actor,
        "signing_in.remove_passkey",
        f"Took out the passkey “{key.name}”",
        subject_kind="passkey",
        subject_id=key.id,
    )
    tell(account, f"A passkey was taken out of your account: {key.name}.")
    return key


def _described(account_id: UUID) -> list[wa.PublicKeyCredentialDescriptor]:
    ids = db.session.scalars(select(Passkey.credential_id).where(Passkey.account_id == account_id).order_by(Passkey.id))
    return [wa.PublicKeyCredentialDescriptor(id=key) for key in ids]


def _named(said: str) -> Passkey | None:
    """The passkey that an answer says it is from, if the answer also names the account that this one belongs to."""
    try:
        answer = json.loads(said[:_LONGEST])
        credential = base64url_to_bytes(answer["rawId"])
        handle = answer["response"].get("userHandle")
        owner = base64url_to_bytes(handle) if handle else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    key = db.session.scalar(select(Passkey).where(Passkey.credential_id == credential))
    return key if key is None or owner in (None, key.account_id.bytes) else None


def _spend(challenge: bytes) -> None:
    """A question is answered once. Old ones are swept out by the way: their answers are too old in any case."""
    moment = clock.now()
    old = moment - timedelta(seconds=2 * CHALLENGE_SECONDS)
    db.session.execute(delete(SpentChallenge).where(SpentChallenge.spent_at < old))
    new = db.session.scalar(
        insert(SpentChallenge)
        .values(challenge_hash=hash_token(challenge.hex()), spent_at=moment)
        .on_conflict_do_nothing()
        .returning(SpentChallenge.challenge_hash)
    )
    if new is None:
        raise InvalidError({"passkey": NOT_TAKEN})
