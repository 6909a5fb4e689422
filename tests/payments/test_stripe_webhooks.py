"""Which webhooks are believed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from app.core import clock
from app.payments.stripe_asking import CLOCKS_APART, NotFromStripeError
from app.payments.stripe_gateway import Gateway
from app.payments.stripe_objects import Event, OddAnswerError
from tests.core.test_stripe_settings import HOOK, WHOLE

OTHER = f"{HOOK}ToConnectedAccounts"


def gateway() -> Gateway:
    settings = Settings.from_env(WHOLE | {"STRIPE_CONNECT_WEBHOOK_SECRET": OTHER}).stripe
    assert settings is not None
    return Gateway(settings)


def body(**changed: object) -> str:
    said = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_790_000_000,
        "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
    }
    return json.dumps(said | changed)


def signed(text: str, secret: str = HOOK, seconds_off: int = 0) -> str:
    moment = int((clock.now() + timedelta(seconds=seconds_off)).timestamp())
    return stripe.WebhookSignature.generate_signature_header(text, secret, moment)


@pytest.mark.parametrize("secret", [HOOK, OTHER])
def test_what_either_secret_signed_is_read(secret: str) -> None:
    found = gateway().read_webhook(body(account="acct_1").encode(), signed(body(account="acct_1"), secret))
    assert (found.id, found.kind) == ("evt_1", "checkout.session.completed")
    assert (found.object_id, found.account_id) == ("cs_test_1", "acct_1")


def test_a_changed_letter_breaks_it() -> None:
    with pytest.raises(NotFromStripeError):
        gateway().read_webhook(body().replace("cs_test_1", "cs_test_2").encode(), signed(body()))


@pytest.mark.parametrize("seconds", [-CLOCKS_APART - 5, CLOCKS_APART + 5])
def test_neither_old_news_nor_news_from_the_future(seconds: int) -> None:
    """Stripe's own library takes what is dated tomorrow, so a stolen one could be used for ever."""
    with pytest.raises(NotFromStripeError):
        gateway().read_webhook(body().encode(), signed(body(), seconds_off=seconds))
    inside = seconds // 2
    assert gateway().read_webhook(body().encode(), signed(body(), seconds_off=inside)).id == "evt_1"


def test_a_second_moment_behind_the_signed_one_is_not_looked_at() -> None:
    """What was signed for the far future stays refused, whatever is written behind it."""
    soon = int(clock.now().timestamp())
    ahead = signed(body(), seconds_off=10 * CLOCKS_APART)
    with pytest.raises(NotFromStripeError):
        gateway().read_webhook(body().encode(), f"{ahead},t={soon}")


@pytest.mark.parametrize(
    "signature", ["", "t=,v1=", "v1=abc", "t=now,v1=abc", "t=99999999999999999999,v1=abc", f"t={'9' * 30}", "t=1;v1=2"]
)
def test_no_signature_that_can_be_read(signature: str) -> None:
    with pytest.raises(NotFromStripeError):
        gateway().read_webhook(body().encode(), signature)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(NotFromStripeError):
        gateway().read_webhook(b"\xff\xfe", signed("nothing"))


@pytest.mark.parametrize(
    "text", ["[]", "null", "7", '"x"', "{}", "{", body(data=None), body(data={"object": []}), body(created="soon")]
)
def test_signed_and_still_no_event(text: str) -> None:
    with pytest.raises(OddAnswerError):
        gateway().read_webhook(text.encode(), signed(text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=12,
    )
    | st.fixed_dictionaries(
        {},
        optional={
            name: st.none() | st.integers() | st.text(max_size=8) | st.dictionaries(st.just("object"), st.none())
            for name in ("id", "type", "created", "data", "account")
        },
    )
)
def test_whatever_is_signed_is_an_event_or_refused(said: object) -> None:
    text = json.dumps(said)
    try:
        found = gateway().read_webhook(text.encode(), signed(text))
    except OddAnswerError:
        return
    assert isinstance(found, Event)
