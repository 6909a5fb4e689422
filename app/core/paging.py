"""One page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and whether there are more. There is no total: counting a long list costs more than showing it."""

    rows: tuple[T, ...]
    page: int  # from 1
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.page > 1


def window(page: int, size: int) -> tuple[int, int]:
    """Offset and limit for a page; the limit is one more than the page holds, to know whether another follows."""
    return (clamp(page) - 1) * size, size + 1


def clamp(page: int) -> int:
    """A page number that can be, whatever was asked for."""
    return min(max(page, 1), MAX_PAGE)


def make_page(rows: Sequence[T], page: int, size: int) -> Page[T]:
    """A page from what was read with :func:`window`."""
    return Page(tuple(rows[:size]), clamp(page), len(rows) > size)
