"""What the pages of regular purchases share: the blueprint, the one an address names, what home shows of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import queries as budgets
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_queries import ANOTHERS, is_anothers
from app.messages import service as messages
from app.messages.rules import About
from app.purchases import regular, saying_yes
from app.purchases.regular_reading import RegularWaiting
from app.web.context import current_actor, current_person
from app.web.regular_forms import say_days, sentence

pages = Blueprint("regular", __name__)
ONE = "/p/<person_ref>/regular/<regular_ref>"
pages.add_app_template_filter(say_days, "days")
pages.add_app_template_filter(sentence, "sentence")


@pages.app_template_global()
def regular_waiting() -> Sequence[RegularWaiting]:
    """What waits about things bought again and again, for the home page. Read once a request."""
    if "regular_waiting" not in g:
        actor, person = current_actor(), current_person()
        g.regular_waiting = saying_yes.mark_regular_answerers(actor, person, regular.waiting_for(actor, person))
    return g.regular_waiting  # type: ignore[no-any-return]  # what was just put there


@pages.app_template_global()
def regular_words(payment: RegularPayment) -> str:
    """What something bought again and again is called; of another broker's work only whose it is."""
    return ANOTHERS if not regular_opens(payment) else payment.words


@pages.app_template_global()
def regular_opens(payment: RegularPayment) -> bool:
    """Whether its own page opens for the reader."""
    return not is_anothers(current_actor(), current_person(), payment)


def load(ref: str) -> RegularPayment:
    """The one that the address names.

    :raises NotFoundError: when it is not one of this person's.
    """
    return budgets.regular_payment_for(current_actor(), current_person(), ref)


def back_to(payment: RegularPayment) -> ResponseReturnValue:
    """Go to its own page. Whoever did something about it need not read the notices about it any more."""
    if request.method == "POST":
        messages.mark_read_about(current_actor(), About.REGULAR, payment.ref)
    return redirect(url_for("regular.show", regular_ref=payment.ref), 303)
