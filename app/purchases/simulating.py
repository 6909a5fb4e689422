"""What a draft of the policy would have changed about the last months' purchases.

The draft and the policy in force are both asked again about the same stored facts, so that every difference is the
draft's own. Nothing of a person comes out: counts, sums and the words of the lists.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.policy.document import PolicyDocument
from app.policy.rules import Action
from app.purchases.models import PurchaseDecision
from app.purchases.replaying import MOST_EXAMPLES, Changed, Replayer, Tally, begin, replay

CHUNK = 500
SMALL = 3_000
"""Purchases that are asked about at once, in this process: to start others would take longer."""
FEW = 5
"""Under so many purchases, their sum is told in round figures."""
_MOST_PROCESSES = 8
#: Told how many purchases were asked about since the last time.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are looked at: from `first` up to and with `last`."""

    first: date
    last: date
    months: int

    @property
    def working_days(self) -> int:
        """Days on which the queue is worked."""
        days = (self.first + timedelta(n) for n in range((self.last - self.first).days + 1))
        return sum(clock.is_working_day(day) for day in days)


def window(months: int) -> Window:
    """The last months up to today.

    :raises ValueError: when it is not 1 to 12.
    """
    if not 1 <= months <= 12:
        raise ValueError("Choose from 1 to 12 months")
    today = clock.today()
    begins = clock.add_months(clock.period_of(today), -months)
    day = begins.replace(day=min(today.day, clock.last_day(begins).day)) + timedelta(1)
    return Window(day, today, months)


def count(commissioner_id: UUID, days: Window, most: int | None = None) -> int:
    """How many purchases there are to ask about; no more than `most` are counted."""
    rows = _decisions(commissioner_id, days).with_only_columns(PurchaseDecision.id)
    inner = (rows.limit(most) if most else rows).subquery()
    return int(db.session.scalar(select(func.count()).select_from(inner)) or 0)


def simulate(
    commissioner_id: UUID,
    base: PolicyDocument,
    draft: PolicyDocument,
    days: Window,
    *,
    progress: Progress = lambda done: None,
    most_examples: int | None = MOST_EXAMPLES,
    processes: int | None = None,
) -> Tally:
    """Ask both policies about every purchase of these days that was sent, each as it was sent last.

    :param base: the policy in force.
    :param most_examples: how many changed purchases are kept for each 500; None for all of them.
    :param processes: how many work at it; none: as many as there are cores, or just this one for a few purchases.
    """
    chunks = _chunks(_stored(commissioner_id, days))
    if processes is None:
        few = count(commissioner_id, days, SMALL + 1) <= SMALL
        processes = 1 if few else min(_cores(), _MOST_PROCESSES)
    whole = Tally()
    for tally in _tallies(base, draft, chunks, processes, most_examples):
        whole.add(tally)
        progress(tally.purchases + tally.lost)
    return whole


def result_of(tally: Tally, days: Window, base: PolicyDocument, draft: PolicyDocument) -> dict[str, Any]:
    """A tally as it is kept and shown: JSON-safe."""
    before, after = (
        sum(many for pair, many in tally.moves.items() if pair[side] == Action.REFER.value) for side in (0, 1)
    )
    kinds = ("blocked", "referred", "let_through", "care")
    working = days.working_days
    windows = ("duplicate_days", "split_days")
    longer = any(getattr(draft.thresholds, name) > getattr(base.thresholds, name) for name in windows)
    return {
        "first": days.first.isoformat(),
        "last": days.last.isoformat(),
        "months": days.months,
        "working_days": working,
        "base_version": base.version,
        "purchases": tally.purchases,
        "lines": tally.lines,
        "lost": tally.lost,
        "reworded": tally.reworded,
        "kinds": {kind: sum(many for pair, many in tally.rules.items() if pair[0] == kind) for kind in kinds},
        "moves": [[*pair, many] for pair, many in sorted(tally.moves.items())],
        "queue_before": before,
        "queue_after": after,
        "a_month": round((after - before) / days.months, 1),
        "a_working_day": round((after - before) / working, 2) if working else 0,
        "rules": [
            {"kind": kind, "rule": rule, "many": many, "pence": _told(tally.pence[kind, rule], many)}
            for (kind, rule), many in sorted(tally.rules.items(), key=lambda item: (-item[1], item[0]))
        ],
        "examples": [_example(item) for item in _spread(tally.examples)],
        "short_memory": longer,
    }


def _example(item: Changed) -> dict[str, Any]:
    return {
        "before": item.before.value,
        "after": item.after.value,
        "rule": item.rule,
        "category": item.category,
        "pence": _told(item.amount_pence, 1),
        "words": list(item.words),
    }


def _told(pence: int, many: int) -> int:
    """A sum of so many purchases as it is kept: of a few, to the nearest £10. To the penny it could tell whose it was
    to somebody who saw the purchase, stopped ones included, which nobody but the person's own side sees."""
    return pence if many >= FEW else max(1000, (pence + 500) // 1000 * 1000)


def _spread(examples: list[Changed]) -> list[Changed]:
    """Some of each kind and rule, rather than many of one."""
    seen: dict[tuple[Action, Action, str], int] = {}
    kept = []
    for item in examples:
        key = (item.before, item.after, item.rule)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= 5:
            kept.append(item)
    return kept[:MOST_EXAMPLES]


def _decisions(commissioner_id: UUID, days: Window) -> Any:
    later = aliased(PurchaseDecision)
    again = (
        select(later.id)
        .where(
            later.commissioner_id == commissioner_id,
            later.purchase_id == PurchaseDecision.purchase_id,
            later.id > PurchaseDecision.id,
        )
        .exists()
    )
    begins, ends = (
        datetime.combine(day, time.min, tzinfo=clock.LONDON) for day in (days.first, days.last + timedelta(1))
    )
    between = and_(PurchaseDecision.written_at >= begins, PurchaseDecision.written_at < ends)
    return select(PurchaseDecision).where(PurchaseDecision.commissioner_id == commissioner_id, between, ~again)


def _stored(commissioner_id: UUID, days: Window) -> Iterator[str]:
    """The facts as text, streamed: the server keeps the place, this process a few hundred."""
    rows = _decisions(commissioner_id, days).with_only_columns(cast(PurchaseDecision.facts, Text))
    yield from db.session.scalars(rows.execution_options(yield_per=CHUNK * 4))


def _chunks(rows: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _tallies(
    base: PolicyDocument, draft: PolicyDocument, chunks: Iterator[list[str]], processes: int, most: int | None
) -> Iterator[Tally]:
    if processes <= 1:
        replayer = Replayer(base, draft, most)
        yield from (replayer.replay(chunk) for chunk in chunks)
        return
    told = (base.to_dict(), draft.to_dict(), most)
    # begun afresh, not forked: a fork would carry this process's database connections and threads with it
    with ProcessPoolExecutor(processes, get_context("spawn"), begin, told) as pool:
        going: deque[Future[Tally]] = deque()
        for chunk in chunks:
            going.append(pool.submit(replay, chunk))
            if len(going) > processes * 4:
                yield going.popleft().result()
        while going:
            yield going.popleft().result()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
