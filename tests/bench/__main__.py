"""``python -m tests.bench``: one run, one table, ratios.

python -m tests.bench                  # about four minutes on two cores
python -m tests.bench --quick          # small data, to see that it runs
python -m tests.bench --json out.json  # the figures for a machine to read
python -m tests.bench --only submit    # one part: policy policy-simulation pay home search submit
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import market, pages, paying, people, policy_speed, searching, simulating, submitting
from tests.bench.machine import Bench, describe, opened, settle
from tests.bench.timing import step

PARTS = ("policy", "policy-simulation", "pay", "home", "search", "submit")
KEYS = ("home_100k_over_100", "home_over_empty", "search_over_sql", "submit_over_pgbench", "policy_texts_per_s")
KEYS += ("simulation_over_engine", "simulation_seconds_per_100k")


@dataclass(frozen=True)
class Size:
    """How much data, how many samples."""

    texts: int
    budgets: int
    movements: int
    home_rounds: int
    listings: int
    search_rounds: int
    spenders: int
    drafts: int
    scale: int
    seconds: float
    submit_rounds: int
    past_lines: int


FULL = Size(50_000, 10_000, 100_000, 120, 100_000, 15, 200, 24_000, 20, 6, 3, 100_000)
QUICK = Size(5_000, 500, 2_000, 20, 5_000, 3, 50, 4_000, 10, 2, 1, 5_000)


def run(size: Size, parts: set[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """All parts asked for, on one database that holds all the data."""
    found: dict[str, Any] = {}
    if "policy" in parts:
        with step(f"judging {size.texts:,} texts"):
            measured = policy_speed.measure(size.texts)
        found |= {"policy_texts_per_s": measured["texts_per_s"], "policy_ready_ms": measured["ready_ms"]}
    with opened() as bench:
        machine = describe(bench.admin_uri)
        if parts - {"policy"}:
            _on_database(bench, size, parts, found)
    return found, machine


def _on_database(bench: Bench, size: Size, parts: set[str], found: dict[str, Any]) -> None:
    if "policy-simulation" in parts:
        with step(f"trying a draft of the policy on {size.past_lines:,} past lines"):
            found |= simulating.measure(bench, size.past_lines)
    if parts & {"search", "submit"}:
        with step(f"writing {size.listings:,} listings"):
            offers = market.fill(bench, size.listings)
    if parts & {"pay", "submit"}:
        budgets = size.budgets if "pay" in parts else size.spenders
        with step(f"writing {budgets:,} people with budgets"):
            crowd = people.fill(bench, budgets, size.spenders)
            settle(bench)
        with step(f"paying a month into {budgets:,} budgets, twice"):
            paid = paying.measure(bench)
        if "pay" in parts:
            name = f"pay_month_{size.budgets // 1000}k_seconds" if size.budgets >= 1000 else "pay_month_seconds"
            found |= {name: paid.pop("pay_month_seconds"), **paid}
    if "submit" in parts:
        with step(f"writing {size.drafts:,} drafts"):
            drafts = submitting.prepare(bench, crowd, size.spenders, size.drafts, offers)
    if "home" in parts:
        pages.add_empty_page(bench.app)
        with step(f"writing {size.movements:,} movements of one person, {pages.FEW} of another"):
            lives = pages.make_people(bench, size.movements)
    with step("bringing statistics up to date"):
        settle(bench)
    if "home" in parts:
        with step(f"opening pages, {size.home_rounds} rounds"):
            found |= pages.measure(bench, lives, size.home_rounds)
        with step("verifying the ledger"):
            found |= pages.verify(bench)
    if "search" in parts:
        with step(f"searching, {size.search_rounds} rounds of {len(searching.QUERIES)}"):
            found |= searching.measure(bench, size.search_rounds)
    if "submit" in parts:
        with step(f"pgbench and submitting in turns, {size.submit_rounds} rounds of {size.seconds:.0f} s each"):
            found |= submitting.measure(bench, crowd, drafts, size.seconds, size.scale, size.submit_rounds)


#: What is said in the table: key, words, number format, aim.
ROWS = (
    ("home_100k_over_100", "Home, 100,000 movements over 100", "{:.2f}", "at most 1.2"),
    ("home_over_empty", "Home over an empty page of the same layout", "{:.2f}", ""),
    ("search_p95_over_sql", "Search with all counts over the bare SQL, p95", "{:.2f}", "at most 1.5"),
    ("misspelt_more_ms", "A misspelt word over a good one, ms more", "{:.1f}", "at most 20"),
    ("deep_over_first", "Page 200 of a search over page 1", "{:.2f}", ""),
    ("submit_over_pgbench", "Submits over pgbench TPC-B", "{:.3f}", "at least 0.10"),
    ("policy_texts_per_s", "Texts judged a second, one core", "{:,.0f}", "at least 1,667"),
    ("simulation_over_engine", "Past lines tried a second over the bare engine", "{:.2f}", ""),
    ("simulation_seconds_per_100k", "100,000 past lines under a draft, s", "{:.1f}", "under 60"),
    ("simulation_lines_per_s", "  Past lines tried a second", "{:,.0f}", ""),
    ("home_many_ms", "  Home with many movements, ms", "{:.1f}", ""),
    ("home_few_ms", "  Home with 100 movements, ms", "{:.1f}", ""),
    ("home_many_statements", "  SQL statements of home with many movements", "{:d}", "as with 100"),
    ("home_few_statements", "  SQL statements of home with 100", "{:d}", ""),
    ("empty_ms", "  Empty page, ms", "{:.1f}", ""),
    ("spending_100k_over_100", "  Spending, 100,000 movements over 100", "{:.2f}", ""),
    ("ledger_verify_seconds", "  The ledger's proof over all of it, s", "{:.1f}", ""),
    ("search_ms", "  A search, ms", "{:.1f}", ""),
    ("sql_ms", "  Its SQL, ms", "{:.1f}", ""),
    ("search_over_sql", "  Search over the bare SQL, medians", "{:.2f}", ""),
    ("search_p95_ms", "  A search, p95, ms", "{:.1f}", ""),
    ("misspelt_more_p95_ms", "  A misspelt word, ms more, p95", "{:.1f}", ""),
    ("search_vocabulary", "  Words that spelling is corrected by", "{:,d}", ""),
    ("submit_tps", "  Submits a second", "{:,.0f}", ""),
    ("pgbench_tps", "  pgbench transactions a second", "{:,.0f}", ""),
    ("submit_python_cpu_ms", "  CPU of a submit in Python, ms", "{:.1f}", ""),
    ("statements_a_submit", "  SQL statements a submit", "{:d}", ""),
    ("pay_month_10k_seconds", "  A month paid into 10,000 budgets, s", "{:.1f}", "under 60"),
    ("pay_month_again_seconds", "  The same again (nothing to pay), s", "{:.1f}", ""),
)


def show(found: dict[str, Any], machine: dict[str, str]) -> None:
    """The table and the machine."""
    print(f"\n{'':<52}{'measured':>12}   aim")
    for key, words, form, aim in ROWS:
        if key in found:
            print(f"{words:<52}{form.format(found[key]):>12}   {aim}".rstrip())
    for key in ("submit_setup", "pgbench_setup"):
        if key in found:
            print(f"{'  ' + key.replace('_', ' '):<24}{found[key]}")
    print(
        f"\n{machine['cores']} cores, {machine['processor']}, {machine['system']}, Python {machine['python']}, "
        f"PostgreSQL {machine['postgresql']}, commit {machine['commit']}, load before {machine['load_before']}"
    )


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast CarePurse is, as ratios.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--quick", action="store_true", help="small data: the figures say little")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given several times")
    options = parser.parse_args()
    start = time.perf_counter()
    found, machine = run(QUICK if options.quick else FULL, set(options.only or PARTS))
    found["bench_seconds"] = time.perf_counter() - start
    show(found, machine)
    if options.json:
        top = {key: found[key] for key in KEYS if key in found}
        detail = {key: value for key, value in found.items() if key not in KEYS}
        words = json.dumps({**top, "detail": {**detail, "machine": machine, "quick": options.quick}}, indent=2)
        options.json.write_text(words + "\n")


if __name__ == "__main__":
    main()
