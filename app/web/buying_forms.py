"""The questions of buying and recording, as forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField

from app.core.money import format_pounds
from app.marketplace.models import Listing
from app.marketplace.rules import Category, Unit, say_price
from app.purchases.benefit_rules import ASKED, MAX_FROM, MAX_WHAT, MISSING, BenefitInput
from app.purchases.rules import FAMILY_WORDS, MAX_QUANTITY
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required, choices

_GETS = {"no": "No, nothing", "yes": "Yes, something"}
_QUANTITY = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,6})(?:\.([0-9]{1,2}))?")


class QuantityField(Field):
    """How many. ``data`` is in hundredths (250 is two and a half) or None; what was typed stays what was typed."""

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **kw: Any) -> None:
        super().__init__(label, list(validators), **kw)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        whole, part = divmod(self.data, 100)
        return f"{whole}.{part:02d}".rstrip("0") if part else str(whole)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the text. Nothing typed is None."""
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        match = _QUANTITY.fullmatch(typed)
        if match is None:
            raise ValueError("Enter a number, like 4 or 2.5")
        self.data = int(match[1].replace(",", "")) * 100 + int((match[2] or "0").ljust(2, "0"))
        if not 0 < self.data <= MAX_QUANTITY:
            raise ValueError("Enter a number more than 0 and up to 10,000")


class WhatForm(Form):
    """A line in one's own words."""

    description = StringField("What is it?", [Required("Enter what it is, like gym membership")])
    amount = PoundsField("How much is it in all?", [Required("Enter how much it is, like 18 or 18.40")])
    category = SelectField(
        "What kind of thing is it?",
        choices=choices([("", "I'm not sure"), *((kind.value, kind.label) for kind in Category)]),
        default="",
    )


class HowManyForm(Form):
    """A line from the marketplace that has a price."""

    quantity = QuantityField("How many?", [Required("Enter how many, like 4 or 2.5")])


class QuotedForm(HowManyForm):
    """A line from the marketplace without a price: the person was told one."""

    amount = PoundsField("What will it cost in all?", [Required("Enter the price you were told, like 180 or 86.50")])


class AnotherForm(Form):
    """What else to buy from the same provider."""

    listing = RadioField("What else would you like?", [Required("Choose what else you would like")])

    def offer(self, listings: Sequence[Listing]) -> None:
        """Fill in what there is to choose from."""
        self.listing.choices = choices(
            (item.ref, f"{item.title}, {say_price(item.price_pence, Unit(item.unit))}") for item in listings
        )


class OutcomeForm(Form):
    """What it is for."""

    outcome = RadioField("What does it help with?", [Required("Choose what it helps with")])


class FamilyForm(Form):
    """Whether family is paid."""

    family_member = RadioField(
        "Family",
        [Required("Say whether the person who is paid is family")],
        choices=choices({key.value: words for key, words in FAMILY_WORDS.items()}),
    )


class BoughtForm(Form):
    """From whom and when something was bought."""

    payee_name = StringField("Who did you pay?", [Required("Enter who you paid, like Northside Leisure")])
    bought_on = DateField(
        "When did you pay?", [Required("Enter the day you paid, like 27 3 2026")], it="The day you paid"
    )
    note = TextAreaField("Is there anything else we should know? (you can leave this empty)")


class WantedForm(Form):
    """When something from the marketplace is wanted."""

    needed_from = DateField(
        "When should it start?", [Required("Enter the day it should start")], it="The day it should start"
    )
    needed_until = DateField("When should it end? (you can leave this empty)", it="The day it should end")
    note = TextAreaField("Is there anything else we should know? (you can leave this empty)")


class ReceiptForm(Form):
    """A photo or PDF of what was paid."""

    receipt = FileField("Receipt", [Required("Choose a photo or a PDF")])


def left_words(left_pence: int, of_pence: int, when: str) -> str:
    """What is left of an outcome, for the line under a choice: ``£24 of £120 left in November``.

    :param when: "in November", or empty for the whole plan.
    """
    of = format_pounds(of_pence, whole=True)
    if left_pence <= 0:
        over = format_pounds(-left_pence, whole=True)
        return f"All of the {of} {when or 'for this plan'} is used" + (f", and {over} more" if left_pence else "")
    return f"{format_pounds(left_pence, whole=True)} of {of} left {when or 'for this plan'}".rstrip()


class BenefitFields(Form):
    """The one question, for pages that ask more than this."""

    gets = RadioField(ASKED, choices=choices(_GETS), validate_choice=False)
    gets_amount = PoundsField("If yes, how much is it?")
    gets_what = StringField("What is it?", [NotTooLong(MAX_WHAT)])
    gets_from = StringField("Who is it from?", [NotTooLong(MAX_FROM)])

    @property
    def benefit(self) -> BenefitInput:
        """The answer; one that was not chosen is no answer."""
        gets = {"yes": True, "no": False}.get(self.gets.data)
        return BenefitInput(gets, self.gets_amount.data, self.gets_what.data or "", self.gets_from.data or "")


class BenefitForm(BenefitFields):
    """The question by itself."""

    gets = RadioField(ASKED, [Required(MISSING)], choices=choices(_GETS))
