"""A policy as one versioned document: thresholds, rules, kinds of shop, words, pay rates.

A commissioner keeps each version; a decision names the version it was made under, so that it can be replayed years
later. The document is plain data (`to_dict` is JSON-safe) and its digest is the same wherever it is read.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from app.policy.matcher import Matcher
from app.policy.rules import Action, Door, Group, PolicyError
from app.policy.wordlist import Vocabulary

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The figures a commissioner sets. Pence, percent and days, as the names say."""

    item_threshold_pence: int = 50000
    price_tolerance_percent: int = 25
    low_price_percent: int = 50
    duplicate_days: int = 3
    split_days: int = 7
    similar_percent: int = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table: what a rule says and what it does. `at` overrides the action at a door."""

    code: str
    title: str
    group: Group
    category: str
    action: Action
    sentence: str
    next_step: str
    source: str
    appealable: bool
    at: tuple[tuple[Door, Action], ...] = ()

    def action_at(self, door: Door) -> Action:
        """The action at a door: its own where one is set, the rule's otherwise."""
        return dict(self.at).get(door, self.action)


@dataclass(frozen=True, slots=True)
class MinimumPay:
    """Hourly rates in pence from a date: pairs of (from this age, pence), oldest age first."""

    starts_on: date
    rates: tuple[tuple[int, int], ...]

    def for_age(self, age: int) -> int:
        """The least an hour must be paid, in pence, for someone of this age."""
        return next((pence for from_age, pence in self.rates if age >= from_age), self.rates[-1][1])

    @property
    def adult(self) -> int:
        """The rate of the oldest age group, in pence."""
        return self.rates[0][1]


@dataclass(frozen=True)
class PolicyDocument:
    """A whole policy. Build it with `load_default` or `from_dict`, which check it."""

    version: str
    thresholds: Thresholds
    rules: Mapping[str, Rule]
    codes: tuple[tuple[int, int, str], ...]
    """Merchant category codes: first, last, and the rule they come under ("" to leave them alone)."""
    minimum_pay: tuple[MinimumPay, ...]
    words: Mapping[str, str]
    """Word lists by file name, as an officer wrote them: see `wordlist`."""
    ordinary: str
    """Everyday words that look like a slip of a listed word, and are not."""

    @cached_property
    def matcher(self) -> Matcher:
        """The word lists made ready. Raises PolicyError where a list cannot be read or names an unknown rule."""
        vocabulary = Vocabulary()
        for name, text in sorted(self.words.items()):
            vocabulary.read(name, text)
        unknown = sorted(vocabulary.rules - self.rules.keys())
        if unknown:
            raise PolicyError(f"the word lists name rules that do not exist: {', '.join(unknown)}")
        lines = (line.split("#", 1)[0] for line in self.ordinary.splitlines())
        return Matcher(vocabulary, " ".join(lines).split())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the document, as hex: the same for the same policy on any machine."""
        plain = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()

    @cached_property
    def rules_digest(self) -> str:
        """SHA-256 of what the document says, whatever its version is called."""
        return replace(self, version="").digest

    def rule_for_code(self, mcc: str) -> str | None:
        """The rule a merchant category code comes under; "" to leave it alone, None when it is not listed."""
        code = mcc.strip()
        if not (code.isascii() and code.isdigit()) or len(code) > 4:
            return None
        number = int(code)
        return next((rule for first, last, rule in self.codes if first <= number <= last), None)

    def pay_on(self, day: date) -> MinimumPay | None:
        """The pay rates in force on a day; None before the first."""
        rows = [row for row in self.minimum_pay if row.starts_on <= day]
        return max(rows, key=lambda row: row.starts_on) if rows else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `from_dict` gives the same document back."""
        return {
            "version": self.version,
            "thresholds": {name: getattr(self.thresholds, name) for name in Thresholds.__slots__},
            "rules": {code: _rule_to_dict(rule) for code, rule in self.rules.items()},
            "codes": [list(row) for row in self.codes],
            "minimum_pay": [
                {"from": row.starts_on.isoformat(), "rates": {str(age): pence for age, pence in row.rates}}
                for row in self.minimum_pay
            ],
            "words": dict(self.words),
            "ordinary": self.ordinary,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PolicyDocument:
        """Read what `to_dict` wrote. Raises PolicyError saying which part is missing or wrong."""
        try:
            document = cls(
                version=str(stored["version"]),
                thresholds=Thresholds(**{str(key): int(value) for key, value in stored["thresholds"].items()}),
                rules={code: _rule(code, part, {}) for code, part in stored["rules"].items()},
                codes=tuple((int(first), int(last), str(rule)) for first, last, rule in stored["codes"]),
                minimum_pay=tuple(_pay(row) for row in stored["minimum_pay"]),
                words={str(name): str(text) for name, text in stored["words"].items()},
                ordinary=str(stored["ordinary"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise PolicyError(f"not a policy document: {error!r}") from error
        unknown = sorted({rule for _, _, rule in document.codes if rule} - document.rules.keys())
        if unknown:
            raise PolicyError(f"the merchant codes name rules that do not exist: {', '.join(unknown)}")
        return document

    @classmethod
    def load_default(cls) -> PolicyDocument:
        """The policy that ships, read once from `app/policy/data`. Raises PolicyError when a file cannot be read."""
        return _load(DATA)


@lru_cache(maxsize=4)
def _load(folder: Path) -> PolicyDocument:
    try:
        main = _toml(folder / "policy.toml")
        rules = {
            code: _rule_to_dict(_rule(code, part, main["sources"]))
            for path in sorted(folder.glob("rules_*.toml"))
            for code, part in _toml(path)["rules"].items()
        }
        codes = [
            [*_span(str(code)), row["rule"]]
            for row in _toml(folder / "merchant_codes.toml")["codes"]
            for code in row["codes"]
        ]
        stored = {
            "version": main["version"],
            "thresholds": main["thresholds"],
            "rules": rules,
            "codes": codes,
            "minimum_pay": main["minimum_pay"],
            "words": {path.name: path.read_text("utf-8") for path in sorted((folder / "words").glob("*.txt"))},
            "ordinary": (folder / "ordinary_words.txt").read_text("utf-8"),
        }
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise PolicyError(f"the policy in {folder} cannot be read: {error}") from error
    return PolicyDocument.from_dict(stored)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _span(code: str) -> tuple[int, int]:
    first, _, last = code.partition("-")
    return int(first), int(last or first)


def _rule(code: str, part: Mapping[str, Any], sources: Mapping[str, str]) -> Rule:
    return Rule(
        code=code,
        title=str(part["title"]),
        group=Group(part["group"]),
        category=str(part.get("category", code)),
        action=Action(part["action"]),
        sentence=str(part["sentence"]),
        next_step=str(part["next_step"]),
        source=str(sources.get(part["source"], part["source"])),
        appealable=bool(part.get("appealable", True)),
        at=tuple((Door(door), Action(action)) for door, action in sorted(part.get("at", {}).items())),
    )


def _rule_to_dict(rule: Rule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "group": rule.group.value,
        "category": rule.category,
        "action": rule.action.value,
        "sentence": rule.sentence,
        "next_step": rule.next_step,
        "source": rule.source,
        "appealable": rule.appealable,
        "at": {door.value: action.value for door, action in rule.at},
    }


def _pay(row: Mapping[str, Any]) -> MinimumPay:
    starts_on = row["from"] if isinstance(row["from"], date) else date.fromisoformat(row["from"])
    rates = sorted(((int(age), int(pence)) for age, pence in row["rates"].items()), reverse=True)
    if not rates:
        raise PolicyError(f"no pay rates from {starts_on}")
    return MinimumPay(starts_on, tuple(rates))
