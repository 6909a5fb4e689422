"""What is asked when something goes into the basket."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField

from app.budgets.models import Budget
from app.purchases.rules import FAMILY_WORDS
from app.web.buying_forms import QuantityField
from app.web.forms import DateField, Form, PoundsField, Required, choices


class AddForm(Form):
    """How many, from when, what for; a price where the listing has none, family where a person is paid to help."""

    quantity = QuantityField("How many?", [Required("Enter how many, like 4 or 2.5")])
    amount = PoundsField("What will it cost in all?", [Required("Enter the price you were told, like 180 or 86.50")])
    needed_from = DateField(
        "When should it start?", [Required("Enter the day it should start")], it="The day it should start"
    )
    outcome = RadioField("What does it help with?", [Required("Choose what it helps with")])
    family_member = RadioField(
        "Family",
        [Required("Say whether the person who is paid is family")],
        choices=choices({key.value: words for key, words in FAMILY_WORDS.items()}),
    )
    budget = RadioField("Which budget is it for?", [Required("Choose a budget")])

    def ask(self, price: bool, family: bool, running: Sequence[Budget]) -> None:
        """Leave out what need not be asked.

        :param running: the budgets there are to choose from; none or one is no question.
        """
        if not price:
            del self.amount
        if not family:
            del self.family_member
        if len(running) < 2:
            del self.budget
        else:
            self.budget.choices = choices((item.ref, item.name) for item in running)


class EmptyForm(Form):
    """Only a button."""
