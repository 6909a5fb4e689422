"""No secret is in the repository: what looks like one is one, unless it stands in the list below with its reason."""

from __future__ import annotations

import hashlib
import math
import re
import subprocess
from collections import Counter
from itertools import pairwise

import pytest

from app.config import ROOT

#: Files whose long words are something else, each with what it is.
NOT_SECRETS = {"static/package-lock.json": "npm's own fingerprints of packages"}
#: Long words that are known to everybody.
PUBLIC = {hashlib.sha256(b"").hexdigest(): "the hash of nothing, with which the audit's chain begins"}

_KNOWN_KINDS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n?[A-Za-z0-9+/=\s]{40}"),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a Stripe key": re.compile(r"\b(?:sk|rk|whsec)_(?:live_|test_)?[0-9A-Za-z]{20,}"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{30,}|\bgithub_pat_\w{40,}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a signed token": re.compile(r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+]+://[^\s:/@'\"{}]+:(?!hello@)[^\s:/@'\"{}<>$]{6,}@"),
}
_LONG = re.compile(r"(?<![\w/+.-])[A-Za-z0-9+/_=-]{32,}(?![\w/+.-])")


def bits(word: str) -> float:
    """How much chance is in each letter of a word."""
    return -sum(n / len(word) * math.log2(n / len(word)) for n in Counter(word).values())


def looks_made_by_chance(word: str) -> bool:
    """Capitals, small letters and figures mixed, or a long hex number: nobody writes like that."""
    if re.fullmatch(r"[0-9a-f]{32,}|[0-9A-F]{32,}", word):
        return bits(word) > 3.0
    kinds = sum(bool(re.search(kind, word)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    changes = sum(a.isdigit() != b.isdigit() or a.isupper() != b.isupper() for a, b in pairwise(word))
    return kinds == 3 and bits(word) > 4.2 and changes >= len(word) / 4


def found_in(text: str) -> list[str]:
    """What looks like a secret in a text."""
    known = [what for what, pattern in _KNOWN_KINDS.items() if pattern.search(text)]
    by_chance = [word for word in _LONG.findall(text) if word not in PUBLIC and looks_made_by_chance(word)]
    return known + [f"{word[:6]}… ({len(word)} letters)" for word in by_chance]


def test_no_secret_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        try:
            text = (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture; a file taken out a moment ago
        if name not in NOT_SECRETS and (secrets := found_in(text)):
            found[name] = secrets
    assert not found


@pytest.mark.parametrize(
    "parts",
    [
        ("-----BEGIN RSA PRIVATE", " KEY-----\nMIIEpAIBAAKCAQEA", "7bq0Zk3mZs5r9cQ0xq2Vt3n8JzWm\n"),
        ("AKIA", "IOSFODNN7EXAMPLE"),
        ("sk_live", "_4eC39HqLyjWDarjtT1zdp7dc"),
        ("eyJhbGciOiJIUzI1NiIs", "InR5cCI.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0"),
        ("postgresql://app:", "Gh7kLp2q@db.example.org/purse"),
        ("sQKWJOYWoR3izgQs_aH6QLz", "RQ58aH9M2ZFwU9t5ughlL2c2", "wjVaq9A-6hnhnFCEv"),
        ("b97565b5ed37350b", "c0d0ce81c120af22"),
    ],
)
def test_a_secret_would_be_found(parts: tuple[str, ...]) -> None:
    assert found_in(f'KEY = "{"".join(parts)}"')


def test_every_exception_is_needed() -> None:
    for name in NOT_SECRETS:
        assert found_in((ROOT / name).read_text()), name
