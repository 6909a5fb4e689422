"""Telling a provider that something was agreed to be bought from them, or is not wanted any more."""

from __future__ import annotations

from app.core.money import format_pounds
from app.identity.rules import Actor
from app.marketplace import queries as marketplace
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.models import Purchase
from app.purchases.rules import State, Verb

#: An approved purchase is not bought any more.
GIVEN_UP = frozenset({Verb.CANCEL, Verb.REPLACE})
_AGREED = frozenset({Verb.SUBMIT, Verb.CONFIRM, Verb.APPROVE})
_TEAM = Actor.system("Orders")


def tell_of_step(purchase: Purchase, was: State, verb: Verb) -> None:
    """Tell the provider of a step of a purchase, if it is one that concerns them: one statement when it does.

    They read a first name, what, and how much; no person is named on the notice beyond that.
    """
    if purchase.provider_id is None:
        return
    if purchase.state is State.APPROVED and verb in _AGREED:
        kind = NoticeKind.ORDER
        doing = "has changed what they would like. It is now" if purchase.changes_id else "would like"
    elif was is State.APPROVED and verb is Verb.CANCEL:  # of what is replaced, the change itself tells
        kind = NoticeKind.TAKEN_BACK
        doing = "does not need this any more:"
    else:
        return
    messages.notify(
        _TEAM,
        marketplace.members_of(purchase.provider_id),
        kind,
        f"{purchase.person.given_name} {doing} {purchase.title}, {format_pounds(purchase.total_pence)}.",
        about=About.ORDER,
        about_ref=purchase.ref,
    )
