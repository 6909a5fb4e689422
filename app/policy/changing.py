"""A policy with something changed: figures, a rule, words. Pure: documents never change, a new one is made.

What cannot be is said by field (InvalidError), all of it at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.core.errors import InvalidError
from app.policy.document import PolicyDocument, Rule
from app.policy.figures import FIGURES
from app.policy.lists import NEVER, Statement, all_statements, own_list, put_in, take_out
from app.policy.rules import Action, Door
from app.policy.text import words
from app.policy.wording import LONGEST, faults_of

MOST_WORDS = 200
_LONGEST_WORD = 80
_SPECIAL = re.compile(r"[|#\[\]@<>*^$!~=\\]")


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a rule is to be. `at` has a door's own action; a door that is left out does what the rule does."""

    action: Action
    at: Mapping[Door, Action]
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class WordsChange:
    """Words of one rule, a line or a comma between them. `beside`: those put in count only beside one of these."""

    put_in: str = ""
    beside: str = ""
    slips: bool = False
    take_out: str = ""
    exceptions_in: str = ""
    exceptions_out: str = ""


def with_figures(policy: PolicyDocument, typed: Mapping[str, str]) -> PolicyDocument:
    """Other thresholds.

    :param typed: as a person writes them, by name ("item_threshold_pence": "£400"); the others stay.
    :raises InvalidError: by threshold.
    """
    values, errors = {}, {}
    for name, text in typed.items():
        try:
            values[name] = FIGURES[name].read(text)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise InvalidError(errors)
    return replace(policy, thresholds=replace(policy.thresholds, **values))


def with_rule(policy: PolicyDocument, code: str, change: RuleChange) -> PolicyDocument:
    """A rule that does or says something else.

    :raises InvalidError: fields `sentence` and `next_step`.
    """
    rule = policy.rules[code]
    errors = {}
    for name, text in (("sentence", change.sentence), ("next_step", change.next_step)):
        if text == getattr(rule, name):
            continue
        faults = faults_of(text) + faults_of(text, like=rule)
        if len(text) > LONGEST:
            faults.append(f"use {LONGEST} letters or fewer")
        if faults:
            errors[name] = "; ".join(faults) + "."
    if errors:
        raise InvalidError({name: text[0].upper() + text[1:] for name, text in errors.items()})
    at = tuple(sorted((door, action) for door, action in change.at.items()))
    new = replace(rule, action=change.action, at=at, sentence=change.sentence, next_step=change.next_step)
    return replace(policy, rules={**policy.rules, code: new})


def with_words(policy: PolicyDocument, code: str, change: WordsChange) -> PolicyDocument:
    """Words put in and taken out, and phrases in which they mean nothing.

    :raises InvalidError: by field of `WordsChange`, each word that cannot be named with why.
    """
    rule = policy.rules[code]
    category = category_of(policy, rule)
    errors: dict[str, str] = {}
    new, old = (_read(getattr(change, name), name, errors) for name in ("put_in", "take_out"))
    calm, loud = (_read(getattr(change, name), name, errors) for name in ("exceptions_in", "exceptions_out"))
    beside = _read(change.beside, "beside", errors)
    if beside and not new:
        errors["beside"] = "Say which words count only beside these"
    lists = dict(policy.words)
    for term in old:
        taken = take_out(lists, category, code, None, term)
        if taken is None:
            errors.setdefault("take_out", f"“{term}” is not on the list of this rule")
        lists = taken or lists
    for term in loud:
        taken = take_out(lists, category, "", NEVER, term)
        if taken is None:
            errors.setdefault("exceptions_out", f"“{term}” is not among the phrases that mean nothing")
        lists = taken or lists
    known = {_key(said) for said in all_statements(lists)}
    own = own_list(category)
    heading, kind = (f"{code} only with", "only with") if beside else (code, "")
    entries = []
    for term in new:
        if (category, code, kind, words(term), ", ".join(beside)) in known:
            errors.setdefault("put_in", f"“{term}” is on the list already")
        cues = f" | {', '.join(beside)}" if beside else ""
        entries.append(f"{'~ ' if change.slips else ''}{term}{cues}")
    for term in calm:
        if (category, "", NEVER, words(term), "") in known:
            errors.setdefault("exceptions_in", f"“{term}” is there already")
    if errors:
        raise InvalidError(errors)
    if entries:
        lists[own] = put_in(lists.get(own, ""), category, heading, entries)
    if calm:
        lists[own] = put_in(lists.get(own, ""), category, NEVER, calm)
    changed = replace(policy, words=lists)
    _ = changed.matcher  # raises PolicyError where a list cannot be read: then it is ours to mend
    return changed


def category_of(policy: PolicyDocument, rule: Rule) -> str:
    """The category under which a rule's words are listed: the rule's own, where it has none yet."""
    found = (said.category for said in all_statements(policy.words) if said.rule == rule.code)
    return next(found, rule.category)


def _key(said: Statement) -> tuple[str, str, str, tuple[str, ...], str]:
    return (said.category, said.rule, said.kind, words(said.term), said.beside)


def _read(text: str, field: str, errors: dict[str, str]) -> list[str]:
    """The words of a box, one a line or with commas between them; the first that cannot be is named."""
    found: dict[str, None] = {}
    for item in re.split(r"[,\n]", text):
        term = " ".join(item.split())
        if not term:
            continue
        if _SPECIAL.search(term) or term.startswith("category:"):  # a list would take that for a heading of its own
            errors.setdefault(field, f"“{_short(term)}” has a sign in it that no word has")
        elif len(term) > _LONGEST_WORD:
            errors.setdefault(field, f"“{_short(term)}” is too long: use {_LONGEST_WORD} letters or fewer")
        elif not words(term):
            errors.setdefault(field, f"“{_short(term)}” has no letters or figures")
        found[term] = None
    if len(found) > MOST_WORDS:
        errors[field] = f"Give {MOST_WORDS} words or fewer at a time"
    return list(found)


def _short(term: str) -> str:
    return term if len(term) <= 40 else f"{term[:39]}…"
