"""A policy as one file that a commissioner's officer can read and change in a text editor: how it is written. Pure.

The file is plain text in sections. Lines that begin with # are notes, outside the word lists. What `write` wrote,
`exchange_reading.read` gives back exactly.

    == policy ==
    version: 2026.2

    == figures ==
    # A person looks first at one thing over
    item threshold: £500.00

    == rule alcohol ==
    title: Alcohol
    does: block
    does at card: block
    …

    == kinds of shop ==
    5813: alcohol
    6529-6540: cash-and-transfers
    9311: leave alone

    == pay from 2026-04-01 ==
    from age 21: £12.71

    == words alcohol_wine.txt ==
    category: alcohol
    [alcohol]
    merlot, malbec

    == ordinary words ==
    chamber, chewing
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from app.core.money import format_pounds
from app.policy.document import PolicyDocument, Rule
from app.policy.figures import FIGURES

LEAVE_ALONE = "leave alone"
NO_NEWLINE = "\\no line end"
_PLAIN = re.compile(r'[^\s"](.*\S)?', re.DOTALL)
#: What a text editor would not show or not keep, and what Python takes for a line's end.
_ODD = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_HEAD = """\
# A spending policy for personal health budgets.
#
# Change what you like, keep the headings (== … ==), and read it back with: flask policy import FILE
# Nothing is read back unless every line can be. It then waits as a draft: a second person publishes it.
#
# does        allow, warn (the person is told and goes on), refer (a person looks first) or block
# does at …   another answer at one door: basket, outside, card or statement
# reads       what the person reads; the figures of a purchase take the place of {words in braces}
# Text that begins with " is in quotation marks, with \\n for a new line.
"""
_WORDS_HEAD = """\
# The words. A list begins with its category. Under [a rule's code] stand the words that fire it, with commas between
# them; after ~ a slip of one letter is forgiven; [never] holds phrases in which the category's words mean nothing.
# [rule only with] and the like hold lines of words | other words that must stand beside them. An indented line goes
# on with the line before it."""


def write(policy: PolicyDocument) -> str:
    """The whole policy as text, lines ended by \\n."""
    return "\n".join([*_HEAD.splitlines(), "", *_policy(policy)]) + "\n"


def _policy(policy: PolicyDocument) -> Iterator[str]:
    yield "== policy =="
    yield f"version: {plain(policy.version)}"
    yield ""
    yield "== figures =="
    for name, figure in FIGURES.items():
        yield f"# {figure.meaning}"
        yield f"{figure.key}: {figure.say(getattr(policy.thresholds, name))}"
    yield ""
    for rule in policy.rules.values():
        yield from _rule(rule)
    yield "== kinds of shop =="
    yield "# Merchant category codes (ISO 18245) and the rule each comes under; where two fit, the first counts."
    for first, last, code in policy.codes:
        span = f"{first:04d}" if first == last else f"{first:04d}-{last:04d}"
        yield f"{span}: {code or LEAVE_ALONE}"
    yield ""
    for pay in policy.minimum_pay:
        yield f"== pay from {pay.starts_on.isoformat()} =="
        for age, pence in pay.rates:
            yield f"from age {age}: {format_pounds(pence)}"
        yield ""
    yield from _WORDS_HEAD.splitlines()
    yield ""
    for name, text in policy.words.items():
        yield f"== words {name} =="
        yield from _body(text)
        yield ""
    yield "== ordinary words =="
    yield from _body(policy.ordinary)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"== rule {rule.code} =="
    yield f"title: {plain(rule.title)}"
    yield f"group: {rule.group}"
    yield f"category: {plain(rule.category)}"
    yield f"does: {rule.action}"
    for door, action in rule.at:
        yield f"does at {door}: {action}"
    yield f"reads: {plain(rule.sentence)}"
    yield f"next: {plain(rule.next_step)}"
    yield f"source: {plain(rule.source)}"
    yield f"may be asked again: {'yes' if rule.appealable else 'no'}"
    yield ""


def plain(text: str) -> str:
    """A value as it stands after its colon: as it is, or in quotation marks where a line could not hold it."""
    return text if _PLAIN.fullmatch(text) and not _ODD.search(text) else json.dumps(text)


def _body(text: str) -> Iterator[str]:
    """A word list line by line; a line that an editor could not keep stands after a backslash, in quotation marks."""
    if not text:
        return
    rows = text.split("\n")
    ended = rows[-1] == ""
    if ended:
        rows.pop()
    last = max((index for index, row in enumerate(rows) if row), default=-1)
    for index, row in enumerate(rows):
        odd = _ODD.search(row) or row.startswith(("\\", "==")) or row != row.rstrip()
        yield f"\\{json.dumps(row)}" if odd or index > last else row
    if not ended:
        yield NO_NEWLINE
