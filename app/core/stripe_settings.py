"""The settings of Stripe: a key and a webhook's secret, or none. They live in the environment only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.core.environment import read_flag
from app.core.errors import ConfigError
from app.core.secrets import is_this_machine

_KEY = re.compile(r"(?:sk|rk)_(?P<mode>test|live)_[A-Za-z0-9]{16,}")
_HOOK = re.compile(r"whsec_[A-Za-z0-9+/=]{16,}")
_NAMES = (
    "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET", "STRIPE_API_BASE",
    "STRIPE_TRANSFERS", "STRIPE_CARDS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """How we speak to Stripe, and which of its rails are switched on beside Checkout."""

    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)  # our own account's, then that of connected accounts
    api_base: str | None  # where a stand-in on this machine answers; None: Stripe itself
    transfers: bool  # the organisation pays for notional and third-party budgets: needs a contract with Stripe
    cards: bool  # a card with the policy inside: needs Stripe's agreement

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        return "_live_" in self.secret_key

    @classmethod
    def read(cls, env: Mapping[str, str]) -> StripeSettings | None:
        """Read them from the environment.

        :returns: None when none is set: people pay from their own account, and no page speaks of Stripe.
        :raises ConfigError: when only some are set, or one cannot be right; never saying what a key holds.
        """
        if not any(env.get(name) for name in _NAMES):
            return None
        for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
            if not env.get(name):
                raise ConfigError(f"{name} is missing: Stripe needs its key and its webhook's secret, or none of both.")
        return cls(
            secret_key=_key(env["STRIPE_SECRET_KEY"].strip(), env.get("STRIPE_API_BASE")),
            webhook_secrets=tuple(_hooks(env)),
            api_base=_base(env.get("STRIPE_API_BASE")),
            transfers=read_flag(env, "STRIPE_TRANSFERS", False),
            cards=read_flag(env, "STRIPE_CARDS", False),
        )


def _key(key: str, base: str | None) -> str:
    found = _KEY.fullmatch(key)
    if found is None:
        raise ConfigError("STRIPE_SECRET_KEY is not one: it begins with sk_test_, sk_live_, rk_test_ or rk_live_.")
    if base and found["mode"] == "live":
        raise ConfigError("STRIPE_API_BASE is for a stand-in: a live key is never shown to one.")
    return key


def _hooks(env: Mapping[str, str]) -> list[str]:
    secrets = []
    for name in ("STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET"):
        secret = env.get(name, "").strip()
        if secret and not _HOOK.fullmatch(secret):
            raise ConfigError(f"{name} is not one: it begins with whsec_.")
        if secret and secret not in secrets:
            secrets.append(secret)
    return secrets


def _base(url: str | None) -> str | None:
    """The address of a stand-in. On this machine only: a key must not be sent to anybody but Stripe."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        here = parts.scheme in {"http", "https"} and is_this_machine(parts.hostname) and bool(parts.hostname)
    except ValueError:
        here = False
    if not here or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ConfigError("STRIPE_API_BASE must be an address on this machine, like http://127.0.0.1:12111.")
    return url.rstrip("/")
