"""Money that goes back: refunds, reversals of transfers, disputes."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake import ledger, objects, objects_other
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World

_ANSWER_WITHIN = 9 * 24 * 3600


def refund(
    world: World, charge: Object, amount: int | None, *, reverse: bool = False, give_up_fee: bool = False, **given: Any
) -> Object:
    """Give a payment or a part of it back.

    :param amount: None: all that is left of it.
    :param reverse: whether the connected account gives back its part of it. Its balance may go below nothing.
    :param give_up_fee: whether the platform gives back its part of its fee.
    :raises Refusal: when that much is not left, the bank has taken it back, or it was never paid.
    """
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise Refusal("This charge has not been paid.", "charge_not_refundable")
    if left == 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if any(one["status"] != "won" for one in world.all("dispute", charge=charge["id"])):
        raise Refusal(f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed")
    amount = left if amount is None else amount
    if amount < 1:
        raise Refusal("Invalid positive integer", "parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refusal(
            f"Refund amount ({_pounds(amount)}) is greater than unrefunded amount on charge ({_pounds(left)})",
            param="amount",
        )
    if reverse and not charge.get("transfer"):
        raise Refusal("Cannot reverse transfer: there is none of this charge.", param="reverse_transfer")
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    waits = _waits_until(world, charge)
    made = objects.refund(
        id=world.new_id("re"), amount=amount, charge=charge["id"], payment_intent=charge["payment_intent"], **given
    )
    world.put(made)
    kind = "refund" if charge["id"].startswith("ch_") else "payment_refund"
    made["balance_transaction"] = ledger.book(world, kind, -amount, made["id"], available_on=waits)["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if reverse:
        transfer = world.get(charge["transfer"], "transfer")
        # a part of the payment reverses the same part of the transfer; the last part takes what is left of it
        part = transfer["amount"] * amount // charge["amount"]
        left_of_it = transfer["amount"] - transfer["amount_reversed"]
        part = left_of_it if charge["refunded"] else min(part, left_of_it)
        if part:
            back = reverse_transfer(world, transfer, part, available_on=waits, source_refund=made["id"])
            made["transfer_reversal"] = back["id"]
    if give_up_fee and charge["application_fee_amount"] and charge.get("transfer"):
        _give_up_fee(world, charge, charge["application_fee_amount"] * amount // charge["amount"], made["id"])
    world.tell("charge.refunded", charge, before=before)
    world.tell("refund.created", made)
    world.tell("refund.updated", made)  # soon after, when the network has given it a number
    world.tell("charge.refund.updated", made)
    return made


def fail_refund(world: World, made: Object) -> None:
    """The payer's bank does not take a refund: the money comes back to the platform, and is owed again.

    :raises Refusal: when it has failed already.
    """
    if made["status"] != "succeeded":
        raise Refusal("This refund did not succeed.", param="refund")
    charge = world.get(made["charge"], "charge")
    booked = ledger.book(world, "refund_failure", made["amount"], made["id"])
    made |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    made["failure_balance_transaction"] = booked["id"]
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    world.tell("refund.failed", made)
    world.tell("refund.updated", made)
    world.tell("charge.refund.updated", made)


def reverse_transfer(
    world: World, transfer: Object, amount: int | None, *, available_on: int | None = None, **given: Any
) -> Object:
    """Take a transfer or a part of it back.

    :param amount: None: all that is left of it.
    :raises Refusal: when that much is not left of it, or the connected account has not got it. A transfer that a
        payment made by itself is reversed in any case: its account goes below nothing.
    """
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = left if amount is None else amount
    destination = transfer["destination"]
    if amount < 1 or amount > left:
        raise Refusal(f"The transfer has {_pounds(left)} left to reverse.", param="amount")
    if not world.more(transfer["id"]).get("of_charge") and ledger.total(world, destination) < amount:
        raise Refusal("The connected account has not enough in its balance.", "balance_insufficient")
    before = {"amount_reversed": transfer["amount_reversed"], "reversed": transfer["reversed"]}
    made = objects.reversal(id=world.new_id("trr"), amount=amount, transfer=transfer["id"], **given)
    world.put(made)
    booked = ledger.book(world, "transfer_refund", amount, made["id"], available_on=available_on)
    made["balance_transaction"] = booked["id"]
    arrived = world.get(transfer["destination_payment"], "charge", destination)
    back = objects.refund(
        id=world.new_id("pyr"), amount=amount, charge=arrived["id"], source_transfer_reversal=made["id"],
        destination_details=None,
    )  # fmt: skip
    world.put(back, destination)
    taken = ledger.book(world, "payment_refund", -amount, back["id"], destination, available_on=available_on)
    back["balance_transaction"] = taken["id"]
    made["destination_payment_refund"] = back["id"]
    arrived["amount_refunded"] += amount
    arrived["refunded"] = arrived["amount_refunded"] == arrived["amount"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, made)
    world.tell("transfer.reversed", transfer, before=before)
    return made


def dispute(
    world: World, charge: Object, *, amount: int | None = None, reason: str = "general", fee: int = 0
) -> Object:
    """The payer's bank takes a payment back.

    :param amount: None: all that has not been refunded.
    :param fee: what Stripe keeps for it.
    :raises Refusal: when it was not paid, is disputed already, or less than that is left of it.
    """
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < amount <= left:
        raise Refusal("This charge cannot be disputed.", param="charge")
    made = objects_other.dispute(
        id=world.new_id("dp"),
        amount=amount,
        charge=charge["id"],
        evidence_details=objects_other.evidence_details(world.now() + _ANSWER_WITHIN, sent=False),
        payment_intent=charge["payment_intent"],
        reason=reason,
    )
    world.put(made)
    made["balance_transactions"] = [ledger.book(world, "adjustment", -amount, made["id"], fee=fee)]
    charge["disputed"] = True
    world.tell("charge.dispute.created", made)
    world.tell("charge.dispute.funds_withdrawn", made)
    world.tell("charge.updated", charge, before={"disputed": False})
    return made


def answer_dispute(world: World, made: Object, evidence: Object, *, sent: bool) -> None:
    """Give evidence, and with ``sent`` hand it in.

    :raises Refusal: when it is closed.
    """
    _must_be_open(made)
    before = {"status": made["status"]}
    made["evidence"] |= evidence
    made["evidence_details"]["has_evidence"] = any(made["evidence"].get(name) for name in evidence)
    if sent:
        made["evidence_details"] = objects_other.evidence_details(made["evidence_details"]["due_by"], sent=True)
        made["status"] = "under_review"
    world.tell("charge.dispute.updated", made, before=before)


def close_dispute(world: World, made: Object, *, won: bool) -> None:
    """The bank decides, or the platform gives up.

    :raises Refusal: when it is closed already.
    """
    _must_be_open(made)
    made["status"] = "won" if won else "lost"
    if won:
        made["balance_transactions"].append(ledger.book(world, "adjustment", made["amount"], made["id"]))
        world.tell("charge.dispute.funds_reinstated", made)
    world.tell("charge.dispute.closed", made)


def _must_be_open(made: Object) -> None:
    if made["status"] in {"won", "lost"}:
        raise Refusal("This dispute is already closed.", param="dispute")


def _give_up_fee(world: World, charge: Object, part: int, refund_id: str) -> None:
    destination = world.get(charge["transfer"], "transfer")["destination"]
    ledger.book(world, "application_fee_refund", -part, refund_id)
    ledger.book(world, "application_fee_refund", part, refund_id, destination)


def _waits_until(world: World, charge: Object) -> int | None:
    """Money that is not available yet goes back out of what is not available yet."""
    booked = world.rows.get(charge["balance_transaction"] or "")
    if booked is None or booked.shown["status"] == "available":
        return None
    return int(booked.shown["available_on"])


def _pounds(pence: int) -> str:
    return f"£{pence / 100:,.2f}"
