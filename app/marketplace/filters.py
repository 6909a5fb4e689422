"""What a search can be narrowed by besides words, place and price: the choices, and when somebody is free. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.marketplace.rules import SLOTS


class Day(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Part(StrEnum):
    """A part of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Where(StrEnum):
    """Where it happens; the values are the columns of a listing."""

    HOME = "at_home"
    VENUE = "at_venue"
    REMOTE = "remote"

    @property
    def label(self) -> str:
        return {Where.HOME: "They come to me", Where.VENUE: "I go to them", Where.REMOTE: "By phone or video"}[self]


class Gender(StrEnum):
    """Who is to give personal care. Only assistants who have said so are found by it.

    Source: Equality Act 2010, Schedule 9 paragraph 1: being a woman or a man may be required where the nature of the
    work calls for it, as washing, dressing and toileting do. For company or a lift it may not, so it is offered
    nowhere else.
    """

    WOMAN = "woman"
    MAN = "man"

    @property
    def label(self) -> str:
        return self.value.capitalize()


#: Every slot's bit set: any time will do. The listing's ``slots`` is made of the same bits.
ANY_TIME = 2 ** len(SLOTS) - 1
_BITS = {slot: 1 << number for number, slot in enumerate(SLOTS)}
#: The hour (London) at which each part of a day begins: from then on it is too late to call it free.
_BEGINS = {Part.MORNING: 8, Part.AFTERNOON: 12, Part.EVENING: 17, Part.NIGHT: 21}
_WEEKS_AHEAD = 12


def slot_mask(day: Day | None, part: Part | None) -> int:
    """The bits of every slot on a day, at a part of any day, or both; all of them for neither."""
    return sum(
        bit
        for slot, bit in _BITS.items()
        if (day is None or slot.startswith(f"{day}-")) and (part is None or slot.endswith(f"-{part}"))
    )


def slot_bits(times: Iterable[str]) -> int:
    """A listing's times as bits, as the database keeps them: no times is any time."""
    times = list(times)
    return sum(_BITS[time] for time in set(times) & set(SLOTS)) if times else ANY_TIME


def next_free(times: Sequence[str], now: datetime, away: Iterable[tuple[date, date]] = ()) -> str:
    """When somebody is free next: ``this afternoon``, ``tomorrow morning``, ``Tuesday afternoon``.

    :param times: of ``rules.SLOTS``; none is any time, of which nothing need be said.
    :param now: London's time.
    :param away: from and to, both days included, on which nobody works.
    :returns: nothing when any time will do, or when they are away for three months.
    """
    free = set(times) & set(SLOTS)
    if not free:
        return ""
    gaps = list(away)
    for ahead in range(7 * _WEEKS_AHEAD):
        day = now.date() + timedelta(days=ahead)
        if any(first <= day <= last for first, last in gaps):
            continue
        for part, hour in _BEGINS.items():
            slot = f"{list(Day)[day.weekday()]}-{part}"
            if slot in free and (ahead or hour > now.hour):
                return _say(day, part, ahead)
    return ""


def _say(day: date, part: Part, ahead: int) -> str:
    if ahead == 0:
        return "tonight" if part is Part.NIGHT else f"this {part}"
    if ahead == 1:
        return f"tomorrow {part}"
    if ahead < 7:
        return f"{day:%A} {part}"
    return f"{part} of {day:%A} {day.day} {day:%B}"
