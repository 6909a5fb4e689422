"""Prices, times and papers in words."""

from __future__ import annotations

from datetime import date

import pytest

from app.marketplace.places import box_around, miles_between, outcode_of, tidy_postcode
from app.marketplace.rules import (
    SLOTS,
    Category,
    Employment,
    PaChecks,
    Unit,
    categories_of,
    say_days,
    say_price,
    say_times,
)


def test_prices_in_words() -> None:
    assert say_price(2200, Unit.HOUR) == "£22 an hour"
    assert say_price(2250, Unit.NIGHT) == "£22.50 a night"
    assert say_price(6000, Unit.ITEM) == "£60 each"
    assert say_price(0, Unit.HOUR) == "Free"
    assert say_price(None, Unit.HOUR) == "Ask for a price"
    assert [unit.example for unit in (Unit.HOUR, Unit.NIGHT, Unit.MONTH, Unit.ITEM)] == [
        "4 hours a month",
        "1 night a month",
        "A month",
        "One",
    ]


def test_times_in_words() -> None:
    assert say_times(["thursday-afternoon", "tuesday-afternoon"]) == "Tuesday and Thursday afternoons"
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    slots = [f"{day}-{part}" for day in days for part in ("morning", "evening")]
    assert say_times(slots) == "Monday to Friday mornings and evenings"
    assert say_times([]) == ""
    assert say_times(SLOTS) == "Monday to Sunday mornings, afternoons, evenings and nights"


def test_a_personal_assistant_is_ready_when_the_papers_are_in_place_and_have_not_run_out() -> None:
    today = date(2026, 11, 21)
    good = PaChecks(Employment.SELF_EMPLOYED, date(2024, 1, 1), date(2024, 1, 1), 2, date(2026, 11, 21))
    assert good.missing(today) == []
    assert len(PaChecks(Employment.SELF_EMPLOYED, date(2023, 1, 1), None, 1, date(2026, 11, 20)).missing(today)) == 4
    employed = PaChecks(Employment.WANTS_TO_BE_EMPLOYED, date(2024, 1, 1), date(2024, 1, 1), 2, None)
    assert employed.missing(today) == []  # insured by whoever employs them


@pytest.mark.parametrize(
    ("text", "outcode", "full"),
    [
        ("SE19RR", "SE1", "SE1 9RR"),
        ("w1u  2au", "W1U", "W1U 2AU"),
        ("EC2R", "EC2R", None),
        ("SE1 9", "SE1", None),
        ("SE 6", "SE6", None),
        ("se６ 1hp", None, None),
        ("", None, None),
    ],
)
def test_postcodes(text: str, outcode: str | None, full: str | None) -> None:
    assert outcode_of(text) == outcode
    assert tidy_postcode(text) == full


def test_the_box_holds_the_circle() -> None:
    box = box_around(51.5, -0.1, 10)
    assert miles_between(51.5, -0.1, box.north, -0.1) == pytest.approx(10, abs=0.01)
    assert miles_between(51.5, -0.1, 51.5, box.east) >= 10


def test_care_the_nhs_gives_another_way_is_not_offered() -> None:
    assert categories_of(["Homecare agencies", "Supported living", "Shared lives"]) == [
        Category.HOME_CARE,
        Category.SHORT_BREAKS,
    ]
    assert categories_of(["Doctors/Gps", "Dentist", "Hospital", "Urgent care centres", "Diagnosis/screening"]) == []


def test_slugs_and_labels_are_whole() -> None:
    assert len(Category) == 13
    assert all(len(item.value) <= 24 and item.label and item.also for item in Category)


def test_the_days_of_a_listing_are_said_shortly_in_a_list() -> None:
    assert say_days(["thursday-afternoon", "tuesday-afternoon"]) == "Tue, Thu afternoons"
    assert say_days(["monday-morning", "tuesday-night", "wednesday-morning"]) == "Mon to Wed"
    assert say_days(SLOTS) == "Mon to Sun"
    assert say_days([]) == ""
