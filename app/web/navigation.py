"""The menu: which ways in somebody is shown. A link is shown only to those whose page opens."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request, url_for

from app.identity.rules import Permission, may
from app.web.context import actor_or_none, person_or_none

_PERSON = (
    ("Home", "home.show"),
    ("Spending", "spending.index"),
    ("Find support", "marketplace.find"),
    ("My plan", "plan.show"),
)
_STAFF = (
    ("Work", "staff.home", Permission.SIGNED_IN),
    ("To decide", "queue.index", Permission.DECIDE),
    ("Messages", "staff_messages.index", Permission.DECIDE),
    ("Marketplace", "staff_suggestions.index", Permission.LOOK_AFTER_MARKET),
    ("Reviews", "staff_gate.index", Permission.HOLD_REVIEWS),
    ("People", "staff_people.index", Permission.SEE_BUDGET_HEALTH),
    ("Budgets", "budgets.index", Permission.SEE_BUDGET_HEALTH),
    ("Ledger", "ledger.show", Permission.READ_LEDGER),
    ("Policy", "policy.show", Permission.READ_POLICY),
    ("Team", "staff.people", Permission.MANAGE_STAFF),
    ("Who did what", "audit.index", Permission.READ_AUDIT),
)
_PROVIDER = (
    ("Overview", "provider_home.show"),
    ("What we offer", "provider_listings.show"),
    ("Orders", "provider_orders.show"),
    ("Questions", "provider_enquiries.index"),
    ("Reviews", "provider_reviews.index"),
    ("About us", "provider_profile.show"),
)
#: A page with a link of its own lights up no other.
_ENDPOINTS = frozenset(endpoint for _, endpoint, *_ in (*_PERSON, *_STAFF, *_PROVIDER))


@dataclass(frozen=True, slots=True)
class Way:
    """One link of the menu."""

    words: str
    href: str
    current: bool


def menu() -> list[Way]:
    """The links for this page: of the person it is about, of the provider, or of the staff's work."""
    actor = actor_or_none()
    if actor is None:
        return []
    if person_or_none() is not None:
        return [_way(words, endpoint) for words, endpoint in _PERSON if _exists(endpoint)]
    if g.get("provider") is not None:
        return [_way(words, endpoint) for words, endpoint in _PROVIDER if _exists(endpoint)]
    if actor.posts:
        return [_way(words, endpoint) for words, endpoint, right in _STAFF if _exists(endpoint) and may(actor, right)]
    return []


def _way(words: str, endpoint: str) -> Way:
    here = request.endpoint or ""
    module, own = here.partition(".")[0], endpoint.partition(".")[0]
    same_page_module = module == own or (own == "policy" and module.startswith("policy_"))
    return Way(words, url_for(endpoint), here == endpoint or (same_page_module and here not in _ENDPOINTS))


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
