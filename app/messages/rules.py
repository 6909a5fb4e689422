"""Notices and messages: their kinds and limits. Pure."""

from __future__ import annotations

from enum import StrEnum

MAX_BODY = 4000


class NoticeKind(StrEnum):
    """What a notice tells."""

    TO_CONFIRM = "to_confirm"  # a broker prepared something
    CONFIRMED = "confirmed"  # the person's side said yes or no to it
    TO_DECIDE = "to_decide"  # a coordinator has something to decide
    DECIDED = "decided"
    INFORMATION_WANTED = "information_wanted"
    ANSWERED = "answered"
    MESSAGE = "message"
    HANDED_OVER = "handed_over"
    TAKEN_BACK = "taken_back"
    MONEY_IN = "money_in"


class About(StrEnum):
    """What a notice or a thread is about: the shell turns it and the reference into an address."""

    PURCHASE = "purchase"  # about_ref: the purchase
    REQUEST = "request"  # about_ref: the approval request, for staff
    BUDGET = "budget"  # about_ref: empty; the person's home page


#: E-mails say little: they are read on lock screens and shared computers.
EMAIL_LINES: dict[About, str] = {
    About.PURCHASE: "There is news about a purchase.",
    About.REQUEST: "There is something for you to look at.",
    About.BUDGET: "There is news about a budget.",
}
