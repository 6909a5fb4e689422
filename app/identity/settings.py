"""A commissioner's local settings: every key, its default and its meaning, in one frozen object. Their bounds are in
``setting_rules``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from app.identity.setting_rules import BOUNDS


@dataclass(frozen=True, slots=True)
class CommissionerSettings:
    """What a commissioner may set for itself."""

    decision_working_days: int = 2  # a coordinator answers within this many working days
    appeal_working_days: int = 5  # a second look takes longer: somebody reads the whole case for the first time
    receipt_over_pence: int = 0  # a receipt is asked for above this sum
    free_move_pence: int = 10_000  # a month, between outcomes, without anybody's leave
    free_kept_pence: int = 10_000  # a month, out of what is kept for bad weeks, without anybody's leave
    #: Reviews of money and plan together. Health: the first within 3 months, then at least every 12 (NHS (Direct
    #: Payments) Regulations 2013; policy facts, "Reviews and monitoring"); by the risk that the last one found.
    first_review_months: int = 3
    review_months_low: int = 12
    review_months_medium: int = 6
    review_months_high: int = 3
    review_notice_days: int = 14  # a review is announced at least so long before
    review_window_days: int = 14  # so long the transactions are open for it
    review_reminder_days: int = 3  # the person is told again so long before
    concern_days: int = 28  # so long a recorded concern opens the transactions
    telling_decision_days: int = 3  # so long a safeguarding lead has to decide when the person is told
    telling_delay_days: int = 28  # the longest one decision puts off the telling
    telling_most_days: int = 182  # the longest that all of them together do
    help_phone: str = ""  # shown under "Ask a person"
    help_email: str = ""
    school_terms: Sequence[Any] = ()  # pairs of ISO dates for term-time purchases; empty: the usual weeks in England
    #: Off: a service that introduces personal assistants and uses what people say of them to direct their work may have
    #: to register with the Care Quality Commission (policy facts, the trap under "Employing a personal assistant").
    #: A commissioner turns it on only with its own legal advice; only its own people then write and read them.
    ratings_of_pas: bool = False
    look_on_days: int = 90  # after a death or a move whoever acted may look for so long, and then no more
    # How long what is held stays (``records``). Each is a time after which it is removed for good.
    #: Full financial years after the one in which the last budget ended. Three, six and seven are all in use (policy
    #: facts, "Records"); six covers the six years in which a claim about money may be brought (Limitation Act 1980).
    keep_records_years: int = 6
    keep_messages_years: int = 6  # since the last word: what was decided in them is explained as long as the money is
    keep_notices_years: int = 2  # what somebody was told; the thing itself stays as long as its own time
    keep_enquiries_years: int = 2  # questions to providers that led to no purchase
    keep_drafts_months: int = 12  # something begun and never sent

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> CommissionerSettings:
        """Read what is stored, each within its bounds; a key that is missing has its default, one that is unknown is
        passed over.
        """
        usual = {field.name: field.default for field in fields(cls)}
        return cls(**{name: BOUNDS[name].read(value, usual[name]) for name, value in stored.items() if name in usual})
