"""What tests of the stand-in do again and again, through Stripe's own library."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake.running import Fake

DAY = 24 * 3600
ONBOARDING = {
    "type": "account_onboarding",
    "return_url": "https://purse.example.org/back",
    "refresh_url": "https://purse.example.org/again",
}


def provider(fake: Fake, *, ready: bool = True) -> str:
    """A connected account, that can be paid if it is ready."""
    account = fake.client().v1.accounts.create(
        {
            "country": "GB",
            "email": "pool@example.org",
            "controller": {"stripe_dashboard": {"type": "express"}},
            "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        }
    )
    if ready:
        fake.onboard(account.id)
    return str(account.id)


def order(account: str | None, amount: int = 9_600, **more: Any) -> dict[str, Any]:
    """What a payment page is opened with."""
    going_on = {"payment_intent_data": {"transfer_data": {"destination": account}}} if account else {}
    item = {"currency": "gbp", "unit_amount": amount, "product_data": {"name": "Swimming <with> Ana"}}
    return {
        "mode": "payment",
        "allowed_payment_method_types": ["card", "pay_by_bank"],
        "line_items": [{"quantity": 1, "price_data": item}],
        "client_reference_id": "purchase-1",
        "metadata": {"reference": "purchase-1"},
        "success_url": "https://purse.example.org/back?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://purse.example.org/leave",
    } | going_on | more  # fmt: skip


def opened(fake: Fake, account: str | None, amount: int = 9_600, **more: Any) -> Any:
    """A payment page, for an account or (None) for the platform itself."""
    return fake.client().v1.checkout.sessions.create(order(account, amount, **more))  # type: ignore[arg-type]


def paid(fake: Fake, account: str | None, amount: int = 9_600) -> Any:
    """The charge of a payment page that was paid."""
    session = fake.pay(opened(fake, account, amount).id)
    intent = fake.client().v1.payment_intents.retrieve(session["payment_intent"], {"expand": ["latest_charge"]})
    return intent.latest_charge


def adds_up(fake: Fake) -> None:
    """Ask that all balances together are what came in, less what went out and what Stripe kept.

    :raises AssertionError: when money was made or lost.
    """
    ledger = fake.ledger()
    together = sum(sum(one.values()) for one in ledger["balances"].values())
    assert together == ledger["outside"] - ledger["fees"]
    assert together == sum(one["net"] for one in ledger["transactions"])
