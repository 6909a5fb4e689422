"""``flask policy export``, ``import`` and ``simulate``: a whole policy as one file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from flask import Flask
from sqlalchemy import func, select
from tqdm import tqdm

from app.cli.policy import policy_commands, written
from app.core.db import allow_long_statements, db
from app.core.errors import CarePurseError
from app.core.money import format_pounds
from app.identity import queries as identity
from app.identity.models import Account, Commissioner
from app.policy import drafts
from app.policy import queries as policies
from app.policy.document import PolicyDocument
from app.policy.exchange import write
from app.policy.exchange_reading import read
from app.policy.models import PolicyVersion
from app.purchases import simulating
from app.purchases.replaying import Changed, Tally, kind_of

_COMMISSIONER = click.option("--commissioner", help="Its reference or name; needed where there are several.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_COLUMNS = ("change", "before", "after", "rule", "category", "amount", "words")
_KINDS = {
    "blocked": "newly blocked",
    "referred": "newly for a person to look at",
    "let_through": "newly let through",
    "care": "only a word of care more or less",
}


def register(app: Flask) -> None:
    """Nothing to add: the commands are part of ``flask policy``."""


@policy_commands.command("export")
@_COMMISSIONER
@click.option("--version", "name", help="Which version; the one in force when left out.")
@click.option("--out", "target", type=click.Path(path_type=Path), help="Where to write it; the screen when left out.")
@click.option("--default", "shipped", is_flag=True, help="The policy that comes with the software (no database).")
def export(commissioner: str | None, name: str | None, target: Path | None, shipped: bool) -> None:
    """Write a whole policy as one file to read and change in a text editor."""
    document = policies.default_policy() if shipped else _policy(_place(commissioner), name)
    text = write(document)
    if target is None:
        click.echo(text, nl=False)
        return
    with written(target) as writing:
        writing.write(text)
    click.echo(f"Version {document.version} is in {target}.", err=True)


@policy_commands.command("import")
@click.argument("file", type=_FILE)
@click.option("--by", "email", required=True, help="The e-mail address of the admin whose draft it is.")
@_COMMISSIONER
def import_file(file: Path, email: str, commissioner: str | None) -> None:
    """Read a policy from FILE as a draft. Every line that cannot be read is named, and then nothing is kept.

    The draft is published on the pages of the policy, by a second person.
    """
    document = _read(file)
    account = db.session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))
    if account is None:
        raise click.UsageError(f"Nobody signs in as {email}.")
    place = _place(commissioner)
    try:
        draft = drafts.start(identity.load_actor(account), place.id, document, file.name)
    except CarePurseError as error:
        db.session.rollback()
        raise click.UsageError(f"{account.name} cannot do this at {place.name}. {error.sentence}") from error
    found = policies.differences_of(draft)
    db.session.commit()
    click.echo(f"A draft of {account.name}'s with {len(found)} differences: {draft.ref}")
    for item in found[:40]:
        click.echo(f"  {'! ' if item.relaxes else '  '}{item.sentence}")
    if len(found) > 40:
        click.echo(f"    … and {len(found) - 40} more")
    if any(item.relaxes for item in found):
        click.echo("What is marked ! lets more through: the draft's page asks why.")


@policy_commands.command("simulate")
@click.argument("file", type=_FILE)
@click.option("--months", type=click.IntRange(1, 12), default=6, show_default=True, help="How far to look back.")
@click.option("--out", "target", type=click.Path(path_type=Path), help="Where to write it; the screen when left out.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many work at it; one for each core when left out.")
@_COMMISSIONER
def simulate(file: Path, months: int, target: Path | None, processes: int | None, commissioner: str | None) -> None:
    """Ask the policy in FILE about the purchases of the last months, beside the policy in force.

    Writes a line for each purchase that would be answered otherwise: no names, no words of a person's own. What it
    comes to is said at the end.
    """
    draft, place = _read(file), _place(commissioner)
    base, days = policies.policy_in_force(place.id), simulating.window(months)
    allow_long_statements()
    total = simulating.count(place.id, days)
    with tqdm(total=total, unit=" purchases", desc="Asking again", disable=total < simulating.CHUNK) as bar:
        tally = simulating.simulate(
            place.id, base, draft, days, progress=bar.update, most_examples=None, processes=processes
        )
    with _to(target) as writing:
        rows = csv.writer(writing)
        rows.writerow(_COLUMNS)
        rows.writerows(_row(item) for item in tally.examples)
    _sum_up(tally, simulating.result_of(tally, days, base, draft))


def _row(item: Changed) -> tuple[str, ...]:
    kind = kind_of(item.before, item.after)
    amount = format_pounds(item.amount_pence).removeprefix("£").replace(",", "")
    return (kind, item.before, item.after, item.rule, item.category, amount, "; ".join(item.words))


def _sum_up(tally: Tally, result: dict[str, object]) -> None:
    click.echo(
        f"{tally.purchases:,} purchases with {tally.lines:,} lines, {result['first']} to {result['last']}", err=True
    )
    kinds = result["kinds"]
    assert isinstance(kinds, dict)
    for kind, words in _KINDS.items():
        click.echo(f"  {kinds[kind]:>7,} {words}", err=True)
    before, after = result["queue_before"], result["queue_after"]
    click.echo(
        f"  for a person to look at: {before} now, {after} in the draft "
        f"({result['a_month']:+} a month, {result['a_working_day']:+} a working day)",
        err=True,
    )
    if tally.lost:
        click.echo(f"  {tally.lost:,} could not be asked again: what was known of them is not kept", err=True)
    if result["short_memory"]:
        click.echo("  The draft looks further back than what was kept, so more may be alike than is counted.", err=True)


def _read(file: Path) -> PolicyDocument:
    """A policy that can be read whole; otherwise every problem with its line, and exit 2."""
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{file}, line {line}: this is not UTF-8 text.") from error
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}.") from error
    document, problems = read(text, policies.default_policy())
    if document is None:
        for problem in problems:
            click.echo(f"{file}, line {problem.line}: {problem.why}", err=True)
        many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise click.UsageError(f"{many}, so nothing was read.")
    return document


def _policy(place: Commissioner, name: str | None) -> PolicyDocument:
    if name is None:
        return policies.policy_in_force(place.id)
    wanted = select(PolicyVersion).where(PolicyVersion.commissioner_id == place.id, PolicyVersion.version == name)
    version = db.session.scalar(wanted)
    if version is None:
        names = ", ".join(row.version for row in policies.versions_of(place.id))
        raise click.UsageError(f"{place.name} has no version {name} (there is: {names or 'none of its own'}).")
    return policies.document_of(version)


def _place(asked: str | None) -> Commissioner:
    places: list[Commissioner] = list(db.session.scalars(select(Commissioner).order_by(Commissioner.name)))
    found = [place for place in places if asked is None or asked in (place.ref, place.name, str(place.id))]
    if len(found) == 1:
        return found[0]
    names = "\n".join(f"  {place.ref}  {place.name}" for place in places)
    what = "There is no such commissioner" if asked else "Say which with --commissioner"
    raise click.UsageError(f"{what}:\n{names}" if places else "There is no commissioner in this database.")


@contextmanager
def _to(target: Path | None) -> Iterator[IO[str]]:
    if target is None:
        yield sys.stdout
        return
    with written(target) as writing:
        yield writing
