"""What is held on a person: how long a download stays, when their time is over, what a correction may be. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

#: A download is for whoever asked, and soon: a copy of a whole life should not lie about.
DOWNLOAD_DAYS = 7
DOWNLOADS_A_DAY = 10  # for one account: each is minutes of work and a week of disk
#: What is the same everywhere, because it belongs to a sign-in and not to one commissioner.
SIGN_IN_DAYS = 90  # a session that ended or was left: long enough to see who was on an account
TRIES_DAYS = 1  # failed sign-ins are counted for a quarter of an hour
FORM_KEY_DAYS = 30  # that a form was sent: nobody presses a button twice a month later
DOWNLOAD_ROW_DAYS = 365  # that somebody asked for a download, after the file is gone
#: A file that no row names was left by something that failed; younger ones may still get their row.
ORPHAN_DAYS = 1
#: Words of the audit are never removed before they are this old, whatever else is true (the database refuses).
AUDIT_DAYS = 365
#: A setting below these is read as these: a slip must not empty a commissioner's records.
LEAST_RECORDS_YEARS = 3  # the shortest in use (policy facts, "Records")
LEAST_YEARS = 1
LEAST_MONTHS = 3

#: How whoever's time is over is called. The reference tells one from another; it is written nowhere else then.
SOMEBODY = "Somebody"
REMOVED = "Removed"


class DownloadState(StrEnum):
    """How far a download is."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"  # its week is over


class HoldKind(StrEnum):
    """Why records are kept longer than their time."""

    CONCERN = "concern"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    COURT = "court"


HOLD_WORDS: dict[HoldKind, str] = {
    HoldKind.CONCERN: "A concern is being looked into",
    HoldKind.DISPUTE: "Something about the money is not settled",
    HoldKind.COMPLAINT: "There is a complaint",
    HoldKind.COURT: "A court or a tribunal needs them",
}


class CorrectionKind(StrEnum):
    """What is to be put right."""

    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    OTHER = "other"


class CorrectionState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    PUT_RIGHT = "put_right"
    STAYS = "stays"  # as it was, with the person's own note beside it


CORRECTION_WORDS: dict[CorrectionState, str] = {
    CorrectionState.WAITING: "Waiting for an answer",
    CorrectionState.PUT_RIGHT: "Put right",
    CorrectionState.STAYS: "Stays as it is, with your note beside it",
}
CORRECTION_TOPICS: dict[CorrectionKind, str] = {
    CorrectionKind.NAME: "Put my name right",
    CorrectionKind.DATE_OF_BIRTH: "Put a date of birth right",
    CorrectionKind.OTHER: "Something you hold about me is wrong",
}


def one_month_after(day: date) -> date:
    """The day by which a request about one's own data is answered: one calendar month (UK GDPR, Article 12(3)).

    Where the next month has no such day it is that month's last day.
    """
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def year_end(day: date) -> date:
    """The last day of the financial year that holds ``day``: 31 March."""
    return date(day.year + (day.month > 3), 3, 31)


def removed_on(last_day: date, years: int) -> date:
    """The first day on which records are past their time.

    :param last_day: the last day of the last budget; without any, the day the person was entered.
    :param years: how many full financial years they are kept after that.
    """
    end = year_end(last_day)
    return date(end.year + years, 4, 1)


def gone_before(today: date, years: int) -> date:
    """The other way round: whose last day is before this one is past their time today.

    It is 1 April of the first financial year that is not ``years`` full years over.
    """
    began = today.year - (today < date(today.year, 4, 1))  # the financial year that holds today
    return date(began - years, 4, 1)


def years_before(today: date, years: int) -> date:
    """The same day some years ago; 29 February becomes 28."""
    return today.replace(year=today.year - years, day=min(today.day, monthrange(today.year - years, today.month)[1]))


def months_before(today: date, months: int) -> date:
    """The same day some months ago, or that month's last day."""
    index = today.year * 12 + today.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def days_before(today: date, days: int) -> date:
    """So many days ago."""
    return today - timedelta(days=days)
