"""The drawings and the form parts, as the browser gets them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st
from wtforms import RadioField, StringField, TextAreaField

from app.budgets.queries import MonthTotals
from app.core import clock
from app.core.errors import InvalidError, StateError
from app.core.paging import Page
from app.policy.rules import Action, Finding, Group
from app.web.forms import DateField, Form, PoundsField, Required, choices, errors_of
from app.web.paging import page_number

Draw = Callable[..., BeautifulSoup]


@pytest.fixture(scope="module")
def draw(app: Flask) -> Draw:
    """``draw(template, name=value)``: what the template makes."""

    def render(template: str, path: str = "/", **values: Any) -> BeautifulSoup:
        with app.test_request_context(path):
            return BeautifulSoup(render_template_string(template, **values), "html.parser")

    return render


def _words(part: Any) -> str:
    return re.sub(r"\s+", " ", part.get_text(" ", strip=True))


BAR = '{% from "components/charts.jinja" import balance_bar %}{{ balance_bar(s, p, d, f, k) }}'


@given(parts=st.lists(st.integers(-5_000_00, 50_000_00), min_size=5, max_size=5))
@settings(max_examples=60)
def test_the_balance_bar_never_leaves_its_frame(draw: Draw, parts: list[int]) -> None:
    page = draw(BAR, **dict(zip("spdfk", parts, strict=True)))

    rects = page.select("svg[role=img] > rect:not(.cp-outline):not(.cp-gap)")
    end = 0.0
    for rect in rects:
        assert abs(float(rect["x"].rstrip("%")) - end) < 0.1
        end = float(rect["x"].rstrip("%")) + float(rect["width"].rstrip("%"))
    assert end <= 100.1
    assert len(rects) == sum(pence > 0 for pence in parts)


def test_the_balance_bar_says_in_words_what_it_shows(draw: Draw) -> None:
    page = draw(BAR, s=982_40, p=155_00, d=300_00, f=412_60, k=0)

    title = page.select_one("svg[role=img] > title")
    assert page.select_one("svg[role=img]")["aria-labelledby"] == title["id"]
    assert _words(title) == "Spent £982.40, Promised £155.00, Still due £300.00, Safe to spend £412.60"
    assert [_words(item) for item in page.select("ul li")] == [
        "Spent £982.40",
        "Promised £155.00",
        "Still due £300.00",
        "Safe to spend £412.60",
    ]


def test_an_outcome_says_how_much_of_how_much_and_what_is_over(draw: Draw) -> None:
    template = '{% from "components/charts.jinja" import outcome_bar %}{{ outcome_bar(w, u, o, promised=p) }}'

    fine = draw(template, w="Swim every week", u=96_00, o=120_00, p=0)
    over = draw(template, w="Swim every week", u=100_00, o=120_00, p=32_50)

    assert "£96 of £120" in _words(fine)
    assert "£132.50 of £120 (£12.50 over)" in _words(over)


def test_the_months_are_drawn_and_tabled_alike(draw: Draw) -> None:
    rows = [
        MonthTotals(period=clock.add_months(date(2025, 12, 1), n), money_in=185_000, spent=90_000 + n, promised=n * 100)
        for n in range(12)
    ]
    page = draw('{% from "components/charts.jinja" import months_chart %}{{ months_chart(rows) }}', rows=rows)

    assert len(page.select("svg .cp-fill-spent")) == 12 + 1  # and the one in the legend
    cells = [[_words(cell) for cell in row.select("th, td")] for row in page.select("tbody tr")]
    assert len(cells) == 12
    assert cells[3][1:] == ["£1,850.00", "£900.03", "£3.00"]


def test_no_months_at_all_is_no_error(draw: Draw) -> None:
    draw('{% from "components/charts.jinja" import months_chart %}{{ months_chart([]) }}')


FINDING = Finding(
    rule="alcohol",
    group=Group.INAPPROPRIATE,
    action=Action.BLOCK,
    category="alcohol",
    sentence="Money for your health can't be used for alcohol.",
    next_step="Take the wine out and go on.",
    source="National guidance",
    evidence="2 bottles <Merlot>",
)


def test_a_finding_is_kind_and_says_how_we_know(draw: Draw) -> None:
    page = draw('{% from "components/finding.jinja" import finding %}{{ finding(f) }}', f=FINDING)

    words = _words(page)
    assert "Money for your health can't be used for alcohol." in words
    assert "“2 bottles <Merlot>”" in words
    assert "National guidance" in words
    for never in ("inappropriate", "prohibited", "violation", "rejected"):
        assert never not in str(page).lower()


def test_paging_keeps_the_rest_of_the_address(draw: Draw) -> None:
    template = '{% from "components/pagination.jinja" import pagination %}{{ pagination(page) }}'
    page = draw(template, "/help?q=caf%C3%A9+%26+cake&page=2", page=Page((1,), 2, True))

    links = [link["href"] for link in page.select("a")]
    assert links == ["/help?q=caf%C3%A9+%26+cake&page=1", "/help?q=caf%C3%A9+%26+cake&page=3"]
    assert draw(template, page=Page((), 1, False)).select("a") == []


@pytest.mark.parametrize(("typed", "page"), [("3", 3), ("0", 1), ("-1", 1), ("٣", 1), ("9" * 40, 1), ("x", 1), ("", 1)])
def test_a_page_number_is_a_page_number(typed: str, page: int) -> None:
    assert page_number({"page": typed}) == page


class BoughtForm(Form):
    payee = StringField("Who did you pay?", [Required("Enter who you paid")])
    amount = PoundsField("How much was it?", [Required("Enter how much it was")])
    on = DateField("When?", [Required("Enter when you bought it")], it="The date you bought it")
    outcome = RadioField("What for?", [Required("Choose what it was for")], choices=choices({"a": "Swim", "b": "Rest"}))
    note = TextAreaField("Anything else?")


GOOD = {"payee": "Taxi", "amount": "18.40", "on-day": "27", "on-month": "3", "on-year": "2026", "outcome": "b"}
PAGE = """{% import "components/forms.jinja" as f %}{{ f.summary(form) }}{{ f.text(form.payee, heading=true) }}
{{ f.pounds(form.amount) }}{{ f.date(form.on) }}{{ f.radios(form.outcome, hints={"a": "£20 left"}) }}
{{ f.textarea(form.note) }}"""


def _sent(app: Flask, draw: Draw, data: Mapping[str, str]) -> tuple[BoughtForm, bool, BeautifulSoup]:
    with app.test_request_context("/", method="POST", data=dict(data)):
        form = BoughtForm()
        good = form.validate_on_submit()
        return form, good, BeautifulSoup(render_template_string(PAGE, form=form), "html.parser")


def test_a_good_form_is_read(app: Flask, draw: Draw) -> None:
    form, good, _ = _sent(app, draw, {**GOOD, "payee": "  Taxi\x07 "})

    assert good
    assert (form.payee.data, form.amount.data, form.on.data, form.outcome.data) == (
        "Taxi",
        1840,
        date(2026, 3, 27),
        "b",
    )


def test_an_empty_form_says_what_to_enter_and_links_to_each_field(app: Flask, draw: Draw) -> None:
    _, good, page = _sent(app, draw, {"payee": ""})

    assert not good
    links = page.select(".nhsuk-error-summary a")
    assert [_words(link) for link in links] == [
        "Enter who you paid",
        "Enter how much it was",
        "Enter when you bought it",
        "Choose what it was for",
    ]
    for link in links:
        assert page.find(id=link["href"].removeprefix("#")).name == "input"


@pytest.mark.parametrize(
    ("typed", "sentence", "box"),
    [
        (("31", "2", "2026"), "must be a real date", "on-day"),
        (("27", "", "2026"), "must have a month", "on-month"),
        (("27", "3", "26"), "must be a real date", "on-year"),
        (("²", "3", "2026"), "must be a real date", "on-day"),
    ],
)
def test_a_date_that_is_none_is_shown_as_typed(
    app: Flask, draw: Draw, typed: tuple[str, str, str], sentence: str, box: str
) -> None:
    parts = dict(zip(("on-day", "on-month", "on-year"), typed, strict=True))
    form, good, page = _sent(app, draw, {**GOOD, **parts})

    assert not good
    assert sentence in form.on.errors[0]
    assert page.select_one(".nhsuk-error-summary a")["href"] == f"#{box}"
    assert [page.find(id=part)["value"] for part in parts] == list(typed)


def test_a_month_may_be_written_as_a_word(app: Flask, draw: Draw) -> None:
    form, good, _ = _sent(app, draw, {**GOOD, "on-month": "March"})

    assert good
    assert form.on.data == date(2026, 3, 27)


@given(typed=st.text(max_size=40))
@settings(max_examples=80)
def test_whatever_is_typed_comes_back_escaped_and_whole(app: Flask, draw: Draw, typed: str) -> None:
    unseen = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
    typed = unseen.sub("", typed).strip()
    _, _, page = _sent(app, draw, {"payee": typed, "amount": f"{typed}x", "on-day": typed, "note": typed})

    assert page.find(id="payee")["value"] == typed
    assert page.find(id="amount")["value"] == f"{typed}x"
    assert page.find(id="on-day")["value"] == typed


def test_an_answer_has_an_end(app: Flask, draw: Draw) -> None:
    form, good, _ = _sent(app, draw, {**GOOD, "payee": "x" * 201})

    assert not good
    assert "200 letters or fewer" in form.payee.errors[0]


def test_what_a_service_refuses_stands_beside_its_field(app: Flask, draw: Draw) -> None:
    with app.test_request_context("/", method="POST", data=GOOD):
        form = BoughtForm()
        assert form.validate_on_submit()
        form.take(InvalidError({"when": "That day is to come", "other": "Something else"}), when="on")
        form.take(StateError("Priya answered first."))
        assert errors_of(form) == [
            {"text": "Something else", "href": "#maincontent"},
            {"text": "Priya answered first.", "href": "#maincontent"},
            {"text": "That day is to come", "href": "#on-day"},
        ]
