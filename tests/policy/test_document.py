"""The policy as a document: it comes back the same, says what is wrong with it, and its codes are the facts' codes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text, code_name, describe
from app.policy.rules import Action, Door, PolicyError

POLICY = PolicyDocument.load_default()
CODES = {
    "alcohol": (Action.BLOCK, ["5813", "5921"]),
    "alcohol-trade": (Action.REFER, ["5715", "0743", "0744"]),
    "tobacco": (Action.BLOCK, ["5993"]),
    "gambling": (Action.BLOCK, ["7995", "7800", "7801", "7802", "9406", "9754"]),
    "cash-and-transfers": (
        Action.BLOCK,
        ["4829", "6010", "6011", "6050", "6051", "6529", "6532", "6536", "6540"],
    ),
    "debt": (Action.BLOCK, ["7322", "5933"]),
    "finance-shop": (Action.REFER, ["6012", "6211"]),
    "fines-and-bail": (Action.BLOCK, ["9222", "9223"]),
    "adult-services": (Action.BLOCK, ["7273", "5967"]),
    "arcades": (Action.REFER, ["7993", "7994"]),
    "court-costs": (Action.REFER, ["9211"]),
    "care-code": (Action.REFER, ["4119", "8011", "8021", "8042", "8043", "8062"]),
    "look-first": (Action.WARN, ["5994", "7277", "7297", "7298", "5411", "5541", "5542"]),
}


@pytest.mark.parametrize(
    ("rule", "code"), [(rule, code) for rule, (_, codes) in CODES.items() for code in codes]
)
def test_a_kind_of_shop_comes_under_its_rule(rule: str, code: str) -> None:
    decision = check_text(POLICY, "", mcc=code, door=Door.CARD)
    assert [(f.rule, f.action) for f in decision.findings] == [(rule, CODES[rule][0])]
    assert f"kind of shop {code}, {code_name(code)}" in decision.findings[0].evidence


@pytest.mark.parametrize("code", ["9311", "8099", "6528", "6541", "5912", "", "banana", "99999", "٤٨٢٩"])
def test_tax_and_other_codes_are_left_alone(code: str) -> None:
    assert check_text(POLICY, "", mcc=code, door=Door.CARD).findings == ()


def test_it_comes_back_the_same_through_json() -> None:
    again = PolicyDocument.from_dict(json.loads(json.dumps(POLICY.to_dict())))
    assert again == POLICY
    assert again.digest == POLICY.digest
    assert len(POLICY.digest) == 64


def test_any_change_changes_the_digest_and_what_it_does() -> None:
    stored = POLICY.to_dict()
    stored["thresholds"]["item_threshold_pence"] = 10_000
    stored["rules"]["alcohol"]["action"] = "refer"
    stored["words"]["mine.txt"] = "category: alcohol\n[alcohol]\nzingleberry"
    mine = PolicyDocument.from_dict(stored)
    assert mine.digest != POLICY.digest
    assert check_text(mine, "zingleberry").action is Action.REFER
    assert check_text(POLICY, "zingleberry").action is Action.ALLOW
    assert [f.rule for f in check_text(mine, "Bed", amount_pence=10_001).findings] == ["over-item-threshold"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rules", "alcohol", "action"), "forbid"),
        (("rules", "alcohol", "group"), "bad"),
        (("thresholds", "banana"), 3),
        (("codes",), [[1, 2, "no-such-rule"]]),
        (("minimum_pay",), [{"from": "2026-04-01", "rates": {}}]),
        (("version",), None),
    ],
)
def test_a_broken_document_is_refused(path: tuple[str, ...], value: object) -> None:
    stored = POLICY.to_dict()
    place = stored
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    if value is None:
        del place[path[-1]]
    with pytest.raises(PolicyError):
        PolicyDocument.from_dict(stored)


def test_words_that_name_an_unknown_rule_are_refused() -> None:
    lost = replace(POLICY, words={"mine.txt": "category: alcohol\n[no-such-rule]\nwine"})
    with pytest.raises(PolicyError, match="no-such-rule"):
        _ = lost.matcher


def test_pay_rates_change_on_the_sixth_of_nothing_but_on_the_first_of_april() -> None:
    before, after = POLICY.pay_on(date(2026, 3, 31)), POLICY.pay_on(date(2026, 4, 1))
    assert before is not None
    assert after is not None
    assert (before.adult, after.adult) == (1_221, 1_271)
    assert [after.for_age(age) for age in (17, 18, 20, 21)] == [800, 1_085, 1_085, 1_271]
    assert POLICY.pay_on(date(2020, 1, 1)) is None


def test_what_can_i_use_it_for_tells_every_rule_once_with_its_source() -> None:
    sections = describe(POLICY)
    told = [note.code for section in sections for note in section.rules]
    assert sorted(told) == sorted(POLICY.rules)
    for title, rules in sections:
        assert title
        assert rules
    for section in sections:
        for note in section.rules:
            assert note.source
            assert note.answer
            assert "{" not in note.title + note.sentence + note.next_step
