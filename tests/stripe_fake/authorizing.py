"""Somebody wants to be paid with a card: what the card itself allows, and what the application says to it."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests

from tests.stripe_fake import ledger, objects_other
from tests.stripe_fake.contract import choices
from tests.stripe_fake.contract_forms import ClassRef
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World
from tests.stripe_fake.webhooks import signed_post

#: Seconds that the application has for its answer.
PATIENCE = 2.0
#: The codes of the categories that the tests and the demonstration speak of.
CODES = {
    "package_stores_beer_wine_and_liquor": "5921", "drinking_places": "5813", "cigar_stores_and_stands": "5993",
    "betting_casino_gambling": "7995", "government_owned_lotteries_non_us_region": "9406",
    "automated_cash_disburse": "6011", "manual_cash_disburse": "6010", "financial_institutions": "6012",
    "non_fi_money_orders": "6051", "wires_money_orders": "4829", "non_fi_stored_value_card_purchase_load": "6540",
    "pawn_shops": "5933", "drug_stores_and_pharmacies": "5912", "grocery_stores_supermarkets": "5411",
    "sporting_goods_stores": "5941",
    "miscellaneous_recreation_services": "7999",
    "country_clubs": "7997", "sports_clubs_fields": "7941",
    "taxicabs_limousines": "4121", "books_periodicals_and_newspapers": "5192",
    "artists_supply_and_craft_shops": "5970",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shop asks of a card. Sums are in the smallest unit of their currency."""

    amount: int  # in pence
    category: str
    name: str = "A Shop"
    country: str = "GB"
    merchant_amount: int | None = None  # in the shop's currency; None: pounds
    merchant_currency: str = "gbp"
    cashback: int = 0
    method: str = "online"
    category_code: str = ""

    def check(self) -> None:
        """Ask that it can be.

        :raises Refusal: for a category that Stripe does not know, or a sum below nothing.
        """
        known = choices(ClassRef("stripe.issuing._card", "Card.SpendingControls"), "blocked_categories")
        if self.category not in known:
            raise Refusal(f"Stripe knows no category {self.category!r}.", param="category")
        if self.amount < 0 or self.cashback < 0:
            raise Refusal("A shop cannot ask for less than nothing.", param="amount")

    def merchant(self) -> Object:
        """Who asks."""
        code = self.category_code or CODES.get(self.category, "5999")
        return objects_other.merchant(self.name, self.category, code, self.country)

    def sums(self) -> Object:
        """How much is asked for."""
        return {
            "amount": self.amount,
            "amount_details": {"atm_fee": None, "cashback_amount": self.cashback or None},
            "currency": "gbp",
            "merchant_amount": self.amount if self.merchant_amount is None else self.merchant_amount,
            "merchant_currency": self.merchant_currency,
        }


def authorize(world: World, card_id: str, wish: Wish, *, offline: bool = False) -> Object:
    """Ask a card for money. Called without the lock: the application may ask the stand-in while it makes up its mind.

    :param offline: whether the shop decides without asking anybody, as on a train.
    :returns: the authorization, approved or not.
    :raises Refusal: when there is no such card or category.
    """
    wish.check()
    with world.lock:
        card = world.get(card_id, "issuing.card", param="card")
        asked = objects_other.authorization(
            id=world.new_id("iauth"),
            card=copy.deepcopy(card),
            card_presence="not_present" if wish.method in {"online", "keyed_in"} else "present",
            cardholder=card["cardholder"]["id"],
            authorization_method=wish.method,
            merchant_data=wish.merchant(),
            created=world.now(),
            **wish.sums(),
        )
        reason = "card_active" if offline else _by_card(world, card, asked)
        ask = not reason and world.outbox.endpoints.url is not None
        if ask:
            event = _request(world, asked, wish)
    message = None
    if ask:
        reason, message = _by_application(world, event)
    with world.lock:
        reason = reason or "card_active"
        approved = reason in {"card_active", "webhook_approved"}
        asked |= {"approved": approved, "pending_request": None, "status": "pending" if approved else "closed"}
        asked["request_history"] = [
            wish.sums()
            | {
                "approved": approved,
                "authorization_code": "123456" if approved else None,
                "created": world.now(),
                "network_risk_score": None,
                "reason": reason,
                "reason_message": message,
                "requested_at": world.now(),
            }
        ]
        world.put(asked)
        if approved and wish.amount:
            hold(world, asked, wish.amount)
        world.tell("issuing_authorization.created", asked)
        return copy.deepcopy(asked)


def hold(world: World, asked: Object, amount: int) -> None:
    """Lay money aside for a shop, or (below nothing) give some of that up."""
    kind = "issuing_authorization_hold" if amount > 0 else "issuing_authorization_release"
    asked["balance_transactions"].append(ledger.book(world, kind, -amount, asked["id"], balance="issuing"))


def _by_card(world: World, card: Object, asked: Object) -> str:
    """Why the card itself says no; empty when it does not."""
    if card["status"] != "active":
        return f"card_{card['status']}"
    holder = world.get(card["cardholder"]["id"], "issuing.cardholder")
    if holder["status"] != "active":
        return f"cardholder_{holder['status']}"
    for controls, cards in (
        (card["spending_controls"], {card["id"]}),
        (holder["spending_controls"], _cards(world, holder)),
    ):
        if not _allowed(world, controls, cards, asked):
            return "spending_controls"
    if ledger.available(world, balance="issuing") < asked["amount"]:
        return "insufficient_funds"
    return ""


def _cards(world: World, holder: Object) -> set[str]:
    return {one["id"] for one in world.all("issuing.card") if one["cardholder"]["id"] == holder["id"]}


def _allowed(world: World, controls: Object, cards: set[str], asked: Object) -> bool:
    shop = asked["merchant_data"]
    for kind, value in (
        ("categories", shop["category"]),
        ("merchant_countries", shop["country"]),
        ("card_presences", asked["card_presence"]),
    ):
        only, never = controls.get(f"allowed_{kind}"), controls.get(f"blocked_{kind}")
        if (only and value not in only) or value in (never or []):
            return False
    for limit in controls["spending_limits"]:
        wanted = limit["categories"]
        if wanted and shop["category"] not in wanted:
            continue
        spent = 0 if limit["interval"] == "per_authorization" else _spent(world, cards, limit["interval"], wanted)
        if spent + asked["amount"] > limit["amount"]:
            return False
    return True


def _spent(world: World, cards: set[str], interval: str, categories: list[str] | None) -> int:
    """What was spent and is held in an interval of the calendar, in UTC as Stripe counts."""
    since = _begin(interval, world.now())

    def counts(one: Object) -> bool:
        return one["created"] >= since and (not categories or one["merchant_data"]["category"] in categories)

    taken: int = sum(-one["amount"] for one in world.all("issuing.transaction") if one["card"] in cards and counts(one))
    held: int = sum(
        one["amount"]
        for one in world.all("issuing.authorization", status="pending", approved=True)
        if one["card"]["id"] in cards and counts(one)
    )
    return taken + held


def _begin(interval: str, now: int) -> int:
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "all_time":
        return 0
    if interval == "weekly":
        day -= timedelta(days=(day.weekday() + 1) % 7)  # Stripe's week begins on Sunday
    elif interval == "monthly":
        day = day.replace(day=1)
    elif interval == "yearly":
        day = day.replace(month=1, day=1)
    return int(day.timestamp())


def _request(world: World, asked: Object, wish: Wish) -> Object:
    """The event that asks the application; a copy that is still open."""
    network = {"is_amount_controllable": False, "network_risk_score": None}
    about = copy.deepcopy(asked) | {"pending_request": wish.sums() | network}
    return world.tell("issuing_authorization.request", about, silent=True)


def _by_application(world: World, event: Object) -> tuple[str, str | None]:
    """What the application says within its two seconds: a reason of Stripe's, and what was wrong with the answer."""
    url, secret = world.outbox.endpoints.of(event)
    began = time.monotonic()
    try:
        said = signed_post(url, secret, event, PATIENCE)
    except requests.Timeout:
        return "webhook_timeout", None
    except requests.RequestException as error:
        return "webhook_error", f"Nobody answered: {type(error).__name__}."
    if time.monotonic() - began > PATIENCE:
        return "webhook_timeout", None
    if said.status_code != 200:
        return "webhook_error", f"The answer had status {said.status_code}."
    if not said.headers.get("Stripe-Version"):
        return "webhook_error", "The answer had no header Stripe-Version."
    try:
        approved = said.json()["approved"]
    except (ValueError, KeyError, TypeError):
        return "webhook_error", "The answer was no JSON with approved in it."
    if not isinstance(approved, bool):
        return "webhook_error", "approved must be true or false."
    return ("webhook_approved" if approved else "webhook_declined"), None
