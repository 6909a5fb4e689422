"""How much a sign-in is worth, and what a device is called."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.identity.devices import device_words
from app.identity.proofs import Proof, Step, is_two_step, must_prove, step_before
from app.identity.rules import Actor, AuthorityKind, Grant, Post, Scope, StaffRole


def _actor(*kinds: AuthorityKind, role: StaffRole | None = None) -> Actor:
    grants = tuple(Grant(uuid4(), "ref", "Sam Okafor", clock.today(), uuid4(), kind, Scope.BUY, None) for kind in kinds)
    posts = (Post(uuid4(), "A board", role),) if role else ()
    return Actor(uuid4(), "Somebody", grants=grants, posts=posts)


@pytest.mark.parametrize("role", list(StaffRole))
def test_all_staff_must_prove_it(role: StaffRole) -> None:
    assert must_prove(_actor(role=role))
    assert must_prove(_actor(AuthorityKind.SELF, role=role)), "a holder who also works there too"


def test_brokers_and_providers_must_and_people_themselves_need_not() -> None:
    assert must_prove(_actor(AuthorityKind.BROKER))
    assert must_prove(_actor(AuthorityKind.SELF, AuthorityKind.BROKER))
    assert must_prove(Actor(uuid4(), "Bea Holloway", provider_ids=(uuid4(),)))
    own = (AuthorityKind.SELF, AuthorityKind.REPRESENTATIVE, AuthorityKind.NOMINEE)
    assert not must_prove(_actor(*own))


@pytest.mark.parametrize("proof", list(Proof))
@pytest.mark.parametrize("has", [True, False])
@pytest.mark.parametrize("must", [True, False])
def test_the_passphrase_alone_leads_to_a_step_exactly_when_there_is_or_must_be_one(
    proof: Proof, has: bool, must: bool
) -> None:
    step = step_before(proof, has_second_step=has, must=must)
    shown = is_two_step(proof) and not (must and proof is Proof.NHS)  # NHS login's two are not ours
    assert (step is Step.NONE) == (shown or not (has or must))
    if step is Step.SET_UP:
        assert not has, "whoever knows only the passphrase never adds a second step to one that is there"


_AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on a Windows computer",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
    "Edg/140.0.0.0": "Edge on a Windows computer",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1": "Safari on an iPhone",
    "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 "
    "Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet on an Android phone or tablet",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36": (
        "Chrome on a Chromebook"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 "
    "Safari/605.1.15": "Safari on a Mac",
    "": "A browser on a device we do not know",
}


@pytest.mark.parametrize(("agent", "words"), _AGENTS.items())
def test_a_device_has_a_name_that_its_owner_knows(agent: str, words: str) -> None:
    assert device_words(agent) == words


@given(st.text(max_size=2_000))
def test_whatever_a_browser_calls_itself_only_our_words_are_kept(agent: str) -> None:
    words = device_words(agent)
    assert len(words) <= 80
    assert set(words) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ")
