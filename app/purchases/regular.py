"""Every verb of what is bought again and again, in one place to import from (see ``service``)."""

from app.purchases.deciding_regular import RegularSubject
from app.purchases.regular_changing import (
    ChangeCheck,
    change,
    check_change,
    end,
    set_posted_by,
    take_back_change,
    write_down_now,
)
from app.purchases.regular_confirming import confirm_change, turn_down_change
from app.purchases.regular_posting import Posted, due_days, enqueue_due, post_occurrence
from app.purchases.regular_prices import accept_rise, check_rise, price_changed, refuse_rise
from app.purchases.regular_reading import Coming, coming_up, history_of, waiting_for
from app.purchases.regular_resting import pause, resume, skip
from app.purchases.regular_starting import RegularCheck, check, confirm, start, take_back, turn_down
from app.purchases.regular_things import ChangeInput, RegularInput, Thing, thing_from_listing, thing_from_purchase

__all__ = [
    "ChangeCheck",
    "ChangeInput",
    "Coming",
    "Posted",
    "RegularCheck",
    "RegularInput",
    "RegularSubject",
    "Thing",
    "accept_rise",
    "change",
    "check",
    "check_change",
    "check_rise",
    "coming_up",
    "confirm",
    "confirm_change",
    "due_days",
    "end",
    "enqueue_due",
    "history_of",
    "pause",
    "post_occurrence",
    "price_changed",
    "refuse_rise",
    "resume",
    "set_posted_by",
    "skip",
    "start",
    "take_back",
    "take_back_change",
    "thing_from_listing",
    "thing_from_purchase",
    "turn_down",
    "turn_down_change",
    "waiting_for",
    "write_down_now",
]
