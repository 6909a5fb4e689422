"""``python -m tests.attack --cases 20000 [--seed 7]``: the whole attack on every form, with figures at the end."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

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
with tempfile.TemporaryDirectory() as folder:
    running, reports = [], []
    for part in range(asked.processes):
        share = asked.cases // asked.processes + (part < asked.cases % asked.processes)
        reports.append(Path(folder) / f"{part}.json")
        environment = os.environ | {
            "ATTACK_CASES": str(share),
            "ATTACK_SEED": str(number),
            "ATTACK_PART": f"{part}/{asked.processes}",
            "ATTACK_REPORT": str(reports[-1]),
        }
        running.append(subprocess.Popen(words, env=environment))
    codes = [process.wait() for process in running]
    for report in reports:
        figures = json.loads(report.read_text()) if report.exists() else {}
        wrong += figures.pop("wrong", ["a part came to no end"])
        for name, figure in figures.items():
            if isinstance(figure, dict):
                total.update({f"{name} {key}": value for key, value in figure.items()})
            else:
                total[name] = max(total[name], figure) if name == "found" else total[name] + figure
print(f"seed {number}, {asked.processes} processes, {time.monotonic() - begun:.0f} seconds")
for name, figure in total.items():
    print(f"{name:24} {figure:>9,}")
print(*(f"WRONG {line}" for line in wrong), sep="\n")
raise SystemExit(max(codes))
