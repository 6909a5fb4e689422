"""A search said back: what narrows it and how to take each away, how to widen one that found nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.money import format_pounds
from app.marketplace.asking import DEFAULT_MILES, MILES, Asked, Sort, shortened
from app.marketplace.rules import Rating

Address = dict[str, str | list[str]]
_PAGE_ONE = {"page": ""}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that narrows a search, and the address without it."""

    words: str
    without: Address


def chips(asked: Asked) -> list[Chip]:
    """What narrows a search besides its words and its place, in the order of the form."""
    query = asked.query
    found: list[Chip] = []

    def chip(words: str, **without: object) -> None:
        found.append(Chip(words, asked.params(**{**without, **_PAGE_ONE})))

    if query.category:
        chip(query.category.label, category="", gender="")
    if query.gender:
        chip(query.gender.label, gender="")
    if asked.near and query.miles != DEFAULT_MILES:
        chip("1 mile" if query.miles == 1 else f"{query.miles} miles", miles="")
    if query.max_pence is not None:
        chip(f"Up to {format_pounds(query.max_pence, whole=True)}", price="")
    if query.min_rating:
        best = query.min_rating is Rating.OUTSTANDING
        chip(query.min_rating.label if best else f"{query.min_rating.label} or better", rating="")
    if query.day:
        chip(query.day.label, day="")
    if query.part:
        chip(query.part.label, time="")
    if query.where:
        chip(query.where.label, where="")
    if query.language:
        chip(f"Speaks {shortened(query.language)}", language="")
    for each in query.access:
        chip(shortened(each), access=[other for other in query.access if other != each])
    if query.taking:
        chip("Takes new people", taking="")
    return found


def cleared(asked: Asked) -> Address:
    """The address with the words, the place, the order and my hours alone."""
    names = (
        "miles", "category", "price", "rating", "language", "day", "time", "where", "access", "gender", "taking",
        "page",
    )  # fmt: skip
    return asked.params(**dict.fromkeys(names, ""))


def narrowed(asked: Asked) -> bool:
    """Whether more was asked than words and a place."""
    return bool(chips(asked)) or asked.query.sort is not Sort.BEST or asked.how_many is not None


def widen(asked: Asked) -> list[tuple[str, Address]]:
    """How a search that found nothing could find more: what each way is called, and its address."""
    query, ways = asked.query, []
    if asked.near:
        further = next((miles for miles in MILES if miles > query.miles), None)
        if further:
            ways.append((f"Look within {further} miles", asked.params(miles=further, **_PAGE_ONE)))
        ways.append(("Look anywhere", asked.params(near="", miles="", **_PAGE_ONE)))
    if query.category:
        beyond = f"Look beyond {query.category.label.lower()}"
        ways.append((beyond, asked.params(category="", gender="", **_PAGE_ONE)))
    if query.gender:
        ways.append(("Look for women and men", asked.params(gender="", **_PAGE_ONE)))
    if query.max_pence is not None:
        ways.append(("Look at any price", asked.params(price="", **_PAGE_ONE)))
    if query.min_rating:
        ways.append(("Look at any rating", asked.params(rating="", **_PAGE_ONE)))
    if query.day or query.part:
        ways.append(("Look at any day and time", asked.params(day="", time="", **_PAGE_ONE)))
    if query.where:
        ways.append(("Look for any place", asked.params(where="", **_PAGE_ONE)))
    if query.language:
        ways.append(("Look for any language", asked.params(language="", **_PAGE_ONE)))
    if query.access:
        ways.append(("Look for any access", asked.params(access="", **_PAGE_ONE)))
    if query.taking:
        ways.append(("Also look for those who take nobody new now", asked.params(taking="", **_PAGE_ONE)))
    if query.words:
        ways.append((f"Look without “{shortened(query.words)}”", asked.params(q="", **_PAGE_ONE)))
    return ways
