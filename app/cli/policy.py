"""``flask policy check``: ask the spending policy that ships about a text, or a file of them. Needs no database."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

import click
from flask import Flask
from flask.cli import AppGroup
from tqdm import tqdm

from app.core.money import parse_pounds
from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Decision, Door

policy_commands = AppGroup("policy", help="The spending policy: what may be bought, and why.")
_ADDED = ("decision", "category", "rule", "matched")
_LONG = 2000
"""Lines from which a file is worth a progress bar."""


def register(app: Flask) -> None:
    """Add ``flask policy``."""
    app.cli.add_command(policy_commands)


@policy_commands.command("check")
@click.option("--text", help="What is to be bought, as a person, a shop or a statement writes it.")
@click.option("--merchant", default="", help="Who is paid.")
@click.option("--mcc", help="The payee's merchant category code: four digits.")
@click.option("--amount", help="Pounds and pence, such as 12.50.")
@click.option(
    "--door",
    type=click.Choice([door.value for door in Door]),
    help="Where it is asked: card when there is a merchant category code, outside otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option(
    "--csv",
    "source",
    type=click.Path(path_type=Path),
    help="A file with a column text, and merchant, mcc and amount where known.",
)
@click.option("--out", "target", type=click.Path(path_type=Path), help="Where to write it with the answers.")
def check(
    text: str | None,
    merchant: str,
    mcc: str | None,
    amount: str | None,
    door: str | None,
    as_json: bool,
    source: Path | None,
    target: Path | None,
) -> None:
    """Say what the policy says: of --text, or of every line of --csv.

    A file keeps its columns and gains decision (allow, warn, refer, block), category, rule and matched.
    """
    policy = PolicyDocument.load_default()
    if source is not None:
        if target is None or text is not None:
            raise click.UsageError("With --csv give --out, and no --text.")
        _check_file(policy, source, target, door)
        return
    if target is not None:
        raise click.UsageError("--out goes with --csv.")
    if not (text or merchant or mcc):
        raise click.UsageError("Give --text, or --csv and --out.")
    decision = _ask(policy, text or "", merchant, mcc or "", amount or "", door)
    click.echo(
        json.dumps(_as_dict(decision), ensure_ascii=False, indent=2) if as_json else _as_text(decision)
    )


def _ask(
    policy: PolicyDocument, text: str, merchant: str, mcc: str, amount: str, door: str | None
) -> Decision:
    """One question. Raises UsageError, which exits 2, for a code or an amount that cannot be."""
    mcc = mcc.strip()
    if mcc and not (mcc.isascii() and mcc.isdigit() and len(mcc) <= 4):
        raise click.UsageError(f"“{mcc}” is not a merchant category code: it has four digits.")
    where = Door(door) if door else Door.CARD if mcc else Door.OUTSIDE
    return check_text(policy, text, merchant, mcc.zfill(4) if mcc else None, _pence(amount), where)


def _pence(amount: str) -> int | None:
    """Pence of an amount as written; below zero for money coming back; None when there is none."""
    amount = amount.strip().replace("−", "-")
    if not amount:
        return None
    try:
        return -parse_pounds(amount[1:]) if amount.startswith("-") else parse_pounds(amount)
    except ValueError as error:
        raise click.UsageError(f"“{amount}” is not an amount. {error}.") from error


def _as_dict(decision: Decision) -> dict[str, object]:
    first = decision.first
    return {
        "decision": decision.action.value,
        "category": first.category if first else "",
        "rule": first.rule if first else "",
        "matched": first.evidence if first else "",
        "policy_version": decision.policy_version,
        "findings": decision.to_dict()["findings"],
    }


def _as_text(decision: Decision) -> str:
    lines = [f"{decision.action.value}   (policy {decision.policy_version})"]
    if not decision.findings:
        lines.append("No rule speaks against it. The plan and the money left are not looked at here.")
    for finding in decision.findings:
        lines += [
            "",
            f"{finding.sentence}",
            f"  rule:         {finding.rule} ({finding.action.value}), {finding.category}",
            f"  how we know:  {finding.evidence}",
            f"  what next:    {finding.next_step}",
            f"  source:       {finding.source}",
        ]
    return "\n".join(lines)


def _check_file(policy: PolicyDocument, source: Path, target: Path, door: str | None) -> None:
    number = 1
    try:
        total = _lines(source)
        with source.open(newline="", encoding="utf-8-sig") as reading, written(target) as writing:
            reader = csv.DictReader(reading, strict=True)
            columns = list(reader.fieldnames or ())
            if "text" not in columns:
                _refuse(source, 1, f"there is no column “text” (there is: {', '.join(columns) or 'nothing'})")
            if len(set(columns)) < len(columns):
                _refuse(source, 1, "two columns have the same name")
            writer = csv.DictWriter(writing, [*columns, *(name for name in _ADDED if name not in columns)])
            writer.writeheader()
            with tqdm(total=total, unit=" lines", desc="Checking", disable=total < _LONG) as bar:
                for row in reader:
                    number = reader.line_num
                    _fill(policy, source, number, row, door)
                    writer.writerow(row)
                    bar.update(number - bar.n)
    except (csv.Error, UnicodeDecodeError) as error:
        _refuse(source, number, f"after this line the file cannot be read: {error}")
    except OSError as error:
        raise click.UsageError(f"{error.filename or source}: {error.strerror}.") from error


def _fill(policy: PolicyDocument, source: Path, number: int, row: dict[str, str], door: str | None) -> None:
    if None in row:
        _refuse(source, number, "there are more fields than columns")
    for name, value in row.items():
        row[name] = value or ""
    try:
        decision = _ask(
            policy, row["text"], row.get("merchant", ""), row.get("mcc", ""), row.get("amount", ""), door
        )
    except click.UsageError as error:
        _refuse(source, number, error.message)
    answer = _as_dict(decision)
    row.update({name: str(answer[name]) for name in _ADDED})


def _refuse(source: Path, number: int, why: str) -> NoReturn:
    raise click.UsageError(f"{source}, line {number}: {why}")


def _lines(source: Path) -> int:
    with source.open("rb") as reading:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: reading.read(1 << 20), b""))


@contextmanager
def written(target: Path) -> Iterator[IO[str]]:
    """A file that takes its name only when it is whole: a bad line leaves no half-written answer behind."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "w", newline="", encoding="utf-8") as writing:
            yield writing
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
