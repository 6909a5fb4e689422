"""Hold values against the forms that :mod:`tests.stripe_fake.contract_reading` found."""

from __future__ import annotations

import re
from typing import Any

from tests.stripe_fake.contract_forms import Choice, ClassRef, Either, Form, ListOf, MapOf, Plain
from tests.stripe_fake.contract_reading import fields, is_params

_WHOLE = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WRONG = object()


class Checker:
    """Reads one value and notes every sentence about what is wrong with it.

    :param wire: whether numbers and truths come as text, as they do in a form.
    """

    def __init__(self, *, wire: bool) -> None:
        self.wire = wire
        self.violations: list[str] = []

    def read(self, value: Any, form: Form, at: str) -> Any:
        """The value as Python has it: integers for integers, lists for numbered names.

        :param at: where it stands, for the sentences in ``violations``.
        """
        if isinstance(form, Plain):
            return self._plain(value, form, at)
        if isinstance(form, Choice):
            return self._choice(value, form, at)
        if isinstance(form, ListOf):
            return self._list(value, form, at)
        if isinstance(form, MapOf):
            return self._map(value, form, at)
        if isinstance(form, Either):
            return self._either(value, form, at)
        return self._object(value, form, at)

    def _wrong(self, at: str, sentence: str) -> Any:
        self.violations.append(f"{at}: {sentence}")
        return _WRONG

    def _plain(self, value: Any, form: Plain, at: str) -> Any:
        kind = form.kind
        text = isinstance(value, str)
        if kind == "anything":
            return value
        if kind == "string":
            return value if text else self._wrong(at, f"expected a string, got {value!r}")
        if kind == "boolean":
            if self.wire and value in ("true", "false"):
                return value == "true"
            return value if isinstance(value, bool) else self._wrong(at, f"expected a boolean, got {value!r}")
        if kind == "integer":
            if self.wire and text and _WHOLE.fullmatch(value):
                return int(value)
            fits = isinstance(value, int) and not isinstance(value, bool)
            return value if fits else self._wrong(at, f"expected an integer, got {value!r}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return (
            value
            if number or (text and _NUMBER.fullmatch(value))
            else self._wrong(at, f"expected a number, got {value!r}")
        )

    def _choice(self, value: Any, form: Choice, at: str) -> Any:
        for one in form.values:
            if (value == one and type(value) is type(one)) or (self.wire and value == str(one).lower()):
                return one
        some = ", ".join(repr(one) for one in form.values[:6])
        return self._wrong(at, f"{value!r} is not one of the {len(form.values)}: {some}")

    def _list(self, value: Any, form: ListOf, at: str) -> Any:
        if form.paged:
            if not isinstance(value, dict) or value.get("object") != "list" or not isinstance(value.get("data"), list):
                return self._wrong(at, f"expected a list object, got {value!r:.80}")
            if not (isinstance(value.get("has_more"), bool) and isinstance(value.get("url"), str)):
                self._wrong(at, "a list object has has_more and url")
            return value | {
                "data": [self.read(one, form.item, f"{at}.data[{n}]") for n, one in enumerate(value["data"])]
            }
        if self.wire and isinstance(value, dict) and value and all(name.isdigit() for name in value):
            value = [value[name] for name in sorted(value, key=int)]
        if not isinstance(value, list):
            return self._wrong(at, f"expected a list, got {value!r:.80}")
        return [self.read(one, form.item, f"{at}[{n}]") for n, one in enumerate(value)]

    def _map(self, value: Any, form: MapOf, at: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(at, f"expected names and values, got {value!r:.80}")
        return {name: self.read(one, form.value, f"{at}.{name}") for name, one in value.items()}

    def _either(self, value: Any, form: Either, at: str) -> Any:
        if value is None and form.or_null:
            return None
        best: list[str] | None = None
        for one in form.forms:
            alone = Checker(wire=self.wire)
            read = alone.read(value, one, at)
            if not alone.violations:
                return read
            # an object is told from an id by being one; its sentences say more than "expected a string"
            if best is None or (isinstance(value, dict) and isinstance(one, ClassRef)):
                best = alone.violations
        self.violations += best or [f"{at}: {value!r:.80} is not allowed"]
        return _WRONG

    def _object(self, value: Any, form: ClassRef, at: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(at, f"expected {form.name}, got {value!r:.80}")
        params, known, read = is_params(form), fields(form), {}
        for name, one in value.items():
            if name in known:
                read[name] = self.read(one, known[name].form, f"{at}.{name}")
            else:
                self._wrong(f"{at}.{name}", "unknown parameter" if params else f"not a field of {form.name}")
        for name, field in known.items():
            if field.needed and name not in value:
                self._wrong(f"{at}.{name}", "required" if params else "missing")
        return read
