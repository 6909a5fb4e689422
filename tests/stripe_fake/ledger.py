"""Money: every movement is a balance transaction, and a balance is their sum."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World

#: Movements between Stripe's world and the outside. All others are between two accounts in it, and add up to nothing.
OUTSIDE = {
    "charge", "refund", "refund_failure", "adjustment", "payout", "payout_failure", "topup", "issuing_transaction",
    "issuing_authorization_hold", "issuing_authorization_release",
}  # fmt: skip
#: Stripe's ``reporting_category`` where it is not the movement's own word.
_CATEGORY = {
    "adjustment": "dispute", "application_fee": "platform_earning", "application_fee_refund": "platform_earning_refund",
    "payment": "charge", "payment_refund": "refund", "payout_failure": "payout_reversal",
    "transfer_refund": "transfer_reversal",
}  # fmt: skip


def book(
    world: World,
    kind: str,
    amount: int,
    source: str,
    owner: str = "",
    *,
    fee: int = 0,
    fee_kind: str = "stripe_fee",
    available_on: int | None = None,
    balance: str = "payments",
) -> Object:
    """Write a movement into the book of an account.

    :param kind: Stripe's word, such as ``charge``.
    :param amount: into the account is positive, out of it negative.
    :param source: the id of what it is for.
    :param available_on: from when it can be used; None: at once.
    """
    on = world.now() if available_on is None else available_on
    category = "dispute_reversal" if kind == "adjustment" and amount > 0 else _CATEGORY.get(kind, kind)
    details = [{"amount": fee, "application": None, "currency": "gbp", "description": "Fee", "type": fee_kind}]
    return world.put(
        {
            "id": world.new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": on,
            "balance_type": balance,
            "currency": "gbp",
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "reporting_category": category,
            "source": source,
            "status": "available" if on <= world.now() else "pending",
            "type": kind,
        },
        owner,
    )


def available(world: World, owner: str = "", balance: str = "payments") -> int:
    """What an account can use now."""
    return sum(one["net"] for one in _rows(world, owner, balance) if one["status"] == "available")


def total(world: World, owner: str = "", balance: str = "payments") -> int:
    """What an account has, with what it cannot use yet."""
    return sum(one["net"] for one in _rows(world, owner, balance))


def need(world: World, amount: int, owner: str = "") -> None:
    """Ask that an account can use so much now.

    :raises Refusal: ``balance_insufficient``.
    """
    if available(world, owner) < amount:
        raise Refusal("You have insufficient available funds in your Stripe account.", "balance_insufficient")


def balance_of(world: World, owner: str = "") -> Object:
    """The balance of an account as the API shows it."""

    def part(amount: int) -> list[Object]:
        return [{"amount": amount, "currency": "gbp", "source_types": {"card": amount}}]

    usable = available(world, owner)
    answer: Object = {
        "object": "balance",
        "available": part(usable),
        "livemode": False,
        "pending": part(total(world, owner) - usable),
    }
    if not owner:
        issuing = available(world, balance="issuing")
        answer["issuing"] = {"available": [{"amount": issuing, "currency": "gbp"}]}
    return answer


def settle(world: World, owner: str | None = None, *, due_only: bool = False) -> int:
    """Make waiting money available, and tell the accounts of it.

    :param owner: whose; None: everybody's.
    :param due_only: only what has waited long enough.
    :returns: how many movements became available.
    """
    found = [
        one
        for one in world.all("balance_transaction", owner, status="pending")
        if not due_only or one["available_on"] <= world.now()
    ]
    for one in found:
        one["status"] = "available"
        one["available_on"] = min(one["available_on"], world.now())
    for account in dict.fromkeys(world.owner_of(one["id"]) for one in found):
        world.tell("balance.available", balance_of(world, account), account)
    return len(found)


def everything(world: World) -> dict[str, Any]:
    """The balances of everyone and every movement, oldest first.

    All balances together are ``outside`` (what came in less what went out) less ``fees`` (what Stripe kept).
    """
    rows = world.all("balance_transaction", None)[::-1]
    owners = ["", *(one["id"] for one in world.all("account", None) if one["id"] != world.platform)]
    balances = {
        owner or "platform": {
            "available": available(world, owner),
            "pending": total(world, owner) - available(world, owner),
            "issuing": total(world, owner, "issuing"),
        }
        for owner in owners
    }
    return {
        "balances": balances,
        "outside": sum(one["amount"] for one in rows if _is_outside(one["type"], world.owner_of(one["id"]))),
        "fees": sum(part["amount"] for one in rows for part in one["fee_details"] if part["type"] == "stripe_fee"),
        "transactions": [one | {"owner": world.owner_of(one["id"])} for one in rows],
    }


def _is_outside(kind: str, owner: str) -> bool:
    """A payment to the platform that was not made by card is ``payment``, as is what it sends on to an account."""
    return kind in OUTSIDE or (not owner and kind in {"payment", "payment_refund"})


def _rows(world: World, owner: str, balance: str) -> list[Object]:
    return world.all("balance_transaction", owner, balance_type=balance)
