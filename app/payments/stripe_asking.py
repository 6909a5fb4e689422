"""What Stripe is asked for, and the ways in which asking fails. Pure: it knows nothing of Stripe's library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock
from app.core.errors import CarePurseError

SORRY = "The payment service did not answer. Nothing is lost: try again in a few minutes."
NO = "The payment service did not take this. No money moved."
#: Seconds that a webhook's clock may be off, either way. Stripe's library looks at the past only.
CLOCKS_APART = 300


class UnknownOutcomeError(CarePurseError):
    """Stripe said nothing, or that it failed inside: what was asked may have happened.

    :param why: for the log; never a key, nothing about the person.
    """

    def __init__(self, why: str) -> None:
        super().__init__(SORRY)
        self.why = why


class RefusedError(CarePurseError):
    """Stripe said no: nothing happened.

    :param code: Stripe's word for the reason, such as ``charge_already_refunded``.
    :param why: for the log.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(NO)
        self.code = code
        self.why = why


class NotFromStripeError(CarePurseError):
    """A webhook that Stripe did not sign, or that is too old or from the future."""


@dataclass(frozen=True, slots=True)
class CheckoutOrder:
    """What a payment page is opened for: one payment to one provider."""

    reference: str  # ours: comes back with everything about it
    what: str  # what the payer reads, without anything about health
    amount_pence: int
    account_id: str  # the provider's: the money goes there
    back_url: str  # where the payer comes back to when it is done
    leave_url: str  # and when they changed their mind
    expires_at: datetime  # Stripe takes from 30 minutes to 24 hours from now


def check_moment(signature: str) -> None:
    """Refuse a webhook that was signed at another time, also one from the future: else it could be used for ever.

    :param signature: the header, such as ``t=1790000000,v1=…``.
    :raises NotFromStripeError: when it names no moment, or one that is too far off.
    """
    # the first moment, as Stripe's library takes it: a second one behind it must not be the one that is looked at
    moments = [part.strip()[2:] for part in signature.split(",") if part.strip().startswith("t=")]
    try:
        said = datetime.fromtimestamp(int(moments[0]), clock.now().tzinfo)
    except (IndexError, ValueError, OverflowError, OSError):
        raise NotFromStripeError("The signature has no moment.") from None
    if abs(said - clock.now()) > timedelta(seconds=CLOCKS_APART):
        raise NotFromStripeError("It was signed at another time.")
