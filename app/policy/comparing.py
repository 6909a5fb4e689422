"""What is different between two policies, place by place, and which of it lets more through. Pure.

Every difference has a path: the place in the document it is about, which stays the same however often it is changed.
A reason given for a change is kept by its path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from app.core.money import format_pounds
from app.policy.document import MinimumPay, PolicyDocument, Rule
from app.policy.figures import FIGURES
from app.policy.lists import NEVER, Statement, all_statements, firing
from app.policy.rules import Action, Door, Group
from app.policy.text import words

LAW_GIVEN = frozenset({Group.INAPPROPRIATE, Group.EXCLUDED})
"""Groups whose blocks are law, not a commissioner's choice (facts: what a personal health budget may not buy)."""
_ALL_CODES = 10_000
ANSWERS = {
    Action.ALLOW: "fine",
    Action.WARN: "fine, with a word of care",
    Action.REFER: "a person looks first",
    Action.BLOCK: "not with this money",
}
DOORS = {
    Door.BASKET: "from the marketplace",
    Door.OUTSIDE: "bought elsewhere",
    Door.CARD: "at a card",
    Door.STATEMENT: "on a statement",
}
_TEXTS = {
    "title": "What it is called",
    "sentence": "What the person reads",
    "next_step": "What they can do next",
    "source": "Where the rule comes from",
    "category": "Category",
}


class Part(StrEnum):
    """The parts of a policy, in the order in which differences are told."""

    FIGURES = "Figures"
    RULES = "Rules"
    WORDS = "Words"
    CODES = "Kinds of shop"
    PAY = "Least pay for an hour"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two policies differ. `law`: it makes a block that is law milder than a person's look, or
    takes words or shops from under one."""

    path: str
    part: Part
    about: str
    what: str
    before: str
    after: str
    relaxes: bool = False
    law: bool = False

    @property
    def sentence(self) -> str:
        """In one line, for the history."""
        if self.before and self.after:
            return f"{self.about}: {self.what.lower()}, from “{self.before}” to “{self.after}”"
        return f"{self.about}: {self.what.lower()} “{self.after or self.before}”"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Differences of one kind about one thing: many words put in are told together."""

    part: Part
    about: str
    what: str
    items: tuple[Difference, ...]

    @property
    def relaxes(self) -> bool:
        """True when any of them lets more through."""
        return any(item.relaxes for item in self.items)

    @property
    def law(self) -> bool:
        """True when any of them is about a block that is law."""
        return any(item.law for item in self.items)


def compare(before: PolicyDocument, after: PolicyDocument) -> tuple[Difference, ...]:
    """Every difference that changes what is decided or what is read; the version's name is none."""
    return (
        *_figures(before, after),
        *_rules(before, after),
        *_words(before, after),
        *_codes(before, after),
        *_pay(before, after),
    )


def bundled(differences: Sequence[Difference]) -> list[Bundle]:
    """The same, those of one kind about one thing together."""
    found = []
    for (part, about, what), items in groupby(differences, lambda item: (item.part, item.about, item.what)):
        found.append(Bundle(part, about, what, tuple(items)))
    return found


def is_law_given(*rules: Rule | None) -> bool:
    """True when one of the forms of a rule stands among what is law."""
    return any(rule is not None and rule.group in LAW_GIVEN for rule in rules)


def says(rule: Rule) -> str:
    """What a rule does, with its own answers at some doors: "a person looks first; at a card: not with this money"."""
    own = [f"{DOORS[door]}: {ANSWERS[action]}" for door, action in rule.at if action is not rule.action]
    return "; ".join([ANSWERS[rule.action], *own])


def _figures(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    for name, figure in FIGURES.items():
        was, now = getattr(before.thresholds, name), getattr(after.thresholds, name)
        if was != now:
            milder = (now > was) == figure.milder_when_higher
            yield Difference(
                f"thresholds.{name}", Part.FIGURES, figure.meaning, "Changed", figure.say(was), figure.say(now), milder
            )


def _rules(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    for code in dict.fromkeys([*before.rules, *after.rules]):
        was, now = before.rules.get(code), after.rules.get(code)
        if was is None or now is None:
            one = was or now
            assert one is not None
            what, old, new = ("New rule", "", says(one)) if was is None else ("Rule taken out", says(one), "")
            law = was is not None and is_law_given(was)
            yield Difference(f"rules.{code}", Part.RULES, one.title, what, old, new, was is not None, law)
        elif was != now:
            yield from _rule(was, now)


def _rule(was: Rule, now: Rule) -> Iterator[Difference]:
    path, about = f"rules.{was.code}", was.title
    doors = [(was.action_at(door), now.action_at(door)) for door in Door]
    if any(old is not new for old, new in doors) or was.action is not now.action:
        doors.append((was.action, now.action))
        milder = any(new.rank < old.rank for old, new in doors)
        under = any(new.rank < min(old.rank, Action.REFER.rank) for old, new in doors)
        law = milder and under and is_law_given(was, now)
        yield Difference(f"{path}.does", Part.RULES, about, "What it does", says(was), says(now), milder, law)
    elif was.at != now.at:
        old, new = (", ".join(f"{DOORS[d]}: {ANSWERS[a]}" for d, a in rule.at) or "none" for rule in (was, now))
        yield Difference(f"{path}.does", Part.RULES, about, "Answers of its own at some doors", old, new)
    if was.group is not now.group:
        out = was.group in LAW_GIVEN and now.group not in LAW_GIVEN
        yield Difference(f"{path}.group", Part.RULES, about, "Kind of rule", was.group.value, now.group.value, out, out)
    for name, what in _TEXTS.items():
        old, new = getattr(was, name), getattr(now, name)
        if old != new:
            yield Difference(f"{path}.{name}", Part.RULES, about, what, old, new)
    if was.appealable != now.appealable:
        old, new = ("yes" if rule.appealable else "no" for rule in (was, now))
        yield Difference(f"{path}.appealable", Part.RULES, about, "Whether a person may be asked again", old, new)


def _words(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    old, new = set(all_statements(before.words)), set(all_statements(after.words))
    for added, changed, policy in ((False, old - new, before), (True, new - old, after)):
        for said in sorted(changed):
            yield _statement(said, added, policy)
    old_words, new_words = set(_ordinary(before.ordinary)), set(_ordinary(after.ordinary))
    for word in sorted(old_words - new_words):
        yield Difference(f"ordinary-.{word}", Part.WORDS, "Ordinary words", "Taken out", word, "")
    for word in sorted(new_words - old_words):
        yield Difference(f"ordinary+.{word}", Part.WORDS, "Ordinary words", "Put in", "", word, True)


def _statement(said: Statement, added: bool, policy: PolicyDocument) -> Difference:
    rule = policy.rules.get(said.rule)
    title = rule.title if rule else category_title(policy, said.category)
    shown = said.term
    if said.beside:
        shown += f" (beside {said.beside if len(said.beside) < 60 else said.beside[:58].rpartition(',')[0] + ' …'})"
    if said.common:
        shown += " (also with a slip)"
    if said.kind == "":
        thing = "word"
    elif said.kind == NEVER:
        thing = "phrase in which its words mean nothing"
    else:
        thing = f"word “{said.kind}”"
    hidden = _hidden_by(said, rule, policy) if added and rule and not said.is_exception else []
    relaxes = bool(hidden) or (added if said.is_exception else not added)
    law = relaxes and (
        is_law_given(*hidden or [rule]) if rule and not said.is_exception else _law_in(policy, said.category)
    )
    place = f"{said.category}.{said.rule}.{said.kind}.{'~' * said.common}{said.term}|{said.beside}"
    path = f"words{'+' if added else '-'}.{place}"
    what = f"{'Put in' if added else 'Taken out'}: {thing}"
    return Difference(path, Part.WORDS, title, what, "" if added else shown, shown if added else "", relaxes, law)


def _hidden_by(said: Statement, rule: Rule, policy: PolicyDocument) -> list[Rule]:
    """Stricter rules whose words stand inside a phrase: within a category the longest counts, so they fire no more."""
    whole = words(said.term)
    parts = {whole[i:j] for i in range(len(whole)) for j in range(i + 1, len(whole) + 1)} - {whole}
    lists = [firing(text) for text in policy.words.values()] if parts else []
    codes = {code for terms in lists for part in parts for code in terms.get((said.category, part), ())}
    found = [policy.rules[code] for code in sorted(codes & policy.rules.keys())]
    return [other for other in found if _is_milder(other, rule)]


def category_title(policy: PolicyDocument, category: str) -> str:
    """A category in words: the title of the rule that bears its name, or of its first."""
    if category in policy.rules:
        return policy.rules[category].title
    named = next((rule.title for rule in policy.rules.values() if rule.category == category), None)
    return {"nhs_excluded": "Care the NHS gives another way", "cash": "Cash and sending money"}.get(
        category, named or category
    )


def _law_in(policy: PolicyDocument, category: str) -> bool:
    return any(rule.category == category and is_law_given(rule) for rule in policy.rules.values())


def _ordinary(text: str) -> list[str]:
    return " ".join(line.split("#", 1)[0] for line in text.splitlines()).split()


def _by_code(policy: PolicyDocument) -> list[str | None]:
    found: list[str | None] = [None] * _ALL_CODES
    for first, last, rule in reversed(policy.codes):
        for code in range(max(first, 0), min(last, _ALL_CODES - 1) + 1):
            found[code] = rule
    return found


def _codes(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    if before.codes == after.codes:
        return
    changed = [
        (code, was, now)
        for code, (was, now) in enumerate(zip(_by_code(before), _by_code(after), strict=True))
        if was != now
    ]
    for _, run in groupby(enumerate(changed), lambda item: (item[1][0] - item[0], item[1][1:])):
        rows = [row for _, row in run]
        (first, was, now), last = rows[0], rows[-1][0]
        span = f"{first:04d}" if first == last else f"{first:04d}-{last:04d}"
        old, new = before.rules.get(was or ""), after.rules.get(now or "")
        milder = _is_milder(old, new)
        law = milder and is_law_given(old)
        yield Difference(
            f"codes.{span}", Part.CODES, f"Kind of shop {span}", "Comes under", _rule_of(was, old), _rule_of(now, new),
            milder, law,
        )  # fmt: skip


def _is_milder(old: Rule | None, new: Rule | None) -> bool:
    """True when the new rule, or none, lets more through than the old one at some door."""
    return old is not None and any(old.action_at(d).rank > (new.action_at(d).rank if new else 0) for d in Door)


def _rule_of(code: str | None, rule: Rule | None) -> str:
    return "not listed" if code is None else "left alone" if code == "" else rule.title if rule else code


def _pay(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    old, new = ({row.starts_on: row for row in policy.minimum_pay} for policy in (before, after))
    for day in sorted({*old, *new}):
        was, now = old.get(day), new.get(day)
        if was != now:
            about = f"From {day.day} {day:%B %Y}"
            milder = _pays_less(before.pay_on(day), after.pay_on(day))  # where no row begins, an earlier one goes on
            yield Difference(f"pay.{day}", Part.PAY, about, "Rates", _rates(was), _rates(now), milder)


def _pays_less(was: MinimumPay | None, now: MinimumPay | None) -> bool:
    if was is None or now is None:
        return was is not None
    return any(now.for_age(age) < was.for_age(age) for age, _ in (*was.rates, *now.rates, (0, 0)))


def _rates(row: MinimumPay | None) -> str:
    if row is None:
        return "none"
    return ", ".join(f"{format_pounds(p)} {f'from {age}' if age else 'younger'}" for age, p in row.rates)
