"""Passkeys: only a device that knows its owner, asked here and now, gets in."""

from __future__ import annotations

import json
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.identity.models import Account
from app.identity.rules import StaffRole
from app.signing_in import passkeys, queries
from app.signing_in.passkeys import Place, place_of
from tests import factories as make
from tests.signing_in.device import Device

pytestmark = pytest.mark.usefixtures("session")
HERE = Place("localhost", "http://localhost")


def _ask() -> bytes:
    return secrets.token_bytes(32)


def _with_passkey(account: Account | None = None, device: Device | None = None) -> tuple[Account, Device]:
    account, device, question = account or make.make_account(), device or Device(), _ask()
    said = device.make(question, account.id.bytes)
    passkeys.add_passkey(make.actor_for(account), HERE, question, said, "My phone")
    return account, device


def test_a_passkey_says_whose_it_is() -> None:
    account, device = _with_passkey()
    question = _ask()
    assert passkeys.check_passkey(HERE, question, device.answer(question)) is account
    assert account.has_second_step
    (key,) = queries.passkeys_of(make.actor_for(account))
    assert (key.name, key.sign_count) == ("My phone", 1)
    assert key.used_at is not None


def test_the_same_answer_is_worth_nothing_twice() -> None:
    _, device = _with_passkey()
    question = _ask()
    said = device.answer(question)
    passkeys.check_passkey(HERE, question, said)
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, question, said)
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, _ask(), said)


def test_a_copy_is_told_by_its_count() -> None:
    _, device = _with_passkey()
    for _ in range(3):
        question = _ask()
        passkeys.check_passkey(HERE, question, device.answer(question))
    device.count = 1  # the copy was made before the last uses
    question = _ask()
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, question, device.answer(question))


@pytest.mark.parametrize(
    "wrong",
    [
        Device(place=Place("evil.example", "https://evil.example")),
        Device(place=Place("localhost", "http://evil.localhost")),
        Device(verifies=False),
    ],
    ids=["another site", "another origin", "nobody showed a finger, face or number"],
)
def test_an_answer_from_elsewhere_or_from_nobody_is_refused(wrong: Device) -> None:
    account, device = _with_passkey()
    wrong.key, wrong.credential, wrong.owner = device.key, device.credential, device.owner
    question = _ask()
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, question, wrong.answer(question))
    question, wrong.credential = _ask(), secrets.token_bytes(32)
    said = wrong.make(question, account.id.bytes)
    with pytest.raises(InvalidError):
        passkeys.add_passkey(make.actor_for(account), HERE, question, said, "x")


def test_another_accounts_passkey_is_not_ones_own() -> None:
    account, _ = _with_passkey()
    _, theirs = _with_passkey()
    question = _ask()
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, question, theirs.answer(question), account.id)
    theirs.owner = account.id.bytes
    question = _ask()
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, question, theirs.answer(question))


def test_a_closed_account_stays_closed() -> None:
    account, device = _with_passkey()
    account.closed_at = make.clock.now()
    question = _ask()
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, question, device.answer(question))


def test_one_takes_out_ones_own_and_staff_keep_one() -> None:
    account, _ = _with_passkey()
    other, _ = _with_passkey()
    actor = make.actor_for(account)
    (key,), (foreign,) = queries.passkeys_of(actor), queries.passkeys_of(make.actor_for(other))
    with pytest.raises(NotFoundError):
        passkeys.remove_passkey(actor, foreign.ref)
    passkeys.remove_passkey(actor, key.ref)
    assert not account.has_second_step
    make.make_post(other, make.make_commissioner(), StaffRole.FINANCE)
    with pytest.raises(NotAllowedError):
        passkeys.remove_passkey(make.actor_for(other), foreign.ref)


def test_there_are_only_so_many() -> None:
    account, _ = _with_passkey()
    for _ in range(passkeys.MAX_PASSKEYS - 1):
        _with_passkey(account)
    with pytest.raises(InvalidError, match="Take one out"):
        _with_passkey(account)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=300), st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["rawId", "response", "id", "type"]), inner)
    ), max_leaves=8,
).map(json.dumps)))  # fmt: skip
def test_whatever_is_sent_instead_of_an_answer_is_refused_in_words(said: str) -> None:
    account = db.session.query(Account).first() or make.make_account()
    with pytest.raises(InvalidError):
        passkeys.check_passkey(HERE, _ask(), said)
    with pytest.raises(InvalidError):
        passkeys.add_passkey(make.actor_for(account), HERE, _ask(), said, "x")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://purse.example.org", Place("purse.example.org", "https://purse.example.org")),
        ("http://localhost:5000", Place("localhost", "http://localhost:5000")),
        ("http://purse.example.org", None),
        ("http://127.0.0.1:5000", None),
        ("https://[::1]/", None),
        ("", None),
    ],
)
def test_passkeys_need_a_name_and_tls(address: str, place: Place | None) -> None:
    assert place_of(address) == place
