"""Forms: what was typed is read, checked, and shown again as it was typed when it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from flask import render_template, request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import Field, FormField, PasswordField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the types package
from wtforms.validators import StopValidation

from app.core.errors import CarePurseError, InvalidError
from app.core.money import format_pounds, parse_pounds
from app.web import typed

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# control letters, and the odd line ends that would fall apart when a template is indented
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
SHORT, LONG = 200, 2000  # letters a one-line and a several-line answer may have


class _Words:
    """The few sentences WTForms says by itself, in ours."""

    ours: ClassVar[dict[str, str]] = {
        "Not a valid choice.": "Choose one of these",
        "Not a valid choice": "Choose one of these",
        "Not a valid integer value.": "Enter a whole number, like 4",
        "Not a valid decimal value.": "Enter a number, like 2.5",
    }

    def gettext(self, text: str) -> str:
        return self.ours.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class Form(FlaskForm):  # type: ignore[misc]  # flask-wtf says nothing of its types
    """Base of every form. The token against forgery is in ``form_guard()``, which every writing form carries."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        csrf = False  # checked once for the whole application, see ``app.web.security``

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; on a page that gives back what was typed before signing out, that."""
            if request.method == "GET" and formdata is _Auto:
                return typed.for_form(form._fields)
            return super().wrap_formdata(form, formdata)

        def get_translations(self, form: Any) -> _Words:
            return _Words()

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for field in self:
            if isinstance(field, StringField) and not any(isinstance(v, NotTooLong) for v in field.validators):
                field.validators = [*field.validators, NotTooLong(LONG if isinstance(field, TextAreaField) else SHORT)]

    def process(self, *args: Any, **kw: Any) -> None:
        """Text loses what cannot be seen and the spaces around it; a passphrase is left alone."""
        for field in self:
            if isinstance(field, StringField) and not isinstance(field, PasswordField):
                field.filters = [*field.filters, _tidy]
        super().process(*args, **kw)

    def take(self, error: CarePurseError, **fields: str) -> None:
        """Show what a service refused, beside the field it is about.

        :param error: ``InvalidError`` names fields; the sentence of any other stands at the top of the form.
        :param fields: where a field of the service has another name here (``paid_on="when"``).
        """
        if not isinstance(error, InvalidError):
            self.form_errors.append(error.sentence)
            return
        for name, sentence in error.errors.items():
            field = self._fields.get(fields.get(name, name))
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]


def _tidy(text: str | None) -> str | None:
    return _UNSEEN.sub("", text).strip() if isinstance(text, str) else text


class Required:
    """The field must be answered; ``sentence`` says with what: "Enter what you bought"."""

    field_flags: Mapping[str, Any] = {}  # no HTML required: the page's own words are kinder than the browser's

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Field) -> None:
        if isinstance(field, SelectField) and field.data in (None, ""):
            field.errors = []  # "not a valid choice" is no way to speak to someone who has not chosen yet
            raise StopValidation(self.sentence)
        if field.errors:
            raise StopValidation
        if field.data in (None, "", []) or (hasattr(field.data, "filename") and not field.data.filename):
            raise StopValidation(self.sentence)


class NotTooLong:
    """The answer has an end."""

    def __init__(self, letters: int) -> None:
        self.letters = letters

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and len(field.data) > self.letters:
            raise ValidationError(f"Use {self.letters} letters or fewer. You have used {len(field.data)}.")


class PoundsField(Field):
    """A sum of money. ``data`` is pence or None; what was typed stays what was typed."""

    def __init__(self, label: str = "", validators: Sequence[Any] = (), *, least: int = 1, **kw: Any) -> None:
        super().__init__(label, list(validators), **kw)
        self.least = least

    def _value(self) -> str:
        if self.raw_data:
            return _tidy(str(self.raw_data[0])) or ""
        return "" if self.data is None else format_pounds(self.data).removeprefix("£")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the text. Nothing typed is None."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        pence = parse_pounds(valuelist[0])
        if pence < self.least:
            raise ValueError("Enter an amount of 1p or more" if self.least == 1 else "Enter a larger amount")
        self.data = pence


class DateField(Field):
    """A date in three boxes named ``<name>-day``, ``<name>-month``, ``<name>-year``. ``data`` is a date or None."""

    parts = ("day", "month", "year")

    def __init__(self, label: str = "", validators: Sequence[Any] = (), *, it: str = "The date", **kw: Any) -> None:
        """:param it: what the date is, to begin a sentence with: "The date you bought it"."""
        super().__init__(label, list(validators), **kw)
        self.it = it
        self.typed: dict[str, str] = {}
        self.wrong: tuple[str, ...] = ()  # the boxes that need another look

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three boxes."""
        self.process_errors: list[str] = []
        default = self.default() if callable(self.default) else self.default
        self.data = data if isinstance(data, date) else default
        names = {part: f"{self.name}-{part}" for part in self.parts}
        if formdata is not None and any(name in formdata for name in names.values()):
            self.typed = {part: _tidy(formdata.get(name, "")) or "" for part, name in names.items()}
            self.data = self._read()
        elif isinstance(self.data, date):
            self.typed = {part: str(getattr(self.data, part)) for part in self.parts}

    def _read(self) -> date | None:
        if not any(self.typed.values()):
            return None
        missing = [part for part in self.parts if not self.typed[part]]
        if missing:
            self._refuse(f"{self.it} must have a {' and a '.join(missing)}", missing)
            return None
        numbers = {part: _number(self.typed[part], part) for part in self.parts}
        wrong = [part for part in self.parts if numbers[part] is None]
        if not wrong:
            try:
                return date(numbers["year"] or 0, numbers["month"] or 0, numbers["day"] or 0)
            except ValueError:
                wrong = list(self.parts)
        self._refuse(f"{self.it} must be a real date, like 27 3 2026", wrong)
        return None

    def _refuse(self, sentence: str, parts: Sequence[str]) -> None:
        self.process_errors.append(sentence)
        self.wrong = tuple(parts)


def _number(text: str, part: str) -> int | None:
    if part == "month" and text[:3].lower() in _MONTHS:
        return _MONTHS.index(text[:3].lower()) + 1
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    number = int(text)
    if part == "year":
        return number if 1900 <= number <= 2199 else None
    return number if 1 <= number <= (12 if part == "month" else 31) else None


def choices(options: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Options for ``RadioField``, ``SelectField`` and the like, from values and their words."""
    pairs = options.items() if isinstance(options, Mapping) else options
    return [SelectChoice(value, words) for value, words in pairs]


def errors_of(form: Form | None) -> list[dict[str, str]]:
    """What the error summary lists: each sentence with a link to its field."""
    if form is None:
        return []
    found = [{"text": sentence, "href": "#maincontent"} for sentence in form.form_errors]
    for field in form:
        if isinstance(field, FormField):
            continue
        target = f"{field.id}-{field.wrong[0]}" if isinstance(field, DateField) and field.wrong else field.id
        if isinstance(field, DateField) and not field.wrong:
            target = f"{field.id}-day"
        found += [{"text": str(sentence), "href": f"#{target}"} for sentence in field.errors]
    return found


def show(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Answer with a page that has a form: 200 when it is asked for, 400 when it is shown again after a POST.

    Whatever was written before in this request is undone by the shell, as with every POST that does not redirect.
    """
    again = request.method == "POST"
    return render_template(template, form=form, **values), 400 if again else 200
