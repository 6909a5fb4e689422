"""What becomes of a payment page: paid, refused, left, too late."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake import ledger, objects
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import SETTLES_AFTER, World

_DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
    "type": "card_error",
}
_BANK_SAID_NO = {
    "code": "payment_intent_payment_attempt_failed",
    "message": "The payment failed.",
    "type": "invalid_request_error",
}


def pay(world: World, session: Object, how: str, *, late: bool = False, fee: int = 0) -> None:
    """Somebody pays on a payment page, or tries to.

    :param how: ``card``, ``pay_by_bank`` (the bank says later whether it goes through), or ``declined``.
    :param late: whether it goes through although the page has expired: the payer was faster than the news of it.
    :param fee: what Stripe keeps of it.
    :raises Refusal: when the page is closed, or does not offer that.
    """
    expire_due(world)
    if session["status"] != ("expired" if late else "open"):
        raise Refusal(f"This Checkout Session is {session['status']}.", param="session")
    method = "card" if how == "declined" else how
    if method not in session["payment_method_types"]:
        raise Refusal(f"This Checkout Session does not take {method}.", param="how")
    intent = _intent(world, session)
    if how == "declined":
        _fail(world, intent, method, _DECLINED)
        return
    if how == "pay_by_bank":
        intent |= {"status": "processing", "last_payment_error": None}
        intent["latest_charge"] = _charge(world, intent, method, status="pending", paid=False)["id"]
        world.tell("payment_intent.processing", intent)
        world.tell("charge.pending", world.get(intent["latest_charge"], "charge"))
        _complete(world, session, "unpaid")
        return
    charge = _charge(world, intent, method)
    intent["latest_charge"] = charge["id"]
    _take_money(world, intent, charge, fee)
    _complete(world, session, "paid")


def bank_says(world: World, session: Object, *, paid: bool, fee: int = 0) -> None:
    """The bank says whether a payment by bank goes through.

    :raises Refusal: when no bank was asked, or it has said so already.
    """
    intent = world.rows[session["payment_intent"]].shown if session["payment_intent"] else None
    if intent is None or intent["status"] != "processing":
        raise Refusal("No bank was asked about this.", "payment_intent_unexpected_state", param="session")
    charge = world.get(intent["latest_charge"], "charge")
    if paid:
        charge |= {"status": "succeeded", "paid": True}
        _take_money(world, intent, charge, fee)
        session["payment_status"] = "paid"
        world.tell("checkout.session.async_payment_succeeded", session)
        return
    charge |= {"status": "failed", "failure_code": "payment_intent_payment_attempt_failed", "captured": False}
    charge |= {"failure_message": "The payment failed."}
    intent |= {"status": "requires_payment_method", "last_payment_error": dict(_BANK_SAID_NO)}
    world.tell("charge.failed", charge)
    world.tell("payment_intent.payment_failed", intent)
    world.tell("checkout.session.async_payment_failed", session)


def expire(world: World, session: Object) -> None:
    """Close a payment page."""
    session |= {"status": "expired", "url": None}
    world.tell("checkout.session.expired", session)


def expire_due(world: World) -> None:
    """Close every payment page whose time is over, and make money available that has waited long enough."""
    for session in world.all("checkout.session", status="open"):
        if session["expires_at"] <= world.now():
            expire(world, session)
    ledger.settle(world, due_only=True)


def _intent(world: World, session: Object) -> Object:
    if session["payment_intent"]:
        return world.get(session["payment_intent"], "payment_intent")
    data = world.more(session["id"])["payment_intent_data"]
    intent_id = world.new_id("pi")
    going_on = data.get("transfer_data")
    intent = objects.payment_intent(
        id=intent_id,
        amount=session["amount_total"],
        allowed_payment_method_types=session["payment_method_types"],
        application_fee_amount=data.get("application_fee_amount"),
        client_secret=f"{intent_id}_secret_stand_in",
        description=data.get("description"),
        metadata=dict(data.get("metadata") or {}),
        payment_method_types=session["payment_method_types"],
        transfer_data=dict(going_on) if going_on else None,
        transfer_group=data.get("transfer_group") or (f"group_{intent_id}" if going_on else None),
    )
    world.put(intent)
    session["payment_intent"] = intent_id
    world.tell("payment_intent.created", intent)
    return intent


def _charge(world: World, intent: Object, method: str, **given: Any) -> Object:
    details: Object = {"type": method, method: {}}
    if method == "card":
        details["card"] = {
            "brand": "visa", "country": "GB", "exp_month": 12, "exp_year": 2030, "funding": "debit", "last4": "4242",
            "network": "visa",
        }  # fmt: skip
    return world.put(
        objects.charge(
            id=world.new_id("ch" if method == "card" else "py"),
            amount=intent["amount"],
            application_fee_amount=intent["application_fee_amount"],
            description=intent["description"],
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            payment_method_details=details,
            transfer_data={"destination": intent["transfer_data"]["destination"]} if intent["transfer_data"] else None,
            transfer_group=intent["transfer_group"],
            **given,
        )
    )


def _fail(world: World, intent: Object, method: str, error: Object) -> None:
    """A card is declined: a charge that failed, and the payment waits for another try."""
    charge = _charge(
        world,
        intent,
        method,
        status="failed",
        paid=False,
        captured=False,
        failure_code=error["code"],
        failure_message=error["message"],
    )
    intent["latest_charge"] = charge["id"]
    intent |= {"status": "requires_payment_method", "last_payment_error": error | {"charge": charge["id"]}}
    world.tell("charge.failed", charge)
    world.tell("payment_intent.payment_failed", intent)


def _take_money(world: World, intent: Object, charge: Object, fee: int) -> None:
    """The money comes in, and goes on to the connected account if there is one."""
    amount, later = charge["amount"], world.now() + SETTLES_AFTER
    charge["amount_captured"] = amount
    kind = "charge" if charge["id"].startswith("ch_") else "payment"  # as Stripe calls what was not paid by card
    charge["balance_transaction"] = ledger.book(world, kind, amount, charge["id"], fee=fee, available_on=later)["id"]
    going_on = intent["transfer_data"]
    transfer = None
    if going_on:
        transfer = send_on(
            world,
            going_on["destination"],
            going_on.get("amount") or amount,
            available_on=later,
            fee=intent["application_fee_amount"] or 0,
            source_transaction=charge["id"],
            transfer_group=intent["transfer_group"],
        )
        world.more(transfer["id"])["of_charge"] = True
        charge["transfer"] = transfer["id"]
    intent |= {"status": "succeeded", "amount_received": amount, "last_payment_error": None}
    if transfer:
        world.tell("transfer.created", transfer)
    world.tell("charge.succeeded", charge)
    world.tell("payment_intent.succeeded", intent)


def send_on(
    world: World, destination: str, amount: int, *, available_on: int | None = None, fee: int = 0, **given: Any
) -> Object:
    """Move money from the platform to a connected account. Tells nobody: whoever calls this does.

    :param fee: the part of it that the connected account gives back as the platform's fee.
    :param given: further fields of the transfer.
    :returns: the transfer.
    """
    transfer = objects.transfer(world.new_id("tr"), amount=amount, destination=destination, **given)
    world.put(transfer)
    booked = ledger.book(world, "transfer", -amount, transfer["id"], available_on=available_on)
    transfer["balance_transaction"] = booked["id"]
    arrived = objects.charge(
        id=world.new_id("py"),
        amount=amount,
        amount_captured=amount,
        application_fee_amount=fee or None,
        payment_method_details={"type": "stripe_account", "stripe_account": {}},
        source_transfer=transfer["id"],
        transfer_group=transfer["transfer_group"],
    )
    world.put(arrived, destination)
    arrived["balance_transaction"] = ledger.book(
        world,
        "payment",
        amount,
        arrived["id"],
        destination,
        fee=fee,
        fee_kind="application_fee",
        available_on=available_on,
    )["id"]
    transfer["destination_payment"] = arrived["id"]
    if fee:
        fee_id = world.new_id("fee")
        ledger.book(world, "application_fee", fee, fee_id, available_on=available_on)
        arrived["application_fee"] = fee_id
    return transfer


def can_take_transfers(world: World, destination: str) -> None:
    """Ask that money can go to an account.

    :raises Refusal: when there is no such account, or it has not given what Stripe asks for.
    """
    account = world.get(destination, "account", param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise Refusal(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            "insufficient_capabilities_for_transfer",
        )


def _complete(world: World, session: Object, payment_status: str) -> None:
    session |= {"status": "complete", "payment_status": payment_status, "url": None}
    session["customer_details"] = {
        "address": None, "email": session["customer_email"] or "payer@example.org", "name": "A Payer", "phone": None,
        "tax_exempt": "none", "tax_ids": [],
    }  # fmt: skip
    world.tell("checkout.session.completed", session)
