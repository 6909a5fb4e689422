"""What a shop does after a card said yes, and what it does without asking."""

from __future__ import annotations

from tests.stripe_fake import ledger, objects_other
from tests.stripe_fake.authorizing import Wish, hold
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World


def capture(world: World, asked: Object, amount: int | None, *, keep_open: bool = False) -> Object:
    """A shop takes money that it was allowed: all, a part, or more, as a restaurant does.

    :param amount: None: as much as is still held.
    :param keep_open: whether more may follow.
    :returns: the transaction.
    :raises Refusal: when it was not allowed, or is over.
    """
    if not asked["approved"] or asked["status"] != "pending":
        raise Refusal("This authorization is not open.", param="authorization")
    held = asked["amount"]
    amount = held if amount is None else amount
    if amount < 1:
        raise Refusal("A shop takes more than nothing.", param="amount")
    released = min(held, amount) if keep_open else held
    if released:
        hold(world, asked, -released)
    _leave(asked, held - released if keep_open else 0)
    sums = _in_their_money(asked["request_history"][0], -amount)
    made = _book(world, asked["card"], asked["merchant_data"], -amount, authorization=asked["id"], **sums)
    asked["transactions"].append(made)
    if not (keep_open and asked["amount"]):
        asked["status"] = "closed"
    world.tell("issuing_transaction.created", made)
    world.tell("issuing_authorization.updated", asked)
    return made


def reverse(world: World, asked: Object, amount: int | None) -> Object:
    """A shop gives up what it was allowed, or a part of it.

    :raises Refusal: when it is over, or less than that is held.
    """
    if not asked["approved"] or asked["status"] != "pending":
        raise Refusal("This authorization is not open.", param="authorization")
    amount = asked["amount"] if amount is None else amount
    if not 0 < amount <= asked["amount"]:
        raise Refusal("Less than that is held.", param="amount")
    before = {"amount": asked["amount"]}
    hold(world, asked, -amount)
    _leave(asked, asked["amount"] - amount)
    if not asked["amount"]:
        asked["status"] = "reversed"
    world.tell("issuing_authorization.updated", asked, before=before)
    return asked


def give_back(world: World, taken: Object, amount: int | None) -> Object:
    """A shop gives money back to the card that it took it from. Nothing stops it from giving more.

    :param amount: None: all of it.
    :returns: the new transaction.
    """
    amount = -taken["amount"] if amount is None else amount
    if taken["type"] != "capture" or amount < 1:
        raise Refusal("Only what was taken can be given back.", param="transaction")
    card = world.get(taken["card"], "issuing.card")
    sums = _in_their_money(taken, amount)
    made = _book(
        world, card, taken["merchant_data"], amount, authorization=taken["authorization"], type="refund", **sums
    )
    world.tell("issuing_transaction.created", made)
    return made


def force(world: World, card_id: str, wish: Wish) -> Object:
    """A shop takes money without having asked, as networks let it. Stripe books it whatever the balance is.

    :returns: the transaction.
    :raises Refusal: when there is no such card or category.
    """
    wish.check()
    card = world.get(card_id, "issuing.card", param="card")
    sums = {name: value for name, value in wish.sums().items() if name.startswith("merchant")}
    sums["merchant_amount"] = -sums["merchant_amount"]
    made = _book(world, card, wish.merchant(), -wish.amount, **sums)
    world.tell("issuing_transaction.created", made)
    return made


def _leave(asked: Object, amount: int) -> None:
    """Say how much is still held."""
    asked["amount"] = amount
    asked |= _in_their_money(asked["request_history"][0], amount)


def _in_their_money(rate: Object, amount: int) -> Object:
    """A sum in the shop's currency, at the rate of something that has both."""
    theirs = round(amount * rate["merchant_amount"] / rate["amount"]) if rate["amount"] else amount
    return {"merchant_amount": theirs, "merchant_currency": rate["merchant_currency"]}


def _book(world: World, card: Object, shop: Object, amount: int, **given: object) -> Object:
    """Write down what a card paid (below nothing) or got back."""
    made = objects_other.card_transaction(
        **{
            "id": world.new_id("ipi"),
            "amount": amount,
            "card": card["id"],
            "cardholder": card["cardholder"]["id"],
            "merchant_data": dict(shop),
        }
        | given
    )
    world.put(made)
    booked = ledger.book(world, "issuing_transaction", amount, made["id"], balance="issuing")
    made["balance_transaction"] = booked["id"]
    return made
