"""House rules, so that nobody has to remember them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.config import ROOT
from app.core.database import alembic
from app.core.db import db
from app.web.marks import is_marked

APP = sorted((ROOT / "app").rglob("*.py"))
ALL = [*APP, *sorted((ROOT / "tests").rglob("*.py"))]
TOP = {"app", "migrations", "templates", "static", "tests", "wsgi.py", "requirements.txt", "README.md"} | {
    "pyproject.toml",
    "LICENSE",
}
#: Where a transaction may be committed: the two shells.
SHELLS = ("app/web/", "app/cli/")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)


def test_lint() -> None:
    done = run("ruff", "check", "--no-cache", ".")
    assert done.returncode == 0, done.stdout


def test_types() -> None:
    done = run("mypy")
    assert done.returncode == 0, done.stdout


def test_layers() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_top_level_is_fixed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {top for top in tops if not top.startswith(".")} <= TOP


def test_no_file_is_long() -> None:
    long = {name(path): lines for path in ALL if (lines := len(path.read_text().splitlines())) > 300}
    assert not long, long


def test_only_the_shells_commit() -> None:
    pattern = re.compile(r"\.(commit|rollback)\(\)")
    found = [name(path) for path in APP if pattern.search(path.read_text()) and not name(path).startswith(SHELLS)]
    assert not found


def test_every_endpoint_is_marked(app: Flask) -> None:
    unmarked = [endpoint for endpoint, view in app.view_functions.items() if not is_marked(view)]
    assert not unmarked


def test_every_service_verb_takes_an_actor() -> None:
    """Public functions of a service begin with ``actor``, unless they are a reading or a step of another."""
    wrong = []
    for path in APP:
        if path.name != "service.py" or name(path).startswith(("app/ledger/", "app/audit/")):
            continue
        for function in _public_functions(path):
            source = ast.unparse(function)
            if "db.session.add" in source and [a.arg for a in function.args.args][:1] != ["actor"]:
                wrong.append(f"{name(path)}: {function.name}")
    assert not wrong


def test_public_functions_say_what_they_do() -> None:
    silent = [
        f"{name(path)}: {function.name}"
        for path in APP
        if not name(path).startswith(SHELLS)
        for function in _public_functions(path)
        if not ast.get_docstring(function)
    ]
    assert not silent


def test_nothing_unfinished() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|coming soon", re.IGNORECASE)
    places = [*APP, *(ROOT / "templates").rglob("*.jinja"), *(ROOT / "static" / "scss").rglob("*.scss")]
    assert not [name(path) for path in places if pattern.search(path.read_text())]


def test_every_template_is_reached() -> None:
    """A template nobody renders, extends, includes or imports is dead."""
    templates = {p.relative_to(ROOT / "templates").as_posix() for p in (ROOT / "templates").rglob("*.jinja")}
    text = "\n".join(p.read_text() for p in [*APP, *(ROOT / "templates").rglob("*.jinja")])
    assert not {t for t in templates if f'"{t}"' not in text and f"'{t}'" not in text and not t.startswith("errors/")}


def test_templates_never_switch_escaping_off() -> None:
    wrong = [
        name(path)
        for path in (ROOT / "templates").rglob("*.jinja")
        if re.search(r"\|\s*safe\b|autoescape\s+false|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", path.read_text())
    ]
    assert not wrong


def test_dependencies_have_a_reason_and_a_pin() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("dependencies"))
    end = next(i for i, line in enumerate(lines) if line.startswith("[tool."))
    wanted = [line.strip() for line in lines[start:end] if re.match(r'\s+"[A-Za-z]', line)]
    assert wanted
    assert not [line for line in wanted if "==" not in line or not re.search(r"#\s*\w+", line)]
    locked = (ROOT / "requirements.txt").read_text().lower()
    for line in wanted:
        pin = re.sub(r"\[.*?\]", "", line.split('"')[1]).lower().replace("_", "-")
        assert pin in locked, pin


def test_the_locks_name_no_place_to_download_from() -> None:
    """Where packages come from is the machine's affair."""
    assert "://" not in (ROOT / "requirements.txt").read_text()
    assert "://" not in (ROOT / "pyproject.toml").read_text()
    assert '"resolved"' not in (ROOT / "static" / "package-lock.json").read_text()


def _public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


class TestMigrations:
    def test_they_are_one_line(self) -> None:
        heads = re.findall(r'^revision = "(\w+)"', self._all(), re.MULTILINE)
        parents = re.findall(r'^down_revision = "(\w+)"', self._all(), re.MULTILINE)
        assert len(parents) == len(set(parents)) == len(heads) - 1

    def test_they_make_what_the_models_say(self, app: Flask) -> None:
        with app.app_context():
            assert alembic.compare_metadata() == []
            db.session.rollback()

    @pytest.mark.slow
    def test_each_goes_back_and_forth(self, real_database: Flask) -> None:
        with real_database.app_context():
            steps = len(list((ROOT / "migrations" / "versions").glob("0*.py")))
            for _ in range(steps):
                alembic.downgrade()  # one step
            alembic.upgrade()
            assert alembic.compare_metadata() == []
            db.session.rollback()

    @staticmethod
    def _all() -> str:
        return "\n".join(p.read_text() for p in sorted((ROOT / "migrations" / "versions").glob("0*.py")))
