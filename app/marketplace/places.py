"""Postcodes and distances in England, pure. Distances are miles."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

EARTH_DIAMETER_MILES = 7917.6
_MILES_A_DEGREE = math.pi * EARTH_DIAMETER_MILES / 360

_OUTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_POSTCODE = re.compile(rf"(?P<outcode>{_OUTCODE})(?P<incode>[0-9][A-Z]{{2}})")
_OUTCODE_ONLY = re.compile(_OUTCODE)


@dataclass(frozen=True, slots=True)
class Place:
    """A point to search near.

    :param label: how the person wrote it, tidied: ``SE1 9RR`` or ``SE1``.
    """

    label: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Box:
    """A box of degrees that holds a circle."""

    south: float
    north: float
    west: float
    east: float


def tidy_postcode(text: str) -> str | None:
    """``se19rr`` becomes ``SE1 9RR``; None when it is not a full postcode."""
    match = _POSTCODE.fullmatch("".join(text.split()).upper())
    return f"{match['outcode']} {match['incode']}" if match else None


def outcode_of(text: str) -> str | None:
    """The outcode of a full postcode, of one begun (``SE1 9``), or of an outcode itself; None when it is none."""
    parts = text.upper().split()
    tight = "".join(parts)
    match = _POSTCODE.fullmatch(tight)
    if match:
        return match["outcode"]
    if len(parts) == 2 and _OUTCODE_ONLY.fullmatch(parts[0]) and re.fullmatch("[0-9][A-Z]?", parts[1]):
        return parts[0]
    return tight if _OUTCODE_ONLY.fullmatch(tight) else None


def box_around(lat: float, lon: float, miles: float) -> Box:
    """The box that holds every point within ``miles``."""
    tall = miles / _MILES_A_DEGREE
    wide = miles / (_MILES_A_DEGREE * max(0.05, math.cos(math.radians(min(89.0, abs(lat) + tall)))))
    return Box(lat - tall, lat + tall, lon - wide, lon + wide)


def miles_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The distance over ground as the crow flies (haversine), the same sum that the search does in SQL."""
    d_lat, d_lon = math.radians(other_lat - lat) / 2, math.radians(other_lon - lon) / 2
    a = math.sin(d_lat) ** 2 + math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(d_lon) ** 2
    return EARTH_DIAMETER_MILES * math.asin(math.sqrt(min(1.0, a)))


def say_miles(miles: float) -> str:
    """``close by``, ``0.8 miles``, ``1 mile``, ``12 miles``."""
    if miles < 0.05:
        return "close by"
    text = f"{miles:.1f}".removesuffix(".0") if miles < 10 else f"{miles:.0f}"
    return f"{text} mile" if text == "1" else f"{text} miles"
