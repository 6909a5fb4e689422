"""`flask policy export`, `import` and `simulate`: a whole policy as one file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.identity.rules import StaffRole
from app.policy.document import PolicyDocument
from app.policy.exchange_reading import read
from app.policy.models import DraftState, PolicyDraft, PolicyVersion
from app.policy.queries import draft_document
from app.policy.service import publish
from app.purchases import service as purchases
from tests import factories
from tests.purchases.world import World, build


@pytest.fixture
def world(session: object) -> World:
    world = build()
    admin = factories.make_account("Joy Abara", "joy@example.org")
    factories.make_post(admin, world.commissioner, StaffRole.ADMIN)
    publish(factories.SYSTEM, world.commissioner.id, PolicyDocument.load_default(), factories.LONG_AGO)
    db.session.commit()
    return world


def run(app: Flask, *words: object) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["policy", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_out_and_in_again_is_a_draft_that_changes_what_was_edited(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "policy.txt"
    assert run(app, "export", "--out", file)[0] == 0
    assert read(file.read_text(), PolicyDocument.load_default())[0] == PolicyDocument.load_default()
    file.write_text(file.read_text().replace("item threshold: £500.00", "item threshold: £400.00"))
    code, said, _ = run(app, "import", file, "--by", "Joy@example.org")
    assert code == 0
    assert "1 differences" in said
    draft = db.session.scalars(select(PolicyDraft)).one()
    assert draft.state is DraftState.OPEN
    assert draft_document(draft).thresholds.item_threshold_pence == 40_000
    assert db.session.scalar(select(func.count()).select_from(PolicyVersion)) == 1


def test_every_bad_line_is_named_and_nothing_is_kept(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "policy.txt"
    run(app, "export", "--out", file)
    text = file.read_text().replace("item threshold: £500.00", "item threshold: lots")
    text = text.replace("does: warn", "does: wave", 1)
    file.write_text(text)
    code, _, errors = run(app, "import", file, "--by", "joy@example.org")
    assert code == 2
    lines = text.split("\n")
    for wrong in ("item threshold: lots", "does: wave"):
        assert f"line {lines.index(wrong) + 1}: " in errors
    assert "2 problems, so nothing was read" in errors
    assert db.session.scalar(select(func.count()).select_from(PolicyDraft)) == 0
    file.write_bytes(b"== policy ==\nversion: \xff")
    assert "line 2: this is not UTF-8" in run(app, "import", file, "--by", "joy@example.org")[2]


def test_only_an_admin_of_that_commissioner_imports(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "policy.txt"
    run(app, "export", "--out", file)
    code, _, errors = run(app, "import", file, "--by", world.coordinator.email)
    assert code == 2
    assert "Only an administrator" in errors
    assert "Nobody signs in" in run(app, "import", file, "--by", "nobody@example.org")[2]
    factories.make_commissioner("Elsewhere")
    db.session.commit()
    assert "Say which with --commissioner" in run(app, "import", file, "--by", "joy@example.org")[2]


def test_simulate_writes_what_would_change_and_no_names(app: Flask, world: World, tmp_path: Path) -> None:
    purchases.submit(world.me, world.outside(("Walking frame for Sam", 45_000, None), payee="Bob"))
    purchases.submit(world.me, world.outside(("Pool session", 1_200, None)))
    db.session.commit()
    file, out = tmp_path / "policy.txt", tmp_path / "out.csv"
    run(app, "export", "--out", file)
    file.write_text(file.read_text().replace("item threshold: £500.00", "item threshold: £400.00"))
    code, _, said = run(app, "simulate", file, "--months", 3, "--out", out)
    assert code == 0
    with out.open(newline="") as reading:
        rows = list(csv.DictReader(reading))
    assert all(row["rule"] == "over-item-threshold" and row["amount"] == "450.00" for row in rows)
    assert "Sam" not in out.read_text() + said
    assert "2 purchases with 2 lines" in said
    assert run(app, "simulate", file, "--months", 13)[0] == 2
