"""Stripe's objects about accounts, disputes and cards, each whole."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake.objects import Object, listed

#: What a new connected account is asked for.
ASKED = ["business_profile.mcc", "external_account", "individual.dob.day", "tos_acceptance.date"]
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file",
    "uncategorized_text",
)  # fmt: skip


def requirements(due: list[str], disabled_reason: str | None = None) -> Object:
    """What is asked of an account, now and later."""
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": disabled_reason,
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due) if disabled_reason == "requirements.past_due" else [],
        "pending_verification": [],
    }


def account(account_id: str, **given: Any) -> Object:
    """A connected account of which nothing is known yet."""
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {"mcc": None, "name": None, "support_email": None, "support_phone": None, "url": None},
        "business_type": None,
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "charges_enabled": False,
        "controller": {
            "fees": {"payer": "application"},
            "is_controller": True,
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
            "type": "application",
        },
        "country": "GB",
        "default_currency": "gbp",
        "details_submitted": False,
        "email": None,
        "external_accounts": listed([], f"/v1/accounts/{account_id}/external_accounts"),
        "future_requirements": requirements([]),
        "metadata": {},
        "payouts_enabled": False,
        "requirements": requirements(ASKED, "requirements.past_due"),
        "settings": {
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {"statement_descriptor_prefix": None},
            "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": None},
        },
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "express",
    } | given


def dispute(**given: Any) -> Object:
    """A payer's bank asks for its money back."""
    return {
        "object": "dispute",
        "balance_transactions": [],
        "currency": "gbp",
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": None,
        "status": "needs_response",
    } | given


def evidence_details(due_by: int | None, *, sent: bool) -> Object:
    """How far an answer to a dispute is."""
    return {
        "due_by": due_by,
        "enhanced_eligibility": {},
        "has_evidence": sent,
        "past_due": False,
        "submission_count": int(sent),
        "submission_method": "manual" if sent else "not_submitted",
    }


def spending_controls(given: Object | None) -> Object:
    """What a card may be used for; nothing given: anything."""
    nothing: Object = {
        "allowed_card_presences": None,
        "allowed_categories": None,
        "allowed_merchant_countries": None,
        "blocked_card_presences": None,
        "blocked_categories": None,
        "blocked_merchant_countries": None,
        "spending_limits": [],
        "spending_limits_currency": "gbp",
    }
    controls = nothing | (given or {})
    controls["spending_limits"] = [{"categories": None} | one for one in controls["spending_limits"] or []]
    return controls


def cardholder(**given: Any) -> Object:
    """Somebody with a card."""
    return {
        "object": "issuing.cardholder",
        "company": None,
        "email": None,
        "individual": None,
        "livemode": False,
        "metadata": {},
        "phone_number": None,
        "preferred_locales": [],
        "requirements": {"disabled_reason": None, "past_due": []},
        "status": "active",
        "type": "individual",
    } | given


def card(**given: Any) -> Object:
    """An issued card."""
    return {
        "object": "issuing.card",
        "brand": "Visa",
        "cancellation_reason": None,
        "currency": "gbp",
        "exp_month": 12,
        "exp_year": 2030,
        "latest_fraud_warning": None,
        "livemode": False,
        "metadata": {},
        "personalization_design": None,
        "replaced_by": None,
        "replacement_for": None,
        "replacement_reason": None,
        "second_line": None,
        "shipping": None,
        "status": "inactive",
    } | given


def authorization(**given: Any) -> Object:
    """Somebody wants to be paid with a card."""
    return {
        "object": "issuing.authorization",
        "amount_details": {"atm_fee": None, "cashback_amount": None},
        "approved": False,
        "authorization_method": "online",
        "balance_transactions": [],
        "currency": "gbp",
        "fleet": None,
        "fraud_challenges": None,
        "fuel": None,
        "livemode": False,
        "metadata": {},
        "network_data": {
            "acquiring_institution_id": None, "system_trace_audit_number": None, "transaction_id": None
        },
        "pending_request": None,
        "request_history": [],
        "status": "pending",
        "token": None,
        "transactions": [],
        "verification_data": {
            "address_line1_check": "not_provided",
            "address_postal_code_check": "not_provided",
            "authentication_exemption": None,
            "cvc_check": "match",
            "expiry_check": "match",
            "postal_code": None,
            "three_d_secure": None,
        },
        "verified_by_fraud_challenge": None,
        "wallet": None,
    }  | given  # fmt: skip


def card_transaction(**given: Any) -> Object:
    """Money taken with a card, or given back to it."""
    return {
        "object": "issuing.transaction",
        "amount_details": {"atm_fee": None, "cashback_amount": None},
        "authorization": None,
        "currency": "gbp",
        "dispute": None,
        "livemode": False,
        "metadata": {},
        "network_data": {"authorization_code": None, "processing_date": None, "transaction_id": None},
        "token": None,
        "type": "capture",
        "wallet": None,
    } | given


def merchant(name: str, category: str, code: str, country: str) -> Object:
    """Who wants to be paid with a card."""
    return {
        "category": category,
        "category_code": code,
        "city": "Leeds",
        "country": country,
        "name": name,
        "network_id": "1234567890",
        "postal_code": None,
        "state": None,
        "tax_id": None,
        "terminal_id": None,
        "url": None,
    }
