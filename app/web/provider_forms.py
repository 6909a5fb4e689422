"""The forms of a provider's own pages."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the types package
from wtforms.widgets import CheckboxInput, ListWidget

from app.marketplace.models import Listing, Location, Provider
from app.marketplace.provider_rules import ACCESS, GENDERS, MAX_DESCRIPTION, MAX_SUMMARY
from app.marketplace.rules import SLOTS, Category, Employment, Unit
from app.purchases.order_rules import MAX_REASON
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required, choices

WAYS = {
    "at_home": "At the person's home, or out with them",
    "at_venue": "At our place",
    "remote": "By phone or video",
}
_UNITS = {
    Unit.HOUR: "By the hour",
    Unit.VISIT: "By the visit",
    Unit.SESSION: "By the session",
    Unit.NIGHT: "By the night",
    Unit.ITEM: "Each",
    Unit.MONTH: "By the month",
}
_EMPLOYMENT = {
    Employment.SELF_EMPLOYED: "I am self-employed",
    Employment.WANTS_TO_BE_EMPLOYED: "I want to be employed by the person",
}


class Ticks(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProfileForm(Form):
    """How people see a provider."""

    name = StringField("Name")
    description = TextAreaField("What should people know about you?", [NotTooLong(MAX_DESCRIPTION)])
    phone = StringField("Phone")
    website = StringField("Website")
    languages = StringField("Languages beside English")
    accessibility = Ticks("Getting in and around")
    gender = RadioField("Would you like to say whether you are a woman or a man?")
    employment = RadioField("How do you work?")

    def fit(self, provider: Provider) -> None:
        """Leave out what is not this provider's to change, and offer what they have already."""
        self.accessibility.choices = access_choices(provider.accessibility)
        own = [provider.gender] if provider.gender and provider.gender not in GENDERS else []
        self.gender.choices = choices([("", "I would rather not say"), *((g, g) for g in (*GENDERS, *own))])
        self.employment.choices = choices([(kind.value, words) for kind, words in _EMPLOYMENT.items()])
        if not provider.is_pa:
            del self.gender, self.employment
        if provider.cqc_id is not None:
            del self.name, self.phone, self.website


class PlaceForm(Form):
    """A place of a provider's own."""

    name = StringField("What is the place called?", [Required("Enter what the place is called, like Lockmead Baths")])
    address = StringField("Street and town", [Required("Enter the street and town")])
    postcode = StringField("Postcode", [Required("Enter a full postcode, like SE13 7PA")])
    phone = StringField("Phone there, if it is another")


class AreaForm(Form):
    """Near where a personal assistant sets out."""

    area = StringField(
        "Near where do you set out?", [Required("Enter the first half of a postcode, like SE6"), NotTooLong(10)]
    )


class WhatForm(Form):
    """What something is."""

    title = StringField("What do you offer?", [Required("Enter what it is, like One-to-one company at the pool")])
    summary = TextAreaField("Say a little more", [NotTooLong(MAX_SUMMARY)])
    category = SelectField("What kind of support is it?", [Required("Choose what kind of support it is")])

    def offer_kinds(self) -> None:
        """Offer the kinds."""
        kinds = [(kind.value, kind.label) for kind in Category]
        self.category.choices = choices([("", "Choose one"), *kinds])


class WhereForm(Form):
    """Where something happens."""

    ways = Ticks("Where does it happen?", [Required("Say where it happens. You can choose more than one")])
    location = SelectField("Which place?")
    miles = StringField("How many miles do you travel?")

    def offer_places(self, provider: Provider, places: Sequence[Location]) -> None:
        """Offer the provider's places; a personal assistant has none."""
        words = WAYS | ({"at_venue": "Where I work"} if provider.is_pa else {})
        self.ways.choices = choices(words)
        if provider.is_pa or not places:
            del self.location
        else:
            named = [(at.ref, f"{at.name}, {at.postcode}" if at.postcode else at.name) for at in places]
            self.location.choices = choices(named if len(named) == 1 else [("", "Choose one"), *named])

    @property
    def radius(self) -> int | None:
        """The miles as a number; 0 when what was typed is none, which the service refuses."""
        text = (self.miles.data or "").strip()
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


class AddForm(WhatForm, WhereForm):
    """Something new to offer."""

    unit = RadioField("How do you charge?", [Required("Choose how you charge")])
    price = PoundsField("Price", least=0)

    def fit(self, provider: Provider, places: Sequence[Location]) -> None:
        """Offer kinds, units and places."""
        self.offer_kinds()
        self.offer_places(provider, places)
        self.unit.choices = choices([(unit.value, words) for unit, words in _UNITS.items()])


class WhenForm(Form):
    """When, and for whom."""

    times = Ticks("When can people have it?", choices=choices([(slot, slot) for slot in SLOTS]))
    takes_new_people = BooleanField("We take new people now")
    languages = StringField("Languages beside English")
    accessibility = Ticks("Getting in and around")

    def fit(self, listing: Listing) -> None:
        """Offer the ways of getting in, and those it has already."""
        self.accessibility.choices = access_choices(listing.accessibility)


class PriceForm(Form):
    """A price from a day on."""

    price = PoundsField("New price", [Required("Enter the new price, like 24 or 24.50")], least=0)
    from_day = DateField("From which day?", [Required("Enter the day from which it holds")], it="The day")


class AwayForm(Form):
    """Days away."""

    starts_on = DateField("First day away", [Required("Enter the first day away")], it="The first day")
    ends_on = DateField("Last day away", [Required("Enter the last day away")], it="The last day")
    listing = SelectField("What is away?")

    def fit(self, provider: Provider, listings: Sequence[Listing]) -> None:
        """Offer all of it, or one thing."""
        everything = "Everything I offer" if provider.is_pa else "Everything we offer"
        self.listing.choices = choices([("", everything), *((each.ref, each.title) for each in listings)])


class DeclineForm(Form):
    """Why an order cannot be done."""

    reason = TextAreaField(
        "Why can't you do it?", [Required("Write why you cannot do it. The person reads it"), NotTooLong(MAX_REASON)]
    )


class DoneForm(Form):
    """When an order was done."""

    day = DateField("When was it done?", [Required("Enter the day it was done")], it="The day it was done")


def access_choices(had: Sequence[str]) -> list[SelectChoice]:
    """Ways of getting in, those that are there already among them."""
    return choices([(word, word) for word in dict.fromkeys([*ACCESS, *had])])
