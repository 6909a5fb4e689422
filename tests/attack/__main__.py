"""``python -m tests.attack --cases 20000 [--seed 7]``: the whole attack on every form, with figures at the end."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
parser.add_argument("--cases", type=int, default=20_000)
parser.add_argument("--seed", type=int)
asked = parser.parse_args()
os.environ["ATTACK_CASES"] = str(asked.cases)
os.environ["ATTACK_SEED"] = "" if asked.seed is None else str(asked.seed)
here = str(Path(__file__).with_name("test_forms.py"))
raise SystemExit(pytest.main([here, "-q", "-p", "no:cacheprovider", "-k", "falls_over"]))
