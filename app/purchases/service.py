"""Every verb of a purchase's life, in one place to import from.

All take the ``actor`` first, check the right, write the audit and the notices in the caller's transaction, and never
commit. What they do is in the module each comes from.
"""

from app.purchases.checking import LineCheck, PurchaseCheck, check
from app.purchases.clocks import keep_promises
from app.purchases.deciding import (
    add_message,
    add_message_about,
    answer,
    answer_about,
    approve,
    ask,
    decline,
    hand_over,
    take,
)
from app.purchases.deciding_purchases import PurchaseSubject
from app.purchases.drafting import put_line, remove_line, set_details, start_draft
from app.purchases.settling import confirm_delivery, mark_paid
from app.purchases.submitting import confirm, submit, turn_down
from app.purchases.taking_back import cancel, revise, take_out_blocked_lines

__all__ = [
    "LineCheck",
    "PurchaseCheck",
    "PurchaseSubject",
    "add_message",
    "add_message_about",
    "answer",
    "answer_about",
    "approve",
    "ask",
    "cancel",
    "check",
    "confirm",
    "confirm_delivery",
    "decline",
    "hand_over",
    "keep_promises",
    "mark_paid",
    "put_line",
    "remove_line",
    "revise",
    "set_details",
    "start_draft",
    "submit",
    "take",
    "take_out_blocked_lines",
    "turn_down",
]
