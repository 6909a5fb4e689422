"""What Stripe says, as far as CarePurse needs it: read once into frozen objects. Pure.

Sums are pence, moments are UTC. An object in another currency is refused: this money is in pounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.core.errors import CarePurseError

Said = Mapping[str, Any]


class OddAnswerError(CarePurseError):
    """Stripe said something that cannot be right for us, such as a sum in another currency."""


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """A provider's connected account: whether it can be paid, and what Stripe still asks of them."""

    id: str
    can_be_paid: bool  # transfers reach it
    is_paid_out: bool  # its money goes on to a bank
    given_all: bool  # the first form was filled in to its end
    due: tuple[str, ...]  # Stripe's names of what is asked for now
    coming: tuple[str, ...]  # asked for later
    due_by: datetime | None
    closed_why: str  # Stripe's code, where it was switched off
    bank_id: str  # changes with the account that money is paid out to
    bank_ending: str  # its last four digits

    @classmethod
    def read(cls, said: Said) -> ProviderAccount:
        asked = said.get("requirements") or {}
        banks = (said.get("external_accounts") or {}).get("data") or []
        bank: Said = next((one for one in banks if one.get("default_for_currency")), banks[0] if banks else {})
        return cls(
            id=said["id"],
            can_be_paid=(said.get("capabilities") or {}).get("transfers") == "active",
            is_paid_out=bool(said.get("payouts_enabled")),
            given_all=bool(said.get("details_submitted")),
            due=tuple(dict.fromkeys([*(asked.get("past_due") or ()), *(asked.get("currently_due") or ())])),
            coming=tuple(asked.get("eventually_due") or ()),
            due_by=_moment(asked.get("current_deadline")),
            closed_why=asked.get("disabled_reason") or "",
            bank_id=bank.get("id") or "",
            bank_ending=bank.get("last4") or "",
        )


class CheckoutState(StrEnum):
    """Where a visit to the payment page stands, in Stripe's words."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A visit to Stripe's payment page."""

    id: str
    url: str  # empty when it is over
    state: CheckoutState
    is_paid: bool  # complete and not paid: the bank still has to say
    amount_pence: int
    payment_id: str  # the PaymentIntent; empty until something was tried
    reference: str  # ours, given when it was opened
    expires_at: datetime

    @classmethod
    def read(cls, said: Said) -> Checkout:
        return cls(
            id=said["id"],
            url=said.get("url") or "",
            state=CheckoutState(said["status"]),
            is_paid=said["payment_status"] == "paid",
            amount_pence=_pence(said, "amount_total"),
            payment_id=_id(said.get("payment_intent")),
            reference=said.get("client_reference_id") or "",
            expires_at=_needed(said["expires_at"]),
        )


class PaymentState(StrEnum):
    """Where a payment stands, in our words."""

    WAITING = "waiting"  # for the person
    ON_ITS_WAY = "on_its_way"  # for their bank
    PAID = "paid"
    OVER = "over"  # cancelled: nothing will be paid by it


_PAYMENT_STATES = {"processing": PaymentState.ON_ITS_WAY, "succeeded": PaymentState.PAID, "canceled": PaymentState.OVER}


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment and what became of its money."""

    id: str
    state: PaymentState
    amount_pence: int  # received, once it is paid
    refunded_pence: int
    is_disputed: bool
    charge_id: str
    transfer_id: str  # what went on to the provider
    problem: str  # Stripe's code of the last refusal, such as card_declined

    @classmethod
    def read(cls, said: Said) -> Payment:
        charge = said.get("latest_charge") or {}
        charge = charge if isinstance(charge, Mapping) else {"id": charge}
        state = _PAYMENT_STATES.get(said["status"], PaymentState.WAITING)
        return cls(
            id=said["id"],
            state=state,
            amount_pence=_pence(said, "amount_received" if state is PaymentState.PAID else "amount"),
            refunded_pence=int(charge.get("amount_refunded") or 0),
            is_disputed=bool(charge.get("disputed")),
            charge_id=charge.get("id") or "",
            transfer_id=_id(charge.get("transfer")),
            problem=(said.get("last_payment_error") or {}).get("code") or "",
        )


class RefundState(StrEnum):
    """Where a refund stands, in our words."""

    ON_ITS_WAY = "on_its_way"
    BACK = "back"
    FAILED = "failed"


_REFUND_STATES = {"succeeded": RefundState.BACK, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to who paid."""

    id: str
    state: RefundState
    amount_pence: int
    payment_id: str
    reversal_id: str  # what the provider's account gave back
    reference: str  # ours: what it was asked for; empty when it was made at Stripe
    written_at: datetime

    @classmethod
    def read(cls, said: Said) -> Refund:
        return cls(
            id=said["id"],
            state=_REFUND_STATES.get(said.get("status") or "", RefundState.ON_ITS_WAY),
            amount_pence=_pence(said, "amount"),
            payment_id=_id(said.get("payment_intent")),
            reversal_id=_id(said.get("transfer_reversal")),
            reference=(said.get("metadata") or {}).get("reference") or "",
            written_at=_needed(said["created"]),
        )


class DisputeState(StrEnum):
    """Where a dispute at the bank stands, in our words."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


_DISPUTE_STATES = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}


@dataclass(frozen=True, slots=True)
class Dispute:
    """The payer's bank was asked to take a payment back."""

    id: str
    state: DisputeState
    amount_pence: int
    payment_id: str
    reason: str  # Stripe's word, such as product_not_received
    answer_by: datetime | None

    @classmethod
    def read(cls, said: Said) -> Dispute:
        return cls(
            id=said["id"],
            state=_DISPUTE_STATES.get(said["status"], DisputeState.OPEN),
            amount_pence=_pence(said, "amount"),
            payment_id=_id(said.get("payment_intent")),
            reason=said.get("reason") or "",
            answer_by=_moment((said.get("evidence_details") or {}).get("due_by")),
        )


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way from a provider's account at Stripe to their bank."""

    id: str
    state: str  # Stripe's word: pending, in_transit, paid, failed, canceled
    amount_pence: int
    arrives_at: datetime
    problem: str  # Stripe's code, such as account_closed

    @classmethod
    def read(cls, said: Said) -> Payout:
        return cls(
            id=said["id"],
            state=said["status"],
            amount_pence=_pence(said, "amount"),
            arrives_at=_needed(said["arrival_date"]),
            problem=said.get("failure_code") or "",
        )


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A line of the account's own book at Stripe: what the ledger is compared with."""

    id: str
    kind: str  # Stripe's word, such as charge, refund, transfer, adjustment
    amount_pence: int  # in is positive, out negative
    fee_pence: int
    source_id: str
    written_at: datetime

    @classmethod
    def read(cls, said: Said) -> BalanceRow:
        return cls(
            id=said["id"],
            kind=said["type"],
            amount_pence=_pence(said, "amount"),
            fee_pence=int(said.get("fee") or 0),
            source_id=_id(said.get("source")),
            written_at=_needed(said["created"]),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """News from Stripe: that something about an object changed. What it is now, is asked for."""

    id: str
    kind: str  # such as checkout.session.completed
    object_id: str
    account_id: str  # the connected account it is about; empty for our own
    written_at: datetime

    @classmethod
    def read(cls, said: Said) -> Event:
        try:
            about = said["data"]["object"]
            return cls(
                id=str(said["id"]),
                kind=str(said["type"]),
                object_id=str(about.get("id") or ""),
                account_id=str(said.get("account") or ""),
                written_at=_needed(said["created"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError):
            raise OddAnswerError("This is no event.") from None


def _pence(said: Said, name: str) -> int:
    if said.get("currency") != "gbp":
        raise OddAnswerError(f"{said.get('id')} is not in pounds.")
    return int(said[name])


def _id(value: Any) -> str:
    """The id of something Stripe names, or shows whole."""
    return (value.get("id") or "") if isinstance(value, Mapping) else (value or "")


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _needed(seconds)


def _needed(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
