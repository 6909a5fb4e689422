"""A commissioner's settings: believed within their bounds, changed with a reason, and written down."""

from __future__ import annotations

from dataclasses import fields

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity.models import Commissioner
from app.identity.setting import change_settings
from app.identity.setting_rules import BOUNDS, Number, parse, say
from app.identity.settings import CommissionerSettings
from tests import factories as make

NUMBERS = {name: bound for name, bound in BOUNDS.items() if isinstance(bound, Number)}


@pytest.fixture
def board(session) -> Commissioner:
    return make.make_commissioner("Lea Valley Integrated Care Board")


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_every_setting_has_its_bounds_and_its_usual_value_is_within_them() -> None:
    assert list(BOUNDS) == [field.name for field in fields(CommissionerSettings)]
    usual = CommissionerSettings()
    assert CommissionerSettings.read({name: getattr(usual, name) for name in BOUNDS}) == usual


@given(st.sampled_from(sorted(NUMBERS)), st.integers(-(10**12), 10**12))
def test_whatever_is_stored_what_is_believed_is_within_bounds(name: str, stored: int) -> None:
    bound = NUMBERS[name]
    assert bound.least <= getattr(CommissionerSettings.read({name: stored}), name) <= bound.most


@pytest.mark.parametrize(
    ("name", "stored", "believed"),
    [
        ("review_notice_days", 0, 7),
        ("review_notice_days", -5, 7),
        ("review_notice_days", "0", 14),
        ("review_notice_days", None, 14),
        ("review_notice_days", True, 14),
        ("concern_days", 10**9, 90),
        ("keep_records_years", 1, 3),
        ("ratings_of_pas", "yes", False),
        ("help_phone", 7, ""),
        ("help_phone", "020\n7946", "020 7946"),
        ("school_terms", [["2026-09-01"]], ()),
        ("school_terms", [["2026-12-01", "2026-09-01"]], ()),
    ],
)
def test_what_cannot_be_meant_is_not_believed(name: str, stored: object, believed: object) -> None:
    assert getattr(CommissionerSettings.read({name: stored}), name) == believed


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("review_notice_days", "21", 21),
        ("ratings_of_pas", "Yes", True),
        ("help_phone", "", ""),
        ("school_terms", "2026-09-02/2026-12-18", [["2026-09-02", "2026-12-18"]]),
        ("school_terms", "", []),
    ],
)
def test_what_is_typed_is_kept_and_said_again(name: str, typed: str, value: object) -> None:
    assert parse(name, typed) == value
    assert say(value) == typed.lower()


@pytest.mark.parametrize(
    "typed",
    [
        ("review_notice_days", "6"),
        ("review_notice_days", "-5"),
        ("review_notice_days", "61"),
        ("review_notice_days", "1e2"),
        ("review_notice_days", "٢١"),
        ("ratings_of_pas", "maybe"),
        ("school_terms", "2026-09-02"),
        ("no_such_setting", "1"),
    ],
)
def test_what_is_out_of_bounds_is_refused(typed: tuple[str, str]) -> None:
    with pytest.raises(InvalidError):
        parse(*typed)


def test_a_change_is_written_down_with_its_reason(board: Commissioner) -> None:
    with pytest.raises(NotAllowedError):
        change_settings(make.actor_for(make.make_account("Joy")), board, {"concern_days": "14"}, "So.")
    with pytest.raises(InvalidError, match="Say why"):
        change_settings(make.SYSTEM, board, {"concern_days": "14"}, " ")
    wanted = {"concern_days": "14", "review_notice_days": "3"}
    with pytest.raises(InvalidError):
        change_settings(make.SYSTEM, board, wanted, "So.")
    assert board.settings.get("concern_days") is None, "all or nothing"
    change_settings(make.SYSTEM, board, {"concern_days": "14"}, "The panel of 3 May agreed it.")
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "identity.change_setting")).one()
    assert found.sentence == "Set concern_days to 14; it was 28"
    assert (found.why, found.commissioner_id) == ("The panel of 3 May agreed it.", board.id)
    assert change_settings(make.SYSTEM, board, {"concern_days": "14"}, "Again.") == []


def test_the_command_shows_changes_and_refuses(board: Commissioner, runner: FlaskCliRunner) -> None:
    command = ["commissioner", "settings", "--commissioner", board.name]
    shown = runner.invoke(args=command).output
    assert "review_notice_days = 14 (as usual)" in shown
    assert "days before a review by which it is announced: 7 to 60" in shown
    refused = runner.invoke(args=[*command, "review_notice_days=0", "--why", "Sooner."])
    assert refused.exit_code == 1
    assert "review_notice_days is 7 to 60: days before a review by which it is announced." in refused.output
    assert runner.invoke(args=[*command, "review_notice_days=21"]).exit_code == 1, "a reason is needed"
    assert "Write NAME=VALUE" in runner.invoke(args=[*command, "review_notice_days"]).output
    done = runner.invoke(args=[*command, "review_notice_days=21", "--why", "Three weeks suit people better."])
    assert done.output == "Set review_notice_days to 21; it was 14.\n"
    assert "review_notice_days = 21\n" in runner.invoke(args=command).output


def test_the_command_asks_which_where_there_are_several(board: Commissioner, runner: FlaskCliRunner) -> None:
    other = make.make_commissioner("Wendover Hills Care Board")
    asked = runner.invoke(args=["commissioner", "settings"])
    assert asked.exit_code == 2
    assert other.name in asked.output
    assert runner.invoke(args=["commissioner", "settings", "--commissioner", other.ref]).exit_code == 0
    wrong = runner.invoke(args=["commissioner", "settings", "--commissioner", "X"])
    assert "no commissioner of that name" in wrong.output
