"""A policy as one readable file: it comes back exactly, and whatever is wrong is named by line, all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.document import MinimumPay, PolicyDocument, Rule, Thresholds
from app.policy.exchange import write
from app.policy.exchange_reading import read
from app.policy.figures import FIGURES
from app.policy.rules import Action, Door, Group
from app.policy.wording import faults_of

POLICY = PolicyDocument.load_default()
_CODE = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
#: Anything a text can hold: quotation marks, line ends of every kind, what a file's own signs are.
_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30),
    st.lists(st.sampled_from(list('\\"=#\n\r\t :a{}\u2028\x85£ ')), max_size=12).map("".join),
)
_WORDS = _TEXT.filter(lambda text: not faults_of(text))
_BODY = st.lists(_TEXT | st.sampled_from(["", "== policy ==", "\\x", "# a note", "\\no line end", "  "]), max_size=6)
_ENDS = ("", "\n", "\n\n\n", "\ncategory: a\n[never]\nwine gums, red\n  wine \n")


@st.composite
def documents(draw: st.DrawFn) -> PolicyDocument:
    """Any policy that could be published, and many that nobody would write."""
    figures = {name: draw(st.integers(figure.least, figure.most)) for name, figure in FIGURES.items()}
    codes = draw(st.lists(_CODE, min_size=1, max_size=4, unique=True))
    actions = st.sampled_from(Action)
    rules = {
        code: Rule(
            code,
            draw(_WORDS),
            draw(st.sampled_from(Group)),
            draw(_CODE),
            draw(actions),
            draw(_WORDS),
            draw(_WORDS),
            draw(_TEXT),
            draw(st.booleans()),
            tuple(sorted(draw(st.dictionaries(st.sampled_from(Door), actions)).items())),
        )
        for code in codes
    }
    days = draw(st.lists(st.integers(0, 20_000), min_size=1, max_size=3, unique=True))
    ages = st.dictionaries(st.integers(0, 999), st.integers(0, 100_000), min_size=1, max_size=3)
    pay = tuple(
        MinimumPay(date(2000, 1, 1) + timedelta(day), tuple(sorted(draw(ages).items(), reverse=True))) for day in days
    )
    spans = st.tuples(st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(["", *codes]))
    kinds = draw(st.lists(spans.map(lambda row: (*sorted(row[:2]), row[2])), max_size=4, unique_by=lambda row: row[:2]))
    words = {
        f"{name}.txt": "\n".join(f"#{line}" for line in "\n".join(draw(_BODY)).splitlines())
        + draw(st.sampled_from(_ENDS))
        for name in draw(st.lists(_CODE, max_size=3, unique=True))
    }
    version = draw(st.from_regex(r"[a-z0-9]([a-z0-9 .]{0,10}[a-z0-9])?", fullmatch=True))
    ordinary = "\n".join(draw(_BODY))
    return PolicyDocument(version, Thresholds(**figures), rules, tuple(kinds), pay, words, ordinary)


@settings(max_examples=150)
@given(documents())
def test_whatever_it_says_it_comes_back_exactly(policy: PolicyDocument) -> None:
    text = write(policy)
    text.encode("utf-8")  # a file can hold it
    again, problems = read(text)
    assert problems == []
    assert again is not None
    assert again == policy
    assert again.digest == policy.digest
    assert list(again.rules) == list(policy.rules)
    assert write(again) == text


def test_the_policy_that_ships_comes_back_and_from_an_editor_with_other_line_ends_too() -> None:
    text = write(POLICY)
    assert read(text, POLICY) == (POLICY, [])
    windows, problems = read("\ufeff" + text.replace("\n", "\r\n"), POLICY)
    assert problems == []
    assert windows == POLICY


def test_what_an_officer_changes_in_an_editor_is_what_changes() -> None:
    text = write(POLICY)
    text = text.replace("item threshold: £500.00", "item threshold: 400")
    text = text.replace("== rule vapes ==", "== rule vapes ==\n# asked for by the public health team", 1)
    text = text.replace(
        "does: refer\nreads: Your coordinator will say if a vape",
        "does: warn\nreads: Your coordinator will say if a vape",
    )
    text = text.replace("9311: leave alone", "9311: leave alone\n8999: look-first")
    found, problems = read(text, POLICY)
    assert problems == []
    assert found is not None
    assert found.thresholds == replace(POLICY.thresholds, item_threshold_pence=40_000)
    assert found.rules["vapes"] == replace(POLICY.rules["vapes"], action=Action.WARN)
    assert found.rule_for_code("8999") == "look-first"


WRONG = [
    ("item threshold: £500.00", "item threshold: lots", "item threshold", "pounds and pence"),
    ("duplicate days: 3 days", "duplicate days: 900", "duplicate days", "from 0 days to 60 days"),
    ("price tolerance: 25%\n", "", "== figures ==", "“price tolerance” is missing"),
    ("5993: tobacco", "59931: tobacco", "59931", "four digits"),
    ("5993: tobacco", "5993: smoke", "5993", "no rule “smoke”"),
    ("title: Vapes", "title: Vapes\ncolour: red", "colour", "not known"),
    ("title: Vapes", "Vapes", "Vapes", "name: value"),
    ("does at card: block", "does at till: block", "does at till", "no door"),
    ("from age 21: £12.71", "from age 21: £12.7l", "£12.7l", "pounds and pence"),
    ("== pay from 2026-04-01 ==", "== pay from April ==", "pay from April", "2026-04-01"),
    ("== ordinary words ==", "== extraordinary words ==", "extraordinary", "no section"),
    ("reads: This may be alcohol. We", "reads: This violates the rules. We", "violates", "accuses"),
    ("over {threshold}.", "over {money}.", "== rule over-item-threshold", "no figure this rule knows"),
    ("[pubs-and-bars]", "[pubs-and-wars]", "pubs-and-wars", "no rule"),
    ("~ wine, wines", "|||wine", "|||wine", "no “|” here"),
    ("group: inappropriate", "group: doubtful", "", "belongs to the group"),
    ("version: 2026.1", "version:", "version:", "a version has a name"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line_has", "why"), WRONG)
def test_each_problem_is_named_with_its_line(old: str, new: str, line_has: str, why: str) -> None:
    text = write(POLICY)
    assert old in text
    broken = text.replace(old, new, 1)
    found, problems = read(broken, POLICY)
    assert found is None
    lines = broken.split("\n")
    assert any(why in problem.why and line_has in lines[problem.line - 1] for problem in problems), problems[:5]


def test_all_of_them_are_told_at_once_and_nothing_is_read() -> None:
    broken = write(POLICY)
    for old, new, _, _ in WRONG[:2] + WRONG[3:4] + WRONG[8:9] + WRONG[13:15]:
        broken = broken.replace(old, new, 1)
    found, problems = read(broken, POLICY)
    assert found is None
    assert len({problem.line for problem in problems}) >= 6
    assert problems == sorted(problems)


def test_a_rule_cannot_be_left_out() -> None:
    text = write(POLICY)
    start = text.index("== rule alcohol ==")
    broken = text[:start] + text[text.index("== rule", start + 5) :]
    found, problems = read(broken, POLICY)
    assert found is None
    assert any("“alcohol” is missing" in problem.why for problem in problems)


def test_a_sign_that_no_database_keeps_is_refused() -> None:
    for sign in ("\\u0000", "\\ud800"):
        found, problems = read(write(POLICY).replace("title: Vapes", f'title: "Vapes{sign}"'), POLICY)
        assert found is None
        assert "cannot be kept" in problems[0].why
    _, problems = read(write(POLICY).replace("title: Vapes", "title: Va\0pes"), POLICY)
    assert "cannot be kept" in problems[0].why


@pytest.mark.parametrize("text", ["", "nothing", "== policy ==", "\x00" * 50, "== rule ==\n" * 3, "== words ==\n\\"])
def test_what_is_no_policy_at_all_is_refused_with_reasons(text: str) -> None:
    found, problems = read(text, POLICY)
    assert found is None
    assert problems
    assert all(problem.line >= 1 and problem.why for problem in problems)


def test_what_the_pages_could_not_work_with_is_refused() -> None:
    """So many kinds of shop that to compare them takes minutes; categories that cannot name a list."""
    text = write(POLICY)
    spans = "\n".join(f"{number:04d}-9999: leave alone" for number in range(2_100))
    rule = "== rule own ==\ntitle: Own\ngroup: doubtful\ncategory: ../own x\ndoes: refer\nreads: It was {when}.\n"
    rule += f"next: Ask.\nsource: {'x' * 2_000}\nmay be asked again: yes\n\n== kinds of shop ==\n{spans}"
    policy, problems = read(text.replace("== kinds of shop ==", rule, 1), POLICY)
    assert policy is None
    told = "\n".join(map(str, problems))
    for why in ("more than 2,000 kinds of shop", "a category has small letters", "told no figures", "1,000 letters"):
        assert told.count(why) == 1, told
    lists, problems = read(text + "\n== words own_odd.txt ==\ncategory: ../odd\n[never]\nplum\n", POLICY)
    assert lists is None
    assert "a category has small letters" in str(problems[0])
