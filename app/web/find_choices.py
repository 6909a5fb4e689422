"""The filters of *Find support*: every choice with how many it would find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.marketplace.asking import MILES, Asked
from app.marketplace.filters import Day, Gender, Part, Where
from app.marketplace.hits import SearchPage
from app.marketplace.rules import Category, Rating


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter.

    :param count: how many it would find with everything else that is chosen.
    """

    value: str
    words: str
    count: int
    chosen: bool

    @property
    def label(self) -> str:
        """``Therapies (1,204)``."""
        return f"{self.words} ({self.count:,})"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    :param any_words: what choosing nothing is called; nothing when something is always chosen.
    """

    name: str
    label: str
    any_words: str
    choices: tuple[Choice, ...]
    hint: str = ""


def filters(asked: Asked, page: SearchPage) -> dict[str, Filter]:
    """Every filter that is worth showing, by its name in the address."""
    query = asked.query
    made = [
        _made(page, "category", "Kind of support", "Any kind", _labelled(Category), query.category),
        _made(page, "day", "Day", "Any day", _labelled(Day), query.day, "when"),
        _made(page, "time", "Time of day", "Any time", _labelled(Part), query.part, "when"),
        _made(page, "where", "Where", "Anywhere", _labelled(Where), query.where),
        _made(
            page,
            "rating",
            "Rating on the care register",
            "Any rating",
            ((each, each.label if each is Rating.OUTSTANDING else f"{each.label} or better") for each in _RATINGS),
            query.min_rating,
            hint="Personal assistants and clubs have none",
        ),
    ]
    if query.place:
        made.append(_miles(page, query.miles))
    languages = _listed(page.counts["language"], (query.language,))
    if languages:
        made.append(_made(page, "language", "Language", "Any language", languages, query.language))
    access = _listed(page.counts["access"], query.access)
    if access:
        choices = tuple(
            Choice(value, words, page.counts["access"].get(value, 0), value in query.access) for value, words in access
        )
        made.append(Filter("access", "Access", "", choices))
    if query.category is Category.PERSONAL_ASSISTANT:
        people = _labelled(Gender)
        made.append(_made(page, "gender", "For personal care", "A woman or a man", people, query.gender, hint=_LAWFUL))
    return {each.name: each for each in made}


_RATINGS = (Rating.OUTSTANDING, Rating.GOOD, Rating.REQUIRES_IMPROVEMENT)
#: Why here and nowhere else: Equality Act 2010, Schedule 9 paragraph 1.
_LAWFUL = (
    "The law lets you choose who helps you wash, dress or use the toilet. "
    "This finds assistants who give such care and have told us."
)


def _labelled(kind: type[Category] | type[Day] | type[Part] | type[Where] | type[Gender]) -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in kind]


def _made(
    page: SearchPage,
    name: str,
    label: str,
    any_words: str,
    values: Iterable[tuple[str, str]],
    chosen: str | None,
    counts: str = "",
    hint: str = "",
) -> Filter:
    found = page.counts[counts or name]
    choices = tuple(Choice(str(value), words, found.get(value, 0), value == chosen) for value, words in values)
    return Filter(name, label, any_words, choices, hint)


def _miles(page: SearchPage, chosen: int) -> Filter:
    found = {**page.counts["miles"]}
    found.setdefault(str(chosen), page.total)  # a distance from the address that we do not offer
    values = sorted({*MILES, chosen})
    return Filter(
        "miles",
        "Within",
        "",
        tuple(Choice(str(far), "1 mile" if far == 1 else f"{far} miles", found[str(far)], far == chosen)
              for far in values),
    )  # fmt: skip


def _listed(counts: Mapping[str, int], chosen: Iterable[str]) -> list[tuple[str, str]]:
    """What there is to choose from, by name; whatever is chosen stays, though nothing has it."""
    return [(value, value) for value in sorted({*counts, *filter(None, chosen)}, key=str.casefold)]
