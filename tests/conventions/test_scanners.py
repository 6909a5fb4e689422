"""Other people's eyes: bandit over the source, pip-audit over what it stands on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=280)


def test_bandit_finds_nothing() -> None:
    done = run("bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "app")
    assert done.returncode == 0, done.stdout


def test_bandit_sees_what_it_is_to_find(tmp_path: Path) -> None:
    """With our exceptions in force it still finds a planted hole."""
    planted = tmp_path / "planted.py"
    planted.write_text("import subprocess\n\ndef run(word):\n    subprocess.call('echo ' + word, shell=True)\n")
    done = run("bandit", "--quiet", "--configfile", "pyproject.toml", str(planted))
    assert done.returncode == 1
    assert "B602" in done.stdout


def test_each_exception_for_bandit_has_its_reason() -> None:
    skips = re.search(r"\[tool\.bandit\]\nskips = \[\n(.*?)\n\]", (ROOT / "pyproject.toml").read_text(), re.S)
    assert skips
    for line in skips[1].splitlines():
        assert re.fullmatch(r'    "B\d{3}",  # .{10,}', line), line


@pytest.mark.slow
def test_no_dependency_has_a_known_weakness() -> None:
    """Only a weakness fails it: whoever is asked may be out of reach, or know nothing of them."""
    words = ("--requirement", "requirements.txt", "--no-deps", "--disable-pip", "--format", "json", "--timeout", "10")
    try:
        done = run("pip_audit", *words, "--progress-spinner", "off")
    except subprocess.TimeoutExpired:
        pytest.skip("whoever knows of weaknesses does not answer")
    assert "usage:" not in done.stderr, done.stderr
    try:
        asked = json.loads(done.stdout)["dependencies"]
    except ValueError:
        pytest.skip(f"whoever knows of weaknesses cannot be asked: {done.stderr.strip().splitlines()[-1:]}")
    weak = {one["name"]: [weakness["id"] for weakness in one["vulns"]] for one in asked if one.get("vulns")}
    assert not weak
    unknown = [one["name"] for one in asked if "skip_reason" in one]
    if len(unknown) > len(asked) / 4:
        pytest.skip(f"whoever was asked knows nothing of {len(unknown)} of {len(asked)} packages")
