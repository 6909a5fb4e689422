"""A drawing of where the results are: help for who likes maps. It holds nothing that the list does not say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.marketplace.asking import MILES
from app.marketplace.hits import Hit
from app.marketplace.places import Place

SIZE = 320
_MIDDLE = SIZE / 2
_RADIUS = 132.0  # of the outer ring
_APART = 24.0  # closer points become one
_MILES_A_DEGREE = 69.1


@dataclass(frozen=True, slots=True)
class Point:
    """One or several results at one place. ``wide``: how broad its label is drawn."""

    x: float
    y: float
    label: str
    wide: float


@dataclass(frozen=True, slots=True)
class Ring:
    radius: float
    words: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is drawn, in units of a square of 320.

    :param left_out: numbers of results that are not drawn: by phone or video, or nowhere in particular.
    """

    points: tuple[Point, ...]
    rings: tuple[Ring, ...]
    left_out: tuple[int, ...]
    words: str


def sketch(place: Place, hits: Sequence[Hit], first: int) -> Sketch | None:
    """Draw the results of a page around a place.

    :param first: the number of the first result.
    :returns: None when there is nothing to draw.
    """
    near = [(number, hit) for number, hit in enumerate(hits, first) if hit.miles is not None and _is_somewhere(hit)]
    if not near:
        return None
    furthest = max(hit.miles or 0 for _, hit in near)
    reach = next((miles for miles in MILES if miles >= furthest), MILES[-1])
    scale = _RADIUS / reach
    groups: list[tuple[float, float, list[int]]] = []
    for number, hit in near:
        x, y = _at(place, hit, scale)
        for at_x, at_y, numbers in groups:
            if math.hypot(x - at_x, y - at_y) < _APART:
                numbers.append(number)
                break
        else:
            groups.append((x, y, [number]))
    drawn = {number for number, _ in near}
    rings = [Ring(_RADIUS, _say(reach))]
    if reach > 1:
        rings.insert(0, Ring(_RADIUS / 2, _say(reach / 2)))
    return Sketch(
        tuple(_point(x, y, numbers) for x, y, numbers in groups),
        tuple(rings),
        tuple(number for number in range(first, first + len(hits)) if number not in drawn),
        f"{len(near)} of these results drawn around {place.label}, the furthest {_say(round(furthest, 1))} away",
    )


def _is_somewhere(hit: Hit) -> bool:
    return hit.lat is not None and hit.lon is not None and not hit.remote


def _at(place: Place, hit: Hit, scale: float) -> tuple[float, float]:
    east = ((hit.lon or 0) - place.lon) * math.cos(math.radians(place.lat)) * _MILES_A_DEGREE * scale
    north = ((hit.lat or 0) - place.lat) * _MILES_A_DEGREE * scale
    edge = _MIDDLE - 14
    return _MIDDLE + max(-edge, min(edge, east)), _MIDDLE - max(-edge, min(edge, north))


def _point(x: float, y: float, numbers: list[int]) -> Point:
    label = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} +{len(numbers) - 1}"
    return Point(round(x, 1), round(y, 1), label, max(22, 8 * len(label) + 10))


def _say(miles: float) -> str:
    number = f"{miles:.1f}".removesuffix(".0")
    return f"{number} mile" if number == "1" else f"{number} miles"
