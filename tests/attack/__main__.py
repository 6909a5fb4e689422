"""``python -m tests.attack --cases 20000 [--seed 7]``: the whole attack on every form, with figures at the end."""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

#: A part is one transaction, and what is not undone in it keeps its locks: some thousands of cases fill the server's
#: table of them.
_MOST_OF_A_PART = 2_000

parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
parser.add_argument("--cases", type=int, default=20_000)
parser.add_argument("--seed", type=int, help="sends the same again")
parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="part of the same: give it too")
asked = parser.parse_args()
number = random.randrange(1_000_000) if asked.seed is None else asked.seed
begun = time.monotonic()
here = str(Path(__file__).with_name("test_forms.py"))
words = (sys.executable, "-m", "pytest", here, "-q", "-p", "no:cacheprovider", "--tb=line", "-k", "falls_over")
total: Counter[str] = Counter()
wrong: list[str] = []
parts = max(asked.processes, math.ceil(asked.cases / _MOST_OF_A_PART))


def attack_part(part: int, folder: str) -> tuple[int, dict[str, Any]]:
    """One process for a share of the forms: its exit code, and its figures."""
    report = Path(folder) / f"{part}.json"
    share = asked.cases // parts + (part < asked.cases % parts)
    environment = os.environ | {
        "ATTACK_CASES": str(share),
        "ATTACK_SEED": str(number),
        "ATTACK_PART": f"{part}/{parts}",
        "ATTACK_REPORT": str(report),
    }
    code = subprocess.run(words, env=environment).returncode
    figures = json.loads(report.read_text()) if report.exists() else {"wrong": ["a part came to no end"]}
    said = f"{figures.get('cases', 0):,} cases, {len(figures['wrong'])} wrong"
    print(f"part {part + 1} of {parts}: {said}, after {time.monotonic() - begun:.0f} seconds", flush=True)
    return code, figures


with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.processes) as pool:
    done = list(pool.map(attack_part, range(parts), [folder] * parts))
for _, figures in done:
    wrong += figures.pop("wrong")
    for name, figure in figures.items():
        if isinstance(figure, dict):
            total.update({f"{name} {key}": value for key, value in figure.items()})
        else:
            total[name] = max(total[name], figure) if name == "found" else total[name] + figure
print(f"seed {number}, {asked.processes} processes, {parts} parts, {time.monotonic() - begun:.0f} seconds")
for name, figure in total.items():
    print(f"{name:24} {figure:>9,}")
print(*(f"WRONG {line}" for line in wrong), sep="\n")
raise SystemExit(max(code for code, _ in done))
