"""Routes of payment pages and what was paid on them."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.stripe_fake import objects, payments
from tests.stripe_fake.api import Call, answers, keep_metadata, page
from tests.stripe_fake.objects import Object, listed
from tests.stripe_fake.refusing import Refusal

_SOONEST, _LATEST = 30 * 60, 24 * 3600
_LEAST, _MOST = 30, 99_999_999
_OFFERED = ["card", "pay_by_bank"]


@answers("POST", "/v1/checkout/sessions")
def create(call: Call) -> Object:
    """Open a payment page."""
    given, world = call.params, call.world
    if call.owner:
        raise Refusal("This stand-in opens payment pages for the platform only.")
    if given.get("mode") != "payment":
        raise Refusal("This stand-in knows payments only.", param="mode")
    rows = given.get("line_items") or []
    if not rows:
        raise Refusal("Missing required param: line_items.", "parameter_missing", param="line_items", kept=False)
    for name in ("success_url", "cancel_url"):
        _check_url(call, name, needed=name == "success_url")
    items = [_item(call, row) for row in rows]
    amount = sum(one["amount_total"] for one in items)
    if not _LEAST <= amount <= _MOST:
        code = "amount_too_small" if amount < _LEAST else "amount_too_large"
        raise Refusal("The total amount must be from £0.30 to £999,999.99", code, param="line_items")
    data = given.get("payment_intent_data") or {}
    _check_destination(call, data, amount)
    offered = given.get("allowed_payment_method_types")
    session_id = world.new_id("cs_test")
    session = objects.session(
        id=session_id,
        allowed_payment_method_types=offered,
        amount_subtotal=amount,
        amount_total=amount,
        cancel_url=given.get("cancel_url"),
        client_reference_id=given.get("client_reference_id"),
        customer_email=given.get("customer_email"),
        expires_at=_expires_at(call),
        locale=given.get("locale"),
        metadata=dict(given.get("metadata") or {}),
        payment_method_types=offered or _OFFERED,
        success_url=given["success_url"],
        url=f"{world.base_url}/pay/{session_id}",
    )
    lines = listed(items, f"/v1/checkout/sessions/{session_id}/line_items")
    return world.put(session, line_items=lines, payment_intent_data=data)


def _check_url(call: Call, name: str, *, needed: bool) -> None:
    url = call.params.get(name)
    if url is None and needed:
        raise Refusal(f"Missing required param: {name}.", "parameter_missing", param=name, kept=False)
    parts = urlsplit(url or "")
    if url is not None and not (parts.scheme in {"http", "https"} and parts.netloc):
        raise Refusal("Not a valid URL", "url_invalid", param=name, kept=False)


def _item(call: Call, row: Object) -> Object:
    price = row.get("price_data")
    if not price:
        raise Refusal("This stand-in knows price_data only.", param="line_items")
    if price["currency"] != "gbp":
        raise Refusal("This stand-in knows pounds only.", param="line_items[0][price_data][currency]")
    named = (price.get("product_data") or {}).get("name")
    if not named or "unit_amount" not in price or "recurring" in price:
        raise Refusal("This stand-in needs product_data with a name, and a unit_amount paid once.", param="line_items")
    each, count = price["unit_amount"], row.get("quantity", 1)
    if each < 0 or count < 1:
        raise Refusal("Invalid non-negative integer", "parameter_invalid_integer", param="line_items")
    world = call.world
    return objects.line_item(
        world.new_id("li"), world.new_id("price"), world.new_id("prod"), world.now(), name=named, each=each, count=count
    )


def _check_destination(call: Call, data: Object, amount: int) -> None:
    going_on = data.get("transfer_data")
    fee = data.get("application_fee_amount")
    if data.get("capture_method", "automatic_async") == "manual":
        raise Refusal("This stand-in takes the money at once.", param="payment_intent_data[capture_method]")
    if fee is not None and (going_on is None or not 0 < fee <= amount or "amount" in going_on):
        raise Refusal("Invalid application fee.", param="payment_intent_data[application_fee_amount]")
    if going_on is None:
        return
    payments.can_take_transfers(call.world, going_on["destination"])
    if not 0 < going_on.get("amount", amount) <= amount:
        raise Refusal("The transfer is larger than the payment.", param="payment_intent_data[transfer_data][amount]")


def _expires_at(call: Call) -> int:
    now, wanted = call.world.now(), call.params.get("expires_at")
    if wanted is None:
        return now + _LATEST
    if not now + _SOONEST <= wanted <= now + _LATEST:
        raise Refusal(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
            "creation.",
            param="expires_at",
        )
    return int(wanted)


@answers("GET", "/v1/checkout/sessions/{session}")
def retrieve(call: Call) -> Object:
    """A payment page as it is now."""
    payments.expire_due(call.world)
    return call.world.get(call.ids[0], "checkout.session", param="session")


@answers("GET", "/v1/checkout/sessions/{session}/line_items")
def line_items(call: Call) -> Object:
    """What is paid for on a payment page."""
    session = call.world.get(call.ids[0], "checkout.session", param="session")
    return dict(call.world.more(session["id"])["line_items"])


@answers("GET", "/v1/checkout/sessions")
def list_all(call: Call) -> Object:
    """The payment pages."""
    payments.expire_due(call.world)
    wanted = {name: call.params.get(name) for name in ("payment_intent", "status")}
    return page(call, call.world.all("checkout.session", **wanted))


@answers("POST", "/v1/checkout/sessions/{session}/expire")
def expire(call: Call) -> Object:
    """Close a payment page, if nobody has paid on it."""
    payments.expire_due(call.world)
    session = call.world.get(call.ids[0], "checkout.session", param="session")
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
    payments.expire(call.world, session)
    return session


@answers("POST", "/v1/checkout/sessions/{session}")
def update(call: Call) -> Object:
    """Change a payment page's metadata; nothing else can be changed here."""
    session = call.world.get(call.ids[0], "checkout.session", param="session")
    if set(call.params) - {"metadata"}:
        raise Refusal("This stand-in changes metadata only.")
    keep_metadata(session, call.params.get("metadata"))
    return session


@answers("GET", "/v1/payment_intents/{intent}")
def retrieve_payment(call: Call) -> Object:
    """A payment as it is now."""
    return call.world.get(call.ids[0], "payment_intent", call.owner, "intent")


@answers("GET", "/v1/payment_intents")
def list_payments(call: Call) -> Object:
    """The payments."""
    return page(call, call.world.all("payment_intent", call.owner))


@answers("GET", "/v1/charges/{charge}")
def retrieve_charge(call: Call) -> Object:
    """A charge; with ``Stripe-Account`` also what came to a connected account."""
    return call.world.get(call.ids[0], "charge", call.owner, "charge")


@answers("GET", "/v1/charges")
def list_charges(call: Call) -> Object:
    """The charges."""
    wanted = {name: call.params.get(name) for name in ("payment_intent", "transfer_group")}
    return page(call, call.world.all("charge", call.owner, **wanted))
