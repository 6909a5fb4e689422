"""The marketplace's words and small decisions, pure: categories, units, ratings, a personal assistant's checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.money import format_pounds


class Category(StrEnum):
    """What a listing is, as a person would look for it. The value is the slug that plans and purchases keep."""

    PERSONAL_ASSISTANT = "personal-assistants"
    HOME_CARE = "home-care"
    NURSING = "nursing-and-healthcare"
    THERAPIES = "therapies"
    SHORT_BREAKS = "short-breaks-and-respite"
    ACTIVITIES = "activities-and-leisure"
    EQUIPMENT = "equipment-and-aids"
    TRANSPORT = "transport"
    LEARNING = "learning-and-work"
    HOME_HELP = "home-help"
    ASSISTANCE_ANIMAL = "assistance-animals"
    MONEY_SUPPORT = "money-and-payroll"
    COMMUNITY = "community-and-peers"

    @property
    def label(self) -> str:
        """What pages call it."""
        return _CATEGORIES[self][0]

    @property
    def also(self) -> str:
        """Words that people use for it and that a listing may not: they help the search, no page shows them."""
        return _CATEGORIES[self][1]


_CATEGORIES: dict[Category, tuple[str, str]] = {
    Category.PERSONAL_ASSISTANT: ("Personal assistants", "PA carer support worker helper enabler companion"),
    Category.HOME_CARE: (
        "Home care",
        "homecare carer domiciliary personal care visits agency washing dressing",
    ),
    Category.NURSING: (
        "Nursing and delegated healthcare",
        "nurse nursing PEG stoma catheter tracheostomy hospice",
    ),
    Category.THERAPIES: (
        "Therapies",
        "therapist physio physiotherapy OT occupational speech counselling massage hydrotherapy rehab",
    ),
    Category.SHORT_BREAKS: (
        "Short breaks and respite",
        "respite short stay overnight weekend break rest for carers",
    ),
    Category.ACTIVITIES: (
        "Activities and leisure",
        "gym swimming exercise sport class club art music day out",
    ),
    Category.EQUIPMENT: (
        "Equipment and aids",
        "wheelchair hoist bed mobility aid hearing communication tablet",
    ),
    Category.TRANSPORT: (
        "Transport",
        "taxi minibus lift travel journey wheelchair accessible vehicle ambulance",
    ),
    Category.LEARNING: ("Learning and work", "course training tutor college job coach employment class"),
    Category.HOME_HELP: (
        "Home help and adaptations",
        "cleaning cleaner gardening shopping cooking handyman ramp rail grab adaptation",
    ),
    Category.ASSISTANCE_ANIMAL: (
        "Assistance animals",
        "assistance dog guide seizure alert hearing therapy animal",
    ),
    Category.MONEY_SUPPORT: (
        "Money and payroll support",
        "payroll payslip bookkeeping managed account accountant",
    ),
    Category.COMMUNITY: (
        "Community and peer support",
        "peer group friends volunteer befriending cafe free advocacy",
    ),
}


class Unit(StrEnum):
    """What a price is for."""

    HOUR = "hour"
    VISIT = "visit"
    SESSION = "session"
    NIGHT = "night"
    ITEM = "item"
    MONTH = "month"

    @property
    def per(self) -> str:
        """The end of "£22 an hour"."""
        return {Unit.HOUR: "an hour", Unit.ITEM: "each"}.get(self, f"a {self.value}")

    def many(self, number: int) -> str:
        """``4 hours``, ``1 night``."""
        return f"{number} {self.value}{'' if number == 1 else 's'}"

    @property
    def monthly(self) -> int:
        """How many of it make the example month on a result: one a week of what comes by the week, else one."""
        return 4 if self in {Unit.HOUR, Unit.VISIT, Unit.SESSION} else 1

    @property
    def example(self) -> str:
        """What the example is called: ``4 hours a month``, ``1 night a month``, ``A month``, ``One``."""
        if self is Unit.ITEM:
            return "One"
        return "A month" if self is Unit.MONTH else f"{self.many(self.monthly)} a month"


class ProviderKind(StrEnum):
    ORGANISATION = "organisation"
    PA = "pa"


class RegisterStatus(StrEnum):
    """Where a provider or place stands with the Care Quality Commission."""

    REGISTERED = "registered"
    DEREGISTERED = "deregistered"
    NOT_REGISTERED = "not_registered"  # and need not be: a PA, a gym, a shop


class Rating(StrEnum):
    """The Care Quality Commission's overall rating."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def rank(self) -> int:
        """4 for outstanding to 1 for inadequate; 0 stands for not rated."""
        return RATING_RANKS[self]


RATING_RANKS = {Rating.OUTSTANDING: 4, Rating.GOOD: 3, Rating.REQUIRES_IMPROVEMENT: 2, Rating.INADEQUATE: 1}


class Employment(StrEnum):
    """How a personal assistant works."""

    SELF_EMPLOYED = "self_employed"
    WANTS_TO_BE_EMPLOYED = "wants_to_be_employed"

    @property
    def label(self) -> str:
        return "Self-employed" if self is Employment.SELF_EMPLOYED else "Looking to be employed by you"


#: A DBS certificate has no end date in law; after three years most commissioners ask for a new one.
DBS_GOOD_FOR = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class PaChecks:
    """What has been seen of a personal assistant's papers. None: not seen."""

    employment: Employment | None
    dbs_checked_on: date | None
    right_to_work_on: date | None
    references_seen: int
    insured_until: date | None

    def missing(self, today: date) -> list[str]:
        """What stands between this PA and a first paid shift, as sentences. Empty: ready.

        Source: policy facts, "Ready before the first shift is paid". Who is employed is insured by the employer's
        own policy, so only a self-employed PA needs insurance of their own.
        """
        gaps = []
        if self.dbs_checked_on is None or self.dbs_checked_on + DBS_GOOD_FOR < today:
            gaps.append("A DBS check from the last three years")
        if self.right_to_work_on is None:
            gaps.append("Papers that show a right to work in the UK")
        if self.references_seen < 2:
            gaps.append("Two references")
        if self.employment is Employment.SELF_EMPLOYED and (self.insured_until is None or self.insured_until < today):
            gaps.append("Insurance that has not run out")
        return gaps


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS = ("morning", "afternoon", "evening", "night")
#: Every time a listing may name: ``tuesday-afternoon``.
SLOTS = tuple(f"{day}-{part}" for day in _DAYS for part in _PARTS)


def say_times(slots: Iterable[str]) -> str:
    """Say when a listing can be had: ``Tuesday and Thursday afternoons``; nothing when any time will do.

    Parts of the day with the same days are said together: ``Monday to Friday mornings and afternoons``.
    """
    by_part: dict[str, list[int]] = {}
    for slot in sorted(set(slots) & set(SLOTS), key=SLOTS.index):
        day, _, part = slot.partition("-")
        by_part.setdefault(part, []).append(_DAYS.index(day))
    by_days: dict[tuple[int, ...], list[str]] = {}
    for part in _PARTS:
        if part in by_part:
            by_days.setdefault(tuple(by_part[part]), []).append(f"{part}s")
    return "; ".join(f"{_say_days(days)} {join(parts)}" for days, parts in by_days.items())


def say_days(slots: Iterable[str]) -> str:
    """Say the same shortly, for a list: ``Tue, Thu afternoons``, ``Mon to Fri``; nothing when any time will do."""
    found = [slot.partition("-") for slot in set(slots) & set(SLOTS)]
    days = sorted({_DAYS.index(day) for day, _, _ in found})
    parts = {part for _, _, part in found}
    names = [_DAYS[day][:3].capitalize() for day in days]
    row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    said = f"{names[0]} to {names[-1]}" if row else ", ".join(names)
    return f"{said} {parts.pop()}s" if len(parts) == 1 else said


def _say_days(days: tuple[int, ...]) -> str:
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_DAYS[days[0]].capitalize()} to {_DAYS[days[-1]].capitalize()}"
    return join([_DAYS[day].capitalize() for day in days])


def join(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def say_price(price_pence: int | None, unit: Unit) -> str:
    """``£22 an hour``, ``Free``, ``Ask for a price``."""
    if price_pence is None:
        return "Ask for a price"
    if price_pence == 0:
        return "Free"
    return f"{format_pounds(price_pence, whole=True)} {unit.per}"


# The register's service types that a personal budget may buy, and what they are here. What the NHS gives another way
# (GPs, dentists, hospitals, urgent care, screening, clinics, prison healthcare) is not offered: see policy facts.
_SERVICES: dict[str, Category] = {
    "homecare agencies": Category.HOME_CARE,
    "supported living": Category.HOME_CARE,
    "supported housing": Category.HOME_CARE,
    "extra care housing": Category.HOME_CARE,
    "shared lives": Category.SHORT_BREAKS,
    "residential homes": Category.SHORT_BREAKS,
    "nursing homes": Category.SHORT_BREAKS,
    "hospice": Category.NURSING,
    "home hospice care": Category.NURSING,
    "hospice services at home": Category.NURSING,
    "community services - nursing": Category.NURSING,
    "community services - healthcare": Category.THERAPIES,
    "community services - mental health": Category.THERAPIES,
    "community services - learning disabilities": Category.THERAPIES,
    "community services - substance abuse": Category.THERAPIES,
    "rehabilitation (illness/injury)": Category.THERAPIES,
    "rehabilitation (substance abuse)": Category.THERAPIES,
    "long-term conditions": Category.THERAPIES,
    "specialist college service": Category.LEARNING,
    "specialist college services": Category.LEARNING,
    "ambulances": Category.TRANSPORT,
}

#: What a register entry without a price is called, and what its price would be for.
REGISTER_TITLES: dict[Category, tuple[str, Unit]] = {
    Category.HOME_CARE: ("Care and support at home", Unit.HOUR),
    Category.SHORT_BREAKS: ("Short stays and respite", Unit.NIGHT),
    Category.NURSING: ("Nursing and end of life care", Unit.HOUR),
    Category.THERAPIES: ("Therapy and rehabilitation", Unit.SESSION),
    Category.LEARNING: ("Specialist college", Unit.SESSION),
    Category.TRANSPORT: ("Patient transport", Unit.VISIT),
}


def categories_of(service_types: Iterable[str]) -> list[Category]:
    """The categories in which a place of the register is listed; none when a budget cannot buy what it does."""
    return sorted({_SERVICES[kind.lower()] for kind in service_types if kind.lower() in _SERVICES})
