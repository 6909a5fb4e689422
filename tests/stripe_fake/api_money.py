"""Routes of refunds, transfers, disputes, the book and the news."""

from __future__ import annotations

from tests.stripe_fake import ledger, money_back, payments
from tests.stripe_fake.api import Call, answers, keep_metadata, page
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal

# Refunds


@answers("POST", "/v1/refunds")
def create_refund(call: Call) -> Object:
    """Give a payment or a part of it back."""
    given, world = call.params, call.world
    if call.owner:
        raise Refusal("This stand-in gives back payments to the platform only.")
    if ("charge" in given) == ("payment_intent" in given):
        raise Refusal("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in given:
        charge = world.get(given["charge"], "charge", param="charge")
    else:
        intent = world.get(given["payment_intent"], "payment_intent", param="payment_intent")
        if intent["status"] != "succeeded":
            raise Refusal(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                "payment_intent_unexpected_state",
            )
        charge = world.get(intent["latest_charge"], "charge")
    return money_back.refund(
        world,
        charge,
        given.get("amount"),
        reverse=given.get("reverse_transfer", False),
        give_up_fee=given.get("refund_application_fee", False),
        metadata=dict(given.get("metadata") or {}),
        reason=given.get("reason"),
    )


@answers("GET", "/v1/refunds/{refund}")
def retrieve_refund(call: Call) -> Object:
    """One refund."""
    return call.world.get(call.ids[0], "refund", call.owner, "refund")


@answers("GET", "/v1/refunds")
def list_refunds(call: Call) -> Object:
    """The refunds, also of one payment."""
    wanted = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return page(call, call.world.all("refund", call.owner, **wanted))


@answers("POST", "/v1/refunds/{refund}")
def update_refund(call: Call) -> Object:
    """Change a refund's metadata."""
    made = call.world.get(call.ids[0], "refund", call.owner, "refund")
    keep_metadata(made, call.params.get("metadata"))
    call.world.tell("refund.updated", made)
    return made


# Transfers


@answers("POST", "/v1/transfers")
def create_transfer(call: Call) -> Object:
    """Move money from the platform to a connected account."""
    given, world = call.params, call.world
    if "amount" not in given:
        raise Refusal("Missing required param: amount.", "parameter_missing", param="amount", kept=False)
    if given["currency"] != "gbp" or given["amount"] < 1:
        raise Refusal("This stand-in knows pounds only, and more than nothing.", param="amount")
    payments.can_take_transfers(world, given["destination"])
    fields: Object = {name: given.get(name) for name in ("description", "source_transaction", "transfer_group")}
    later = None
    if given.get("source_transaction"):
        charge = world.get(given["source_transaction"], "charge", param="source_transaction")
        used = sum(one["amount"] for one in world.all("transfer", source_transaction=charge["id"]))
        if charge["status"] != "succeeded" or used + given["amount"] > charge["amount"]:
            raise Refusal("Transfers using this charge as a source_transaction exceed its amount.", param="amount")
        booked = world.get(charge["balance_transaction"], "balance_transaction")
        later = booked["available_on"]
        fields["transfer_group"] = fields["transfer_group"] or charge["transfer_group"] or f"group_{charge['id']}"
    else:
        ledger.need(world, given["amount"])
    transfer = payments.send_on(
        world,
        given["destination"],
        given["amount"],
        available_on=later,
        metadata=dict(given.get("metadata") or {}),
        **fields,
    )
    world.tell("transfer.created", transfer)
    return transfer


@answers("GET", "/v1/transfers/{transfer}")
def retrieve_transfer(call: Call) -> Object:
    """One transfer."""
    return call.world.get(call.ids[0], "transfer", call.owner, "transfer")


@answers("GET", "/v1/transfers")
def list_transfers(call: Call) -> Object:
    """The transfers, also of one purchase by its ``transfer_group``."""
    wanted = {name: call.params.get(name) for name in ("destination", "transfer_group")}
    return page(call, call.world.all("transfer", call.owner, **wanted))


@answers("POST", "/v1/transfers/{id}/reversals")
def create_reversal(call: Call) -> Object:
    """Take a transfer or a part of it back."""
    transfer = call.world.get(call.ids[0], "transfer", call.owner)
    return money_back.reverse_transfer(
        call.world, transfer, call.params.get("amount"), metadata=dict(call.params.get("metadata") or {})
    )


@answers("GET", "/v1/transfers/{id}/reversals")
def list_reversals(call: Call) -> Object:
    """What was taken back of a transfer."""
    transfer = call.world.get(call.ids[0], "transfer", call.owner)
    return page(call, call.world.all("transfer_reversal", call.owner, transfer=transfer["id"]))


@answers("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve_reversal(call: Call) -> Object:
    """One reversal."""
    return call.world.get(call.ids[1], "transfer_reversal", call.owner)


# Disputes


@answers("GET", "/v1/disputes/{dispute}")
def retrieve_dispute(call: Call) -> Object:
    """One dispute."""
    return call.world.get(call.ids[0], "dispute", call.owner, "dispute")


@answers("GET", "/v1/disputes")
def list_disputes(call: Call) -> Object:
    """The disputes, also of one payment."""
    wanted = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return page(call, call.world.all("dispute", call.owner, **wanted))


@answers("POST", "/v1/disputes/{dispute}")
def update_dispute(call: Call) -> Object:
    """Give evidence. As with Stripe it is handed in at once, unless ``submit`` is false."""
    made = call.world.get(call.ids[0], "dispute", call.owner, "dispute")
    keep_metadata(made, call.params.get("metadata"))
    evidence = call.params.get("evidence") or {}
    money_back.answer_dispute(call.world, made, evidence, sent=bool(evidence) and call.params.get("submit", True))
    return made


@answers("POST", "/v1/disputes/{dispute}/close")
def close_dispute(call: Call) -> Object:
    """Give a dispute up: it is lost."""
    made = call.world.get(call.ids[0], "dispute", call.owner, "dispute")
    money_back.close_dispute(call.world, made, won=False)
    return made


# The book and the news


@answers("GET", "/v1/balance_transactions/{id}")
def retrieve_movement(call: Call) -> Object:
    """One line of an account's book."""
    return call.world.get(call.ids[0], "balance_transaction", call.owner)


@answers("GET", "/v1/balance_transactions")
def list_movements(call: Call) -> Object:
    """An account's book."""
    payments.expire_due(call.world)
    wanted = {name: call.params.get(name) for name in ("source", "type", "currency")}
    return page(call, call.world.all("balance_transaction", call.owner, **wanted))


@answers("GET", "/v1/events/{id}")
def retrieve_event(call: Call) -> Object:
    """One event, as it was sent."""
    return call.world.get(call.ids[0], "event", call.owner)


@answers("GET", "/v1/events")
def list_events(call: Call) -> Object:
    """An account's events."""
    payments.expire_due(call.world)
    kinds, kind = call.params.get("types"), call.params.get("type")
    if kinds and kind:
        raise Refusal("You may only specify one of these parameters: type, types.", param="types", kept=False)
    rows = call.world.all("event", call.owner)
    return page(call, [one for one in rows if _wanted(one["type"], kinds or ([kind] if kind else []))])


def _wanted(kind: str, asked: list[str]) -> bool:
    return not asked or any(
        kind.startswith(one.removesuffix("*")) if one.endswith("*") else kind == one for one in asked
    )
