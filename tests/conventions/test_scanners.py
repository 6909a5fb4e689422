"""Other people's eyes: bandit over the source, pip-audit over what it stands on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=280)


def test_bandit_finds_nothing() -> None:
    done = run("bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "app", "migrations", "wsgi.py")
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
    done = run(
        "pip_audit", "--requirement", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off"
    )
    said = done.stdout + done.stderr
    if re.search(r"ConnectionError|Max retries|timed out|ServiceError|resolve|refused|urlopen|HTTPError", said):
        pytest.skip("there is no network to ask about known weaknesses")
    if said.count("could not be audited") > 20:
        pytest.skip("whoever was asked here knows nothing of weaknesses")
    assert done.returncode == 0, said
