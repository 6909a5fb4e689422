"""Every verb of a purchase's life, in one place to import from.

All take the ``actor`` first, check the right, write the audit and the notices in the caller's transaction, and never
commit. What they do is in the module each comes from.
"""

from app.purchases.appealing import appeal
from app.purchases.checking import LineCheck, PurchaseCheck, check
from app.purchases.clocks import keep_promises
from app.purchases.covering import cover_absences
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
from app.purchases.deciding_appeals import AppealSubject
from app.purchases.deciding_ideas import IdeaSubject
from app.purchases.deciding_moves import MoveSubject
from app.purchases.deciding_purchases import PurchaseSubject
from app.purchases.deciding_regular import RegularSubject
from app.purchases.disputing import close_with_note, dispute
from app.purchases.drafting import put_line, remove_line, set_details, start_draft
from app.purchases.ideas import ask_idea, set_terms, start_from_idea, take_back_idea, use_idea
from app.purchases.refunding import pay_out_credit, refund, use_credit
from app.purchases.replacing import start_change
from app.purchases.settling import confirm_delivery, mark_paid
from app.purchases.submitting import confirm, submit, turn_down
from app.purchases.taking_back import cancel, revise, take_out_blocked_lines

__all__ = [
    "AppealSubject",
    "IdeaSubject",
    "LineCheck",
    "MoveSubject",
    "PurchaseCheck",
    "PurchaseSubject",
    "RegularSubject",
    "add_message",
    "add_message_about",
    "answer",
    "answer_about",
    "appeal",
    "approve",
    "ask",
    "ask_idea",
    "cancel",
    "check",
    "close_with_note",
    "confirm",
    "confirm_delivery",
    "cover_absences",
    "decline",
    "dispute",
    "hand_over",
    "keep_promises",
    "mark_paid",
    "pay_out_credit",
    "put_line",
    "refund",
    "remove_line",
    "revise",
    "set_details",
    "set_terms",
    "start_change",
    "start_draft",
    "start_from_idea",
    "submit",
    "take",
    "take_back_idea",
    "take_out_blocked_lines",
    "turn_down",
    "use_credit",
    "use_idea",
]
