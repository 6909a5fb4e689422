"""A draft's own changes on top of a version that was published meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.policy.document import PolicyDocument
from app.policy.lists import Statement, put_in, statements, take_out


@dataclass(frozen=True, slots=True)
class Clash:
    """A place that both changed: the draft's own stays."""

    place: str


def merge(base: PolicyDocument, mine: PolicyDocument, theirs: PolicyDocument) -> tuple[PolicyDocument, list[Clash]]:
    """What `theirs` says, with what `mine` changed of `base`.

    Figures, each part of a rule and pay rates by day are looked at one by one, kinds of shop as one, lists by word.
    """
    clashes: list[Clash] = []
    old, own, new = (policy.to_dict() for policy in (base, mine, theirs))
    old_pay, own_pay, new_pay = ({row["from"]: row for row in each["minimum_pay"]} for each in (old, own, new))
    rules = {}
    for code in dict.fromkeys([*new["rules"], *own["rules"]]):
        parts = (each["rules"].get(code, {}) for each in (old, own, new))
        rules[code] = _flat(f"the rule {code}", *parts, clashes=clashes)
    merged = {
        "version": mine.version,
        "thresholds": _flat("figures", old["thresholds"], own["thresholds"], new["thresholds"], clashes=clashes),
        "rules": {code: rule for code, rule in rules.items() if rule},
        "codes": _one("kinds of shop", old["codes"], own["codes"], new["codes"], clashes),
        "minimum_pay": list(_flat("pay rates", old_pay, own_pay, new_pay, clashes=clashes).values()),
        "words": _lists(base.words, mine.words, theirs.words),
        "ordinary": _one("ordinary words", old["ordinary"], own["ordinary"], new["ordinary"], clashes),
    }
    return replace(PolicyDocument.from_dict(merged), version=mine.version), clashes


_GONE = object()


def _flat(
    place: str, old: Mapping[str, Any], own: Mapping[str, Any], new: Mapping[str, Any], *, clashes: list[Clash]
) -> dict[str, Any]:
    found = {}
    for key in dict.fromkeys([*new, *own]):
        was, mine, theirs = (part.get(key, _GONE) for part in (old, own, new))
        value = _one(f"{place}: {key}", was, mine, theirs, clashes)
        if value is not _GONE:
            found[key] = value
    return found


def _one(place: str, old: Any, own: Any, new: Any, clashes: list[Clash]) -> Any:
    if own in (old, new):
        return new
    if new != old:
        clashes.append(Clash(place.replace("_", " ")))
    return own


def _lists(old: Mapping[str, str], own: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Lists that only one side changed are that side's; in the others each word put in or taken out is done again."""
    found = dict(new)
    for name in dict.fromkeys([*own, *old]):
        was, mine, theirs = old.get(name), own.get(name), new.get(name)
        if mine in (was, theirs):
            continue
        if theirs == was:
            if mine is None:
                found.pop(name, None)
            else:
                found[name] = mine
            continue
        found[name] = _again(theirs or "", set(statements(was or "")), set(statements(mine or "")))
    return found


def _again(text: str, was: set[Statement], mine: set[Statement]) -> str:
    for said in sorted(was - mine):
        taken = take_out({"": text}, said.category, said.rule, said.kind, said.term)
        text = taken[""] if taken else text
    for said in sorted(mine - was - set(statements(text))):
        heading = f"{said.rule} {said.kind}".strip()
        entry = f"{'~ ' if said.common else ''}{said.term}{f' | {said.beside}' if said.beside else ''}"
        text = put_in(text, said.category, heading, [entry])
    return text
