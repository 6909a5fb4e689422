"""Reading a policy file back, line by line: every problem with its line, and a policy only when there is none. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from app.core.money import parse_pounds
from app.policy.document import MinimumPay, PolicyDocument, Rule, Thresholds
from app.policy.exchange import LEAVE_ALONE
from app.policy.exchange_lines import Lines, Problem, Section, body, sections, short
from app.policy.figures import FIGURES
from app.policy.lists import categories, headings, problems
from app.policy.rules import Action, Door, Group
from app.policy.wording import faults_of, figures_of

MOST_LETTERS = 4_000_000
MOST_SPANS = 2_000
_MOST_READ = 1_000  # letters of what a rule says
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_CATEGORY = re.compile(r"[a-z0-9_-]{1,50}")
_LIST = re.compile(r"[a-z0-9_-]{1,60}\.txt")
_SPAN = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
_AGE = re.compile(r"from age ([0-9]{1,3})")
_VERSION = re.compile(r"\S(.{0,38}\S)?")
_RULE_KEYS = ("title", "group", "category", "does", "reads", "next", "source", "may be asked again")


_NO_CATEGORY = "a category has small letters, figures, - and _ only"


@dataclass(slots=True)
class _Reader(Lines):
    """What was read so far, and what is wrong with it."""

    version: str | None = None
    figures: dict[str, int] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    rule_lines: dict[str, int] = field(default_factory=dict)
    codes: list[tuple[int, int, str]] = field(default_factory=list)
    pay: list[MinimumPay] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    ordinary: str | None = None
    #: (line, rule) wherever a rule is named that must be among the rules.
    named: list[tuple[int, str]] = field(default_factory=list)
    read_titles: set[str] = field(default_factory=set)


def read(text: str, like: PolicyDocument | None = None) -> tuple[PolicyDocument | None, list[Problem]]:
    """A policy from its file, or all that is wrong with it, by line.

    :param like: the policy that ships: every rule of it has to be there, in its group, with figures it knows.
    :returns: the policy and nothing, or None and at least one problem.
    """
    if len(text) > MOST_LETTERS:
        return None, [Problem(1, "the file is too long for a policy")]
    reader = _Reader()
    for section in sections(reader, text.removeprefix("\ufeff")):
        if section.title in reader.read_titles:
            reader.wrong(section.line, f"the section “{section.title}” is here twice")
            continue
        reader.read_titles.add(section.title)
        _section(reader, section)
    _whole(reader, like)
    if reader.found or reader.version is None:
        return None, sorted(set(reader.found))
    document = PolicyDocument(
        version=reader.version,
        thresholds=Thresholds(**reader.figures),
        rules=reader.rules,
        codes=tuple(reader.codes),
        minimum_pay=tuple(reader.pay),
        words=reader.words,
        ordinary=reader.ordinary or "",
    )
    return document, []


def _section(reader: _Reader, section: Section) -> None:
    kind, _, name = section.title.partition(" ")
    if section.title == "policy":
        _about(reader, section)
    elif section.title == "figures":
        _figures(reader, section)
    elif kind == "rule":
        _rule(reader, section, name)
    elif section.title == "kinds of shop":
        _codes(reader, section)
    elif section.title.startswith("pay from "):
        _pay(reader, section)
    elif kind == "words":
        _words(reader, section, name)
    elif section.title == "ordinary words":
        reader.ordinary = body(reader, section)[0]
    else:
        reader.wrong(section.line, f"“{short(section.title)}” is no section of a policy")


def _about(reader: _Reader, section: Section) -> None:
    for line, key, value in reader.pairs(section):
        if key != "version":
            reader.wrong(line, f"“{short(key)}” is not known here")
        elif not _VERSION.fullmatch(value):
            reader.wrong(line, "a version has a name of up to 40 letters, such as 2026.2")
        else:
            reader.version = value
    if reader.version is None:
        reader.version = ""
        reader.wrong(section.line, "“version” is missing")


def _figures(reader: _Reader, section: Section) -> None:
    names = {figure.key: name for name, figure in FIGURES.items()}
    given = set()
    for line, key, value in reader.pairs(section):
        given.add(key)
        if key not in names:
            reader.wrong(line, f"“{short(key)}” is no figure of a policy")
            continue
        read = reader.get(line, FIGURES[names[key]].read, value)
        if read is not None:
            reader.figures[names[key]] = read
    for key in names:
        if key not in given:
            reader.wrong(section.line, f"“{key}” is missing")


def _rule(reader: _Reader, section: Section, code: str) -> None:
    if not _CODE.fullmatch(code):
        reader.wrong(section.line, f"“{short(code)}” is no code of a rule: small letters, figures and - only")
        return
    reader.rule_lines[code] = section.line
    values: dict[str, str] = {}
    at: list[tuple[Door, Action]] = []
    for line, key, value in reader.pairs(section):
        if key.startswith("does at "):
            door = reader.get(line, Door, key.removeprefix("does at "), f"“{key[8:60]}” is no door: {_all(Door)}")
            action = reader.get(line, Action, value, _not_one(value, Action))
            if door is not None and action is not None:
                at.append((door, action))
        elif key not in _RULE_KEYS:
            reader.wrong(line, f"“{short(key)}” is not known in a rule")
        else:
            values[key] = value
            for fault in faults_of(value) if key in ("title", "reads", "next") else ():
                reader.wrong(line, fault)
            if len(value) > _MOST_READ:
                reader.wrong(line, f"use {_MOST_READ:,} letters or fewer")
            if key == "category" and not _CATEGORY.fullmatch(value):
                reader.wrong(line, _NO_CATEGORY)
    missing = [key for key in _RULE_KEYS if key not in values]
    for key in missing:
        reader.wrong(section.line, f"“{key}” is missing in the rule {code}")
    line = section.line
    where = {key: number for number, key, _ in reader.pairs(section)} if not missing else {}
    group = reader.get(
        where.get("group", line), Group, values.get("group", "care"), _not_one(values.get("group", ""), Group)
    )
    action = reader.get(
        where.get("does", line), Action, values.get("does", "refer"), _not_one(values.get("does", ""), Action)
    )
    again = values.get("may be asked again", "yes")
    if again not in ("yes", "no"):
        reader.wrong(where.get("may be asked again", line), "say yes or no")
    reader.rules[code] = Rule(
        code, values.get("title", ""), group or Group.CARE, values.get("category", code), action or Action.REFER,
        values.get("reads", ""), values.get("next", ""), values.get("source", ""), again == "yes", tuple(sorted(at)),
    )  # fmt: skip


def _codes(reader: _Reader, section: Section) -> None:
    for line, key, value in reader.pairs(section):
        span = _SPAN.fullmatch(key)
        if not span or int(span[2] or span[1]) < int(span[1]):
            reader.wrong(line, f"“{short(key)}” is no kind of shop: four digits, or two such with - between them")
            continue
        if len(reader.codes) == MOST_SPANS:
            reader.wrong(line, f"there are more than {MOST_SPANS:,} kinds of shop: put neighbours together")
            return
        rule = "" if value == LEAVE_ALONE else value
        if rule or value != LEAVE_ALONE:
            reader.named.append((line, rule))
        reader.codes.append((int(span[1]), int(span[2] or span[1]), rule))


def _pay(reader: _Reader, section: Section) -> None:
    day = reader.get(
        section.line, date.fromisoformat, section.title.removeprefix("pay from "), "write the day like 2026-04-01"
    )
    rates: dict[int, int] = {}
    for line, key, value in reader.pairs(section):
        age = _AGE.fullmatch(key)
        pence = reader.get(line, parse_pounds, value)
        if not age:
            reader.wrong(line, f"“{short(key)}” is not “from age 18”")
        elif pence is not None:
            rates[int(age[1])] = pence
    if not rates:
        reader.wrong(section.line, "there are no rates here")
    elif day is not None:
        reader.pay.append(MinimumPay(day, tuple(sorted(rates.items(), reverse=True))))


def _words(reader: _Reader, section: Section, name: str) -> None:
    if not _LIST.fullmatch(name):
        reader.wrong(section.line, f"“{short(name)}” is no name of a list, such as own_alcohol.txt")
        return
    text, lines = body(reader, section)
    for number, why in problems(name, text):
        reader.wrong(lines[number - 1] if 0 < number <= len(lines) else section.line, why)
    for category, number in {said: number for number, said in reversed(list(categories(text)))}.items():
        if not _CATEGORY.fullmatch(category):
            reader.wrong(lines[number - 1], _NO_CATEGORY)
    reader.named += [
        (lines[number - 1] if number <= len(lines) else section.line, rule) for number, rule in headings(text) if rule
    ]
    reader.words[name] = text


def _whole(reader: _Reader, like: PolicyDocument | None) -> None:
    """What can only be said of the file as a whole."""
    for title in ("policy", "figures", "kinds of shop", "ordinary words"):
        if title not in reader.read_titles:
            reader.wrong(1, f"the section “{title}” is missing")
    for line, named in reader.named:
        if named not in reader.rules:
            reader.wrong(line, f"there is no rule “{short(named)}” in this file")
    if not reader.pay:
        reader.wrong(1, "there are no pay rates (== pay from 2026-04-01 ==)")
    if like is None:
        return
    for code, rule in reader.rules.items():
        if code not in like.rules and (figures := figures_of(rule)):
            shown = ", ".join(f"“{{{name}}}”" for name in sorted(figures))
            reader.wrong(reader.rule_lines[code], f"the rule “{code}” is told no figures, and names {shown}")
    for code, rule in like.rules.items():
        mine = reader.rules.get(code)
        if mine is None:
            reader.wrong(1, f"the rule “{code}” is missing: a rule is made milder, never left out")
            continue
        if mine.group is not rule.group:
            reader.wrong(reader.rule_lines[code], f"the rule “{code}” belongs to the group {rule.group}")
        for fault in faults_of(f"{mine.title} {mine.sentence} {mine.next_step}", like=rule):
            reader.wrong(reader.rule_lines[code], f"in the rule “{code}” {fault}")


def _not_one(text: str, kind: type[Action] | type[Group]) -> str:
    return f"“{short(text)}” is not one of {_all(kind)}"


def _all(kind: type[Door] | type[Action] | type[Group]) -> str:
    return ", ".join(kind)
