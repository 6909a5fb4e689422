"""One request to the API, from its key to its answer: everything but the work itself."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import stripe

from tests.stripe_fake.contract import Reading, check_error, check_response, read_request
from tests.stripe_fake.objects import Object, listed
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World

_KEYS = ("sk_test_", "rk_test_")
_MOST = 100


@dataclass(frozen=True, slots=True)
class Call:
    """What the work on a request is given."""

    world: World
    params: dict[str, Any]
    ids: tuple[str, ...]
    owner: str  # the connected account that is asked for; empty: the platform
    path: str

    def at(self, *names: str) -> Any:
        """A parameter in others, such as ``payment_intent_data`` › ``transfer_group``; None when it is not given."""
        found: Any = self.params
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    answer: dict[str, Any]
    headers: dict[str, str]


_Work = Callable[[Call], Object]
_works: dict[tuple[str, str], _Work] = {}


def answers(verb: str, path: str) -> Callable[[_Work], _Work]:
    """Register the work for a route, written as the library writes it."""

    def register(work: _Work) -> _Work:
        _works[verb, path] = work
        return work

    return register


def reply(world: World, verb: str, path: str, headers: Mapping[str, str], body: str) -> Reply | None:
    """Answer a request to the API.

    :param headers: with any spelling of their names.
    :returns: None when the answer is to be lost: everything was done, and the connection is to be closed.
    """
    asked = {name.lower(): value for name, value in headers.items()}
    request_id = world.new_id("req")
    out = {"Request-Id": request_id, "Stripe-Version": stripe.api_version}
    key = asked.get("idempotency-key", "") if verb == "POST" else ""
    scoped = f"{asked.get('stripe-account', '')} {key}" if key else ""
    reading: Reading | None = None
    begun = False
    try:
        _check_key(asked.get("authorization", ""))
        reading = _read(world, verb, path, asked, body)
        with world.lock:
            if world.chance.happens("error_500"):
                raise Refusal("An unknown error occurred.", status=500, kind="api_error", kept=False)
            if scoped:
                before = world.keys.begin(scoped, f"{verb} {path} {body}", world.now())
                if before is not None:
                    status, answer = before
                    return _send(
                        world, Reply(status, answer, out | {"Idempotent-Replayed": "true", "Original-Request": "req"})
                    )
                begun = True
        if world.chance.switches.slow:
            time.sleep(world.chance.switches.slow)
        with world.lock:
            status, answer = 200, _work(world, verb, path, asked, reading)
            assert reading.route is not None
            world.blame(verb, f"{path} (answer)", check_response(reading.route, answer))
    except Refusal as no:
        status, answer = no.status, no.answer()
        with world.lock:
            world.blame(verb, f"{path} (refusal)", check_error(answer))
            if begun and not no.kept:
                world.keys.give_up(scoped)
                begun = False
    except Exception:
        with world.lock:
            world.keys.give_up(scoped)  # a mistake of ours must not look like a key in use
        raise
    with world.lock:
        if begun:
            world.keys.end(scoped, status, answer)
        world.save(always=verb != "GET")
        return _send(world, Reply(status, answer, out | ({"Idempotency-Key": key} if key else {})))


def _send(world: World, found: Reply) -> Reply | None:
    return None if found.status < 500 and world.chance.happens("lose_response") else found


def _check_key(authorization: str) -> None:
    kind, _, key = authorization.partition(" ")
    if kind != "Bearer" or not key.startswith(_KEYS):
        # said without the key: it may be a live one, sent here by mistake
        raise Refusal("Invalid API Key provided: this stand-in takes test keys only.", status=401, kept=False)


def _read(world: World, verb: str, path: str, asked: dict[str, str], body: str) -> Reading:
    """Hold a request against the contract; what breaks it is noted, and refused as Stripe does."""
    reading = read_request(verb, path, body, asked.get("content-type", ""))
    wrong = list(reading.violations)
    if asked.get("stripe-version") != stripe.api_version:
        wrong.append(f"Stripe-Version: expected {stripe.api_version}, got {asked.get('stripe-version')}")
    if reading.route is not None and (verb, reading.route.path) not in _works:
        wrong.append("this stand-in does not know it")
    with world.lock:
        world.blame(verb, path, wrong)
    if reading.route is None or (verb, reading.route.path) not in _works:
        raise Refusal(f"Unrecognized request URL ({verb}: {path}).", status=404, kept=False)
    if reading.violations:
        where, _, what = reading.violations[0].partition(": ")
        name = where.removeprefix("$.")
        if what == "unknown parameter":
            raise Refusal(f"Received unknown parameter: {name}", "parameter_unknown", param=name, kept=False)
        if what == "required":
            raise Refusal(f"Missing required param: {name}.", "parameter_missing", param=name, kept=False)
        code = "parameter_invalid_integer" if "an integer" in what else ""
        raise Refusal(f"Invalid {name}: {what}", code, param=name, kept=False)
    return reading


def _work(world: World, verb: str, path: str, asked: dict[str, str], reading: Reading) -> Object:
    owner = asked.get("stripe-account", "")
    owner = "" if owner == world.platform else owner
    if owner and (owner not in world.rows or world.rows[owner].shown["object"] != "account"):
        raise Refusal("The provided key does not have access to this account.", "account_invalid", status=403)
    assert reading.route is not None
    params = {name: value for name, value in reading.params.items() if name != "expand"}
    call = Call(world, params, reading.ids, owner, path.partition("?")[0])
    try:
        answer = copy.deepcopy(_works[verb, reading.route.path](call))
    except Refusal as no:
        if no.code == "resource_missing" and not any(f"'{one}'" in no.message for one in call.ids):
            no.status = 400  # named in a parameter, not in the path
        raise
    for wanted in reading.params.get("expand") or []:
        _expand(world, answer, str(wanted).split("."), str(wanted))
    return answer


def _expand(world: World, at: Any, names: list[str], whole: str) -> None:
    """Put objects in the places of their ids."""
    name, rest = names[0], names[1:]
    if isinstance(at, list):
        for one in at:
            _expand(world, one, names, whole)
        return
    if name not in at and at.get("id") in world.rows and name in world.more(at["id"]):
        at[name] = copy.deepcopy(world.more(at["id"])[name])
    elif name not in at or (isinstance(at[name], str) and at[name] not in world.rows):
        raise Refusal(f"This property cannot be expanded ({whole}).", param="expand", kept=False)
    elif isinstance(at[name], str):
        at[name] = copy.deepcopy(world.rows[at[name]].shown)
    if rest and at[name] is not None:
        _expand(world, at[name], rest, whole)


def page(call: Call, rows: list[Object], *, moment: str = "created") -> Object:
    """One page of rows, newest first, by the parameters that every list has.

    :param rows: all that fit otherwise, newest first.
    :raises Refusal: for a limit that is out of bounds, or a cursor that is not among the rows.
    """
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= _MOST:
        raise Refusal(f"limit must be from 1 to {_MOST}.", "parameter_invalid_integer", param="limit", kept=False)
    when = call.params.get(moment)
    bounds = when if isinstance(when, dict) else {} if when is None else {"gte": when, "lte": when}
    rows = [one for one in rows if _within(one[moment], bounds)]
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after:
        rows = rows[_place(rows, after) + 1 :]
    if before:
        rows = rows[: _place(rows, before)]
        return listed(rows[-limit:], call.path, has_more=len(rows) > limit)
    return listed(rows[:limit], call.path, has_more=len(rows) > limit)


def _within(moment: int, bounds: dict[str, int]) -> bool:
    return (
        bounds.get("gte", moment) <= moment <= bounds.get("lte", moment)
        and moment > bounds.get("gt", moment - 1)
        and moment < bounds.get("lt", moment + 1)
    )


def _place(rows: list[Object], cursor: str) -> int:
    for place, one in enumerate(rows):
        if one["id"] == cursor:
            return place
    raise Refusal(f"No such object: '{cursor}'", "resource_missing", param="starting_after", kept=False)


def keep_metadata(shown: Object, given: Any) -> None:
    """Change metadata as Stripe does: names are added, an empty value takes one away, ``""`` takes all."""
    if given == "":
        shown["metadata"] = {}
    elif isinstance(given, dict):
        merged = shown["metadata"] | given
        shown["metadata"] = {name: value for name, value in merged.items() if value != ""}


def as_json(found: dict[str, Any]) -> bytes:
    """A body as Stripe writes it."""
    return json.dumps(found, indent=2).encode()
