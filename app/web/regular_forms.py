"""The questions about something bought again and again, as forms, and the words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import RadioField, TextAreaField

from app.budgets.regular_rules import PostedBy
from app.budgets.rhythm import RHYTHM_WORDS, Rhythm
from app.core import clock
from app.web.buying_forms import BenefitFields, QuantityField
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required, choices

_OFTEN = {rhythm.value: words.capitalize() for rhythm, words in RHYTHM_WORDS.items()}
WRITTEN = {
    PostedBy.CAREPURSE.value: "CarePurse writes it down on its day",
    PostedBy.PERSON.value: "I write it down when I have paid",
}


class BudgetForm(Form):
    """From which budget."""

    budget = RadioField("Which budget is it for?", [Required("Choose which budget it is for")])


class OftenForm(Form):
    """How often."""

    rhythm = RadioField("How often?", [Required("Choose how often")], choices=choices(_OFTEN))


class FirstForm(Form):
    """The first day: weeks and months are counted from it."""

    first_on = DateField("When is the first day?", [Required("Enter the first day")], it="The first day")


class UntilForm(Form):
    """The last day, if there is one."""

    until = DateField("When does it end?", it="The last day")


class ManyForm(Form):
    """How many each time, of something with a price."""

    quantity = QuantityField("How many each time?", [Required("Enter how many, like 2 or 1.5")])


class AmountForm(Form):
    """How much each time, of something without one."""

    amount = PoundsField("How much is it each time?", [Required("Enter how much it is each time, like 22 or 18.40")])


class WrittenForm(Form):
    """Who writes each one down."""

    posted_by = RadioField("Who writes it down?", [Required("Choose who writes it down")], choices=choices(WRITTEN))


class SendForm(Form):
    """The end: a word to whoever looks at it."""

    note = TextAreaField("Is there anything we should know? (you can leave this empty)", [NotTooLong(2000)])


class PauseForm(Form):
    """From when until when it rests."""

    from_on = DateField("From which day?", [Required("Enter the first day without it")], it="The first day without it")
    until_on = DateField("Until which day? (leave this empty if you do not know yet)", it="The last day without it")
    reason = TextAreaField("Why? (you can leave this empty)", [NotTooLong(2000)])


class ChangeForm(BenefitFields):
    """What is to be different, from a day on."""

    from_on = DateField(
        "From which day?", [Required("Enter the day of the first one that is different")], it="The first day"
    )
    rhythm = RadioField("How often?", [Required("Choose how often")], choices=choices(_OFTEN))
    quantity = QuantityField("How many each time?")
    amount = PoundsField("How much is it each time?")


class EndForm(Form):
    """The last day."""

    on = DateField("When is the last day?", [Required("Enter the last day")], it="The last day")
    reason = TextAreaField("Why? (you can leave this empty)", [NotTooLong(2000)])


class AnswerForm(Form):
    """The answer to a coordinator's question."""

    answer = TextAreaField("Your answer", [Required("Write your answer"), NotTooLong(4000)])


class MessageForm(Form):
    """A message to whoever looks at it."""

    message = TextAreaField("Your message", [Required("Write your message"), NotTooLong(4000)])


def say_days(days: Sequence[date]) -> str:
    """``Fridays 6, 13, 20 and 27``; ``Monday 30`` where there is one; with the weekday each where they differ."""
    if not days:
        return "none"
    if len({day.weekday() for day in days}) > 1:
        said = [f"{day:%A} {day.day}" for day in days]
    else:
        said = [str(day.day) for day in days]
    joined = " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))
    if len({day.weekday() for day in days}) > 1:
        return joined
    return f"{days[0]:%A}{'s' if len(days) > 1 else ''} {joined}"


def sentence(words: str) -> str:
    """With a capital letter at the front, and the others as they are."""
    return words[:1].upper() + words[1:]


def parse_day(text: str) -> date | None:
    """A date from an address; None when it is not one."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2199 else None


def rhythm_of(text: str) -> Rhythm | None:
    """A rhythm from an address; None when it is not one."""
    return Rhythm(text) if text in set(Rhythm) else None


def tomorrow_or_later(day: date) -> date:
    """A day to offer: not before tomorrow."""
    return max(day, date.fromordinal(clock.today().toordinal() + 1))
