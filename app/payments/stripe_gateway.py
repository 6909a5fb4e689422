"""Speaking with Stripe: the only module that knows its library.

Whoever calls this holds no transaction open, since an answer may take seconds, and has written down what it means to do
and under which key beforehand. Two kinds of failure matter. :class:`UnknownOutcomeError`: it may have happened, so the
same is asked again with the same key. :class:`RefusedError`: it has not happened and will not under this key.

The API's version is the installed library's own: ``2026-10-28.endive``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import stripe

from app.core.errors import CarePurseError
from app.core.stripe_settings import StripeSettings
from app.payments.stripe_asking import (
    CLOCKS_APART,
    CheckoutOrder,
    NotFromStripeError,
    RefusedError,
    UnknownOutcomeError,
    check_moment,
)
from app.payments.stripe_objects import (
    BalanceRow,
    Checkout,
    Dispute,
    Event,
    OddAnswerError,
    Payment,
    Payout,
    ProviderAccount,
    Refund,
)

#: Seconds for an answer, and how often the library asks again by itself, under one key.
_PATIENCE, _AGAIN = 10, 2
#: What a payment page may offer. Nothing that lends: debt is not what this money is for.
_METHODS = ["card", "pay_by_bank"]
_MOST = 10_000

stripe.enable_telemetry = False  # how long our calls took is nobody's business
logging.getLogger("stripe").setLevel(logging.WARNING)  # what it logs below that holds whole requests
T = TypeVar("T")


class Gateway:
    """A line to Stripe, or to what stands in for it on this machine.

    Every verb raises :class:`UnknownOutcomeError` when Stripe did not answer.
    """

    def __init__(self, settings: StripeSettings) -> None:
        base = settings.api_base
        self._secrets = settings.webhook_secrets
        self._client = stripe.StripeClient(
            settings.secret_key,
            base_addresses={"api": base, "files": base, "connect": base} if base else None,
            max_network_retries=_AGAIN,
            http_client=stripe.RequestsClient(timeout=_PATIENCE),
        )

    # Providers

    def open_account(self, key: str, provider_ref: str, email: str) -> ProviderAccount:
        """Open a connected account for a provider. Stripe asks them for everything it must know, on its own pages.

        :param key: the same key never opens a second one.
        :raises RefusedError: when Stripe does not take it.
        """
        return ProviderAccount.read(
            _ask(
                lambda: self._client.v1.accounts.create(
                    {
                        "country": "GB",
                        "email": email,
                        "controller": {
                            "fees": {"payer": "application"},
                            "losses": {"payments": "application"},
                            "requirement_collection": "stripe",
                            "stripe_dashboard": {"type": "express"},
                        },
                        "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
                        "metadata": {"provider": provider_ref},
                    },
                    {"idempotency_key": key},
                )
            )
        )

    def account(self, account_id: str) -> ProviderAccount:
        """A provider's account as it is now.

        :raises RefusedError: ``resource_missing``, ``account_invalid`` and the like.
        """
        return ProviderAccount.read(_ask(lambda: self._client.v1.accounts.retrieve(account_id)))

    def onboarding_url(self, account_id: str, *, back_url: str, again_url: str) -> str:
        """Where a provider gives Stripe what it asks for. The address works once, for a few minutes.

        :param back_url: where they come back to; having come back does not mean that all was given.
        :param again_url: where they come to when the address had been used.
        :raises RefusedError: when there is no such account.
        """
        said = _ask(
            lambda: self._client.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": back_url,
                    "refresh_url": again_url,
                    "collection_options": {"fields": "eventually_due"},
                }
            )
        )
        return str(said["url"])

    def payouts(self, account_id: str, most: int = 20) -> list[Payout]:
        """A provider's last payouts to their bank, newest first.

        :raises RefusedError: when there is no such account.
        """
        said = _ask(lambda: self._client.v1.payouts.list({"limit": most}, {"stripe_account": account_id}))
        return [Payout.read(one) for one in said["data"]]

    # Checkout

    def open_checkout(self, key: str, order: CheckoutOrder) -> Checkout:
        """Open a payment page: a destination charge, all of which goes on to the provider.

        :param key: the same key opens the same page again, within 24 hours.
        :raises RefusedError: such as ``insufficient_capabilities_for_transfer``.
        :raises UnknownOutcomeError: when Stripe did not answer: ask again with the same key.
        """
        return Checkout.read(
            _ask(
                lambda: self._client.v1.checkout.sessions.create(
                    {
                        "mode": "payment",
                        "client_reference_id": order.reference,
                        "allowed_payment_method_types": _METHODS,
                        "line_items": [
                            {
                                "quantity": 1,
                                "price_data": {
                                    "currency": "gbp",
                                    "unit_amount": order.amount_pence,
                                    "product_data": {"name": order.what},
                                },
                            }
                        ],
                        "payment_intent_data": {
                            "transfer_data": {"destination": order.account_id},
                            "transfer_group": order.reference,
                            "metadata": {"reference": order.reference},
                        },
                        "metadata": {"reference": order.reference},
                        "success_url": order.back_url,
                        "cancel_url": order.leave_url,
                        "expires_at": int(order.expires_at.timestamp()),
                    },
                    {"idempotency_key": key},
                )
            )
        )

    def checkout(self, checkout_id: str) -> Checkout:
        """A payment page as it is now.

        :raises RefusedError: ``resource_missing``.
        """
        return Checkout.read(_ask(lambda: self._client.v1.checkout.sessions.retrieve(checkout_id)))

    def close_checkout(self, checkout_id: str) -> Checkout:
        """Close a payment page, so that nobody can pay on it any more.

        :returns: as it is now: paid after all, if the payer was faster.
        """
        try:
            return Checkout.read(_ask(lambda: self._client.v1.checkout.sessions.expire(checkout_id)))
        except RefusedError:
            return self.checkout(checkout_id)

    def payment(self, payment_id: str) -> Payment:
        """A payment as it is now, with what became of its money.

        :raises RefusedError: ``resource_missing``.
        """
        return Payment.read(
            _ask(lambda: self._client.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]}))
        )

    # Money back

    def give_back(self, key: str, payment_id: str, amount_pence: int, reference: str) -> Refund:
        """Refund a payment or a part of it, and take the same from the provider's account.

        :raises RefusedError: ``charge_already_refunded``, or more than is left of it.
        :raises UnknownOutcomeError: when Stripe did not answer: ask again with the same key.
        """
        return Refund.read(
            _ask(
                lambda: self._client.v1.refunds.create(
                    {
                        "payment_intent": payment_id,
                        "amount": amount_pence,
                        "reverse_transfer": True,
                        "metadata": {"reference": reference},
                    },
                    {"idempotency_key": key},
                )
            )
        )

    def refunds_of(self, payment_id: str) -> list[Refund]:
        """Every refund of a payment, whoever asked for it, newest first."""
        return _all(lambda: self._client.v1.refunds.list({"payment_intent": payment_id, "limit": 100}), Refund.read)

    def disputes_of(self, payment_id: str) -> list[Dispute]:
        """What the payer's bank was asked to take back of a payment, newest first."""
        return _all(lambda: self._client.v1.disputes.list({"payment_intent": payment_id, "limit": 100}), Dispute.read)

    # News and the book

    def events_since(self, moment: datetime, kinds: Sequence[str]) -> list[Event]:
        """The events of our own account since a moment, newest first. Stripe keeps them for 30 days."""
        since = int(moment.timestamp())
        return _all(
            lambda: self._client.v1.events.list({"created": {"gte": since}, "types": list(kinds), "limit": 100}),
            Event.read,
        )

    def balance_rows(self, first: datetime, before: datetime) -> list[BalanceRow]:
        """The lines of our account's book from one moment to another, newest first."""
        since, until = int(first.timestamp()), int(before.timestamp())
        return _all(
            lambda: self._client.v1.balance_transactions.list({"created": {"gte": since, "lt": until}, "limit": 100}),
            BalanceRow.read,
        )

    def read_webhook(self, body: bytes, signature: str) -> Event:
        """What a webhook says, if Stripe signed it just now.

        :param body: as it came: one changed letter breaks the signature.
        :raises NotFromStripeError: when it is not signed by one of our secrets, or is older or newer than five minutes.
        :raises OddAnswerError: when it is signed and no event.
        """
        check_moment(signature)
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(body, signature, secret, CLOCKS_APART)
            except (stripe.SignatureVerificationError, UnicodeDecodeError):
                continue
            try:
                return Event.read(json.loads(body))
            except ValueError:
                raise OddAnswerError("This is no event.") from None
        raise NotFromStripeError("Stripe did not sign this.")


def _ask(call: Callable[[], Any]) -> dict[str, Any]:
    """Ask, and tell a no from silence."""
    try:
        said: dict[str, Any] = call().to_dict()
    except stripe.StripeError as error:
        raise _told(error) from None
    return said


def _all(call: Callable[[], Any], read: Callable[[Any], T]) -> list[T]:
    """Every page of a list. One that is longer than anybody expects is none: a part would be taken for the whole."""

    def rows() -> Iterator[Any]:
        for one in call().auto_paging_iter():
            yield one.to_dict()

    try:
        found = [read(one) for one in islice(rows(), _MOST + 1)]
    except stripe.StripeError as error:
        raise _told(error) from None
    if len(found) > _MOST:
        raise UnknownOutcomeError(f"a list of more than {_MOST:,}")
    return found


def _told(error: stripe.StripeError) -> CarePurseError:
    """What an error of the library means for what was asked. Its own text may quote what we sent: it goes nowhere."""
    status = error.http_status
    what = f"{type(error).__name__}, status {status}, request {error.request_id}"
    if status is None or status >= 500 or status in {409, 429}:
        return UnknownOutcomeError(what)
    return RefusedError(error.code or type(error).__name__, what)
