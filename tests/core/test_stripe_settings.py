"""The settings of Stripe: a key and a webhook's secret, or none."""

from __future__ import annotations

import pytest

from app.config import Settings
from app.core.errors import ConfigError
from tests.core.test_config import GOOD

# put together here, as everything that looks like a secret in a file is one
KEY = "_".join(("sk", "test", "51HolderPaysTheSwimmingTeacher"))
LIVE = KEY.replace("test", "live")
HOOK = "_".join(("whsec", "ThisIsHowWeKnowItIsReallyThem"))
WHOLE = GOOD | {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": HOOK}


def test_none() -> None:
    assert Settings.from_env(GOOD).stripe is None


def test_whole() -> None:
    found = Settings.from_env(WHOLE).stripe
    assert found is not None
    assert (found.secret_key, found.webhook_secrets, found.api_base) == (KEY, (HOOK,), None)
    assert {found.is_live, found.transfers, found.cards} == {False}
    assert KEY not in repr(Settings.from_env(WHOLE))
    assert HOOK not in repr(found)


def test_what_may_be_added() -> None:
    more = {
        "STRIPE_CONNECT_WEBHOOK_SECRET": f"{HOOK}2",
        "STRIPE_API_BASE": "http://127.0.0.1:12111/",
        "STRIPE_TRANSFERS": "yes",
        "STRIPE_CARDS": "on",
    }
    found = Settings.from_env(WHOLE | more).stripe
    assert found is not None
    assert (found.webhook_secrets, found.api_base) == ((HOOK, f"{HOOK}2"), "http://127.0.0.1:12111")
    assert found.transfers
    assert found.cards
    live = Settings.from_env(WHOLE | {"STRIPE_SECRET_KEY": LIVE}).stripe
    assert live is not None
    assert live.is_live


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is missing"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"STRIPE_SECRET_KEY": KEY.replace("sk", "pk")}, "STRIPE_SECRET_KEY is not one"),
        ({"STRIPE_WEBHOOK_SECRET": KEY}, "STRIPE_WEBHOOK_SECRET is not one"),
        ({"STRIPE_CONNECT_WEBHOOK_SECRET": "short"}, "STRIPE_CONNECT_WEBHOOK_SECRET is not one"),
        ({"STRIPE_API_BASE": "https://payments.example.org"}, "STRIPE_API_BASE must be an address on this machine"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:12111/v1"}, "STRIPE_API_BASE must be"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:12111", "STRIPE_SECRET_KEY": LIVE}, "a live key is never shown"),
        ({"STRIPE_TRANSFERS": "perhaps"}, "STRIPE_TRANSFERS must be yes or no"),
    ],
)
def test_what_cannot_be_right(changed: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as refused:
        Settings.from_env(WHOLE | changed)
    assert KEY not in str(refused.value)
    assert HOOK not in str(refused.value)


def test_a_flag_alone_is_half() -> None:
    with pytest.raises(ConfigError, match="STRIPE_SECRET_KEY is missing"):
        Settings.from_env(GOOD | {"STRIPE_CARDS": "yes"})
