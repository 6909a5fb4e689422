"""``flask demo``: what it refuses, what it clears, and what it prints."""

from __future__ import annotations

import click
import pytest
from flask import Flask
from sqlalchemy import inspect, select

from app.cli import demo as command
from app.core.db import db
from app.demo import setting
from app.demo.accounts import NEIGHBOURS, SIGN_INS
from app.demo.kinds import PASSPHRASE
from app.demo.service import Found
from app.identity.models import Commissioner
from tests.factories import make_commissioner

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fresh", [False, True])
def test_somebody_elses_database_is_left_alone(real_database: Flask, fresh: bool) -> None:
    with real_database.app_context():
        make_commissioner("A real board")
        db.session.commit()
        with pytest.raises(click.ClickException, match="other than the demonstration"):
            command.prepare(fresh=fresh)
        assert list(db.session.scalars(select(Commissioner.name))) == ["A real board"]


def test_clearing_leaves_an_empty_database(real_database: Flask) -> None:
    with real_database.app_context():
        make_commissioner("Made up", **{setting.MARK: setting.PART})
        db.session.commit()
        assert command._found() is Found.PART
        command._clear()
        assert not inspect(db.engine).get_table_names()
        assert command._found() is Found.NOTHING


def test_outside_the_demonstration_it_does_nothing(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "--no-serve"])
    assert result.exit_code == 1
    assert "CAREPURSE_DEMO" in result.output


def test_it_prints_who_can_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    command._who_can_sign_in()
    printed = capsys.readouterr().out
    assert all(row.email in printed for row in (*SIGN_INS, *NEIGHBOURS))
    assert PASSPHRASE in printed
