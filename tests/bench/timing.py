"""Taking times fairly: in turns, so that a busy moment of the machine hits all sides alike, and by the median."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say on standard error what is being done, and how long it took."""
    print(f"  {words} …", end="", file=sys.stderr, flush=True)
    start = time.perf_counter()
    yield
    print(f" {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)


def in_turns(sides: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 5) -> dict[str, float]:
    """The median time of each side in milliseconds.

    Each round runs every side once, the order turning round by round. Garbage is collected between the samples, not in
    them.
    """
    names = list(sides)
    for name in names:
        for _ in range(warm_up):
            sides[name]()
    taken: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                start = time.perf_counter()
                sides[name]()
                taken[name].append((time.perf_counter() - start) * 1000)
            if turn % 20 == 19:
                gc.collect()
    finally:
        gc.enable()
    return {name: median(values) for name, values in taken.items()}
