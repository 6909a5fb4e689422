"""What a person may ask of the search: read from an address, said back, widened. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from app.core.money import format_pounds, parse_pounds
from app.marketplace.filters import Day, Gender, Part, Where
from app.marketplace.places import Place, outcode_of
from app.marketplace.rules import Category, Rating

PAGE_SIZE = 20
MILES = (1, 2, 5, 10, 15, 25, 50)
DEFAULT_MILES = 10
MAX_WORDS = 200
MOST_A_MONTH = 744  # hours in the longest month
_MAX_PAGE = 1_000_000
_MOST_ACCESS = 8
_MAX_CHOICE = 60  # letters of a language or a kind of access


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
    :param day: free on that day, at ``part`` of it or at any time; ``part`` alone is on any day. Who has not said when
        is free at any time.
    :param access: all of these.
    :param gender: of a personal assistant who gives personal care and has said; only with that category.
    :param taking: only who takes new people now.
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
    language: str = ""
    day: Day | None = None
    part: Part | None = None
    where: Where | None = None
    access: tuple[str, ...] = ()
    gender: Gender | None = None
    taking: bool = False
    among: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was asked: the text for the form, and a sentence for each thing that could not be used.

    :param near: what was typed as a place, to be looked up; the empty text is anywhere.
    :param typed_near: the same for the form, kept when it is no place that we know.
    :param how_many: my hours, visits or sessions a month, for the price beside each result; None is the example month.
    :param exact: the words as they were typed, whatever we think was meant.
    """

    query: SearchQuery
    near: str = ""
    price: str = ""
    typed_near: str = ""
    problems: tuple[tuple[str, str], ...] = ()  # (field, sentence)
    how_many: int | None = None
    exact: bool = False

    def with_problem(self, field: str, sentence: str) -> Asked:
        return replace(self, problems=(*self.problems, (field, sentence)))

    def params(self, **changes: object) -> dict[str, str | list[str]]:
        """The address of this search, with some of it changed: every part that matters, in one fixed order.

        ``near`` is always named, so that a shared address never falls back on somebody else's own postcode.

        :param changes: by the name in the address; the empty text leaves a part out.
        """
        query = self.query
        parts: dict[str, object] = {
            "q": query.words,
            "near": self.near,
            "miles": query.miles if self.near else "",
            "category": query.category or "",
            "price": self.price if query.max_pence is not None else "",
            "rating": query.min_rating or "",
            "language": query.language,
            "day": query.day or "",
            "time": query.part or "",
            "where": query.where or "",
            "access": list(query.access),
            "gender": query.gender or "",
            "taking": "yes" if query.taking else "",
            "how_many": self.how_many or "",
            "sort": "" if query.sort is Sort.BEST else query.sort,
            "exact": "yes" if self.exact else "",
            "page": "" if query.page == 1 else query.page,
            **changes,
        }
        return {
            name: [str(each) for each in value] if isinstance(value, list | tuple) else str(value)
            for name, value in parts.items()
            if (value != "" and value != [] and value != ()) or name == "near"
        }


def read(args: Mapping[str, str], default_near: str = "") -> Asked:
    """Read a search from an address. What cannot be used is named in a sentence, and the rest still works.

    :param args: what :meth:`Asked.params` writes; anything else is left alone.
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
            problems.append(("near", f"“{shortened(near)}” is not a postcode. Try one like SE1 9RR or SE1."))
        typed_near, near = (typed_near if "near" in args else ""), ""
    price = _clean(args.get("price", ""))
    max_pence = None
    if price:
        try:
            max_pence = parse_pounds(price)
        except ValueError:
            problems.append(("price", f"“{shortened(price)}” is not an amount. Try one like 20 or 18.40."))
            price = ""
        else:
            price = format_pounds(max_pence, whole=True).lstrip("£").replace(",", "")
    category = _word(args, "category", Category, "a kind of support that we know", problems)
    gender = _word(args, "gender", Gender, "an answer that we know", problems)
    if gender and category is not Category.PERSONAL_ASSISTANT:
        problems.append(("gender", "A woman or a man can be asked for only among personal assistants."))
        gender = None
    query = SearchQuery(
        words=words,
        miles=_number(args, "miles", MILES[-1], DEFAULT_MILES, "a number of miles from 1 to 50", problems)
        or DEFAULT_MILES,
        category=category,
        max_pence=max_pence,
        min_rating=_word(args, "rating", Rating, "a rating that we know", problems),
        sort=_word(args, "sort", Sort, "an order that we know", problems) or Sort.BEST,
        page=_number(args, "page", _MAX_PAGE, 1, "the number of a page", problems) or 1,
        language=_clean(args.get("language", ""))[:_MAX_CHOICE],
        day=_word(args, "day", Day, "a day of the week", problems),
        part=_word(args, "time", Part, "a time of day that we know", problems),
        where=_word(args, "where", Where, "a place that we know", problems),
        access=_several(args, "access"),
        gender=gender,
        taking=_clean(args.get("taking", "")) == "yes",
    )
    how_many = _number(args, "how_many", MOST_A_MONTH, None, f"a number from 1 to {MOST_A_MONTH}", problems)
    exact = _clean(args.get("exact", "")) == "yes"
    return Asked(query, near, price, typed_near, tuple(problems), how_many, exact)


def _clean(text: str) -> str:
    """One line of printable text: no NUL, no half of a character, no run of spaces."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shortened(text: str) -> str:
    """What was typed, short enough to say back."""
    return text if len(text) <= 40 else f"{text[:39].rstrip()}…"


def _several(address: Mapping[str, str], name: str) -> tuple[str, ...]:
    """All that an address says under one name, each once, in a fixed order."""
    every = getattr(address, "getlist", None)  # an address may say a name more than once; a plain mapping cannot
    said: list[str] = every(name) if every else [address.get(name, "")]
    return tuple(sorted({_clean(text)[:_MAX_CHOICE] for text in said} - {""})[:_MOST_ACCESS])


def _number(
    args: Mapping[str, str], name: str, high: int, default: int | None, wanted: str, problems: list[tuple[str, str]]
) -> int | None:
    text = _clean(args.get(name, ""))
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= high:
        return int(text)
    problems.append((name, f"“{shortened(text)}” is not {wanted}, so we did not use it."))
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
        problems.append((name, f"“{shortened(text)}” is not {wanted}, so we did not use it."))
        return None
