"""What can stand in a parameter or a field, and the routes that have them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Plain:
    """A string, an integer, a number, a boolean, or anything."""

    kind: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these values. Stripe may add to them later; what we send and answer today is one of these."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; with ``paged`` the object that Stripe puts around the rows of one page."""

    item: Form
    paged: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """Names of the caller's own choice, each with a value."""

    value: Form


@dataclass(frozen=True, slots=True)
class Either:
    """Any of these, or null."""

    forms: tuple[Form, ...]
    or_null: bool


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class of the library: parameters or a resource."""

    module: str
    name: str  # with the names of the classes around it, such as ``Charge.Outcome``


Form = Plain | Choice | ListOf | MapOf | Either | ClassRef
ANYTHING = Plain("anything")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or field: what may stand in it, and whether it must be there."""

    form: Form
    needed: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked of Stripe."""

    verb: str
    path: str  # with names in braces
    pattern: re.Pattern[str]
    params: ClassRef | None
    returns: Form
