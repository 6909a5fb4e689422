"""Routes of cards and of what was paid with them."""

from __future__ import annotations

import secrets
from typing import Any

from tests.stripe_fake import objects_other
from tests.stripe_fake.api import Call, answers, keep_metadata, page
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal


@answers("POST", "/v1/issuing/cardholders")
def create_cardholder(call: Call) -> Object:
    """Somebody may have cards from now on."""
    given = call.params
    fields = ("email", "name", "phone_number", "status", "type", "preferred_locales")
    holder = objects_other.cardholder(
        id=call.world.new_id("ich"),
        billing={"address": _address(given["billing"]["address"])},
        individual=_individual(given.get("individual")),
        spending_controls=_holder_controls(given.get("spending_controls")),
        **{name: given[name] for name in fields if name in given},
    )
    keep_metadata(holder, given.get("metadata"))
    call.world.put(holder)
    call.world.tell("issuing_cardholder.created", holder)
    return holder


def _address(given: Object) -> Object:
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")) | given


def _individual(given: Object | None) -> Object | None:
    if given is None:
        return None
    return {
        "card_issuing": given.get("card_issuing"),
        "dob": given.get("dob"),
        "first_name": given.get("first_name"),
        "last_name": given.get("last_name"),
        "verification": {"document": None},
    }


def _holder_controls(given: Object | None) -> Object:
    return objects_other.spending_controls(given)


@answers("GET", "/v1/issuing/cardholders/{cardholder}")
def retrieve_cardholder(call: Call) -> Object:
    """Somebody with cards."""
    return call.world.get(call.ids[0], "issuing.cardholder", param="cardholder")


@answers("GET", "/v1/issuing/cardholders")
def list_cardholders(call: Call) -> Object:
    """Everybody with cards."""
    wanted = {name: call.params.get(name) for name in ("email", "phone_number", "status", "type")}
    return page(call, call.world.all("issuing.cardholder", **wanted))


@answers("POST", "/v1/issuing/cardholders/{cardholder}")
def update_cardholder(call: Call) -> Object:
    """Change what is known of somebody with cards."""
    given = call.params
    holder = call.world.get(call.ids[0], "issuing.cardholder", param="cardholder")
    holder |= {name: given[name] for name in ("email", "phone_number", "status", "preferred_locales") if name in given}
    if "billing" in given:
        holder["billing"] = {"address": _address(given["billing"]["address"])}
    if "individual" in given:
        holder["individual"] = _individual(given["individual"])
    if "spending_controls" in given:
        holder["spending_controls"] = _holder_controls(given["spending_controls"])
    keep_metadata(holder, given.get("metadata"))
    for card in call.world.all("issuing.card"):  # a card shows its holder whole
        if card["cardholder"]["id"] == holder["id"]:
            card["cardholder"] = dict(holder)
    call.world.tell("issuing_cardholder.updated", holder)
    return holder


@answers("POST", "/v1/issuing/cards")
def create_card(call: Call) -> Object:
    """Issue a card. It is inactive until it is made active."""
    given, world = call.params, call.world
    if given["currency"] != "gbp":
        raise Refusal("This stand-in knows pounds only.", param="currency")
    holder = world.get(given.get("cardholder", ""), "issuing.cardholder", param="cardholder")
    old = world.get(given["replacement_for"], "issuing.card") if given.get("replacement_for") else None
    if old is not None and not given.get("replacement_reason"):
        raise Refusal("Missing required param: replacement_reason.", "parameter_missing", param="replacement_reason")
    number = f"4000009990{secrets.randbelow(10**6):06d}"
    card = objects_other.card(
        id=world.new_id("ic"),
        cardholder=dict(holder),
        last4=number[-4:],
        replacement_for=old["id"] if old else None,
        replacement_reason=given.get("replacement_reason"),
        second_line=given.get("second_line") or None,
        shipping=_shipping(given.get("shipping")),
        spending_controls=objects_other.spending_controls(given.get("spending_controls")),
        status=given.get("status", "inactive"),
        type=given["type"],
        **{name: given[name] for name in ("exp_month", "exp_year") if name in given},
    )
    if card["type"] == "physical" and card["shipping"] is None:
        raise Refusal("Missing required param: shipping.", "parameter_missing", param="shipping")
    keep_metadata(card, given.get("metadata"))
    world.put(card, number=number, cvc="123")
    if old is not None:
        old["replaced_by"] = card["id"]
        world.tell("issuing_card.updated", old, before={"replaced_by": None})
    world.tell("issuing_card.created", card)
    return card


def _shipping(given: Object | None) -> Object | None:
    if given is None:
        return None
    return {
        "address": _address(given["address"]),
        "address_validation": None,
        "carrier": None,
        "customs": None,
        "eta": None,
        "name": given["name"],
        "phone_number": given.get("phone_number"),
        "require_signature": None,
        "service": given.get("service", "standard"),
        "status": "pending",
        "tracking_number": None,
        "tracking_url": None,
        "type": given.get("type", "individual"),
    }


@answers("GET", "/v1/issuing/cards/{card}")
def retrieve_card(call: Call) -> Object:
    """A card. Its number and code are shown when they are asked for with ``expand``."""
    return call.world.get(call.ids[0], "issuing.card", param="card")


@answers("GET", "/v1/issuing/cards")
def list_cards(call: Call) -> Object:
    """The cards."""
    wanted = {name: call.params.get(name) for name in ("last4", "status", "type", "exp_month", "exp_year")}
    holder = call.params.get("cardholder")
    rows = call.world.all("issuing.card", **wanted)
    return page(call, [one for one in rows if holder in (None, one["cardholder"]["id"])])


@answers("POST", "/v1/issuing/cards/{card}")
def update_card(call: Call) -> Object:
    """Switch a card on, off, or off for ever, or change what it may be used for."""
    given = call.params
    card = call.world.get(call.ids[0], "issuing.card", param="card")
    status = given.get("status", card["status"])
    if card["status"] == "canceled" and status != "canceled":
        raise Refusal("You cannot change the status of a canceled card.", param="status")
    before: dict[str, Any] = {"status": card["status"]} if status != card["status"] else {}
    card["status"] = status
    if status == "canceled":
        card["cancellation_reason"] = given.get("cancellation_reason")
    if "spending_controls" in given:
        before["spending_controls"] = card["spending_controls"]
        card["spending_controls"] = objects_other.spending_controls(given["spending_controls"])
    keep_metadata(card, given.get("metadata"))
    call.world.tell("issuing_card.updated", card, before=before)
    return card


@answers("GET", "/v1/issuing/authorizations/{authorization}")
def retrieve_authorization(call: Call) -> Object:
    """A wish to be paid with a card."""
    return call.world.get(call.ids[0], "issuing.authorization", param="authorization")


@answers("GET", "/v1/issuing/authorizations")
def list_authorizations(call: Call) -> Object:
    """The wishes to be paid with a card."""
    rows = call.world.all("issuing.authorization", status=call.params.get("status"))
    return page(call, [one for one in rows if _is_of(call, one["card"]["id"], one["cardholder"])])


@answers("GET", "/v1/issuing/transactions/{transaction}")
def retrieve_transaction(call: Call) -> Object:
    """Money taken with a card, or given back to it."""
    return call.world.get(call.ids[0], "issuing.transaction", param="transaction")


@answers("GET", "/v1/issuing/transactions")
def list_transactions(call: Call) -> Object:
    """All money taken with cards, or given back to them."""
    rows = call.world.all("issuing.transaction", type=call.params.get("type"))
    return page(call, [one for one in rows if _is_of(call, one["card"], one["cardholder"])])


def _is_of(call: Call, card: str, holder: str) -> bool:
    return call.params.get("card") in (None, card) and call.params.get("cardholder") in (None, holder)
