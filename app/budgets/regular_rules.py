"""The words of regular purchases: their states, who writes them down, what can stand in the way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RegularState(StrEnum):
    """Where something bought again and again stands."""

    AWAITING_HOLDER = "awaiting_holder"  # prepared by somebody who may not buy for so much
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    STOPPED = "stopped"  # the rules do not let this money be used for it; the person's own affair
    DECLINED = "declined"
    CANCELLED = "cancelled"  # taken back, or turned down by the person's own side


REGULAR_WORDS: Mapping[RegularState, str] = {
    RegularState.AWAITING_HOLDER: "Waiting for a yes",
    RegularState.AWAITING_APPROVAL: "Someone is looking at it",
    RegularState.RUNNING: "Running",
    RegularState.STOPPED: "Stopped",
    RegularState.DECLINED: "Not agreed",
    RegularState.CANCELLED: "Taken back",
}


class PostedBy(StrEnum):
    """Who writes each occurrence down."""

    PERSON = "person"  # "I paid it", by hand
    CAREPURSE = "carepurse"  # by itself on its day: a standing order pays it


class TermsState(StrEnum):
    """Whether terms hold, or what they wait for."""

    AGREED = "agreed"
    PREPARED = "prepared"  # for the person's own side to say yes
    ASKED = "asked"  # for a coordinator
    RISE = "rise"  # a provider's dearer price, for the person's yes
    DROPPED = "dropped"  # somebody said no, or it was overtaken

    @classmethod
    def waiting(cls) -> frozenset[TermsState]:
        """Those that wait for somebody."""
        return frozenset({cls.PREPARED, cls.ASKED, cls.RISE})


class Hindrance(StrEnum):
    """Why an occurrence did not go through by itself."""

    MONEY = "money"  # tried again each day: money may have come
    AWAY = "away"  # the provider said they are away that day
    REGISTER = "register"
    STOPPED = "stopped"  # another rule stops it
    PRICE = "price"  # a dearer price waits for a yes
    REFERRED = "referred"  # it became a request; its answer decides

    @property
    def tried_again(self) -> bool:
        """Whether the next day may bring it without anybody doing anything."""
        return self in (Hindrance.MONEY, Hindrance.PRICE, Hindrance.REGISTER)
