"""What a made-up life is written down as. Pure: money in pence, days counted back from today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.budgets.rules import HeldAs
from app.identity.rules import AuthorityKind
from app.ledger.rules import Stream
from app.plans.models import Per

#: The one passphrase of every demonstration sign-in.
PASSPHRASE = "kettle lantern otter meadow"  # noqa: S105  # printed by the command for everyone to use


@dataclass(frozen=True, slots=True)
class Aim:
    """An outcome of the plan, in the person's own words."""

    words: str
    pence: int  # a month, or once
    categories: tuple[str, ...]
    examples: tuple[str, ...] = ()
    risks: str = ""
    funding: Mapping[Stream, int] | None = None  # whole-number shares; None: as the whole budget is funded
    per: Per = Per.MONTH


@dataclass(frozen=True, slots=True)
class Regular:
    """A payment that comes round every month."""

    words: str
    payee: str
    category: str
    pence: int
    day: int
    aim: int = 0


@dataclass(frozen=True, slots=True)
class Habit:
    """Something bought again and again.

    :param a_month: how often in an ordinary month.
    :param listing: whether ``payee`` and ``words`` name a provider and a listing of the marketplace; ``pence`` is then
        the listing's price times ``quantity``.
    """

    words: str
    payee: str
    pence: int
    category: str
    aim: int
    a_month: float = 1.0
    listing: bool = False
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Once:
    """Something bought once, so many days ago."""

    days_ago: int
    words: str
    payee: str
    pence: int
    category: str
    aim: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that went to a coordinator in the past, and what came of it.

    :param category: None: the person was not sure what kind it is.
    :param code: why it was declined; empty when the answer was yes.
    """

    days_ago: int
    words: str
    payee: str
    pence: int
    category: str | None
    aim: int
    why: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Helper:
    """Who acts for somebody who does not do so themself."""

    name: str
    kind: AuthorityKind
    email: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A person, their plan, their budget and how they use it."""

    key: str
    given: str
    family: str
    age: int
    birthday: tuple[int, int]  # month, day
    postcode: str
    about_me: str
    aims: tuple[Aim, ...]
    #: What a month comes to, by words and pence; a one-off budget's whole sum. What is missing to the sum is rounding.
    working: tuple[tuple[str, int], ...]
    monthly: Mapping[Stream, int] = field(default_factory=dict)
    one_off: Mapping[Stream, int] = field(default_factory=dict)
    budget_name: str = "Health and care budget"
    #: How it is held: way, pence (a month, or of the one-off sum) and words. Empty: all of it as a direct payment.
    parts: tuple[tuple[HeldAs, int, str], ...] = ()
    months_ago: int = 11
    months_long: int = 24
    contingency: int = 0
    carry: int = 6_000  # what is left over beside the contingency at a month's end
    regulars: tuple[Regular, ...] = ()
    habits: tuple[Habit, ...] = ()
    onces: tuple[Once, ...] = ()
    asked: tuple[Asked, ...] = ()
    #: What the scenes of the last days need, from each stream: nothing else is bought with it.
    reserve: Mapping[Stream, int] = field(default_factory=dict)
    quiet: tuple[int, ...] = ()  # months ago in which nothing but regular payments went out
    coordinator: str = "priya"
    helper: Helper | None = None
    email: str = ""
    paid_this_month: bool = True
    turns_in: int = 0  # the next birthday is so many days ahead, whenever the demonstration is made
    until_days: int = 0  # so many days ago everything ended: a death, a move

    def born(self, today: date) -> date:
        """Their date of birth, so that they are ``age`` on a day."""
        if not self.turns_in:
            return born(self.age, self.birthday, today)
        day = today + timedelta(days=self.turns_in)
        return date(day.year - self.age - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def born(age: int, birthday: tuple[int, int], today: date) -> date:
    """The date of birth of somebody who is ``age`` today. A birthday on 29 February is not used."""
    month, day = birthday
    return date(today.year - age - ((month, day) > (today.month, today.day)), month, day)
