"""`flask policy check`: one text, and a file of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.cli import policy


@pytest.fixture
def run() -> FlaskCliRunner:
    app = Flask("policy")
    policy.register(app)
    return app.test_cli_runner()


def check(run: FlaskCliRunner, *arguments: str) -> tuple[int, str]:
    result = run.invoke(args=["policy", "check", *arguments])
    return result.exit_code, result.output


def test_one_text_is_explained(run: FlaskCliRunner) -> None:
    code, said = check(run, "--text", "2 bottles of Merlot")
    assert code == 0
    assert said.startswith("block")
    assert "“Merlot” in “2 bottles of Merlot”" in said
    assert "Money for your health can't be used for alcohol." in said


def test_json_has_the_answer_and_all_findings(run: FlaskCliRunner) -> None:
    code, said = check(
        run, "--text", "Bed", "--merchant", "Oddbins", "--mcc", "5921", "--amount", "£600.00", "--json"
    )
    answer = json.loads(said)
    assert code == 0
    assert (answer["decision"], answer["category"], answer["rule"]) == ("block", "alcohol", "alcohol")
    assert "Oddbins" in answer["matched"]
    assert [finding["rule"] for finding in answer["findings"]] == ["alcohol", "over-item-threshold"]


def test_a_code_means_a_card_unless_another_door_is_named(run: FlaskCliRunner) -> None:
    assert json.loads(check(run, "--mcc", "6011", "--json")[1])["decision"] == "block"
    assert json.loads(check(run, "--mcc", "6011", "--door", "statement", "--json")[1])["decision"] == "refer"


def test_a_file_keeps_its_columns_and_gains_the_answers(run: FlaskCliRunner, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        '\ufeffid,text,merchant,mcc,amount\n1,"Wine, red",,,\n2,Swim,Ladbrokes,,-4.20\n3,"Two\nlines",,5411,"1,200"\n',
        encoding="utf-8",
    )
    assert check(run, "--csv", str(source), "--out", str(target)) == (0, "")
    with target.open(newline="", encoding="utf-8") as reading:
        rows = list(csv.DictReader(reading))
    assert list(rows[0]) == [
        "id",
        "text",
        "merchant",
        "mcc",
        "amount",
        "decision",
        "category",
        "rule",
        "matched",
    ]
    assert [(row["id"], row["decision"], row["category"]) for row in rows] == [
        ("1", "block", "alcohol"),
        ("2", "block", "gambling"),
        ("3", "refer", "over-item-threshold"),
    ]
    assert rows[2]["text"] == "Two\nlines"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name,amount\nwine,3\n", "line 1: there is no column"),
        (b"", "line 1: there is no column"),
        (b"text,text\na,b\n", "line 1: two columns"),
        (b"text,amount\nwine,3\nbeer,lots\n", "line 3: \u201clots\u201d is not an amount"),
        (b"text,mcc\nwine,59x1\n", "line 2: \u201c59x1\u201d is not a merchant category code"),
        (b"text\nwine\nbeer,ale,stout\n", "line 3: there are more fields than columns"),
        (b"text\nwine\n\xff\xfe\n", "cannot be read"),
        (b'text\n"wine\n', "cannot be read"),
    ],
)
def test_a_bad_file_is_named_with_its_line_and_nothing_is_written(
    run: FlaskCliRunner, tmp_path: Path, content: bytes, why: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    code, said = check(run, "--csv", str(source), "--out", str(target))
    assert code == 2
    assert why in said
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--text", "wine", "--amount", "NaN"],
        ["--text", "wine", "--mcc", "beer"],
        ["--csv", "nowhere.csv", "--out", "x.csv"],
        ["--csv", "nowhere.csv"],
        ["--out", "x.csv"],
    ],
)
def test_what_cannot_be_asked_exits_with_two(run: FlaskCliRunner, arguments: list[str]) -> None:
    assert check(run, *arguments)[0] == 2
