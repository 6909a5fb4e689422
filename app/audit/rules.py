"""What of an entry is the person's own affair. Pure.

The privacy gate (DESIGN, section 8): staff do not read a person's purchases by way of the audit. The person reads
every entry as it was written; staff read of a purchase that something was done to it, by whom and when, not what it is.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Verbs that begin like this tell of one purchase: its words, sum, payee or the reason given about it.
GATED = (
    "purchases.",
    "approvals.",
    "evidence.",
    "messages.",
    "payments.",
    "keeping.",
    "enquiries.",
    "reviews.",
    "stewardship.look",
)

_WORDS: Mapping[str, str] = {
    "purchases.start_draft": "Began a purchase",
    "purchases.submit": "Sent a purchase",
    "purchases.confirm": "Said yes to a purchase",
    "purchases.turn_down": "Said no to a purchase",
    "purchases.cancel": "Took back a purchase",
    "purchases.approve": "Approved a purchase",
    "purchases.decline": "Declined a purchase",
    "purchases.ask": "Asked a question about a purchase",
    "purchases.answer": "Answered about a purchase",
    "purchases.pay": "Paid for a purchase",
    "purchases.confirm_delivery": "Got what was bought",
    "purchases.accept_order": "Accepted an order",
    "purchases.decline_order": "Turned down an order",
    "purchases.say_delivered": "Said that an order is done",
    "purchases.open_request": "Opened a purchase to decide it",
    "approvals.open": "Asked for a decision",
    "approvals.approved": "Approved a request",
    "approvals.declined": "Declined a request",
    "approvals.ask": "Asked a question about a request",
    "approvals.answered": "Answered a question about a request",
    "approvals.withdraw": "Took back a request",
    "approvals.assign": "Gave a request to another coordinator",
    "evidence.attach": "Added a receipt",
    "evidence.detach": "Took a receipt out",
    "evidence.open": "Opened a receipt",
    "messages.write": "Wrote a message",
    "enquiries.ask": "Asked a provider something",
    "enquiries.answer": "Answered a question to a provider",
    "enquiries.close": "Closed a question to a provider",
    "enquiries.quote": "Sent somebody a price",
    "enquiries.withdraw_quote": "Took back a price",
    "enquiries.use_quote": "Asked to buy at a price that was given",
    "stewardship.look": "Looked at somebody's money",
    "reviews.write": "Wrote a review",
    "reviews.change": "Changed a review",
    "reviews.reply": "Replied to a review",
    "reviews.report": "Asked for another look at a review",
    "reviews.show": "Let a review be read",
    "reviews.hide": "Hid a review",
    "reviews.show_reply": "Let a reply to a review be read",
    "reviews.hide_reply": "Hid a reply to a review",
    "payments.pay": "Noted a payment",
    "keeping.save": "Saved something to look at again",
    "keeping.unsave": "Took out something that was saved",
    "keeping.note": "Wrote a note on something saved",
    "keeping.watch": "Asked to be told of new support",
    "keeping.pause": "Paused being told of new support",
    "keeping.resume": "Took up being told of new support",
    "keeping.stop": "Stopped being told of new support",
    "keeping.told": "Told of new support",
}


def is_gated(verb: str) -> bool:
    """Whether an entry with this verb says what somebody bought."""
    return verb.startswith(GATED)


def staff_sentence(verb: str, sentence: str) -> str:
    """What staff read of an entry: its own sentence, or that something was done to a purchase."""
    return _WORDS.get(verb, "Changed a purchase") if is_gated(verb) else sentence
