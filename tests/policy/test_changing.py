"""Changing a policy: figures, rules, words; what it changes is told place by place, and what lets more through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InvalidError
from app.policy.changing import RuleChange, WordsChange, with_figures, with_rule, with_words
from app.policy.comparing import Difference, compare
from app.policy.document import MinimumPay, PolicyDocument
from app.policy.engine import check_text
from app.policy.lists import all_statements, problems, statements, take_out
from app.policy.merging import merge
from app.policy.rules import Action, Door, Group
from app.policy.wordlist import Vocabulary

POLICY = PolicyDocument.load_default()


def does(policy: PolicyDocument, code: str, action: Action, **at: Action) -> PolicyDocument:
    rule = policy.rules[code]
    doors = {Door(name): value for name, value in at.items()}
    return with_rule(policy, code, RuleChange(action, doors, rule.sentence, rule.next_step))


def only(before: PolicyDocument, after: PolicyDocument) -> Difference:
    found = compare(before, after)
    assert len(found) == 1, found
    return found[0]


def test_the_policy_against_itself_is_no_difference() -> None:
    assert compare(POLICY, replace(POLICY, version="another name")) == ()


@pytest.mark.parametrize(
    ("name", "text", "milder"),
    [
        ("item_threshold_pence", "£600", True),
        ("item_threshold_pence", "400", False),
        ("price_tolerance_percent", "30%", True),
        ("low_price_percent", "60", False),
        ("low_price_percent", "40", True),
        ("duplicate_days", "2", True),
        ("split_days", "10 days", False),
        ("similar_percent", "90", True),
    ],
)
def test_a_figure_says_which_way_it_moved(name: str, text: str, milder: bool) -> None:
    found = only(POLICY, with_figures(POLICY, {name: text}))
    assert found.path == f"thresholds.{name}"
    assert found.relaxes is milder
    assert not found.law
    back = only(with_figures(POLICY, {name: text}), POLICY)
    assert back.relaxes is not milder


def test_each_figure_that_cannot_be_is_named() -> None:
    with pytest.raises(InvalidError) as refused:
        with_figures(POLICY, {"item_threshold_pence": "much", "split_days": "1.5", "similar_percent": "0"})
    assert set(refused.value.errors) == {"item_threshold_pence", "split_days", "similar_percent"}


@pytest.mark.parametrize(
    ("code", "action", "relaxes", "law"),
    [
        ("alcohol", Action.REFER, True, False),  # a person may look: the law's floor
        ("alcohol", Action.WARN, True, True),
        ("alcohol", Action.ALLOW, True, True),
        ("vapes", Action.ALLOW, True, False),
        ("vapes", Action.BLOCK, False, False),
    ],
)
def test_a_block_that_is_law_is_marked_below_a_persons_look(
    code: str, action: Action, relaxes: bool, law: bool
) -> None:
    found = only(POLICY, does(POLICY, code, action))
    assert (found.relaxes, found.law) == (relaxes, law)


def test_milder_at_one_door_is_milder() -> None:
    found = only(POLICY, does(POLICY, "alcohol", Action.BLOCK, statement=Action.WARN))
    assert found.relaxes
    assert found.law
    assert "on a statement: fine" in found.after


def test_words_put_in_and_taken_out_do_what_they_say() -> None:
    more = with_words(
        POLICY, "alcohol", WordsChange(put_in="zingleberry\nfrumple ale", exceptions_in="zingleberry soap")
    )
    assert check_text(more, "one zingleberry").action is Action.BLOCK
    assert check_text(more, "zingleberry soap").action is Action.ALLOW
    assert check_text(POLICY, "one zingleberry").action is Action.ALLOW
    said = {(found.what, found.after, found.relaxes) for found in compare(POLICY, more)}
    assert ("Put in: word", "zingleberry", False) in said
    assert ("Put in: phrase in which its words mean nothing", "zingleberry soap", True) in said
    less = with_words(more, "alcohol", WordsChange(take_out="zingleberry", exceptions_out="zingleberry soap"))
    assert check_text(less, "one zingleberry").action is Action.ALLOW
    assert [found.after for found in compare(POLICY, less)] == ["frumple ale"]


def test_a_word_of_the_list_that_ships_can_go() -> None:
    assert check_text(POLICY, "2 bottles of Merlot").action is Action.BLOCK
    less = with_words(POLICY, "alcohol", WordsChange(take_out="merlot"))
    taken = [found for found in compare(POLICY, less) if "merlot" in found.before]
    assert taken
    assert all(found.relaxes and found.law for found in compare(POLICY, less))
    assert [said for said in all_statements(less.words) if said.rule == "alcohol" and said.term == "merlot"] == []


def test_words_that_count_only_beside_others() -> None:
    more = with_words(POLICY, "gambling-maybe", WordsChange(put_in="frumple", beside="stake, odds", slips=True))
    assert check_text(more, "frumple odds").action is Action.REFER
    assert check_text(more, "frumple for the garden").action is Action.ALLOW


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (WordsChange(put_in="wine | glass"), "put_in", "sign"),
        (WordsChange(put_in="..."), "put_in", "no letters"),
        (WordsChange(put_in="x" * 90), "put_in", "too long"),
        (WordsChange(put_in="champagne"), "put_in", "already"),
        (WordsChange(take_out="zingleberry"), "take_out", "not on the list"),
        (WordsChange(exceptions_out="zingleberry"), "exceptions_out", "not among"),
        (WordsChange(exceptions_in="wine gums"), "exceptions_in", "already"),
        (WordsChange(beside="bottle"), "beside", "which words"),
        (WordsChange(put_in="\n".join(f"zing{n}" for n in range(300))), "put_in", "200"),
    ],
)
def test_words_that_cannot_be_are_named(change: WordsChange, field: str, why: str) -> None:
    with pytest.raises(InvalidError) as refused:
        with_words(POLICY, "alcohol", change)
    assert why in refused.value.errors[field]


def test_sentences_never_accuse_and_know_their_figures() -> None:
    rule = POLICY.rules["over-item-threshold"]
    with pytest.raises(InvalidError) as refused:
        with_rule(POLICY, rule.code, RuleChange(rule.action, {}, "This is a violation of {money}.", "  "))
    assert "accuses" in refused.value.errors["sentence"]
    assert "{money}" in refused.value.errors["sentence"]
    assert "nothing to read" in refused.value.errors["next_step"].lower()


def test_kinds_of_shop_are_compared_by_what_counts() -> None:
    codes = ((0, 9999, ""), *POLICY.codes)
    found = compare(POLICY, replace(POLICY, codes=codes))
    assert any(item.path == "codes.5813" and item.relaxes and item.law for item in found)
    moved = compare(POLICY, replace(POLICY, codes=tuple(reversed(POLICY.codes))))
    assert moved == ()


def test_what_was_law_cannot_quietly_be_called_something_else() -> None:
    rules = {**POLICY.rules, "alcohol": replace(POLICY.rules["alcohol"], group=Group.DOUBTFUL)}
    found = only(POLICY, replace(POLICY, rules=rules))
    assert found.relaxes
    assert found.law


def test_my_reading_of_the_lists_is_the_matchers() -> None:
    """Every word that the matcher knows, and no other, with the rule it fires."""
    for name, text in POLICY.words.items():
        assert problems(name, text) == []
        vocabulary = Vocabulary()
        vocabulary.read(name, text)
        fires = {(said.category, said.rule) for said in statements(text) if not said.is_exception}
        assert fires == {(entry.category, entry.rule) for entry in vocabulary.entries}
        count = sum(not said.is_exception for said in statements(text))
        assert count == len(vocabulary.entries)
        assert sum(said.kind == "never" for said in statements(text)) == len(vocabulary.never)


@settings(max_examples=40)
@given(st.data())
def test_taking_any_word_out_takes_out_that_word_alone(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(POLICY.words)))
    said = data.draw(st.sampled_from(statements(POLICY.words[name])))
    lists = {name: POLICY.words[name]}
    after = take_out(lists, said.category, said.rule, said.kind, said.term)
    assert after is not None
    gone = set(statements(lists[name])) - set(statements(after[name]))
    assert said in gone
    assert {(item.category, item.rule, item.kind) for item in gone} == {(said.category, said.rule, said.kind)}
    assert not set(statements(after[name])) - set(statements(lists[name]))
    assert problems(name, after[name]) == []


def test_both_sides_of_a_merge_stay_and_a_clash_is_named() -> None:
    mine = with_words(with_figures(POLICY, {"split_days": "9"}), "alcohol", WordsChange(put_in="zingleberry"))
    theirs = with_words(with_figures(POLICY, {"duplicate_days": "5"}), "alcohol", WordsChange(put_in="frumple ale"))
    both, clashes = merge(POLICY, mine, theirs)
    assert clashes == []
    assert (both.thresholds.split_days, both.thresholds.duplicate_days) == (9, 5)
    assert check_text(both, "zingleberry").action is check_text(both, "frumple ale").action is Action.BLOCK
    assert {item.path for item in compare(theirs, both)} == {item.path for item in compare(POLICY, mine)}
    other = with_figures(POLICY, {"split_days": "3"})
    kept, clashes = merge(POLICY, mine, other)
    assert kept.thresholds.split_days == 9
    assert [clash.place for clash in clashes] == ["figures: split days"]


def test_less_pay_is_milder_however_it_is_written() -> None:
    rows = POLICY.minimum_pay
    later = MinimumPay(date(2027, 4, 1), ((21, 100),))
    oldest = replace(rows[-1], rates=((99, 1), *rows[-1].rates))
    for policy in (replace(POLICY, minimum_pay=(*rows, later)), replace(POLICY, minimum_pay=(*rows[:-1], oldest))):
        assert only(POLICY, policy).relaxes
    more = MinimumPay(date(2027, 4, 1), ((0, 9_999),))
    assert not only(POLICY, replace(POLICY, minimum_pay=(*rows, more))).relaxes


def test_a_kind_of_shop_under_a_rule_milder_at_one_door_is_milder() -> None:
    at_card = does(POLICY, "alcohol", Action.REFER, card=Action.BLOCK)
    at_home = does(at_card, "vapes", Action.REFER, basket=Action.BLOCK)
    moved = replace(at_home, codes=((5813, 5813, "vapes"), *at_home.codes))
    assert only(at_home, moved).relaxes


def test_a_longer_phrase_under_a_milder_rule_takes_words_from_a_stricter_one() -> None:
    milder = "food-with-alcohol"
    after = with_words(POLICY, milder, WordsChange(put_in="two bottles of merlot"))
    assert check_text(POLICY, "two bottles of merlot").action is Action.BLOCK
    assert check_text(after, "two bottles of merlot").action is not Action.BLOCK
    found = only(POLICY, after)
    assert found.relaxes
    assert found.law
    calm = only(POLICY, with_words(POLICY, milder, WordsChange(put_in="zingleberry pudding")))
    assert not calm.relaxes


@pytest.mark.parametrize("field", ["put_in", "exceptions_in"])
def test_no_word_moves_the_words_after_it_to_another_category(field: str) -> None:
    """“category: any” among the phrases that mean nothing would quieten what follows for every rule."""
    with pytest.raises(InvalidError) as refused:
        with_words(POLICY, "alcohol", WordsChange(**{field: "category: any\nvodka"}))
    assert set(refused.value.errors) == {field}
