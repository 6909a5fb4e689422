"""The contract with Stripe: what may be asked, and what an answer and an event hold.

It proves names, types, allowed values and routes, as the installed library has them. It does not prove how Stripe
behaves.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.stripe_fake.contract_checking import Checker
from tests.stripe_fake.contract_forms import Choice, ClassRef, Either, Field, Form, ListOf, Route
from tests.stripe_fake.contract_reading import fields, resource, routes

_NAMES = re.compile(r"[^\[\]]+")
#: Stripe sends these without listing them.
_CODES_NOT_LISTED = {"insufficient_capabilities_for_transfer"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A request held against the contract."""

    violations: list[str]
    route: Route | None
    params: dict[str, Any]  # as Python has them; of use without violations only
    ids: tuple[str, ...]  # what stands where the route has names in braces


def find_route(verb: str, path: str) -> Route | None:
    """The route of a path without its query; where two fit, the one with fewer names in braces."""
    fitting = [one for one in routes() if one.verb == verb.upper() and one.pattern.fullmatch(path)]
    return min(fitting, key=lambda one: one.path.count("{"), default=None)


def read_request(verb: str, path: str, body: str, content_type: str = "") -> Reading:
    """Hold a request against the contract and read its parameters.

    :param path: with its query, which holds the parameters of everything but POST.
    :param body: as it came over the wire.
    :param content_type: with ``json`` in it the body is JSON (version 2), else a form.
    """
    parts = urlsplit(path)
    route = find_route(verb, parts.path)
    if route is None:
        return Reading([f"no such route: {verb} {parts.path}"], None, {}, ())
    found = route.pattern.fullmatch(parts.path)
    ids = found.groups() if found else ()
    is_json = "json" in content_type and verb.upper() == "POST"
    try:
        sent = json.loads(body or "{}") if is_json else unflatten(body if verb.upper() == "POST" else parts.query)
    except ValueError as error:
        return Reading([f"$: cannot be read: {error}"], route, {}, ids)
    if route.params is None:
        return Reading([f"$.{name}: unknown parameter" for name in sent], route, {}, ids)
    checker = Checker(wire=not is_json)
    params = checker.read(sent, route.params, "$")
    return Reading(checker.violations, route, params if isinstance(params, dict) else {}, ids)


def check_request(verb: str, path: str, body: str, content_type: str = "") -> tuple[list[str], Route | None]:
    """What is wrong with a request, a sentence each, and its route (None when there is no such route)."""
    reading = read_request(verb, path, body, content_type)
    return reading.violations, reading.route


def check_response(route: Route, answer: Any) -> list[str]:
    """What is wrong with the answer to a route, a sentence each."""
    checker = Checker(wire=False)
    checker.read(answer, route.returns, "$")
    return checker.violations


def check_object(value: Any) -> list[str]:
    """What is wrong with an object that says itself what it is, such as that of an event."""
    name = value.get("object") if isinstance(value, dict) else None
    ref = resource(str(name))
    if ref is None:
        return [f"$: no such object: {name!r}"]
    checker = Checker(wire=False)
    checker.read(value, ref, "$")
    return checker.violations


def check_event(event: Any) -> list[str]:
    """What is wrong with an event and with the object in it."""
    wrong = check_object(event)
    about = event.get("data", {}).get("object") if isinstance(event, dict) else None
    return wrong + [f"{sentence} (in the object of {event.get('type')})" for sentence in check_object(about)]


def check_error(answer: Any) -> list[str]:
    """What is wrong with the answer to a request that was refused."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return ["$.error: expected a type and a message"]
    checker = Checker(wire=False)
    known = _error_fields()
    for name in ("type", "code"):
        if name in error and error[name] not in _CODES_NOT_LISTED:
            checker.read(error[name], known[name].form, f"$.error.{name}")
    return checker.violations


@cache
def _error_fields() -> dict[str, Field]:
    """The kinds and codes of errors: those of a payment's last one are Stripe's whole list."""
    return fields(ClassRef("stripe._payment_intent", "PaymentIntent.LastPaymentError"))


def choices(ref: ClassRef, name: str) -> tuple[Any, ...]:
    """The values that a field or parameter, or each item of it, may have; none when it may have any."""
    waiting: list[Form] = [fields(ref)[name].form]
    found: list[Any] = []
    while waiting:
        form = waiting.pop()
        if isinstance(form, Choice):
            found += form.values
        elif isinstance(form, Either):
            waiting += form.forms
        elif isinstance(form, ListOf):
            waiting.append(form.item)
    return tuple(found)


def unflatten(text: str) -> dict[str, Any]:
    """Read a form as Stripe does: ``a[b][0]=c`` is ``{"a": {"b": {"0": "c"}}}``.

    :raises ValueError: when a name is at once a value and has names in it.
    """
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        keys, at = _NAMES.findall(name), found
        if not keys:
            raise ValueError(f"the name {name!r}")
        for key in keys[:-1]:
            at = at.setdefault(key, {})
            if not isinstance(at, dict):
                raise ValueError(f"{name} is a value and has names in it")
        if name.endswith("[]"):
            rows = at.setdefault(keys[-1], [])
            if not isinstance(rows, list):
                raise ValueError(f"{name} is a value and a list")
            rows.append(value)
        else:
            at[keys[-1]] = value
    return found
