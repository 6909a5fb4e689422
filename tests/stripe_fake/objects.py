"""Stripe's objects about money, each whole: what is not given is as Stripe has it on a new one."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]


def listed(rows: list[Object], url: str, *, has_more: bool = False) -> Object:
    """The object around the rows of one page."""
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}


def bank_account(bank_id: str, account: str, last4: str) -> Object:
    """Where a connected account is paid out to."""
    return {
        "id": bank_id,
        "object": "bank_account",
        "account": account,
        "account_holder_name": None,
        "account_holder_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": "GB",
        "currency": "gbp",
        "default_for_currency": True,
        "fingerprint": f"fp_{last4}",
        "last4": last4,
        "metadata": {},
        "routing_number": "108800",
        "status": "new",
    }


def session(**given: Any) -> Object:
    """A visit to the payment page."""
    return {
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": None,
        "client_reference_id": None,
        "client_secret": None,
        "consent": None,
        "currency": "gbp",
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_creation": "if_required",
        "customer_details": None,
        "customer_email": None,
        "invoice": None,
        "livemode": False,
        "locale": None,
        "metadata": {},
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_status": "unpaid",
        "recovered_from": None,
        "setup_intent": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    } | given


def line_item(
    item_id: str, price_id: str, product_id: str, created: int, *, name: str, each: int, count: int
) -> Object:
    """What is paid for on the payment page."""
    price = {
        "id": price_id,
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": "gbp",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": each,
        "unit_amount_decimal": str(each),
    }
    return {
        "id": item_id,
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": each * count,
        "amount_tax": 0,
        "amount_total": each * count,
        "currency": "gbp",
        "description": name,
        "price": price,
        "quantity": count,
    }


def payment_intent(**given: Any) -> Object:
    """A payment, from its first attempt on."""
    return {
        "object": "payment_intent",
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "currency": "gbp",
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    } | given


def charge(**given: Any) -> Object:
    """One attempt to take money, or what came to a connected account."""
    return {
        "object": "charge",
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": None,
        "captured": True,
        "currency": "gbp",
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": None,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    } | given


def refund(**given: Any) -> Object:
    """Money on its way back."""
    return {
        "object": "refund",
        "balance_transaction": None,
        "charge": None,
        "currency": "gbp",
        "destination_details": {"type": "card"},
        "metadata": {},
        "payment_intent": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    } | given


def transfer(transfer_id: str, **given: Any) -> Object:
    """Money on its way from the platform to a connected account."""
    return {
        "id": transfer_id,
        "object": "transfer",
        "amount_reversed": 0,
        "balance_transaction": None,
        "currency": "gbp",
        "description": None,
        "destination_payment": None,
        "livemode": False,
        "metadata": {},
        "reversals": listed([], f"/v1/transfers/{transfer_id}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": None,
    } | given


def reversal(**given: Any) -> Object:
    """Money on its way back from a connected account to the platform."""
    return {
        "object": "transfer_reversal",
        "balance_transaction": None,
        "currency": "gbp",
        "destination_payment_refund": None,
        "metadata": {},
        "source_refund": None,
    } | given


def payout(**given: Any) -> Object:
    """Money on its way to a bank."""
    return {
        "object": "payout",
        "application_fee": None,
        "application_fee_amount": None,
        "automatic": False,
        "balance_transaction": None,
        "currency": "gbp",
        "description": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    } | given
