"""The bits by which the search knows what a listing misses."""

from __future__ import annotations

from enum import IntFlag


class Miss(IntFlag):
    """The filters, each with the bit of a listing that misses it."""

    NEAR = 1
    CATEGORY = 2
    PRICE = 4
    RATING = 8
    LANGUAGE = 16
    WHEN = 32
    WHERE = 64
    TAKING = 128
    GENDER = 256
