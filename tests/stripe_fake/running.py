"""The stand-in for a test: started on a free port, looked at, and held against the contract at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import stripe

from tests.stripe_fake.server import Server
from tests.stripe_fake.state import World
from tests.stripe_fake.webhooks import Endpoints

KEY = "sk_test_" + "StandIn0StandIn0"
SECRET = "whsec_" + "StandIn0StandIn0"


class FakeError(Exception):
    """The stand-in did not do what it was asked under ``/_fake/``."""


@dataclass(frozen=True, slots=True)
class Fake:
    """A stand-in that is running, and its controls. Each returns the object that it changed.

    :param url: its address, for ``STRIPE_API_BASE``.
    :param secret: what signs its webhooks.
    """

    url: str
    secret: str = SECRET

    def do(self, verb: str, **given: Any) -> Any:
        """Any control by its name; see ``tests/stripe_fake/control.py`` for all of them.

        :raises FakeError: when it refuses.
        """
        said = requests.post(f"{self.url}/_fake/{verb}", json=given, timeout=60)
        if said.status_code != 200:
            raise FakeError(f"{verb}: {said.json()['error']['message']}")
        return said.json()

    def client(self, key: str = KEY, retries: int = 0) -> stripe.StripeClient:
        """Stripe's own library, speaking to this stand-in."""
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url, "files": self.url, "connect": self.url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=10),
        )

    def tell(self, url: str | None, *, connect_url: str | None = None, connect_secret: str = "") -> None:
        """Say where news goes to from now on, for an application that was started after the stand-in."""
        self.do("endpoints", url=url, secret=self.secret, connect_url=connect_url, connect_secret=connect_secret)

    def switch(self, **switches: float) -> dict[str, Any]:
        """Set what goes wrong, such as ``lose_response=1``."""
        return self._dict("switches", **switches)

    def deliver(self) -> dict[str, Any]:
        """Deliver now what is held or delayed, and wait for it.

        :returns: ``delivered`` and ``dropped`` in all, ``not_taken``: the ids of what nobody took.
        """
        return self._dict("deliver")

    def violations(self) -> list[dict[str, str]]:
        """What broke the contract: verb, path, sentence."""
        return list(self.do("violations"))

    def events(self) -> list[dict[str, Any]]:
        """Every event of everybody, oldest first, delivered or not."""
        return list(self.do("events"))

    def ledger(self) -> dict[str, Any]:
        """``balances`` of everyone, every one of ``transactions``, ``outside`` and ``fees``."""
        return self._dict("ledger")

    def balances(self) -> dict[str, dict[str, int]]:
        """``available``, ``pending`` and ``issuing`` of ``platform`` and each connected account."""
        return dict(self.ledger()["balances"])

    def advance(self, seconds: int) -> None:
        """Let time pass in the stand-in's world."""
        self.do("clock", advance=seconds)

    def pay(self, session_id: str, how: str = "card", **given: Any) -> dict[str, Any]:
        """Pay on a payment page: ``card``, ``pay_by_bank`` or ``declined``; ``late=True`` after it has expired."""
        return self._dict("pay", session=session_id, how=how, **given)

    def bank_says(self, session_id: str, *, paid: bool) -> dict[str, Any]:
        """The bank says whether a payment by bank goes through."""
        return self._dict("bank_says", session=session_id, paid=paid)

    def dispute(self, charge_id: str, **given: Any) -> dict[str, Any]:
        """The payer's bank takes a payment back."""
        return self._dict("dispute", charge=charge_id, **given)

    def close_dispute(self, dispute_id: str, *, won: bool) -> dict[str, Any]:
        """The bank decides."""
        return self._dict("close_dispute", dispute=dispute_id, won=won)

    def onboard(self, account_id: str) -> dict[str, Any]:
        """A connected account gives everything that is asked: it can be paid."""
        return self._dict("onboard", account=account_id)

    def topup(self, amount: int, balance: str = "payments") -> dict[str, Any]:
        """The organisation pays into a balance: ``payments``, or ``issuing`` for cards."""
        return self._dict("topup", amount=amount, balance=balance)

    def settle(self) -> None:
        """Make all waiting money available."""
        self.do("settle")

    def authorize(self, card_id: str, amount: int, category: str, **given: Any) -> dict[str, Any]:
        """A shop asks a card for money, and the application is asked if there is one."""
        return self._dict("authorize", card=card_id, amount=amount, category=category, **given)

    def _dict(self, verb: str, **given: Any) -> dict[str, Any]:
        return dict(self.do(verb, **given))


@contextmanager
def running_fake(
    webhook_url: str | None = None,
    *,
    secret: str = SECRET,
    connect_url: str | None = None,
    connect_secret: str = "",
    state: Path | None = None,
    port: int = 0,
    contract: bool = True,
) -> Iterator[Fake]:
    """Start a stand-in, and stop it at the end.

    :param webhook_url: where events go to; None: nowhere.
    :param connect_url: where those of connected accounts go to; None: the same address.
    :param connect_secret: what signs those; empty: the same secret.
    :param state: a file that keeps everything between two starts.
    :param port: 0 takes a free one.
    :param contract: whether a broken contract fails the test at the end.
    :raises AssertionError: at the end, when a request, an answer or an event broke the contract.
    """
    server = Server(World(Endpoints(webhook_url, secret, connect_url, connect_secret), state), port)
    server.start()
    try:
        yield Fake(server.url, secret)
        if contract:
            assert server.world.violations == []
    finally:
        server.stop()
