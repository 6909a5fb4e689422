"""How a policy may speak: never as an accusation, and only with figures that the rule is told. Pure."""

from __future__ import annotations

import re

from app.policy.document import Rule

LONGEST = 400
_FIGURE = re.compile(r"\{(\w+)\}")
_HARSH = re.compile(
    r"\b(violat\w+|prohibit\w*|reject\w*|forbid\w*|illicit|offen[cs]e|misuse\w*|abuse\w*)\b", re.IGNORECASE
)


def figures_of(rule: Rule) -> frozenset[str]:
    """The {words in braces} of a rule: which figures of a purchase its sentences are filled with."""
    return frozenset(_FIGURE.findall(f"{rule.title} {rule.sentence} {rule.next_step}"))


def faults_of(text: str, like: Rule | None = None) -> list[str]:
    """What is wrong with the words of a rule, as sentences.

    :param like: where given, only figures are looked at: those this rule does not have.
    """
    if like is not None:
        known = figures_of(like)
        return [
            f"“{{{name}}}” is no figure this rule knows{': ' + ', '.join(sorted(known)) if known else ''}"
            for name in dict.fromkeys(_FIGURE.findall(text))
            if name not in known
        ]
    found = [f"“{word}” accuses. Say it kindly" for word in dict.fromkeys(_HARSH.findall(text))]
    if not text.strip():
        found.append("there is nothing to read")
    return found
