"""What a person may ask of the search: read from an address, said back, widened. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from app.core.money import format_pounds, parse_pounds
from app.marketplace.places import Place, outcode_of
from app.marketplace.rules import Category, Rating

PAGE_SIZE = 20
MILES = (1, 2, 5, 10, 15, 25, 50)
DEFAULT_MILES = 10
MAX_WORDS = 200
_MAX_PAGE = 1_000_000


class Sort(StrEnum):
    BEST = "best"
    NEAREST = "nearest"
    CHEAPEST = "cheapest"
    RATED = "rated"

    @property
    def label(self) -> str:
        return _SORTS[self]


_SORTS = {
    Sort.BEST: "Best match",
    Sort.NEAREST: "Nearest first",
    Sort.CHEAPEST: "Cheapest first",
    Sort.RATED: "Best rated first",
}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search, ready for the database.

    :param place: near where; None is anywhere, and then ``miles`` says nothing.
    :param max_pence: the most that one hour, visit, session … may cost. Listings without a price are then left out.
    :param min_rating: this rating of the register or a better one.
    :param among: only these listings (what is new, for a search that is watched); None is all.
    """

    words: str = ""
    place: Place | None = None
    miles: int = DEFAULT_MILES
    category: Category | None = None
    max_pence: int | None = None
    min_rating: Rating | None = None
    sort: Sort = Sort.BEST
    page: int = 1
    among: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was asked: the text for the form, and a sentence for each thing that could not be used.

    :param near: what was typed as a place, to be looked up; the empty text is anywhere.
    :param typed_near: the same for the form, kept when it is no place that we know.
    """

    query: SearchQuery
    near: str = ""
    price: str = ""
    typed_near: str = ""
    problems: tuple[tuple[str, str], ...] = ()  # (field, sentence)

    @property
    def narrowed(self) -> bool:
        """Whether more was asked than words and a place."""
        query = self.query
        return bool(
            query.category
            or query.max_pence is not None
            or query.min_rating
            or query.sort is not Sort.BEST
            or query.miles != DEFAULT_MILES
        )

    def with_problem(self, field: str, sentence: str) -> Asked:
        return replace(self, problems=(*self.problems, (field, sentence)))

    def params(self, **changes: object) -> dict[str, str]:
        """The address of this search, with some of it changed: every part that matters, in one fixed order.

        ``near`` is always named, so that a shared address never falls back on somebody else's own postcode.
        """
        query = self.query
        parts: dict[str, object] = {
            "q": query.words,
            "near": self.near,
            "miles": query.miles if self.near else "",
            "category": query.category or "",
            "price": self.price if query.max_pence is not None else "",
            "rating": query.min_rating or "",
            "sort": "" if query.sort is Sort.BEST else query.sort,
            "page": "" if query.page == 1 else query.page,
            **changes,
        }
        return {name: str(value) for name, value in parts.items() if value != "" or name == "near"}


def read(args: Mapping[str, str], default_near: str = "") -> Asked:
    """Read a search from an address. What cannot be used is named in a sentence, and the rest still works.

    :param args: ``q near miles category price rating sort page``; anything else is left alone.
    :param default_near: where to look when the address does not say (the person's own postcode).
    """
    problems: list[tuple[str, str]] = []
    words = _clean(args.get("q", ""))
    if len(words) > MAX_WORDS:
        words = words[:MAX_WORDS].rstrip()
        problems.append(("q", f"We searched for the first {MAX_WORDS} letters of your words."))
    near = typed_near = _clean(args.get("near", default_near))[:MAX_WORDS]
    if near and outcode_of(near) is None:
        # A default that is no postcode is not the person's mistake to mend.
        if "near" in args:
            problems.append(("near", f"“{_short(near)}” is not a postcode. Try one like SE1 9RR or SE1."))
        typed_near, near = (typed_near if "near" in args else ""), ""
    price = _clean(args.get("price", ""))
    max_pence = None
    if price:
        try:
            max_pence = parse_pounds(price)
        except ValueError:
            problems.append(("price", f"“{_short(price)}” is not an amount. Try one like 20 or 18.40."))
            price = ""
        else:
            price = format_pounds(max_pence, whole=True).lstrip("£").replace(",", "")
    query = SearchQuery(
        words=words,
        miles=_number(args, "miles", MILES[-1], DEFAULT_MILES, "a number of miles from 1 to 50", problems),
        category=_word(args, "category", Category, "a kind of support that we know", problems),
        max_pence=max_pence,
        min_rating=_word(args, "rating", Rating, "a rating that we know", problems),
        sort=_word(args, "sort", Sort, "an order that we know", problems) or Sort.BEST,
        page=_number(args, "page", _MAX_PAGE, 1, "the number of a page", problems),
    )
    return Asked(query, near, price, typed_near, tuple(problems))


def widen(asked: Asked) -> list[tuple[str, dict[str, str]]]:
    """How a search that found nothing could find more: what each way is called, and its address."""
    query, ways = asked.query, []
    page_one = {"page": ""}
    if asked.near:
        further = next((miles for miles in MILES if miles > query.miles), None)
        if further:
            ways.append((f"Look within {further} miles", asked.params(miles=further, **page_one)))
        ways.append(("Look anywhere", asked.params(near="", miles="", **page_one)))
    if query.category:
        ways.append((f"Look beyond {query.category.label.lower()}", asked.params(category="", **page_one)))
    if query.max_pence is not None:
        ways.append(("Look at any price", asked.params(price="", **page_one)))
    if query.min_rating:
        ways.append(("Look at any rating", asked.params(rating="", **page_one)))
    if query.words:
        ways.append((f"Look without “{_short(query.words)}”", asked.params(q="", **page_one)))
    return ways


def _clean(text: str) -> str:
    """One line of printable text: no NUL, no half of a character, no run of spaces."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39].rstrip()}…"


def _number(
    args: Mapping[str, str], name: str, high: int, default: int, wanted: str, problems: list[tuple[str, str]]
) -> int:
    text = _clean(args.get(name, ""))
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= high:
        return int(text)
    problems.append((name, f"“{_short(text)}” is not {wanted}, so we did not use it."))
    return default


W = TypeVar("W", bound=StrEnum)


def _word(
    args: Mapping[str, str], name: str, kind: Callable[[str], W], wanted: str, problems: list[tuple[str, str]]
) -> W | None:
    text = _clean(args.get(name, ""))
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        problems.append((name, f"“{_short(text)}” is not {wanted}, so we did not use it."))
        return None
