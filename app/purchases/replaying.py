"""Old facts under two policies: the part of a simulation that runs in processes of its own.

No database and no application: a process is given both policies and then texts of facts, and gives counts back. What
comes back says how much and which listed words, never what a person wrote.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.policy.document import PolicyDocument
from app.policy.engine import decide
from app.policy.rules import Action, Decision, Finding, PurchaseFacts
from app.purchases.facts import facts_from_dict, without_settled
from app.purchases.what_changes import without_agreed

MOST_EXAMPLES = 40
"""Changed purchases kept as examples from one chunk; their counts are whole."""
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Changed:
    """A purchase on which the draft answers otherwise: no name, no words of the person's own, no day."""

    before: Action
    after: Action
    rule: str
    category: str
    amount_pence: int
    words: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What a number of purchases came to. Counts by (action now, action in the draft), and by rule."""

    purchases: int = 0
    lines: int = 0
    lost: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    pence: Counter[tuple[str, str]] = field(default_factory=Counter)
    reworded: int = 0
    examples: list[Changed] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Put another tally on top."""
        self.purchases += other.purchases
        self.lines += other.lines
        self.lost += other.lost
        self.reworded += other.reworded
        self.moves.update(other.moves)
        self.rules.update(other.rules)
        self.pence.update(other.pence)
        self.examples += other.examples


class Replayer:
    """Both policies made ready. The same words are looked up once."""

    def __init__(self, base: PolicyDocument, draft: PolicyDocument, most_examples: int | None = MOST_EXAMPLES) -> None:
        self.base, self.draft, self.most_examples = _fresh(base), _fresh(draft), most_examples
        _remember(self.base)
        if (base.words, base.ordinary) == (draft.words, draft.ordinary):
            vars(self.draft)["matcher"] = self.base.matcher
        else:
            _remember(self.draft)

    def replay(self, stored: Sequence[str]) -> Tally:
        """Ask both policies about some purchases.

        :param stored: for each the facts as JSON text, as `purchase_decision.facts` keeps them.
        """
        tally = Tally()
        for text in stored:
            try:
                kept = json.loads(text)
                facts, agreed = facts_from_dict(kept)
                before, after = (
                    without_agreed(without_settled(decide(policy, facts), agreed), kept.get("changes"))
                    for policy in (self.base, self.draft)
                )
            except (ValueError, TypeError, KeyError, AttributeError):  # PolicyError is a ValueError
                tally.lost += 1
                continue
            tally.purchases += 1
            tally.lines += len(facts.lines)
            tally.moves[before.action.value, after.action.value] += 1
            if before.action is not after.action:
                self._note(tally, facts, before, after)
            elif _read(before) != _read(after):
                tally.reworded += 1
        return tally

    def _note(self, tally: Tally, facts: PurchaseFacts, before: Decision, after: Decision) -> None:
        finding = _answerable(before, after)
        kind = kind_of(before.action, after.action)
        code = finding.rule if finding else ""
        amount = sum(line.amount_pence for line in facts.lines if line.amount_pence > 0)
        tally.rules[kind, code] += 1
        tally.pence[kind, code] += amount
        if self.most_examples is None or len(tally.examples) < self.most_examples:
            line = facts.lines[finding.line if finding and finding.line is not None else 0] if facts.lines else None
            policy = self.draft if after.action.rank > before.action.rank else self.base
            texts = (line.text, line.merchant) if line else ()
            hits = (hit for text in texts if text for hit in policy.matcher.hits(text))
            # the list's own words, not the person's: these could name somebody
            words = tuple(dict.fromkeys(hit.term for hit in hits if hit.rule == code))
            category = (line.category if line else None) or ""
            tally.examples.append(Changed(before.action, after.action, code, category, amount, words))


def kind_of(before: Action, after: Action) -> str:
    """What became of a purchase: blocked, referred, let_through, or only a word of care more or less."""
    if after is Action.BLOCK:
        return "blocked"
    if after is Action.REFER:
        return "referred"
    return "let_through" if before.rank >= Action.REFER.rank else "care"


def _answerable(before: Decision, after: Decision) -> Finding | None:
    """The finding that made the difference: the worse answer's worst that the other does not have."""
    worse, milder = (after, before) if after.action.rank > before.action.rank else (before, after)
    other = {(finding.rule, finding.line, finding.action) for finding in milder.findings}
    new = (finding for finding in worse.findings if (finding.rule, finding.line, finding.action) not in other)
    return next(new, worse.first)


def _read(decision: Decision) -> tuple[tuple[str, str, str], ...]:
    return tuple((finding.rule, finding.sentence, finding.next_step) for finding in decision.findings)


def _fresh(policy: PolicyDocument) -> PolicyDocument:
    """A copy of our own: what it remembers goes with it."""
    return PolicyDocument.from_dict(policy.to_dict())


def _remember(policy: PolicyDocument) -> None:
    """Texts come again and again: the same payee, the same thing each week."""
    matcher: Any = policy.matcher
    matcher.hits = lru_cache(_REMEMBERED)(matcher.hits)


_mine: list[Replayer] = []


def begin(base: dict[str, Any], draft: dict[str, Any], most_examples: int | None) -> None:
    """Make this process ready: it is told both policies once."""
    _mine[:] = [Replayer(PolicyDocument.from_dict(base), PolicyDocument.from_dict(draft), most_examples)]


def replay(stored: Sequence[str]) -> Tally:
    """In a process that `begin` made ready: see `Replayer.replay`."""
    return _mine[0].replay(stored)
